"""Two DAGs that work on the same pipeline never run at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator

from reverse_sync.airflow_seams import runs_under_way
from reverse_sync.errors import NeedsPersonError
from reverse_sync.results import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.results import Result
    from reverse_sync.task_keywords import TaskKeywords


class OtherDagIdleOperator(BaseOperator):
    """Refuses to go on while the other DAG runs; `max_active_runs=1` keeps the runs of one DAG apart.

    :param other_dag_id: the DAG that must not run now
    """

    template_fields: Sequence[str] = ("other_dag_id",)

    def __init__(self, *, other_dag_id: str, **kwargs: Unpack[TaskKeywords]) -> None:
        super().__init__(**kwargs)
        self.other_dag_id = other_dag_id

    def execute(self, context: Context) -> Result:
        """Ask Airflow.

        :raises NeedsPersonError: where a run of the other DAG has begun and not ended.
        """
        running = runs_under_way(context, self.other_dag_id)
        if running:
            raise NeedsPersonError(
                f"{self.dag_id} and {self.other_dag_id} must not run at the same time, but {running} run of the latter "
                "is under way (it may wait for an approval): let it end, or approve or reject it, then clear this task."
            )
        return {"outcome": Outcome.FOUND, "what": f"no run of {self.other_dag_id} is under way"}
