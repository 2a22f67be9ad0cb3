"""What the target says, each view read once and only when a check asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reverse_sync.catalog import oracle
from reverse_sync.catalog.database import Connection, fetch_all, fetch_one
from reverse_sync.preflight.fact import fact
from reverse_sync.sql import quoted, select_by_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reverse_sync.table_mapping import Table


class SchemaFacts:
    """One schema of the target."""

    def __init__(self, connection: Connection, owner: str) -> None:
        self._connection = connection
        self._owner = owner

    @fact
    def constraints(self) -> tuple[oracle.Constraint, ...]:
        """The enabled keys."""
        return oracle.read_constraints(self._connection, self._owner)

    @fact
    def tables(self) -> dict[str, Table]:
        """Name -> table."""
        return {table.name: table for table in oracle.read_tables(self._connection, self._owner, self.constraints)}

    @fact
    def triggers(self) -> tuple[oracle.Trigger, ...]:
        """The triggers on its tables."""
        return oracle.read_triggers(self._connection, self._owner)

    @fact
    def sequences(self) -> tuple[oracle.Sequence, ...]:
        """Its sequences."""
        return oracle.read_sequences(self._connection, self._owner)

    @fact
    def grants(self) -> dict[str, frozenset[str]]:
        """Table -> what the connection's login was granted on it."""
        return oracle.read_table_grants(self._connection, self._owner)


class TargetFacts:
    """One connection to the target, for one login."""

    def __init__(self, connection: Connection, login: str) -> None:
        self._connection = connection
        self.login = login
        self._schemas: dict[str, SchemaFacts] = {}

    def schema(self, owner: str) -> SchemaFacts:
        """The facts of one schema."""
        if owner not in self._schemas:
            self._schemas[owner] = SchemaFacts(self._connection, owner)
        return self._schemas[owner]

    def table(self, owner: str, name: str) -> Table | None:
        """The table of exactly that name, or None."""
        return self.schema(owner).tables.get(name)

    @fact
    def parameters(self) -> dict[str, str]:
        """The database's NLS parameters."""
        return oracle.read_database_parameters(self._connection)

    @fact
    def privileges(self) -> frozenset[str]:
        """The login's system privileges."""
        return oracle.read_privileges(self._connection)

    @fact
    def free_bytes(self) -> dict[str, int]:
        """Tablespace -> free bytes, of those that the login may use."""
        return oracle.read_free_bytes(self._connection)

    def row(self, table: Table, columns: Sequence[str], key: object) -> dict[str, Any] | None:
        """The named columns of the row of that primary key, or None."""
        sql = select_by_key((table.schema, table.name), columns, table.primary_key, ":{}")
        rows = fetch_all(self._connection, sql, [key])
        return dict(zip(columns, rows[0], strict=True)) if rows else None

    def highest(self, owner: str, table: str, column: str) -> int | None:
        """The highest value of a key column."""
        sql = f"SELECT MAX({quoted(column)}) FROM {quoted(owner, table)}"  # noqa: S608  # quoted
        value = fetch_one(self._connection, sql)[0]
        return None if value is None else int(value)
