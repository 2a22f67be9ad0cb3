"""What a rule makes of one value after the other, before its own type takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.table_mapping.expressions import Expressions
from reverse_sync.table_mapping.rule_sizes import holds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reverse_sync.table_mapping.projection import ProjectedColumn
    from reverse_sync.table_mapping.schema import Table


def maker(column: ProjectedColumn, source: Table) -> Callable[[Mapping[str, object]], object] | None:
    """What gives the column's value of a row; None for a column that keeps its own, or whose values only DMS knows.

    A size without room for every value keeps nobody from looking at those that are there.
    """
    if column.mask or column.data_type is None:
        return None
    if column.source:
        name = column.source.name
        return lambda row: row[name]
    if column.expression is None or column.known_only_to_dms:
        return None
    constants = {"AR_M_SOURCE_SCHEMA": source.schema, "AR_M_SOURCE_TABLE_NAME": source.name}
    expressions = Expressions([column.expression], constants)
    return lambda row: expressions.evaluate(row)[0]


def is_held(column: ProjectedColumn, value: object) -> bool:
    """Whether the rule's type can be made of the value, and has room for it."""
    if column.data_type is None:
        return True
    try:
        return holds(column.data_type, value)
    except ValueError:
        return False
