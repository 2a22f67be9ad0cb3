"""Which tables a replication slot holds changes of that its reader has not confirmed.

Looking takes nothing from the slot: https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.catalog.database import fetch_all
from reverse_sync.errors import ReverseSyncError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reverse_sync.catalog.database import Connection

# pglogical's own options; its changes name their table apart, those of test_decoding as SQL does.
_PGLOGICAL = """
SELECT DISTINCT data::json->'relation'->>0, data::json->'relation'->>1
FROM pg_logical_slot_peek_changes(%(slot)s, NULL, NULL, 'expected_encoding', 'UTF8', 'min_proto_version', '1',
  'max_proto_version', '1', 'startup_params_format', '1', 'proto_format', 'json',
  'pglogical.replication_set_names', %(sets)s)
WHERE data::json->>'action' IN ('I', 'U', 'D')
"""
_TEST_DECODING = """
SELECT split_part(data, ': ', 1) FROM pg_logical_slot_peek_changes(%(slot)s, NULL, NULL) WHERE data LIKE 'table %%'
"""


class HeldChanges(NamedTuple):
    """What a slot holds: tables, schema and name, and PostgreSQL's position of the look."""

    tables: list[tuple[str, str]]
    lsn: str


def held_changes(connection: Connection, slot: str, selected: Iterable[tuple[str, str]]) -> HeldChanges | None:
    """Of which of the selected tables the slot holds changes; None where the slot is gone.

    :raises ReverseSyncError: while somebody reads it.
    """
    where = "SELECT plugin, active_pid, pg_current_wal_lsn()::text FROM pg_replication_slots WHERE slot_name = %s"
    found = fetch_all(connection, where, [slot])
    if not found:
        return None
    plugin, reader, lsn = found[0]
    if reader is not None:
        raise ReverseSyncError(
            f"Slot {slot} should be free now that its task is stopped, but the process {reader} still reads it: the "
            "next try looks again."
        )
    if plugin == "test_decoding":
        names = {name for (name,) in fetch_all(connection, _TEST_DECODING, {"slot": slot})}
        shown = "SELECT format('table %%I.%%I', %s::text, %s::text)"
        return HeldChanges([table for table in selected if fetch_all(connection, shown, table)[0][0] in names], lsn)
    held = set(fetch_all(connection, _PGLOGICAL, {"slot": slot, "sets": f"{slot},i{slot}"}))
    return HeldChanges([table for table in selected if table in held], lsn)
