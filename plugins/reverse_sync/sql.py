"""SQL that PostgreSQL and Oracle read alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def quoted(*names: str) -> str:
    """The names with their case kept: `"TRAVELBUDDY"."FLIGHTSPECIAL"`."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def select_by_key(table: Sequence[str], columns: Iterable[str], key: Sequence[str], placeholder: str) -> str:
    """The query for one row by its primary key, the key's values bound in order.

    :param table: schema and name
    :param placeholder: how a value is bound: `%s` for psycopg2; `:{}` for python-oracledb
    """
    where = " AND ".join(f"{quoted(column)} = {placeholder.format(n)}" for n, column in enumerate(key, 1))
    return f"SELECT {', '.join(map(quoted, columns))} FROM {quoted(*table)} WHERE {where}"  # noqa: S608
