"""The replication slot of the DMS task: which one it is, where it stands, what it keeps.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reverse_sync.catalog.postgres_server import read_server, read_slots
from reverse_sync.postgres.session import postgres_session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_dms.type_defs import ReplicationTaskTypeDef

    from reverse_sync.catalog.postgres_server import Slot
    from reverse_sync.results import SlotFacts

# What DMS makes its slots with.
DMS_PLUGINS = frozenset({"pglogical", "pglogical_output", "test_decoding"})
# How PostgreSQL says that a slot is gone or lost; DMS passes it on.
GONE = re.compile(r'replication slot ".*" does not exist|cannot read from logical replication slot|slot .* invalidated')


def may_be_of_dms(slot: Slot, database: str) -> bool:
    """Whether the slot can be that of a DMS task which reads this database."""
    return slot.database == database and slot.plugin in DMS_PLUGINS


def dms_slots(postgres_conn_id: str) -> list[Slot]:
    """Every slot of the database that can be DMS's, the active ones first.

    :raises ReverseSyncError: where PostgreSQL does not answer.
    """
    with postgres_session(postgres_conn_id) as connection:
        database = read_server(connection).database
        slots = [slot for slot in read_slots(connection) if may_be_of_dms(slot, database)]
    return sorted(slots, key=lambda slot: not slot.active)


def only(slots: Iterable[Slot], name: str | None) -> list[Slot]:
    """The slot of that name; where the name is not known, every slot that may be it."""
    return [slot for slot in slots if name in (None, slot.name)]


def is_lost(task: ReplicationTaskTypeDef, slots: Iterable[Slot]) -> bool:
    """Whether the position of a task that has run is gone: no slot that still has its WAL, or DMS says so.

    :param slots: the task's own slot, or every one that may be it
    """
    usable = [slot for slot in slots if slot.wal_status != "lost"]
    return not usable or said_gone(task)


def said_gone(task: ReplicationTaskTypeDef) -> bool:
    """Whether DMS itself says that the task failed for lack of its slot."""
    return task["Status"] == "failed" and bool(GONE.search(task.get("LastFailureMessage") or ""))


def lost_slot_reason(identifier: str, checkpoint: str | None) -> str:
    """What it means that the slot is lost, and how to go on."""
    return (
        f"Replication task {identifier} has run, but its replication slot is gone or has lost WAL: the changes that "
        f"PostgreSQL committed since its last checkpoint ({checkpoint or 'unknown'}) can't be read any more and "
        "are missing in Oracle. Nothing was changed. To go on without them, trigger the DAG with recover_lost_slot: "
        "DMS makes a new slot and replicates what is committed from then on; the reconciliation then names the rows "
        "that differ, and those have to be loaded into Oracle by hand (docs/cutover-night.md, The slot is lost)."
    )


def slot_facts(slot: Slot) -> SlotFacts:
    """The slot as the evidence keeps it."""
    return {
        "name": slot.name,
        "plugin": slot.plugin,
        "active": slot.active,
        "wal_status": slot.wal_status,
        "restart_lsn": slot.restart_lsn,
        "confirmed_flush_lsn": slot.confirmed_flush_lsn,
        "retained_wal_bytes": slot.retained_bytes,
    }
