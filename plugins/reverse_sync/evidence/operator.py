"""The last task of every run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from reverse_sync.evidence.record import collect
from reverse_sync.evidence.report import render
from reverse_sync.evidence.store import write

if TYPE_CHECKING:
    from airflow.sdk import Context

    from reverse_sync.pipeline import Evidence


class EvidenceOperator(BaseOperator):
    """Collects what every task found, changed and left alone, writes it, and logs it as a report.

    :param evidence: where the record is kept
    """

    def __init__(self, *, evidence: Evidence, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.evidence = evidence

    def execute(self, context: Context) -> dict[str, Any]:
        """Write the record and return its address."""
        tasks = (task.task_id for task in self.dag.topological_sort() if task.task_id != self.task_id)
        record = collect(context, tasks)
        address = write(self.evidence, record)
        self.log.info("%s", render(record))
        return {"address": address, **record["verdict"]}
