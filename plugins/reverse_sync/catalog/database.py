"""The little that the product needs of a DB-API connection (psycopg, python-oracledb)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias, overload

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

Row: TypeAlias = tuple[Any, ...]
"""A row as the driver makes it: the query says what its values are."""


class Cursor(Protocol):
    """A DB-API cursor that is its own context manager."""

    @property
    def rowcount(self) -> int:
        """How many rows the last statement wrote."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> object: ...

    def execute(self, sql: Any, parameters: Any = ..., /) -> object:
        """Each driver takes other kinds of statements and parameters; str, and a sequence or mapping, all take."""

    def fetchmany(self, size: int = ..., /) -> list[Row]:
        """The next rows."""

    def fetchall(self) -> list[Row]:
        """All rows that are left."""


class Connection(Protocol):
    """A DB-API connection."""

    def cursor(self) -> Cursor:
        """A new cursor."""

    def commit(self) -> None:
        """End the transaction."""


class StreamingCursor(Cursor, Protocol):
    """PostgreSQL's server-side cursor."""

    itersize: int

    def __iter__(self) -> Iterator[Row]: ...


class PostgresConnection(Protocol):
    """What psycopg 3 and psycopg2 both have; PostgresHook uses either."""

    autocommit: bool

    @overload
    def cursor(self) -> Cursor: ...
    @overload
    def cursor(self, name: str) -> StreamingCursor:
        """A cursor; one with a name is the server's."""

    def commit(self) -> None:
        """End the transaction."""

    def rollback(self) -> None:
        """End the transaction without what it wrote."""

    def close(self) -> None:
        """End the session."""


def fetch_all(
    connection: Connection, sql: str, parameters: Sequence[object] | Mapping[str, object] | None = None
) -> list[Row]:
    """Every row of one query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters) if parameters is not None else cursor.execute(sql)
        return list(cursor.fetchall())


def fetch_one(
    connection: Connection, sql: str, parameters: Sequence[object] | Mapping[str, object] | None = None
) -> Row:
    """The only row of a query; LookupError where there is none."""
    rows = fetch_all(connection, sql, parameters)
    if not rows:
        raise LookupError(f"no row: {' '.join(sql.split())}")
    return rows[0]
