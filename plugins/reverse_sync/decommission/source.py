"""What DMS leaves in PostgreSQL, and how it goes away: the slot, pglogical's sets, the awsdms_ objects.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html (Removing AWS DMS artifacts)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.catalog.database import fetch_all
from reverse_sync.errors import NeedsPersonError, ReverseSyncError
from reverse_sync.table_mapping.policy import DMS_OWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reverse_sync.catalog.database import Connection
    from reverse_sync.catalog.postgres_server import Slot

# Each row: the object's kind, and its name as a DROP statement wants it.
_ARTIFACTS = """
SELECT 'EVENT TRIGGER', quote_ident(evtname), 1 FROM pg_event_trigger WHERE starts_with(evtname, %(own)s)
UNION ALL
SELECT 'FUNCTION', oid::regprocedure::text, 2 FROM pg_proc WHERE starts_with(proname, %(own)s)
UNION ALL
SELECT 'TABLE', oid::regclass::text, 3 FROM pg_class WHERE starts_with(relname, %(own)s) AND relkind IN ('r', 'p')
ORDER BY 3, 2
"""
# pglogical's own sets; what else there is belongs to somebody.
_OWN_SETS = ("default", "default_insert_only", "ddl_sql")


def choose_slot(
    slots: Iterable[Slot],
    *,
    own: str | None,
    wanted: str | None,
    others: Mapping[str, str],
    has_run: bool,
    task_runs: bool,
) -> str | None:
    """The task's slot; None where it has none. A slot is never taken because it is the only one left.

    :param slots: every slot that may be DMS's
    :param own: the slot that DMS, or an earlier run, says is the task's
    :param wanted: the name that a person gave, if any
    :param others: the slots of other tasks, and those tasks
    :param has_run: whether the task is there and has run, so that there is a slot or was one
    :raises NeedsPersonError: where nothing tells which it is, or the name that was given is another's.
    """
    if own or not wanted:
        if wanted not in (None, own):
            raise NeedsPersonError(
                f"slot_name is {wanted}, but the slot of this pipeline's task is {own}, as its own log or setting "
                "says: trigger the DAG again without slot_name."
            )
        if own is None and has_run and (names := [slot.name for slot in slots if slot.name not in others]):
            raise NeedsPersonError(
                f"The task has run and so has a slot, but neither its log nor a record tells which: {', '.join(names)} "
                "may be it. Find out which one its replication instance reads, and trigger the DAG again with "
                "slot_name."
            )
        return own
    if wanted in others:
        raise NeedsPersonError(
            f"slot_name is {wanted}, but that is the slot of the replication task {others[wanted]}, not of this "
            "pipeline's: trigger the DAG again with the right name."
        )
    if not task_runs and any(slot.name == wanted and slot.active for slot in slots):
        raise NeedsPersonError(
            f"slot_name is {wanted}, but somebody reads that slot while this pipeline's task does not run: it is "
            "another's. Trigger the DAG again with the right name."
        )
    return wanted


def replication_sets(connection: Connection, slot: str | None) -> list[str]:
    """The two pglogical replication sets that DMS makes for a slot and that are there."""
    if slot is None or not fetch_all(connection, "SELECT 1 FROM pg_extension WHERE extname = 'pglogical'"):
        return []
    sql = "SELECT set_name FROM pglogical.replication_set WHERE set_name = ANY (%s) ORDER BY set_name"
    return [str(name) for (name,) in fetch_all(connection, sql, [[slot, f"i{slot}"]])]


def artifacts(connection: Connection) -> list[tuple[str, str]]:
    """The awsdms_ objects, kind and name, in the order in which they can be dropped."""
    return [(kind, name) for kind, name, _ in fetch_all(connection, _ARTIFACTS, {"own": DMS_OWN})]


def drop_slot(connection: Connection, slot: str) -> list[str]:
    """Drop the slot where it is there; returns what was dropped.

    :raises ReverseSyncError: while it is still being read.
    """
    found = fetch_all(connection, "SELECT active_pid FROM pg_replication_slots WHERE slot_name = %s", [slot])
    if not found:
        return []
    if found[0][0] is not None:
        raise ReverseSyncError(
            f"Slot {slot} should be free now that its task is deleted, but the process {found[0][0]} still reads it: "
            "the next try looks again."
        )
    fetch_all(connection, "SELECT pg_drop_replication_slot(%s)", [slot])
    return [f"slot {slot}"]


def drop_pglogical(connection: Connection, slot: str | None) -> list[str]:
    """Drop the slot's replication sets, and DMS's node where no other set is left; returns what was dropped."""
    dropped = []
    for name in replication_sets(connection, slot):
        fetch_all(connection, "SELECT pglogical.drop_replication_set(%s)", [name])
        dropped.append(f"replication set {name}")
    if not fetch_all(connection, "SELECT 1 FROM pg_extension WHERE extname = 'pglogical'"):
        return dropped
    others = "SELECT 1 FROM pglogical.replication_set WHERE set_name <> ALL (%s)"
    subscriptions = "SELECT 1 FROM pglogical.subscription"
    if fetch_all(connection, others, [list(_OWN_SETS)]) or fetch_all(connection, subscriptions):
        return dropped
    nodes = "SELECT n.node_name FROM pglogical.local_node JOIN pglogical.node n USING (node_id)"
    for (node,) in fetch_all(connection, nodes):
        if str(node).startswith(DMS_OWN.rstrip("_")):
            fetch_all(connection, "SELECT pglogical.drop_node(%s)", [node])
            dropped.append(f"node {node}")
    return dropped


def drop_artifacts(connection: Connection) -> list[str]:
    """Drop the awsdms_ objects; returns what was dropped."""
    found = artifacts(connection)
    for kind, name in found:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP {kind} IF EXISTS {name}")
    return [f"{kind.lower()} {name}" for kind, name in found]
