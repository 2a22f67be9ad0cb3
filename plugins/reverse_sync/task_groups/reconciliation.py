"""Whole tables compared: a task for each part, and one for each table that joins its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar, cast

from airflow.sdk import TriggerRule

from reverse_sync.verify.compare_part import EXECUTION_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import BaseOperator
    from airflow.sdk.definitions.mappedoperator import MappedOperator

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import PartComparison, SelectedTable, TableComparison, TablePart
    from reverse_sync.steps import Step
    from reverse_sync.verify.compare_part import ComparePartOperator
    from reverse_sync.verify.reconciliation import ReconcileTableOperator

Operator: TypeAlias = "BaseOperator | MappedOperator"
_PART = (
    "{{ task.part.target | join('.') }}{% if task.part.of > 1 %} {{ task.part.number }}/{{ task.part.of }}{% endif %}"
)
T = TypeVar("T")
TABLE_NAME = "{{ task.table.target | join('.') }}"


class Selected(NamedTuple):
    """The selected tables, and the parts in which they are compared."""

    tables: list[SelectedTable] | None
    parts: list[TablePart] | None


def mapped(output: list[T] | None) -> Sequence[T]:
    """What a task will return, for `expand`: of a task that is mapped over None, Airflow runs nothing."""
    return cast("Sequence[T]", output)


class Compared(NamedTuple):
    """Both tasks, mapped: the comparison of the parts, and the answer of each table."""

    parts: MappedOperator
    tables: MappedOperator

    @property
    def answers(self) -> Sequence[TableComparison]:
        """What the mapped task of the tables will return, one by one: a template."""
        return cast("Sequence[TableComparison]", self.tables.output)


def compare_tables(
    pipeline: Pipeline,
    selected: Selected,
    steps: tuple[Step[PartComparison], Step[TableComparison]],
    operators: tuple[type[ComparePartOperator], type[ReconcileTableOperator]],
    *,
    trigger_rule: TriggerRule = TriggerRule.ALL_SUCCESS,
    whole: bool = False,
) -> Compared:
    """Compare the parts and join them.

    :param steps: the tasks of parts and tables
    :param operators: their operators
    :param trigger_rule: of the task of the parts
    :param whole: whether a table that can't be compared to its end counts as different
    """
    compare_parts, compare_table = steps
    of_parts, of_tables = operators
    parts = of_parts.partial(
        **compare_parts.named,
        pipeline=pipeline,
        max_active_tis_per_dagrun=pipeline.reconciliation.parts_at_once,
        execution_timeout=EXECUTION_TIMEOUT,
        map_index_template=_PART,
        trigger_rule=trigger_rule,
    ).expand(part=mapped(selected.parts))
    tables = of_tables.partial(
        **compare_table.named,
        pipeline=pipeline,
        parts=selected.parts,
        compared_by=str(compare_parts),
        map_index_template=TABLE_NAME,
        whole=whole,
    ).expand(table=mapped(selected.tables))
    parts >> tables
    return Compared(parts, tables)
