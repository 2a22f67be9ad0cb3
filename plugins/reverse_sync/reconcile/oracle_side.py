"""Oracle's side of one table: what is asked of it, and its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from reverse_sync.catalog.database import fetch_all, fetch_one
from reverse_sync.catalog.oracle import read_database_parameters
from reverse_sync.reconcile.hashing import oracle_hashing
from reverse_sync.reconcile.key_order import oracle_part
from reverse_sync.reconcile.keys import Key, oracle_condition
from reverse_sync.reconcile.ordered import rows_at_a_time
from reverse_sync.reconcile.parts import WHOLE, Part
from reverse_sync.reconcile.plan import Order
from reverse_sync.reconcile.queries import Dialect
from reverse_sync.sql import quoted
from reverse_sync.type_pairs.target_types import select
from reverse_sync.type_pairs.texts import is_large

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    import oracledb

    from reverse_sync.catalog import database
    from reverse_sync.reconcile.plan import Plan
    from reverse_sync.reconcile.queries import Span
    from reverse_sync.reconcile.rows import Row
    from reverse_sync.reconcile.sides import Bucket, Number
    from reverse_sync.table_mapping import Column

_PROBE_LARGE_OBJECTS = "SELECT DBMS_CRYPTO.HASH({0}, 2) FROM {1} WHERE {0} IS NOT NULL AND ROWNUM = 1"
# No such function, of a server older than 12.1; unimplemented feature: https://docs.oracle.com/en/error-help/db/
_NO_HASHES = frozenset({904, 3001})


class OracleSide:
    """Oracle's rows.

    :param connection: see :func:`reverse_sync.reconcile.sessions.oracle_reader`
    :param part: only these rows
    """

    def __init__(self, connection: oracledb.Connection, plan: Plan, part: Part = WHOLE) -> None:
        self._connection = connection
        self._plan = plan
        self._names = [column.target.name for column in plan.columns]
        self.table = quoted(plan.projection.schema, plan.projection.table)
        self._dialect = Dialect(
            self.table,
            oracle_hashing(plan),
            tuple(select(column.target, quoted(column.target.name)) for column in plan.columns),
            oracle_part(plan.key, part),
            is_postgres=False,
            order=plan.order,
        )

    def bounds(self) -> tuple[int, int] | None:
        """The lowest and the highest key; None where there are no rows."""
        name = self._dialect.hashing.position
        low, high = fetch_one(self._connection, f"SELECT MIN({name}), MAX({name}) FROM {self.table}")  # noqa: S608
        return None if low is None else (int(low // 1), int(high // 1))

    def buckets(self, span: Span, ranges: Sequence[tuple[int, int]] = ()) -> Generator[Bucket, None, None]:
        """Of each bucket of the span, or of ranges of it, in order, its number, and its count and sum of hashes."""
        lines = self._streamed(self._dialect.buckets(span, ranges))
        return ((bucket, (rows, total)) for bucket, rows, total in lines)

    def rows(self, span: Span, buckets: Sequence[int] | None = None) -> Generator[tuple[Number, Row], None, None]:
        """The rows of the span, or of some buckets of it, by their positions, in order."""
        for place, *values in self._streamed(self._dialect.rows(span, buckets)):
            yield place, self._row(values)

    def within(self, part: Part) -> Self:
        """The same table as if it had only the rows of this part."""
        return type(self)(self._connection, self._plan, part)

    def by_keys(self, keys: Sequence[Key]) -> list[Row]:
        """The rows of these keys."""
        condition, values = oracle_condition(self._plan.key, keys)
        return [self._row(found) for found in fetch_all(self._connection, self._dialect.matching(condition), values)]

    def matching(self, condition: str) -> Iterator[Row]:
        """The rows that fulfil a condition; every row where it is empty."""
        return map(self._row, self._streamed(self._dialect.matching(condition)))

    def refuses_hashes(self) -> str:
        """Why Oracle can't compute the hashes; empty where it can."""
        import oracledb

        try:
            fetch_all(self._connection, self._dialect.probe())
        except oracledb.DatabaseError as error:
            if error.args[0].code not in _NO_HASHES:
                raise
            return str(error).splitlines()[0]
        return ""

    def rows_without_key(self) -> list[Row]:
        """The rows that no key of PostgreSQL can be: one of their key's columns is NULL."""
        nullable = [quoted(column.target.name) for column in self._plan.key if column.target.nullable]
        if self._plan.order is not Order.KEY or not nullable:
            return []
        return list(self.matching(" OR ".join(f"{name} IS NULL" for name in nullable)))

    def _row(self, values: Sequence[object]) -> Row:
        return dict(zip(self._names, values, strict=True))

    def _streamed(self, sql: str) -> Iterator[database.Row]:
        with self._connection.cursor() as cursor:
            cursor.arraysize = cursor.prefetchrows = rows_at_a_time(self._plan)
            cursor.execute(sql)
            yield from cursor


def has_utf8(connection: oracledb.Connection) -> bool:
    """Whether Oracle keeps texts in the bytes of UTF-8, as PostgreSQL does.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/NLS_DATABASE_PARAMETERS.html
    """
    return read_database_parameters(connection).get("NLS_CHARACTERSET") == "AL32UTF8"


def hashes_large_objects(connection: oracledb.Connection, table: str, columns: Iterable[Column]) -> bool:
    """Whether this user may EXECUTE DBMS_CRYPTO, which nobody may unless it is granted.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/arpls/DBMS_CRYPTO.html

    :param table: the quoted name
    :param columns: the table's; without a large object nothing is asked
    """
    import oracledb

    large = next((quoted(column.name) for column in columns if is_large(column)), None)
    if large is None:
        return False
    try:
        fetch_all(connection, _PROBE_LARGE_OBJECTS.format(large, table))
    except oracledb.DatabaseError as error:
        if error.args[0].code not in _NO_HASHES:
            raise
        return False
    return True
