"""A selection rule's filters over one row.

Filters are joined by AND, the conditions of one filter by OR, and values compare as in SQLite:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.Filters.html
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from reverse_sync.table_mapping.policy import as_sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reverse_sync.table_mapping.grammar import Condition, Filter


def accepts(filters: Iterable[Filter], row: Mapping[str, object]) -> bool:
    """Whether the row is one that the filters let through."""
    return all(
        any(_holds(condition, row.get(item.column_name)) for condition in item.filter_conditions) for item in filters
    )


def _holds(condition: Condition, value: object) -> bool:
    operator = condition.filter_operator
    if operator == "null":
        return value is None
    if value is None:
        return False
    match operator:
        case "notnull":
            return True
        case "eq" | "noteq":
            return (_order(value, condition.value) == 0) is (operator == "eq")
        case "gte":
            return _order(value, condition.value) >= 0
        case "lte" | "ste":
            return _order(value, condition.value) <= 0
        case _:
            between = _order(value, condition.start_value) >= 0 and _order(value, condition.end_value) <= 0
            return between is (operator == "between")


def _order(value: object, bound: str | None) -> int:
    """-1, 0 or 1 as `value` lies below, at or above `bound`; a number lies below every text, as in SQLite."""
    text = bound or ""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        try:
            return int(Decimal(value).compare(Decimal(text)))
        except (InvalidOperation, ValueError):
            return -1
    left = str(as_sqlite(value))
    return (left > text) - (left < text)
