"""Replication slots that keep WAL, or are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.postgres.slots import DMS_PLUGINS
from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, note, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.catalog.postgres_server import Slot
    from reverse_sync.preflight.cutover import Cutover


@check(Group.REPLICATION, links.PG_SLOTS, "source")
def slot_lost(cutover: Cutover) -> Iterator[Finding]:
    """A slot is lost: PostgreSQL has removed WAL that its reader had not seen."""
    for slot in cutover.source.slots:
        ours = cutover.is_own_slot(slot)
        # Of a task that is at rest, the check of its status says it, with the way on.
        if slot.wal_status == "lost" and not (ours and cutover.slot_is_lost):
            yield warning(
                f"the slot {slot.name} is lost",
                "its reader cannot go on; if it is this task's, changes are missing in Oracle",
                "trigger the DAG with recover_lost_slot once you accept that" if ours else "drop it if nobody needs it",
            )


@check(Group.REPLICATION, links.PG_SLOTS, "source")
def slot_idle(cutover: Cutover) -> Iterator[Finding]:
    """A slot that nobody reads keeps WAL from being removed, with the bytes."""
    for slot in cutover.source.slots:
        if slot.active or slot.wal_status == "lost":
            continue
        waits = cutover.is_own_slot(slot) and cutover.task_has_run
        neighbour = cutover.dms.slots_of_neighbours.get(slot.name) if cutover.has("dms") else None
        found = f"nobody reads the slot {slot.name} ({slot.plugin or 'physical'}); it keeps {_size(slot)} of WAL"
        if waits:
            yield note(found, "the stopped task's position is in it: it must stay", "nothing: the run resumes the task")
        else:
            yield warning(
                f"{found}; it is the one of the replication task {neighbour}" if neighbour else found,
                "WAL piles up until the source's storage is full",
                f"resume {neighbour}, or delete that task and then the slot if nobody will come back for it"
                if neighbour
                else "drop the slot if nobody will come back for it",
            )


@check(Group.REPLICATION, links.PG_SLOTS, "source")
def slot_foreign(cutover: Cutover) -> Iterator[Finding]:
    """Somebody else replicates from this database as well."""
    for slot in cutover.source.slots:
        if slot.active and slot.plugin not in DMS_PLUGINS:
            yield note(
                f"the slot {slot.name} ({slot.plugin or 'physical'}) is read by somebody else",
                "a reboot interrupts that reader too",
                "tell its owner before the reboot",
            )


def _size(slot: Slot) -> str:
    count = slot.retained_bytes
    return f"{count} bytes" if count < 10 * 1024**2 else f"{count / 1024**2:.0f} MiB"
