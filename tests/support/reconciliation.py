"""The reconciliation of one table by the product's own operators: cut, compared part by part, joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reverse_sync.verify.compare_part import ComparePartOperator
from reverse_sync.verify.cut import CutTablesOperator
from reverse_sync.verify.reconciliation import ReconcileTableOperator
from tests.support.procedure import TABLES
from tests.support.tasks import context, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reverse_sync.pipeline import Pipeline

COMPARED_BY = "compare_parts"


def reconciled(
    pipeline: Pipeline,
    values: dict[str, Any] | None = None,
    compare: type[ComparePartOperator] = ComparePartOperator,
    join: type[ReconcileTableOperator] = ReconcileTableOperator,
) -> Any:
    """What the task of the table returns."""
    parts = run(CutTablesOperator(task_id="cut_tables", pipeline=pipeline))
    return joined(pipeline, parts, [compared(pipeline, part, compare) for part in parts], values, join)


def compared(pipeline: Pipeline, part: Any, compare: type[ComparePartOperator] = ComparePartOperator) -> dict[str, Any]:
    """What the task of a part leaves: each XCom by its key."""
    values = context()
    returned = run(compare(task_id=COMPARED_BY, pipeline=pipeline, part=part), values)
    return {**values["ti"].pushed, "return_value": returned}


def joined(
    pipeline: Pipeline,
    parts: Any,
    left: Sequence[dict[str, Any]],
    values: dict[str, Any] | None = None,
    join: type[ReconcileTableOperator] = ReconcileTableOperator,
) -> Any:
    """What the task of the table makes of what the tasks of its parts left."""

    def xcom_pull(task_ids: str, map_indexes: Sequence[int], key: str = "return_value") -> list[Any]:
        assert task_ids == COMPARED_BY
        return [left[index].get(key) for index in map_indexes]

    values = values or context()
    values["ti"].xcom_pull = xcom_pull
    return run(
        join(task_id="reconcile", pipeline=pipeline, table=TABLES[0], parts=parts, compared_by=COMPARED_BY), values
    )
