"""What the source says, each view read once and only when a check asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reverse_sync.catalog import postgres, postgres_server
from reverse_sync.catalog.database import Connection, fetch_all, fetch_one
from reverse_sync.preflight.fact import fact
from reverse_sync.sql import quoted, select_by_key

if TYPE_CHECKING:
    from reverse_sync.table_mapping import Column, Table

SETTINGS = (
    "shared_preload_libraries", "wal_level", "max_replication_slots", "max_wal_senders", "wal_sender_timeout",
    "max_slot_wal_keep_size",
)  # fmt: skip
LONG_TRANSACTION_S = 300.0
MOST_ROWS_SCANNED = 100_000
"""A table that the planner takes for larger is not read to count its values."""


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """What a column holds: NULLs, empty strings, its longest text, the most digits before the point."""

    nulls: int
    empty: int
    most_bytes: int
    most_characters: int
    most_digits: int


class Scan:
    """One reading of a whole table."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self._connection = connection
        self._table = table

    @fact
    def values(self) -> dict[str, ColumnValues]:
        """What each column holds."""
        columns = self._table.columns
        measures = ", ".join(self._measures(column) for column in columns)
        sql = f"SELECT {measures} FROM {quoted(self._table.schema, self._table.name)}"  # noqa: S608  # quoted
        row = fetch_one(self._connection, sql)
        return {column.name: ColumnValues(*row[place * 5 : place * 5 + 5]) for place, column in enumerate(columns)}

    @staticmethod
    def _measures(column: Column) -> str:
        text = f"{quoted(column.name)}::text"
        digits = f"length(ltrim(split_part({text}, '.', 1), '-'))" if column.type == "numeric" else "NULL::int"
        return (
            f"count(*) FILTER (WHERE {text} IS NULL), count(*) FILTER (WHERE {text} = ''), "
            f"coalesce(max(octet_length({text})), 0), coalesce(max(length({text})), 0), coalesce(max({digits}), 0)"
        )


class SourceFacts:
    """One connection to the source, read only."""

    def __init__(self, connection: Connection, dms_login: str) -> None:
        self._connection = connection
        self.dms_login = dms_login
        self._scans: dict[tuple[str, str], Scan] = {}

    @fact
    def server(self) -> postgres_server.Server:
        """The database that answered."""
        return postgres_server.read_server(self._connection)

    @fact
    def settings(self) -> dict[str, postgres_server.Setting]:
        """The parameters that replication depends on."""
        return postgres_server.read_settings(self._connection, SETTINGS)

    def setting(self, name: str) -> postgres_server.Setting:
        """One of SETTINGS; LookupError where PostgreSQL hides it from the connection's login."""
        if name not in self.settings:
            raise LookupError(f"PostgreSQL hides {name} from this login; pg_read_all_settings shows it")
        return self.settings[name]

    @fact
    def pglogical(self) -> postgres_server.Extension:
        """The extension's versions."""
        return postgres_server.read_extension(self._connection, "pglogical")

    @fact
    def slots(self) -> tuple[postgres_server.Slot, ...]:
        """Every replication slot."""
        return postgres_server.read_slots(self._connection)

    @fact
    def wal_senders(self) -> int:
        """How many WAL senders are in use."""
        return postgres_server.count_wal_senders(self._connection)

    @fact
    def open_transactions(self) -> tuple[postgres_server.OpenTransaction, ...]:
        """Transactions that have been open for longer than LONG_TRANSACTION_S."""
        return postgres_server.read_open_transactions(self._connection, LONG_TRANSACTION_S)

    @fact
    def schemas(self) -> tuple[str, ...]:
        """The names of the schemas that tables may be in."""
        return postgres.read_schemas(self._connection)

    @fact
    def tables(self) -> tuple[Table, ...]:
        """Every table."""
        return postgres.read_tables(self._connection, self.schemas)

    @fact
    def by_name(self) -> dict[str, Table]:
        """`schema.table` -> table."""
        return {f"{table.schema}.{table.name}": table for table in self.tables}

    @fact
    def traits(self) -> dict[tuple[str, str], postgres.TableTraits]:
        """(schema, table) -> what matters to logical replication."""
        return postgres.read_traits(self._connection, self.schemas)

    @fact
    def login(self) -> postgres_server.Login | None:
        """The DMS login, or None where there is none of that name."""
        return postgres_server.read_login(self._connection, self.dms_login)

    @fact
    def sequences(self) -> tuple[postgres_server.Sequence, ...]:
        """The sequences of identity and serial columns."""
        return postgres_server.read_sequences(self._connection)

    def highest(self, table: Table, column: str) -> int | None:
        """The highest value of a key column: PostgreSQL finds it at the end of the key's index."""
        sql = f"SELECT max({quoted(column)}) FROM {quoted(table.schema, table.name)}"  # noqa: S608  # quoted
        value = fetch_one(self._connection, sql)[0]
        return None if value is None else int(value)

    def row(self, table: Table, key: object) -> dict[str, Any] | None:
        """The row of that primary key, or None."""
        names = [column.name.replace("%", "%%") for column in table.columns]
        sql = select_by_key((table.schema, table.name), names, table.primary_key, "%s")
        rows = fetch_all(self._connection, sql, [key])
        return dict(zip((column.name for column in table.columns), rows[0], strict=True)) if rows else None

    def is_small(self, table: Table) -> bool:
        """Whether the table may be read whole to count values."""
        traits = self.traits.get((table.schema, table.name))
        return traits is not None and traits.estimated_rows <= MOST_ROWS_SCANNED

    def values(self, table: Table, column: str) -> ColumnValues | None:
        """What the column holds, or None where the table is too large to be read; one scan serves all columns."""
        name = (table.schema, table.name)
        if name not in self._scans and self.is_small(table):
            self._scans[name] = Scan(self._connection, table)
        return self._scans[name].values[column] if name in self._scans else None
