"""Tables of an Oracle database and what acts on them.

https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/static-data-dictionary-views.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reverse_sync.catalog.database import fetch_all
from reverse_sync.table_mapping import Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reverse_sync.catalog.database import Connection

_COLUMNS = """
SELECT table_name, column_name, data_type, nullable, data_default, char_length, data_length, data_precision, data_scale,
       char_used
FROM all_tab_columns WHERE owner = :owner ORDER BY table_name, column_id
"""

_CONSTRAINTS = """
SELECT table_name, constraint_name, constraint_type, r_constraint_name, status
FROM all_constraints WHERE owner = :owner AND constraint_type IN ('P', 'U', 'R')
"""

_CONSTRAINT_COLUMNS = """
SELECT constraint_name, column_name FROM all_cons_columns WHERE owner = :owner ORDER BY constraint_name, position
"""

_TRIGGERS = """
SELECT table_name, trigger_name, trigger_type, triggering_event, status, trigger_body
FROM all_triggers WHERE table_owner = :owner ORDER BY table_name, trigger_name
"""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A primary key (`P`), unique (`U`) or foreign (`R`) key that is enabled; `refers_to` is a foreign key's table."""

    table: str
    name: str
    kind: str
    columns: tuple[str, ...]
    refers_to: str | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger of a table, with its PL/SQL text."""

    table: str
    name: str
    type: str
    event: str
    enabled: bool
    body: str

    @property
    def before_insert(self) -> bool:
        """Whether it fires before each row that is inserted."""
        return self.type == "BEFORE EACH ROW" and "INSERT" in self.event

    @property
    def sequences(self) -> frozenset[str]:
        """The sequences that its text, without the comments, takes numbers from."""
        code = re.sub(r"--[^\n]*|/\*.*?\*/", " ", self.body, flags=re.DOTALL)
        return frozenset(name.upper() for name in re.findall(r"(\w+)\.NEXTVAL", code, re.IGNORECASE))


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence and the number that it will give next, or after what sessions hold in their caches."""

    name: str
    next_number: int


def read_tables(connection: Connection, owner: str, constraints: Iterable[Constraint]) -> tuple[Table, ...]:
    """Every table and view of a schema, with columns and, out of its constraints, the primary key."""
    keys = {found.table: found.columns for found in constraints if found.kind == "P"}
    columns: dict[str, list[Column]] = {}
    for table, name, type_name, nullable, default, *sizes in fetch_all(connection, _COLUMNS, {"owner": owner}):
        char_length, data_length, precision, scale, char_used = sizes
        in_bytes = char_used != "C"
        column = Column(
            name,
            re.sub(r"\(\d+\)", "", type_name),
            nullable=nullable == "Y",
            default=default.strip() if default else None,
            length=(data_length if in_bytes else char_length) if char_length else None,
            precision=precision,
            scale=scale,
            length_in_bytes=in_bytes and bool(char_length),
        )
        columns.setdefault(table, []).append(column)
    return tuple(Table(owner, table, tuple(found), keys.get(table, ())) for table, found in columns.items())


def read_constraints(connection: Connection, owner: str) -> tuple[Constraint, ...]:
    """The enabled primary, unique and foreign keys of a schema."""
    columns: dict[str, list[str]] = {}
    for name, column in fetch_all(connection, _CONSTRAINT_COLUMNS, {"owner": owner}):
        columns.setdefault(name, []).append(column)
    rows = fetch_all(connection, _CONSTRAINTS, {"owner": owner})
    tables = {name: table for table, name, *_ in rows}
    return tuple(
        Constraint(table, name, kind, tuple(columns.get(name, ())), tables.get(refers_to) if refers_to else None)
        for table, name, kind, refers_to, status in rows
        if status == "ENABLED"
    )


def read_triggers(connection: Connection, owner: str) -> tuple[Trigger, ...]:
    """The triggers on a schema's tables."""
    return tuple(
        Trigger(table, name, type_name, event, status == "ENABLED", body or "")
        for table, name, type_name, event, status, body in fetch_all(connection, _TRIGGERS, {"owner": owner})
    )


def read_sequences(connection: Connection, owner: str) -> tuple[Sequence, ...]:
    """The sequences of a schema."""
    sql = "SELECT sequence_name, last_number FROM all_sequences WHERE sequence_owner = :owner"
    return tuple(Sequence(name, int(number)) for name, number in fetch_all(connection, sql, {"owner": owner}))


def read_database_parameters(connection: Connection) -> dict[str, str]:
    """`NLS_CHARACTERSET` and its like."""
    return dict(fetch_all(connection, "SELECT parameter, value FROM nls_database_parameters"))


def read_privileges(connection: Connection) -> frozenset[str]:
    """The system privileges of the connection's own login, roles included."""
    return frozenset(name for (name,) in fetch_all(connection, "SELECT privilege FROM session_privs"))


def read_table_grants(connection: Connection, owner: str) -> dict[str, frozenset[str]]:
    """table -> privileges that the connection's own login was granted on it."""
    sql = "SELECT table_name, privilege FROM user_tab_privs WHERE owner = :owner"
    grants: dict[str, set[str]] = {}
    for table, privilege in fetch_all(connection, sql, {"owner": owner}):
        grants.setdefault(table, set()).add(privilege)
    return {table: frozenset(found) for table, found in grants.items()}


def read_free_bytes(connection: Connection) -> dict[str, int]:
    """Free bytes of each tablespace that the login may use."""
    sql = "SELECT tablespace_name, SUM(bytes) FROM user_free_space GROUP BY tablespace_name"
    return {name: int(free) for name, free in fetch_all(connection, sql)}
