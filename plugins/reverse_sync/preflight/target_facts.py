"""What the target says, each view read once and only when a check asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.catalog import oracle, oracle_objects
from reverse_sync.catalog.database import Connection, fetch_all, fetch_one
from reverse_sync.preflight.read_once import read_once
from reverse_sync.sql import quoted, select_expressions_by_key
from reverse_sync.type_pairs.rows import bound_key, target_expressions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import oracledb

    from reverse_sync.table_mapping import Table


_NOT_SHOWN = (942, 1031)


class SchemaFacts:
    """One schema of the target."""

    def __init__(self, connection: Connection, owner: str) -> None:
        self._connection = connection
        self._owner = owner

    @read_once
    def constraints(self) -> tuple[oracle.Constraint, ...]:
        """The enabled keys, checks and unique indexes."""
        return oracle.read_constraints(self._connection, self._owner)

    @read_once
    def tables(self) -> dict[str, Table]:
        """Name -> table."""
        return {table.name: table for table in oracle.read_tables(self._connection, self._owner, self.constraints)}

    @read_once
    def kinds(self) -> dict[str, str]:
        """Name -> what it is, where it is no plain table that can be written."""
        return oracle_objects.read_kinds(self._connection, self._owner)

    @read_once
    def invisible(self) -> dict[str, tuple[oracle_objects.InvisibleColumn, ...]]:
        """Table -> its invisible columns."""
        return oracle_objects.read_invisible_columns(self._connection, self._owner)

    @read_once
    def defaults_on_null(self) -> dict[tuple[str, str], str]:
        """(table, column) -> what an INSERT of NULL becomes there."""
        return oracle_objects.read_defaults_on_null(self._connection, self._owner)

    @read_once
    def computed(self) -> dict[tuple[str, str], str]:
        """(table, column) -> `virtual` or `identity`, where Oracle alone gives the column its values."""
        return oracle.read_computed_columns(self._connection, self._owner)

    @read_once
    def triggers(self) -> tuple[oracle.Trigger, ...]:
        """The triggers on its tables."""
        return oracle.read_triggers(self._connection, self._owner)

    @read_once
    def sequences(self) -> tuple[oracle.Sequence, ...]:
        """Its sequences."""
        return oracle.read_sequences(self._connection, self._owner)

    @read_once
    def grants(self) -> dict[str, frozenset[str]]:
        """Table -> what the connection's login was granted on it."""
        return oracle.read_table_grants(self._connection, self._owner)


class TargetFacts:
    """One connection to the target, for one login."""

    def __init__(self, connection: oracledb.Connection, login: str) -> None:
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

    @read_once
    def parameters(self) -> dict[str, str]:
        """The database's NLS parameters."""
        return oracle.read_database_parameters(self._connection)

    @property
    def version(self) -> str:
        """The database's, for instance `19.24.0.0.0`."""
        return str(self._connection.version)

    @property
    def longest_name_bytes(self) -> int:
        """How long a name may be: 128 from Oracle 12.2 on, where `COMPATIBLE` says so too, before that 30."""
        return int(self._connection.max_identifier_length or 30)

    @read_once
    def role(self) -> str:
        """`PRIMARY`, or which kind of standby it is."""
        return oracle.read_role(self._connection)

    @read_once
    def idle_limit_min(self) -> int | None:
        """After how many idle minutes Oracle ends a session of this login; None where it does not."""
        return oracle.read_idle_limit(self._connection)

    @read_once
    def privileges(self) -> frozenset[str]:
        """The login's system privileges."""
        return oracle.read_privileges(self._connection)

    @read_once
    def free_bytes(self) -> dict[str, int]:
        """Tablespace -> free bytes, of those that the login may use."""
        return oracle.read_free_bytes(self._connection)

    @read_once
    def quotas(self) -> frozenset[str]:
        """The tablespaces that the login has a quota on."""
        return oracle.read_quotas(self._connection)

    @read_once
    def jobs(self) -> tuple[oracle.Job, ...]:
        """The scheduler's enabled jobs."""
        return oracle.read_jobs(self._connection)

    @read_once
    def sessions(self) -> tuple[oracle.Session, ...] | None:
        """Users' sessions; None where this login has no right to see them."""
        import oracledb

        try:
            return oracle.read_sessions(self._connection)
        except oracledb.DatabaseError as error:
            if error.args[0].code in _NOT_SHOWN:
                return None
            raise

    def row(self, table: Table, columns: Sequence[str], key: Sequence[object]) -> dict[str, object] | None:
        """The named columns of the row of that primary key, moments as text in UTC; or None."""
        declared = {column.name: column for column in table.columns}
        expressions = target_expressions(columns, declared)
        sql = select_expressions_by_key((table.schema, table.name), expressions, table.primary_key, ":{}")
        bound = bound_key(declared, dict(zip(table.primary_key, key, strict=True)))
        rows = fetch_all(self._connection, sql, list(bound.values()))
        return dict(zip(columns, rows[0], strict=True)) if rows else None

    def highest(self, owner: str, table: str, column: str) -> int | None:
        """The highest value of a key column."""
        sql = f"SELECT MAX({quoted(column)}) FROM {quoted(owner, table)}"  # noqa: S608  # quoted
        value = fetch_one(self._connection, sql)[0]
        return None if value is None else int(value)
