"""The little that the catalogs need of a DB-API connection (psycopg, python-oracledb)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Connection(Protocol):
    """A DB-API connection."""

    def cursor(self) -> Any:
        """A cursor that is its own context manager."""


def fetch_all(
    connection: Connection, sql: str, parameters: Sequence[object] | Mapping[str, object] | None = None
) -> list[tuple[Any, ...]]:
    """Every row of one query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters) if parameters is not None else cursor.execute(sql)
        return list(cursor.fetchall())


def fetch_one(
    connection: Connection, sql: str, parameters: Sequence[object] | Mapping[str, object] | None = None
) -> tuple[Any, ...]:
    """The only row of a query; LookupError where there is none."""
    rows = fetch_all(connection, sql, parameters)
    if not rows:
        raise LookupError(f"no row: {' '.join(sql.split())}")
    return rows[0]
