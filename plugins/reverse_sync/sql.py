"""SQL that PostgreSQL and Oracle read alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SIMPLE = re.compile(r"[a-z_][a-z0-9_$]*")


def quoted(*names: str) -> str:
    """The names with their case kept: `"SHOP"."ORDERS"`."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def as_typed(*names: str) -> str:
    """The names as a person types them to PostgreSQL: in double quotes only where it would read another name."""
    return ".".join(name if _SIMPLE.fullmatch(name) else quoted(name) for name in names)


def select_by_key(table: Sequence[str], columns: Iterable[str], key: Sequence[str], placeholder: str) -> str:
    """The query for one row by its primary key, the key's values bound in order.

    :param table: schema and name
    :param placeholder: how a value is bound: `%s` for psycopg2; `:{}` for python-oracledb
    """
    return select_expressions_by_key(table, map(quoted, columns), key, placeholder)


def select_expressions_by_key(
    table: Sequence[str], expressions: Iterable[str], key: Sequence[str], placeholder: str
) -> str:
    """The same for expressions instead of columns.

    :param expressions: SQL; where `placeholder` is `%s`, a `%` stands for itself
    """
    percent = "%%" if placeholder == "%s" else "%"

    def escaped(sql: str) -> str:
        return sql.replace("%", percent)

    where = " AND ".join(f"{escaped(quoted(column))} = {placeholder.format(n)}" for n, column in enumerate(key, 1))
    selected = ", ".join(map(escaped, expressions))
    return f"SELECT {selected} FROM {escaped(quoted(*table))} WHERE {where}"  # noqa: S608
