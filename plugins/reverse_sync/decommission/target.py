"""Oracle on its own again: its insert triggers enabled, its sequences past the highest id, DMS's tables gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.catalog.database import fetch_all
from reverse_sync.catalog.oracle import read_constraints
from reverse_sync.oracle.insert_triggers import insert_triggers
from reverse_sync.sql import quoted
from reverse_sync.table_mapping.policy import DMS_OWN
from reverse_sync.table_mapping.schema import full_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reverse_sync.catalog.database import Connection
    from reverse_sync.results import SelectedTable

_AT_ONCE = 1000


class IdSequence(NamedTuple):
    """A sequence, and the table and column whose ids its trigger takes from it."""

    owner: str
    name: str
    table: str
    column: str


def id_sequences(connection: Connection, tables: Iterable[SelectedTable]) -> list[IdSequence]:
    """The sequences behind the ids of the target tables, where their triggers name them."""
    triggers = insert_triggers(connection, tables)
    keys = {
        (owner, constraint.table): constraint.columns
        for owner in sorted({trigger.schema for trigger in triggers})
        for constraint in read_constraints(connection, owner)
        if constraint.kind == "P" and len(constraint.columns) == 1
    }
    return [
        IdSequence(trigger.schema, sequence, trigger.table, keys[trigger.schema, trigger.table][0])
        for trigger in triggers
        for sequence in sorted(trigger.sequences)
        if (trigger.schema, trigger.table) in keys
    ]


def advance(connection: Connection, sequence: IdSequence) -> str | None:
    """Take numbers from the sequence until the next is past the highest id; None where it was already.

    To take them can be repeated and interrupted without harm, unlike a change of INCREMENT BY; it costs one number.
    """
    highest = fetch_all(
        connection,
        f"SELECT MAX({quoted(sequence.column)}) FROM {quoted(sequence.owner, sequence.table)}",  # noqa: S608
    )[0][0]
    begun = number = _take(connection, sequence, 1)
    if highest is None or number > highest:
        return None
    while number < highest:
        number = _take(connection, sequence, min(_AT_ONCE, int(highest - number)))
    return f"{full_name(sequence.owner, sequence.name)} from {begun} to {number}"


def _take(connection: Connection, sequence: IdSequence, count: int) -> int:
    """The last of up to `count` numbers."""
    name = quoted(sequence.owner, sequence.name)
    source = "DUAL" if count == 1 else f"ALL_OBJECTS WHERE ROWNUM <= {count}"
    return max(int(number) for (number,) in fetch_all(connection, f"SELECT {name}.NEXTVAL FROM {source}"))  # noqa: S608


def control_tables(connection: Connection) -> list[str]:
    """The tables that DMS keeps in its login's own schema.

    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html
    """
    own = f"SUBSTR(LOWER(TABLE_NAME), 1, {len(DMS_OWN)}) = '{DMS_OWN}'"
    sql = f"SELECT TABLE_NAME FROM USER_TABLES WHERE {own} ORDER BY TABLE_NAME"  # noqa: S608
    return [str(name) for (name,) in fetch_all(connection, sql)]


def drop_control_tables(connection: Connection) -> list[str]:
    """Drop them; returns what was dropped."""
    found = control_tables(connection)
    for name in found:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {quoted(name)}")
    return [f"table {name} in Oracle" for name in found]
