"""DMS's own view of a task: what its control tables in Oracle say since the task's start."""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.errors import ReverseSyncError
from reverse_sync.oracle.control_tables import EXCEPTIONS, VALIDATION_FAILURES, ControlTables, Notes
from reverse_sync.oracle.session import oracle_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mypy_boto3_dms.type_defs import ReplicationTaskTypeDef

    from reverse_sync.oracle.control_tables import Note
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import ControlTableFacts

SHOWN = 5


class DmsNotes(NamedTuple):
    """Changes that Oracle refused, and rows that DMS's validation found different."""

    exceptions: Notes
    validation_failures: Notes

    def as_json(self) -> dict[str, ControlTableFacts]:
        """For the evidence: how many, and the newest."""
        return {
            notes.table: {"count": notes.count, "unreadable": notes.unreadable, "newest": [*map(str, notes.newest)]}
            for notes in self
        }

    def lines(self, table: str | None = None) -> Iterator[str]:
        """What a message says of them, those of one table of Oracle's (`SCHEMA.TABLE`) first."""
        for notes in self:
            if notes.count or notes.unreadable or notes.table == EXCEPTIONS:
                yield f"{notes.said} of this task since its start{':' if notes.newest else '.'}"
                yield from (f"  {note}" for note in _own_first(notes.newest, table)[:SHOWN])


def read_notes(pipeline: Pipeline, task: ReplicationTaskTypeDef) -> DmsNotes:
    """Read them with the login that DMS itself has; an Oracle that does not answer is said, not raised.

    :param task: the replication task as DMS describes it, with its settings
    """
    tables = control_tables(task)
    try:
        with oracle_session(pipeline.dms.target_endpoint.connection) as connection:
            return DmsNotes(tables.exceptions(connection), tables.validation_failures(connection))
    except ReverseSyncError as error:
        return DmsNotes(*(Notes(table, unreadable=str(error)) for table in (EXCEPTIONS, VALIDATION_FAILURES)))


def control_tables(task: ReplicationTaskTypeDef) -> ControlTables:
    """Where the task keeps its control tables, and since when its rows count: its last fresh start, or else its start.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_ReplicationTaskStats.html
    """
    settings = json.loads(task.get("ReplicationTaskSettings") or "{}")
    schema = (settings.get("ControlTablesSettings") or {}).get("ControlSchema") or ""
    stats = task.get("ReplicationTaskStats") or {}
    started = stats.get("FreshStartDate") or task.get("ReplicationTaskStartDate")
    return ControlTables(task["ReplicationTaskArn"].rpartition(":")[2], schema, in_utc(started) if started else None)


def in_utc(moment: datetime) -> datetime:
    """The moment as the control tables have it: UTC, without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _own_first(notes: tuple[Note, ...], table: str | None) -> list[Note]:
    return sorted(notes, key=lambda note: note.table != table)
