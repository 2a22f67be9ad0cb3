"""What differs before the replication task first runs: a task that carries changes only never corrects it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.aws import dms_client
from reverse_sync.aws.dms import find_task, has_run
from reverse_sync.aws.faults import readable_aws_errors
from reverse_sync.results import Outcome
from reverse_sync.steps import RECONCILE
from reverse_sync.verify.compare_part import ComparePartOperator
from reverse_sync.verify.reconciliation import ReconcileTableOperator

if TYPE_CHECKING:
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import PartComparison, TableComparison, TablePart
    from reverse_sync.task_keywords import TaskKeywords

_WHY_LEFT_ALONE = f"the task has run: {RECONCILE} compares"


class ComparePartBeforeStartOperator(ComparePartOperator):
    """Compares a part before the first start of the task, and leaves it alone where the task has run.

    Nothing is on its way yet, so there is one look.
    """

    def __init__(self, *, pipeline: Pipeline, part: TablePart, **kwargs: Unpack[TaskKeywords]) -> None:
        once = pipeline.reconciliation.model_copy(update={"rechecks": 0})
        super().__init__(pipeline=pipeline.model_copy(update={"reconciliation": once}), part=part, **kwargs)

    def execute(self, context: Context) -> PartComparison:
        """Compare the part, unless the task has run."""
        if _has_run(self.pipeline):
            return {"outcome": Outcome.LEFT_ALONE, "why": _WHY_LEFT_ALONE}
        return super().execute(context)


class CompareBeforeStartOperator(ReconcileTableOperator):
    """The answer of a table before the first start of the task.

    :param pipeline: the pipeline; `reconciliation.before_first_start` says whether differences stop the run
    """

    next_step = (
        "The task carries changes only and never corrects what differed before its first start: load these rows into "
        "Oracle (the repair script above), then clear this task; or set reconciliation.before_first_start to report."
    )

    def execute(self, context: Context) -> TableComparison:
        """The table's answer, unless the task had run before this run compared its parts.

        :raises NotProvedError: where rows differ, and the policy is to stop.
        """
        ti = context["ti"]
        parts = ti.xcom_pull(task_ids=self.compared_by, map_indexes=list(range(len(self.parts))))
        if all(part and part["outcome"] == Outcome.LEFT_ALONE for part in parts):
            return {"outcome": Outcome.LEFT_ALONE, "why": _WHY_LEFT_ALONE, "complete": False}
        return super().execute(context)

    def accepts(self, context: Context) -> bool:  # noqa: ARG002
        """Whether the policy is to report only."""
        return self.pipeline.reconciliation.before_first_start != "stop"


def _has_run(pipeline: Pipeline) -> bool:
    aws = pipeline.aws
    with readable_aws_errors(aws.connection):
        task = find_task(dms_client(aws.connection, aws.region), pipeline.dms.task.identifier)
    return task is not None and has_run(task)
