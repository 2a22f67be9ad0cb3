"""What DMS says of its own work: changes that Oracle refused, and the state of its validation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from reverse_sync.aws.dms_notes import DmsNotes
    from reverse_sync.oracle.control_tables import Notes
    from reverse_sync.results import TableStatistics

# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Validating.html#CHAP_Validating.TaskStatistics
FAILED = ("Mismatched records", "Suspended records", "Table error", "Error")
NOT_VALIDATED = ("Not enabled", "No primary key")
SHOWN = 3


def refused_changes(notes: DmsNotes, run_began: datetime, *, reconciled: bool) -> Iterator[str]:
    """Changes that Oracle refused during this run; where the run compares no tables, also the earlier ones.

    An earlier one is settled once the tables have been compared: its row is corrected, or differs and is named there.

    :param run_began: UTC, without a zone
    """
    found = notes.exceptions.since(run_began) if reconciled else notes.exceptions.newest
    if not found:
        return
    when = "since this run began" if reconciled else "since the task's start, and reconciliation.enabled is false"
    count = len(found) if reconciled else notes.exceptions.count
    shown = "\n".join(f"    {note}" for note in found[:SHOWN])
    yield (
        f"Oracle refused {count} change(s) of the task's {when} ({notes.exceptions.table}):\n{shown}\n"
        "    correct what the error names; an UPDATE in PostgreSQL that sets a row to its own values sends it again"
    )


def failed_validation(tables: Sequence[TableStatistics], failures: Notes) -> Iterator[str]:
    """Tables of which DMS's own validation says that they differ or can't be compared."""
    for table in tables:
        failed, suspended = table["validation_failed"], table["validation_suspended"]
        if table["validation"] in FAILED or failed or suspended:
            said = f"{failed} failed, {suspended} suspended"
            yield f"DMS's validation says {table['validation']!r} of {table['table']} ({said}); {_shown(failures)}"


def summary(tables: Sequence[TableStatistics], notes: DmsNotes, *, validation: bool) -> str:
    """One sentence for the evidence."""
    said = [f"{notes.exceptions.said} since the task's start"]
    if validation:
        left_out = [table["table"] for table in tables if table["validation"] in NOT_VALIDATED]
        said.append(f"DMS validates {len(tables) - len(left_out)} of {len(tables)} tables")
        if left_out:
            said.append(f"not {', '.join(left_out)}")
    return ", ".join(said)


def _shown(failures: Notes) -> str:
    if not failures.newest:
        return failures.said
    return f"{failures.said}:\n" + "\n".join(f"    {note}" for note in failures.newest[:SHOWN])
