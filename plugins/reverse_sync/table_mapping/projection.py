"""One table through a mapping: what it is called on the target, and what a row of it becomes there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reverse_sync.table_mapping.data_types import as_data_type
from reverse_sync.table_mapping.errors import MappingError, Problem
from reverse_sync.table_mapping.expressions import Expressions
from reverse_sync.table_mapping.filters import accepts
from reverse_sync.table_mapping.policy import passes_any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reverse_sync.table_mapping.grammar import DataType, Filter, Transformation
    from reverse_sync.table_mapping.schema import Column, Table


@dataclass(frozen=True, slots=True)
class ProjectedColumn:
    """A target column: fed by a source column, or by an expression, or (both None) by nothing at all.

    `rule` is the transformation that shaped it, `data_type` the DMS type where a rule gives one, `inputs` the source
    columns that its expression names.
    """

    name: str
    source: Column | None = None
    expression: str | None = None
    data_type: DataType | None = None
    rule: Transformation | None = None
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Projection:
    """What a source table and its rows become on the target.

    `problems` says why rows cannot be transformed (two columns of one name, an expression over a column that is not
    there); `primary_key` has the target names of the source's primary key, as far as its columns are kept.
    """

    source: Table
    schema: str
    table: str
    columns: tuple[ProjectedColumn, ...]
    primary_key: tuple[str, ...]
    filters: tuple[tuple[Filter, ...], ...]
    problems: tuple[Problem, ...]
    mapping_source: str
    _plan: _Plan = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_plan", _Plan(self.columns if not self.problems else ()))

    def transform(self, row: Mapping[str, object]) -> dict[str, object]:
        """The target row of a source row.

        A column that `row` lacks (PostgreSQL leaves out an unchanged large value) is lacking in the result too, and so
        is an expression over it. Raises MappingError where `problems` says that no row can be transformed, ValueError
        where a value does not fit its expression or data type.
        """
        if self.problems:
            raise MappingError(self.mapping_source, self.problems)
        return self._plan.apply(row)

    def passes(self, row: Mapping[str, object]) -> bool:
        """Whether the selection rules' filters let the source row through."""
        return not self.filters or passes_any(accepts(rule, row) for rule in self.filters)


class _Plan:
    """The work for a row, sorted out once: plain columns, converted columns, computed columns."""

    def __init__(self, columns: tuple[ProjectedColumn, ...]) -> None:
        sourced = [(column.name, column.source.name, column.data_type) for column in columns if column.source]
        self._plain = [(target, source) for target, source, _ in sourced]
        self._converted = [(target, data_type.type) for target, _, data_type in sourced if data_type]
        self._computed = [column for column in columns if column.expression is not None]
        expressions = [column.expression for column in self._computed if column.expression is not None]
        self._expressions = Expressions(expressions) if expressions else None

    def apply(self, row: Mapping[str, object]) -> dict[str, object]:
        result = {target: row[source] for target, source in self._plain if source in row}
        for target, type_name in self._converted:
            if target in result:
                result[target] = as_data_type(result[target], type_name)
        if self._expressions:
            for column, value in zip(self._computed, self._expressions.evaluate(row), strict=True):
                if all(name in row for name in column.inputs):
                    result[column.name] = as_data_type(value, column.data_type.type) if column.data_type else value
        return result
