"""Where a text is that the canary's own row did not get: a call may have changed something else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.catalog.database import fetch_all
from reverse_sync.catalog.postgres import read_schemas, read_tables
from reverse_sync.sql import quoted

if TYPE_CHECKING:
    from reverse_sync.catalog.database import Connection
    from reverse_sync.table_mapping import Table

# Nothing is indexed for it: each table is read whole, and a large one is left out when the time is up.
SEARCH_S = 10.0
MOST_ROWS = MOST_NAMED = 5
_TEXTS = frozenset({"character", "character varying", "text", "json", "jsonb", "xml", "citext"})


class Elsewhere(NamedTuple):
    """The rows that hold the text, and the tables that could not be searched."""

    found: list[str]
    not_searched: list[str]

    def __str__(self) -> str:
        said = f"The text is now in {'; '.join(self.found)}." if self.found else "No other row was found to hold it."
        if self.not_searched:
            more = len(self.not_searched) - MOST_NAMED
            names = ", ".join(self.not_searched[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
            said += f" Not searched, for lack of time or of a right: {names}."
        return said


def find_elsewhere(connection: Connection, text: str, first: tuple[str, str]) -> Elsewhere:
    """Every row of the database that holds the text, as far as `SEARCH_S` seconds reach.

    :param connection: to PostgreSQL, in autocommit mode
    :param first: the table to search first
    """
    import psycopg
    import psycopg2

    deadline = time.monotonic() + SEARCH_S
    elsewhere = Elsewhere([], [])
    tables = read_tables(connection, read_schemas(connection))
    for table in sorted(tables, key=lambda table: (table.schema, table.name) != first):
        remaining_ms = int((deadline - time.monotonic()) * 1000)
        try:
            elsewhere.found.extend(_rows(connection, table, text, remaining_ms) if remaining_ms > 0 else ())
        except (psycopg.Error, psycopg2.Error):
            remaining_ms = 0
        if remaining_ms <= 0:
            elsewhere.not_searched.append(table.full_name)
    return elsewhere


def _rows(connection: Connection, table: Table, text: str, timeout_ms: int) -> list[str]:
    columns = [column.name for column in table.columns if column.type in _TEXTS]
    if not columns:
        return []
    fetch_all(connection, "SELECT set_config('statement_timeout', %s, false)", [str(timeout_ms)])
    wanted = [f"strpos({_escaped(name)}::text, %s) > 0" for name in columns]
    selected = ", ".join([*wanted, *map(_escaped, table.primary_key)])
    sql = f"SELECT {selected} FROM {_escaped(table.schema, table.name)} WHERE {' OR '.join(wanted)} LIMIT {MOST_ROWS}"  # noqa: S608
    rows = fetch_all(connection, sql, [text] * len(columns) * 2)
    return [_described(table, columns, row) for row in rows]


def _described(table: Table, columns: list[str], row: tuple[object, ...]) -> str:
    hit = ", ".join(name for name, holds in zip(columns, row, strict=False) if holds)
    key = ", ".join(f"{name}={value}" for name, value in zip(table.primary_key, row[len(columns) :], strict=True))
    return f"{table.full_name}.{hit}{f' of row {key}' if key else ''}"


def _escaped(*names: str) -> str:
    return quoted(*names).replace("%", "%%")
