"""One table through a mapping: what it is called on the target, and what a row of it becomes there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from reverse_sync.table_mapping.data_types import as_data_type
from reverse_sync.table_mapping.errors import MappingError, Problem
from reverse_sync.table_mapping.expressions import Expressions
from reverse_sync.table_mapping.filters import accepts
from reverse_sync.table_mapping.masking import mask
from reverse_sync.table_mapping.policy import passes_any
from reverse_sync.table_mapping.schema import full_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reverse_sync.table_mapping.grammar import DataType, Filter, Transformation
    from reverse_sync.table_mapping.schema import Column, Table
    from reverse_sync.table_mapping.settings import LobSettings


@dataclass(frozen=True, slots=True)
class ProjectedColumn:
    """A target column: fed by a source column, or by an expression, or (both None) by nothing at all.

    `rule` is the transformation that shaped it, `mask` the data-masking rule beside it, `data_type` the DMS type where
    a rule gives one, `inputs` the source columns that its expression names. `only_dms_knows` is what makes its values
    unforeseeable (`datetime()`, `$AR_H_TIMESTAMP`, random digits, a rule's size without room for every value), or None.
    """

    name: str
    source: Column | None = None
    expression: str | None = None
    data_type: DataType | None = None
    rule: Transformation | None = None
    inputs: tuple[str, ...] = ()
    mask: Transformation | None = None
    only_dms_knows: str | None = None

    @property
    def known_only_to_dms(self) -> bool:
        """Whether no row tells its value, so that nothing can be compared with it."""
        return self.only_dms_knows is not None

    @property
    def lacks_room(self) -> bool:
        """Whether its rule gives a size that has no room for every value of its source column."""
        return self.source is not None and self.mask is None and self.known_only_to_dms

    @property
    def is_plain(self) -> bool:
        """Whether it holds the value of its source column as it is."""
        return self.source is not None and self.data_type is None and self.mask is None


@dataclass(frozen=True)
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
    lob_settings: LobSettings | None = None

    def lob_limit_kb(self, limit_of_task_kb: int | None) -> int | None:
        """Where DMS cuts the table's LOBs: as its table-settings rule says, or else as the task's; None: nowhere.

        https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Tablesettings.html
        """
        own = self.lob_settings
        if own is None or own.mode == "none":
            return limit_of_task_kb
        return own.bulk_max_size if own.mode == "limited" else None

    @cached_property
    def _plan(self) -> _Plan:
        return _Plan(self.columns, self.source)

    def transform(self, row: Mapping[str, object]) -> dict[str, object]:
        """The target row of a source row.

        A column that `row` lacks (PostgreSQL leaves out an unchanged large value) is lacking in the result too, and so
        is an expression over it, and every column whose value only DMS knows. Raises MappingError where `problems` says
        that no row can be transformed, ValueError where a value does not fit its expression or data type.
        """
        if self.problems:
            raise MappingError(self.mapping_source, self.problems)
        return self._plan.apply(row)

    @property
    def full_name(self) -> str:
        """The target table with its schema."""
        return full_name(self.schema, self.table)

    @property
    def unknown_key(self) -> list[str]:
        """The target's key columns whose values only DMS knows; by such a key no row can be found."""
        return [column.name for column in self.columns if column.name in self.primary_key and column.known_only_to_dms]

    def target_of(self, source_column: str) -> str | None:
        """The target column that carries a source column; None where the mapping drops it."""
        return next(
            (column.name for column in self.columns if column.source and column.source.name == source_column), None
        )

    def passes(self, row: Mapping[str, object]) -> bool:
        """Whether the selection rules' filters let the source row through."""
        return not self.filters or passes_any(accepts(rule, row) for rule in self.filters)


class _Plan:
    """The work for a row, sorted out once: plain columns, converted columns, computed columns."""

    def __init__(self, columns: tuple[ProjectedColumn, ...], source: Table) -> None:
        known = [column for column in columns if not column.known_only_to_dms]
        self._sourced = [(column.name, column.source.name) for column in known if column.source]
        self._converted = [
            (column.name, convert) for column in known if column.source for convert in _conversions(column)
        ]
        self._computed = [column for column in known if column.expression is not None]
        self._inputs = {frozenset(column.inputs) for column in self._computed}
        expressions = [column.expression for column in self._computed if column.expression is not None]
        constants = {"AR_M_SOURCE_SCHEMA": source.schema, "AR_M_SOURCE_TABLE_NAME": source.name}
        self._expressions = Expressions(expressions, constants) if expressions else None

    def apply(self, row: Mapping[str, object]) -> dict[str, object]:
        result = {target: row[source] for target, source in self._sourced if source in row}
        for target, convert in self._converted:
            if target in result:
                result[target] = convert(result[target])
        if self._expressions and any(inputs <= row.keys() for inputs in self._inputs):
            for column, value in zip(self._computed, self._expressions.evaluate(row), strict=True):
                if all(name in row for name in column.inputs):
                    result[column.name] = as_data_type(value, column.data_type.type) if column.data_type else value
        return result


def _conversions(column: ProjectedColumn) -> list[Callable[[object], object]]:
    """What happens to the column's values, in the order of the rules' ids."""
    steps: list[tuple[int, Callable[[object], object]]] = []
    if column.data_type and column.rule:
        steps.append((column.rule.rule_id, partial(as_data_type, type_name=column.data_type.type)))
    if column.mask:
        steps.append((column.mask.rule_id, mask(column.mask.rule_action, column.mask.value or "")))
    return [step for _, step in sorted(steps, key=lambda item: item[0])]
