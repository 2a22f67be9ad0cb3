"""The runbook's row for a task that failed."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.pipeline import runbook
from reverse_sync.steps import group_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline

_ROW = re.compile(r"^\| (?P<tasks>`[^|]*) \| (?P<means>[^|]*) \| (?P<look>[^|]*) \|$", re.MULTILINE)


class Row(NamedTuple):
    """What a failed task means, and what to look at."""

    means: str
    look_at: str


def row_of(pipeline: Pipeline, task_id: str) -> Row | None:
    """The row whose tasks this is one of; None where the runbook has none."""
    for found in _ROW.finditer(runbook(pipeline)):
        if any(fnmatchcase(task_id, pattern) for pattern in _patterns(found["tasks"])):
            return Row(_plain(found["means"]), _plain(found["look"]))
    return None


def _patterns(tasks: str) -> Iterator[str]:
    """`postgres.reboot`, `wait_settings`: the second is of the same group."""
    group = ""
    for name in re.findall(r"`([^`]+)`", tasks):
        group = group_of(name) or group
        yield name if "." in name or not group else f"{group}.{name}"


def _plain(text: str) -> str:
    return text.replace("`", "").strip()
