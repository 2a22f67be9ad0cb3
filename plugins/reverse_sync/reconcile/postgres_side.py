"""PostgreSQL's side of one table: what is asked of it, and its rows as the mapping makes them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Self

from reverse_sync.catalog.database import fetch_all, fetch_one
from reverse_sync.errors import UnmappableRowError
from reverse_sync.reconcile.hashing import postgres_hashing
from reverse_sync.reconcile.key_order import may_bound, postgres_order, postgres_part
from reverse_sync.reconcile.keys import Key, key_of, postgres_condition
from reverse_sync.reconcile.ordered import rows_at_a_time
from reverse_sync.reconcile.parts import WHOLE, Part
from reverse_sync.reconcile.queries import Dialect
from reverse_sync.sql import quoted
from reverse_sync.type_pairs import source_type

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from reverse_sync.catalog import database
    from reverse_sync.reconcile.plan import Plan
    from reverse_sync.reconcile.queries import Span
    from reverse_sync.reconcile.rows import Row
    from reverse_sync.reconcile.sides import Bucket, Number
    from reverse_sync.type_pairs.source_types import SourceType

_SIZE = """
SELECT coalesce(sum(CASE WHEN reltuples >= 0 THEN reltuples ELSE pg_relation_size(oid) / 32 END), 0)::bigint,
       coalesce(sum(pg_table_size(oid)), 0)::bigint
FROM pg_class WHERE oid = %(table)s::regclass OR oid IN (SELECT relid FROM pg_partition_tree(%(table)s::regclass))
"""
# So many rows say where a table is cut. They come by blocks, whose rows are often neighbours.
_SAMPLE_ROWS = 30_000
# https://www.postgresql.org/docs/current/sql-select.html (TABLESAMPLE)
_BOUNDARIES = """
SELECT {columns} FROM (
  SELECT *, row_number() OVER (ORDER BY {order}) AS n, count(*) OVER () AS sampled
  FROM {table} TABLESAMPLE SYSTEM ({percent}){where}
) q WHERE n * {count} / sampled <> (n - 1) * {count} / sampled AND n < sampled ORDER BY n
"""
_LSN = "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text"


def table_size(connection: database.PostgresConnection, table: str) -> tuple[int, int]:
    """How many rows PostgreSQL's planner expects in a table, and how many bytes it has.

    :param table: its quoted name
    """
    rows, size = fetch_one(connection, _SIZE, {"table": table})
    connection.commit()
    return int(rows), int(size)


class PostgresSide:
    """PostgreSQL's rows, and what the mapping makes of them; each reading is a transaction of its own.

    :param connection: see :func:`reverse_sync.reconcile.sessions.postgres_reader`
    :param part: only these rows
    """

    def __init__(self, connection: database.PostgresConnection, plan: Plan, part: Part = WHOLE) -> None:
        self._connection = connection
        self._plan = plan
        self._cursors = count(1)
        table = plan.projection.source
        self.table = quoted(table.schema, table.name)
        self._columns = [column for column in table.columns if column.name in _read(plan)]
        self._types = [source_type(column) for column in self._columns]
        self._dialect = Dialect(
            self.table,
            postgres_hashing(plan),
            tuple(
                kind.select.format(quoted(column.name)) for column, kind in zip(self._columns, self._types, strict=True)
            ),
            " AND ".join(filter(None, (postgres_part(plan.key, part), plan.condition))),
            is_postgres=True,
            order=plan.order,
        )

    def size(self) -> tuple[int, int]:
        """How many rows the planner expects, and how many bytes the table has."""
        return table_size(self._connection, self.table)

    def lsn(self) -> str:
        """The position up to which everything that was read is written, on a standby up to which it is replayed."""
        (lsn,) = fetch_one(self._connection, _LSN)
        self._connection.commit()
        return str(lsn)

    def bounds(self) -> tuple[int, int] | None:
        """The lowest and the highest key; None where there are no rows."""
        name = self._dialect.hashing.position
        low, high = fetch_one(self._connection, f"SELECT MIN({name}), MAX({name}) FROM {self.table}")  # noqa: S608
        self._connection.commit()
        return None if low is None else (int(low), int(high))

    def within(self, part: Part) -> Self:
        """The same table as if it had only the rows of this part."""
        return type(self)(self._connection, self._plan, part)

    def boundaries(self, count: int) -> list[Key]:
        """The keys at which `count` pieces with about as many rows each begin, but for the first; by a sample."""
        key = self._plan.key
        columns = [column.source for column in key if column.source]
        types = [source_type(column) for column in columns]
        rows, _ = self.size()
        sql = _BOUNDARIES.format(
            columns=", ".join(kind.select.format(quoted(c.name)) for c, kind in zip(columns, types, strict=True)),
            order=", ".join(map(postgres_order, key)),
            table=self.table,
            percent=min(100.0, 100 * _SAMPLE_ROWS / max(rows, 1)),
            where=self._dialect.where(),
            count=count,
        )
        sampled = fetch_all(self._connection, sql)
        self._connection.commit()
        keys = (self._key(types, texts) for texts in sampled)
        return [found for found in keys if may_bound(key, found)]

    def _key(self, types: Sequence[SourceType], texts: Sequence[str]) -> Key:
        values = (kind.read(text) for kind, text in zip(types, texts, strict=True))
        return key_of(self._plan.key, dict(zip((c.target.name for c in self._plan.key), values, strict=True)))

    def buckets(self, span: Span, ranges: Sequence[tuple[int, int]] = ()) -> Generator[Bucket, None, None]:
        """Of each bucket of the span, or of ranges of it, in order, its number, and its count and sum of hashes."""
        lines = self._streamed(self._dialect.buckets(span, ranges))
        return ((bucket, (rows, total)) for bucket, rows, total in lines)

    def rows(self, span: Span, buckets: Sequence[int] | None = None) -> Generator[tuple[Number, Row], None, None]:
        """What the rows become in Oracle; those that the mapping's filters keep out are left out."""
        for place, *texts in self._streamed(self._dialect.rows(span, buckets)):
            if (row := self._row(texts)) is not None:
                yield place, row

    def by_keys(self, keys: Sequence[Key]) -> list[Row]:
        """What the rows of these keys become."""
        condition, values = postgres_condition(self._plan.key, keys)
        mark = "\0"
        sql = self._dialect.matching(condition.replace("%s", mark)).replace("%", "%%").replace(mark, "%s")
        found = fetch_all(self._connection, sql, values)
        self._connection.commit()
        return [row for texts in found if (row := self._row(texts)) is not None]

    def matching(self, condition: str) -> Iterator[Row]:
        """What the rows that fulfil a condition become; every row where it is empty."""
        found = map(self._row, self._streamed(self._dialect.matching(condition)))
        return (row for row in found if row is not None)

    def _row(self, texts: Sequence[str | None]) -> Row | None:
        projection = self._plan.projection
        try:
            read = {
                column.name: None if text is None else kind.read(text)
                for column, kind, text in zip(self._columns, self._types, texts, strict=True)
            }
            return projection.transform(read) if projection.passes(read) else None
        except ValueError as why:
            raise UnmappableRowError(
                f"The mapping should make a row of {projection.full_name} of each row of "
                f"{projection.source.full_name}, but not of one: {why}. Correct the rule or the value, then clear this "
                "task."
            ) from None

    def _streamed(self, sql: str) -> Iterator[database.Row]:
        try:
            with self._connection.cursor(name=f"reconcile_{next(self._cursors)}") as cursor:
                cursor.itersize = rows_at_a_time(self._plan)
                cursor.execute(sql)
                yield from cursor
        finally:
            self._connection.rollback()


def _read(plan: Plan) -> frozenset[str]:
    """The columns of PostgreSQL that make the rows, their filters and keys."""
    projection = plan.projection
    compared = {column.target.name for column in plan.columns}
    names = {item.column_name for rule in projection.filters for item in rule}
    for column in projection.columns:
        if column.name in compared:
            names |= {column.source.name} if column.source else set(column.inputs)
    return frozenset(names)
