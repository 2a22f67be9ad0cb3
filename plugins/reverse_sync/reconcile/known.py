"""The rows that differed when a table was last compared, so that old differences are told from new ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict

from reverse_sync.evidence.store import read_beside, write_beside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.keys import Key
    from reverse_sync.reconcile.results import TableResult


class _Seen(TypedDict):
    """When a row was first seen to differ (UTC, ISO 8601), and by whom."""

    since: str
    by: str


def known_differences(pipeline: Pipeline, result: TableResult, by: str) -> dict[Key, str]:
    """Of the rows that differ, those that others have seen to differ, and since when; UTC, ISO 8601.

    What differs now is remembered in the place of what differed then.

    :param by: who looks: a run and a task of it, which may look more than once
    """
    name = f"differences-{result.scanned.table}.json"
    before: dict[str, _Seen] = json.loads(read_beside(pipeline.evidence, pipeline.dag_id, name) or "{}")
    now: _Seen = {"since": datetime.now(UTC).isoformat(timespec="seconds"), "by": by}
    rows = {difference.key: json.dumps(difference.key, ensure_ascii=False) for difference in result.differences}
    remembered = {row: before.get(row, now) for row in rows.values()}
    if remembered or before:
        text = json.dumps(remembered, ensure_ascii=False, indent=1)
        write_beside(pipeline.evidence, pipeline.dag_id, name, text + "\n")
    return {key: remembered[row]["since"] for key, row in rows.items() if remembered[row]["by"] != by}


def old_and_new(result: TableResult, old: Mapping[Key, str]) -> str:
    """How many differences are old, and how many new; empty where none is old."""
    if not old:
        return ""
    new = len(result.differences) - len(old)
    told = f"{len(old)} differed before, the first since {min(old.values())}"
    return f"{told}; {f'{new} of them new' if new else 'none is new'}"
