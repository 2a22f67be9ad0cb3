"""The mapping's filters as PostgreSQL's SQL, where it means exactly what :meth:`Projection.passes` says."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from reverse_sync.sql import quoted

if TYPE_CHECKING:
    from reverse_sync.table_mapping import Column, Table
    from reverse_sync.table_mapping.grammar import Condition, Filter

_NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric"})
_TEXTS = frozenset({"character varying", "text", "character", "uuid"})
_COMPARISONS = {"eq": "=", "noteq": "<>", "gte": ">=", "lte": "<=", "ste": "<="}


def filters_as_sql(rules: tuple[tuple[Filter, ...], ...], table: Table) -> str | None:
    """One condition; "" where there are no filters, None where one of them does not translate."""
    alternatives = []
    for filters in rules:
        parts = [_filter(item, table.column(item.column_name)) for item in filters]
        if None in parts:
            return None
        alternatives.append(" AND ".join(f"({part})" for part in parts) or "true")
    return f"({' OR '.join(alternatives)})" if alternatives else ""


def _filter(item: Filter, column: Column | None) -> str | None:
    if column is None:
        return None
    parts = [_condition(condition, column) for condition in item.filter_conditions]
    return None if None in parts else " OR ".join(part for part in parts if part)


def _condition(condition: Condition, column: Column) -> str | None:
    operator = condition.filter_operator
    if operator in ("null", "notnull"):
        return f"{quoted(column.name)} IS {'NOT ' if operator == 'notnull' else ''}NULL"
    value = _value(column)
    if value is None:
        return None
    if operator in ("between", "notbetween"):
        low, high = _bound(condition.start_value, column), _bound(condition.end_value, column)
        return f"{value} {operator.upper().replace('NOT', 'NOT ')} {low} AND {high}" if low and high else None
    bound = _bound(condition.value, column)
    return f"{value} {_COMPARISONS[operator]} {bound}" if bound else None


def _value(column: Column) -> str | None:
    name = quoted(column.name)
    if column.category:
        return None
    if column.type in _NUMBERS:
        return name
    return f'{name}::text COLLATE "C"' if column.type in _TEXTS else None


def _bound(text: str | None, column: Column) -> str | None:
    if column.type not in _NUMBERS:
        return literal(text or "")
    try:
        number = Decimal(text or "")
    except InvalidOperation:
        return None
    return format(number, "f") if number.is_finite() else None


def literal(text: str) -> str:
    """A text as SQL writes it, to PostgreSQL and to Oracle."""
    return "'" + text.replace("'", "''") + "'"
