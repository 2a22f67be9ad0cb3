"""The mapping's expressions as PostgreSQL's SQL, for the few shapes whose meaning is exactly SQLite's.

Any other expression is evaluated by SQLite, row by row.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reverse_sync.reconcile.filters import literal
from reverse_sync.sql import quoted
from reverse_sync.table_mapping import Column

if TYPE_CHECKING:
    from reverse_sync.table_mapping import Table

_SECONDS = r"CAST\(strftime\('%s', ?substr\(\$(?P<column>\w+), ?1, ?19\)\) AS INTEGER\)"
_EPOCH_SECONDS = re.compile(_SECONDS, re.IGNORECASE)
_EPOCH_MILLISECONDS = re.compile(
    _SECONDS + r" ?\* ?1000 ?\+ ?CAST\(substr\(substr\(\$(?P=column), ?21, ?3\) ?\|\| ?'000', ?1, ?3\) AS INTEGER\)",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*(?:'(?P<text>(?:[^']|'')*)'|\$(?P<column>\w+))\s*(?:\|\||$)")
_TEXTS = frozenset({"character varying", "text"})
_INTEGERS = frozenset({"smallint", "integer", "bigint"})
# Stands for what only SQLite can tell: no row of Oracle is taken for equal by it.
_UNTOLD = -(10**17) - 1


def expression_as_sql(expression: str, table: Table) -> tuple[str, Column] | None:
    """PostgreSQL's expression and a column of its type; None where SQLite has to evaluate it."""
    compact = " ".join(expression.split())
    for shape, sql in ((_EPOCH_MILLISECONDS, _milliseconds), (_EPOCH_SECONDS, _seconds)):
        if found := shape.fullmatch(compact):
            column = table.column(found["column"])
            if column and column.type.startswith("timestamp"):
                return _within_python(column, sql(quoted(column.name))), Column("", "bigint")
    joined = _joined(expression, table)
    return (joined, Column("", "character varying")) if joined else None


def _seconds(name: str) -> str:
    return f"extract(epoch FROM date_trunc('second', {name}))::bigint"


def _milliseconds(name: str) -> str:
    return f"{_seconds(name)} * 1000 + to_char({name}, 'MS')::int"


def _within_python(column: Column, sql: str) -> str:
    """Infinity and the years that Python does not know reach SQLite as other texts."""
    name = quoted(column.name)
    known = f"{name} >= '0001-01-02' AND {name} < '9999-12-31'"
    return f"(CASE WHEN {name} IS NULL THEN NULL WHEN {known} THEN {sql} ELSE {_UNTOLD} END)"


def _joined(expression: str, table: Table) -> str | None:
    """Texts, and columns that hold texts or whole numbers, one after the other; NULL where one of them is."""
    parts, end = [], 0
    while end < len(expression):
        found = _PARTS.match(expression, end)
        if found is None:
            return None
        end = found.end()
        if found["column"] is None:
            parts.append(literal(found["text"].replace("''", "'")))
            continue
        column = table.column(found["column"])
        if column is None or column.category or column.type not in _TEXTS | _INTEGERS:
            return None
        parts.append(f"{quoted(column.name)}::text")
    return f"({' || '.join(parts)})" if parts and not expression.rstrip().endswith("||") else None
