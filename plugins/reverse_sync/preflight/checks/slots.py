"""Replication slots that keep WAL, or are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, note, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.catalog.postgres_server import Slot
    from reverse_sync.preflight.world import World

_PLUGINS = {"pglogical", "pglogical_output", "test_decoding"}
"""What DMS makes its slots with: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html"""


@check(Group.REPLICATION, links.PG_SLOTS, "source")
def slot_lost(world: World) -> Iterator[Finding]:
    """A slot is lost: PostgreSQL has removed WAL that its reader had not seen."""
    for slot in world.source.slots:
        if slot.wal_status == "lost":
            ours = _is_like_ours(world, slot)
            yield warning(
                f"the slot {slot.name} is lost",
                "its reader cannot go on; if it is this task's, changes are missing in Oracle",
                "trigger the DAG with recover_lost_slot once you accept that" if ours else "drop it if nobody needs it",
            )


@check(Group.REPLICATION, links.PG_SLOTS, "source")
def slot_idle(world: World) -> Iterator[Finding]:
    """A slot that nobody reads keeps WAL from being removed, with the bytes."""
    for slot in world.source.slots:
        if slot.active or slot.wal_status == "lost":
            continue
        waits = _is_like_ours(world, slot) and world.task_has_run
        found = f"nobody reads the slot {slot.name} ({slot.plugin or 'physical'}); it keeps {_size(slot)} of WAL"
        if waits:
            yield note(found, "the stopped task's position is in it: it must stay", "nothing: the run resumes the task")
        else:
            yield warning(
                found,
                "WAL piles up until the source's storage is full",
                "drop the slot if nobody will come back for it",
            )


@check(Group.REPLICATION, links.PG_SLOTS, "source")
def slot_foreign(world: World) -> Iterator[Finding]:
    """Somebody else replicates from this database as well."""
    for slot in world.source.slots:
        if slot.active and slot.plugin not in _PLUGINS:
            yield note(
                f"the slot {slot.name} ({slot.plugin or 'physical'}) is read by somebody else",
                "a reboot interrupts that reader too",
                "tell its owner before the reboot",
            )


def _is_like_ours(world: World, slot: Slot) -> bool:
    return slot.plugin in _PLUGINS and slot.database == world.source.server.database


def _size(slot: Slot) -> str:
    count = slot.retained_bytes
    return f"{count} bytes" if count < 10 * 1024**2 else f"{count / 1024**2:.0f} MiB"
