"""Oracle on its own again: its insert triggers enabled, its sequences past the highest id, DMS's tables gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from reverse_sync.catalog.database import fetch_all
from reverse_sync.catalog.oracle import read_constraints, read_triggers
from reverse_sync.sql import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reverse_sync.catalog.oracle import Trigger

_AT_ONCE = 1000


class IdSequence(NamedTuple):
    """A sequence, and the table and column whose ids its trigger takes from it."""

    owner: str
    name: str
    table: str
    column: str


def insert_triggers(connection: Any, tables: Iterable[Mapping[str, Any]]) -> list[tuple[str, Trigger]]:
    """The BEFORE INSERT row triggers of the target tables, with their schema."""
    wanted = {tuple(table["target"]) for table in tables}
    return [
        (owner, trigger)
        for owner in sorted({owner for owner, _ in wanted})
        for trigger in read_triggers(connection, owner)
        if (owner, trigger.table) in wanted and trigger.before_insert
    ]


def id_sequences(connection: Any, tables: Iterable[Mapping[str, Any]]) -> list[IdSequence]:
    """The sequences behind the ids of the target tables, where their triggers name them."""
    triggers = insert_triggers(connection, tables)
    keys = {
        (owner, constraint.table): constraint.columns
        for owner in sorted({owner for owner, _ in triggers})
        for constraint in read_constraints(connection, owner)
        if constraint.kind == "P" and len(constraint.columns) == 1
    }
    return [
        IdSequence(owner, sequence, trigger.table, keys[owner, trigger.table][0])
        for owner, trigger in triggers
        for sequence in sorted(trigger.sequences)
        if (owner, trigger.table) in keys
    ]


def enable(connection: Any, owner: str, trigger: Trigger) -> None:
    """Enable a trigger."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TRIGGER {quoted(owner, trigger.name)} ENABLE")


def advance(connection: Any, sequence: IdSequence) -> str | None:
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
    return f"{sequence.owner}.{sequence.name} from {begun} to {number}"


def _take(connection: Any, sequence: IdSequence, count: int) -> Any:
    """The last of up to `count` numbers."""
    name = quoted(sequence.owner, sequence.name)
    source = "DUAL" if count == 1 else f"ALL_OBJECTS WHERE ROWNUM <= {count}"
    return max(number for (number,) in fetch_all(connection, f"SELECT {name}.NEXTVAL FROM {source}"))  # noqa: S608


def control_tables(connection: Any) -> list[str]:
    """The tables that DMS keeps in its login's own schema.

    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html
    """
    sql = "SELECT TABLE_NAME FROM USER_TABLES WHERE SUBSTR(LOWER(TABLE_NAME), 1, 7) = 'awsdms_' ORDER BY TABLE_NAME"
    return [str(name) for (name,) in fetch_all(connection, sql)]


def drop_control_tables(connection: Any) -> list[str]:
    """Drop them; returns what was dropped."""
    found = control_tables(connection)
    for name in found:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {quoted(name)}")
    return [f"table {name} in Oracle" for name in found]
