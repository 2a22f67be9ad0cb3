"""What the source says, each view read once and only when a check asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.catalog import postgres, postgres_server
from reverse_sync.catalog.database import Connection, fetch_all, fetch_one
from reverse_sync.preflight.made_values import MadeValues, columns_read, made_values
from reverse_sync.preflight.read_once import read_once
from reverse_sync.sql import quoted, select_expressions_by_key
from reverse_sync.table_mapping.policy import DMS_OWN
from reverse_sync.type_pairs import sizes
from reverse_sync.type_pairs.rows import read_source_row, source_expressions
from reverse_sync.type_pairs.source_types import source_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reverse_sync.table_mapping import Column, Projection, Table

SETTINGS = (
    "shared_preload_libraries", "wal_level", "max_replication_slots", "max_wal_senders", "wal_sender_timeout",
    "max_slot_wal_keep_size", "logical_decoding_work_mem", "rds.force_ssl", "idle_in_transaction_session_timeout",
    "max_prepared_transactions", "idle_replication_slot_timeout",
)  # fmt: skip
RDS_ROLES = ("rds_superuser", "rds_replication")
_MEASURES = 7
LONG_TRANSACTION_S = 300.0
MOST_ROWS_SCANNED = 100_000
"""A table that the planner takes for larger is not read to count its values."""
MOST_ROWS_MADE = 10_000
"""Of so many rows what rules make is looked at."""


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """What a column holds: NULLs, empty strings, its longest text, the most digits before the point.

    `beyond_oracle` counts what Oracle's decimal numbers and moments have no value for: NaN, infinite numbers, those of
    1e126 and more, `-infinity`, moments before 4712 BC and after 9999. `most_utf16` is of the longest text in UTF-16.
    """

    nulls: int
    empty: int
    most_bytes: int
    most_characters: int
    most_digits: int
    beyond_oracle: int = 0
    most_utf16: int = 0


class LongestRow(NamedTuple):
    """The most bytes of a row as text, without its large objects and with them, each cut as DMS cuts it."""

    without_lobs: int
    with_lobs: int


def _bytes_of(columns: Sequence[Column], lob_limit_bytes: int | None) -> str:
    """How many bytes the columns of a row have together."""
    return " + ".join(["0", *(f"coalesce({_size(column, lob_limit_bytes)}, 0)" for column in columns)])


def _size(column: Column, lob_limit_bytes: int | None) -> str:
    name = quoted(column.name)
    size = f"octet_length({name if column.type == 'bytea' else source_type(column).select.format(name)})"
    return f"least({size}, {lob_limit_bytes})" if lob_limit_bytes and source_type(column).is_lob else size


class Scan:
    """One reading of a whole table."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self._connection = connection
        self._table = table

    @read_once
    def values(self) -> dict[str, ColumnValues]:
        """What each column holds."""
        columns = self._table.columns
        measures = ", ".join(self._measures(column) for column in columns)
        sql = f"SELECT {measures} FROM {quoted(self._table.schema, self._table.name)}"  # noqa: S608  # quoted
        row = fetch_one(self._connection, sql)
        return {
            column.name: ColumnValues(*row[place * _MEASURES : (place + 1) * _MEASURES])
            for place, column in enumerate(columns)
        }

    @staticmethod
    def _measures(column: Column) -> str:
        name = quoted(column.name)
        text = source_type(column).select.format(name)
        size = _size(column, None)
        digits = _digits(column, name, text)
        return (
            f"count(*) FILTER (WHERE {text} IS NULL), count(*) FILTER (WHERE {size} = 0), "
            f"coalesce(max({size}), 0), coalesce(max(length({text})), 0), coalesce(max({digits}), 0), "
            f"count(*) FILTER (WHERE {_beyond_oracle(column, name)}), coalesce(max({_utf16_units(text)}), 0)"
        )


def _digits(column: Column, name: str, text: str) -> str:
    """How many digits stand before the point; NULL for what is no number, NaN and infinity."""
    if column.type in ("real", "double precision"):
        text = f"CASE WHEN abs({name}) < 'infinity' THEN trunc({name}::numeric)::text END"
    elif column.type not in sizes.EXACT_NUMBERS:
        return "NULL::int"
    return f"CASE WHEN {text} ~ '[0-9]' THEN length(ltrim(split_part({text}, '.', 1), '-0')) END"


def _utf16_units(text: str) -> str:
    """How many characters the text has in UTF-16, where one beyond U+FFFF is two."""
    beyond = f"length(regexp_replace({text}, '[^\\U00010000-\\U0010FFFF]', '', 'g'))"
    return f"length({text}) + CASE WHEN octet_length({text}) > length({text}) THEN {beyond} ELSE 0 END"


def _beyond_oracle(column: Column, name: str) -> str:
    """PostgreSQL takes NaN for the largest number. https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Data-Types.html."""
    if column.type in ("numeric", "real", "double precision"):
        return f"abs({name}) >= '1e126'::{'numeric' if column.type == 'numeric' else 'double precision'}"
    if column.type == "date" or column.type.startswith("timestamp"):
        return f"{name} < '4712-01-01 BC' OR ({name} >= '10000-01-01' AND {name} <> 'infinity')"
    return "false"


class SourceFacts:
    """One connection to the source, read only."""

    def __init__(self, connection: Connection, dms_login: str) -> None:
        self._connection = connection
        self.dms_login = dms_login
        self._scans: dict[tuple[str, str], Scan] = {}
        self._made: dict[tuple[str, str], dict[str, MadeValues]] = {}

    @read_once
    def server(self) -> postgres_server.Server:
        """The database that answered."""
        return postgres_server.read_server(self._connection)

    @read_once
    def settings(self) -> dict[str, postgres_server.Setting]:
        """The parameters that replication depends on."""
        return postgres_server.read_settings(self._connection, SETTINGS)

    def setting(self, name: str) -> postgres_server.Setting:
        """One of SETTINGS; LookupError where PostgreSQL hides it from the connection's login."""
        if name not in self.settings:
            raise LookupError(f"PostgreSQL hides {name} from this login; pg_read_all_settings shows it")
        return self.settings[name]

    @read_once
    def pglogical(self) -> postgres_server.Extension:
        """The extension's versions."""
        return postgres_server.read_extension(self._connection, "pglogical")

    @read_once
    def ddl_triggers(self) -> dict[str, str]:
        """DMS's event triggers, by which it captures DDL, and when they fire."""
        return postgres_server.read_event_triggers(self._connection, DMS_OWN)

    @read_once
    def slots(self) -> tuple[postgres_server.Slot, ...]:
        """Every replication slot."""
        return postgres_server.read_slots(self._connection)

    @read_once
    def wal_senders(self) -> int:
        """How many WAL senders are in use."""
        return postgres_server.count_wal_senders(self._connection)

    @read_once
    def open_transactions(self) -> tuple[postgres_server.OpenTransaction, ...]:
        """Transactions that have been open for longer than LONG_TRANSACTION_S."""
        return postgres_server.read_open_transactions(self._connection, LONG_TRANSACTION_S)

    @read_once
    def schemas(self) -> tuple[str, ...]:
        """The names of the schemas that tables may be in."""
        return postgres.read_schemas(self._connection)

    @read_once
    def tables(self) -> tuple[Table, ...]:
        """Every table."""
        return postgres.read_tables(self._connection, self.schemas)

    @read_once
    def other_relations(self) -> dict[tuple[str, str], str]:
        """(schema, name) -> `view`, `materialized view` or `foreign table`."""
        return postgres.read_other_relations(self._connection, self.schemas)

    @read_once
    def by_name(self) -> dict[str, Table]:
        """`schema.table` -> table."""
        return {table.full_name: table for table in self.tables}

    @read_once
    def traits(self) -> dict[tuple[str, str], postgres.TableTraits]:
        """(schema, table) -> what matters to logical replication."""
        return postgres.read_traits(self._connection, self.schemas)

    @read_once
    def login(self) -> postgres_server.Login | None:
        """The DMS login, or None where there is none of that name."""
        return postgres_server.read_login(self._connection, self.dms_login)

    @read_once
    def own_login(self) -> postgres_server.Login | None:
        """The connection's own login."""
        return postgres_server.read_login(self._connection, None)

    def rights(self, table: Table, column: str) -> postgres_server.Rights:
        """What the connection's own login may do with a column."""
        return postgres_server.read_rights(self._connection, (table.schema, table.name), column)

    @read_once
    def sequences(self) -> tuple[postgres_server.Sequence, ...]:
        """The sequences of identity and serial columns."""
        return postgres_server.read_sequences(self._connection)

    def highest(self, table: Table, column: str) -> int | None:
        """The highest value of a key column: PostgreSQL finds it at the end of the key's index."""
        sql = f"SELECT max({quoted(column)}) FROM {quoted(table.schema, table.name)}"  # noqa: S608  # quoted
        value = fetch_one(self._connection, sql)[0]
        return None if value is None else int(value)

    def row(self, table: Table, key: Sequence[object]) -> dict[str, object] | None:
        """The row of that primary key, read from the texts that PostgreSQL prints; or None."""
        expressions = source_expressions(table.columns)
        sql = select_expressions_by_key((table.schema, table.name), expressions, table.primary_key, "%s")
        rows = fetch_all(self._connection, sql, list(key))
        return read_source_row(table.columns, rows[0]) if rows else None

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

    def longest_row(self, table: Table, columns: Sequence[Column], lob_limit_bytes: int | None) -> LongestRow | None:
        """The most bytes that a row has in these columns; None where the table is too large to be read."""
        if not self.is_small(table):
            return None
        others = [column for column in columns if not source_type(column).is_lob]
        sums = [f"coalesce(max({_bytes_of(chosen, lob_limit_bytes)}), 0)" for chosen in (others, columns)]
        sql = f"SELECT {', '.join(sums)} FROM {quoted(table.schema, table.name)}"  # noqa: S608  # quoted
        return LongestRow(*fetch_one(self._connection, sql))

    def made(self, projection: Projection) -> dict[str, MadeValues] | None:
        """Target column -> what its rule makes of up to MOST_ROWS_MADE rows; None where the table is too large."""
        table = projection.source
        name = (table.schema, table.name)
        if not self.is_small(table):
            return None
        if name not in self._made:
            columns = columns_read(projection)
            self._made[name] = made_values(projection, self._rows(table, columns) if columns else ())
        return self._made[name]

    def _rows(self, table: Table, columns: Sequence[Column]) -> Iterator[dict[str, object]]:
        selected = ", ".join(source_expressions(columns))
        sql = f"SELECT {selected} FROM {quoted(table.schema, table.name)} LIMIT {MOST_ROWS_MADE}"  # noqa: S608  # quoted
        for row in fetch_all(self._connection, sql):
            yield read_source_row(columns, row)
