"""The PostgreSQL side of a worker: its slot, pglogical's sets, the catalog, and the stream of changes.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg2
from psycopg2 import sql
from psycopg2.extras import LogicalReplicationConnection

from rehearsal.aws.worker.changes import Pglogical, from_test_decoding
from rehearsal.aws.worker.errors import FatalError, RecoverableError
from rehearsal.aws.worker.tables import OWN_PREFIX
from reverse_sync.table_mapping import Column, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.aws.worker.changes import Message
    from reverse_sync.table_mapping import TableMapping

_PGLOGICAL, _TEST_DECODING = "pglogical_output", "test_decoding"
_FATAL_SQLSTATES = ("28", "3D", "42", "55000", "58P01")
"""Wrong password, no such database, no such slot or privilege, a slot that cannot be read any more, no such plugin."""

_HOW_TO_PRINT = {
    "TimeZone": "UTC",
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "lc_monetary": "C",
    "extra_float_digits": 1,
}
"""The settings that PostgreSQL's text of values depends on, as the readers in `values` expect it."""

_COLUMNS = """
    SELECT a.attname, format_type(a.atttypid, NULL), NOT a.attnotnull,
           CASE WHEN a.atttypid IN (1042, 1043) AND a.atttypmod > 4 THEN a.atttypmod - 4 END,
           CASE WHEN a.atttypid = 1700 AND a.atttypmod > 4 THEN ((a.atttypmod - 4) >> 16) & 65535 END,
           CASE WHEN a.atttypid = 1700 AND a.atttypmod > 4 THEN (a.atttypmod - 4) & 65535 END,
           coalesce(a.attnum = ANY (i.indkey), false)
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE n.nspname = %s AND c.relname = %s
    ORDER BY a.attnum
"""
# RDS goes by the role, PostgreSQL by an attribute of the login, which the rehearsal's logins have in any case.
_MAY_REPLICATE = "SELECT pg_has_role(oid, 'USAGE') FROM pg_roles WHERE rolname = 'rds_replication'"
_HAS_PGLOGICAL = "SELECT 1 FROM pg_extension WHERE extname = 'pglogical'"
_ADD_TABLE = "SELECT pglogical.replication_set_add_table(%s, format('%%I.%%I', %s, %s)::regclass)"
_TABLES = """
    SELECT n.nspname, c.relname, c.relreplident = 'i' OR (c.relreplident = 'd' AND EXISTS
        (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND NOT starts_with(c.relname, %s)
        AND n.nspname !~ '^(pg_|information_schema|pglogical)'
"""


class Source:
    """One connection for the catalog and one for the stream. Raises psycopg2.Error where one fails, FatalError."""

    def __init__(self, login: dict[str, Any], slot: str, wanted_plugin: str) -> None:
        """Connect, and see which plugin there is: pglogical where it can be used, otherwise test_decoding."""
        self._login = login
        self._slot = slot
        printed = " ".join(f"-c {name}={value}" for name, value in _HOW_TO_PRINT.items())
        connect = partial(psycopg2.connect, **login, connect_timeout=10, options=printed)
        self._sql = connect()
        self._sql.autocommit = True
        self._stream = connect(connection_factory=LogicalReplicationConnection)
        self.cursor = self._stream.cursor()
        self.decode: Callable[[bytes], Message] = from_test_decoding
        if not self._rows(_MAY_REPLICATE)[0][0]:
            raise FatalError("FATAL: must be superuser or replication role to start walsender")
        has_pglogical = wanted_plugin != "test-decoding" and self._rows(_HAS_PGLOGICAL)
        self.plugin = _PGLOGICAL if has_pglogical else _TEST_DECODING

    def close(self) -> None:
        """Leave PostgreSQL, in whatever state the connections are."""
        self._stream.close()
        self._sql.close()

    def tables(self, mapping: TableMapping) -> dict[tuple[str, str], bool]:
        """The tables that the mapping selects but DMS's own, and whether pglogical finds a key of each in the log."""
        rows = self._rows(_TABLES, OWN_PREFIX)
        return {(schema, table): has_key for schema, table, has_key in rows if mapping.selects(schema, table)}

    def table(self, schema: str, name: str) -> Table:
        """A table as it is now."""
        rows = self._rows(_COLUMNS, schema, name)
        columns = tuple(
            Column(column, kind, nullable=nullable, length=length, precision=precision, scale=scale)
            for column, kind, nullable, length, precision, scale, _ in rows
        )
        return Table(schema, name, columns, tuple(row[0] for row in rows if row[6]))

    def rows(self, table: Table) -> list[dict[str, str | None]]:
        """Every row of a table, as the stream would print its values."""
        names = [column.name for column in table.columns]
        columns = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in names)
        query = sql.SQL("SELECT {} FROM {}").format(columns, sql.Identifier(table.schema, table.name))
        return [dict(zip(names, row, strict=True)) for row in self._rows(query)]

    def recreate_slot(self) -> str:
        """Drop the slot, if it is there, and create it again: what was not read from it is lost. Returns its LSN."""
        drop = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s"
        self._rows(drop, self._slot)
        create = "SELECT lsn FROM pg_create_logical_replication_slot(%s, %s)"
        return str(self._rows(create, self._slot, self.plugin)[0][0])

    def check_slot(self, lsn: str | None) -> None:
        """Raises FatalError unless the slot is there and has what follows ``lsn``."""
        query = "SELECT plugin, confirmed_flush_lsn, confirmed_flush_lsn > %s::pg_lsn FROM pg_replication_slots"
        rows = self._rows(f"{query} WHERE slot_name = %s", lsn, self._slot)  # a constant
        if not rows:
            raise FatalError(f'replication slot "{self._slot}" does not exist')
        plugin, confirmed, too_old = rows[0]
        if too_old:
            raise FatalError(
                f'the position {lsn} is older than {confirmed}, which replication slot "{self._slot}" has confirmed'
            )
        if plugin not in (self.plugin, "pglogical"):
            self.plugin = _TEST_DECODING

    def sync_sets(self, tables: dict[tuple[str, str], bool]) -> None:
        """Bring pglogical's node and the two replication sets up to what the mapping selects.

        The guide's own recipe: one set for updates and deletes, one (its name begins with i) for inserts; a table
        without a primary key, or with REPLICA IDENTITY FULL or NOTHING, can only be in the second.
        """
        if self.plugin != _PGLOGICAL:
            return
        if not self._rows("SELECT 1 FROM pglogical.local_node"):
            dsn = f"host={self._login['host']} port={self._login['port']} dbname={self._login['dbname']}"
            self._rows("SELECT pglogical.create_node(%s, %s)", "awsdms_node", dsn)
        for name, inserts in ((self._slot, False), (f"i{self._slot}", True)):
            if not self._rows("SELECT 1 FROM pglogical.replication_set WHERE set_name = %s", name):
                flags = (inserts, not inserts, not inserts, False)
                self._rows("SELECT pglogical.create_replication_set(%s, %s, %s, %s, %s)", name, *flags)
            members = set(self._rows("SELECT nspname, relname FROM pglogical.tables WHERE set_name = %s", name))
            for (schema, table), has_key in tables.items():
                if (schema, table) not in members and (inserts or has_key):
                    self._rows(_ADD_TABLE, name, schema, table)

    def start(self, lsn: str | None) -> None:
        """Begin to stream from ``lsn``, or from what the slot last confirmed."""
        options = {"skip-empty-xacts": "1", "include-xids": "0"}
        if self.plugin == _PGLOGICAL:
            self.decode = Pglogical().decode
            options = {
                "expected_encoding": "UTF8",
                "min_proto_version": "1",
                "max_proto_version": "1",
                "startup_params_format": "1",
                "proto_format": "native",
                "pglogical.replication_set_names": f"{self._slot},i{self._slot}",
            }
        self.cursor.start_replication(slot_name=self._slot, start_lsn=lsn_number(lsn), options=options)

    def _rows(self, query: str | sql.Composed, *arguments: Any) -> list[Any]:
        with self._sql.cursor() as cursor:
            cursor.execute(query, arguments)
            return list(cursor.fetchall())


def lsn_number(lsn: str | None) -> int:
    """A position as a number; 0, which stands for the slot's own, for None."""
    high, low = (lsn or "0/0").split("/")
    return (int(high, 16) << 32) + int(low, 16)


def worker_error(error: psycopg2.Error) -> Exception:
    """An error of PostgreSQL's as the worker's own: recoverable, unless trying again cannot help."""
    text = " ".join(str(error).split())
    fatal = (error.pgcode or "").startswith(_FATAL_SQLSTATES) or "password authentication failed" in text
    fatal = fatal or ("does not exist" in text and "database" in text)
    return (FatalError if fatal else RecoverableError)(text or type(error).__name__)
