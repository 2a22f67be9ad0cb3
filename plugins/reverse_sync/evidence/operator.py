"""The last task of every run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from reverse_sync.errors import NotProvedError
from reverse_sync.evidence.record import ROW, collect
from reverse_sync.evidence.report import render
from reverse_sync.evidence.store import write

if TYPE_CHECKING:
    from airflow.sdk import Context

    from reverse_sync.evidence.record import Proof
    from reverse_sync.pipeline import Evidence


class EvidenceOperator(BaseOperator):
    """Collects what every task found, changed and left alone, writes it, and fails where the run did.

    It is the DAG's only leaf, so a run is successful exactly where its evidence says so.

    :param evidence: where the record is kept
    :param proof: what the run is for
    """

    def __init__(self, *, evidence: Evidence, proof: Proof = ROW, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.evidence = evidence
        self.proof = proof

    def execute(self, context: Context) -> dict[str, Any]:
        """Write the record and return its address and verdict.

        :raises NotProvedError: where a task failed or the row was not proved; the record is written all the same.
        """
        tasks = (task.task_id for task in self.dag.topological_sort() if task.task_id != self.task_id)
        record = collect(context, tasks, self.proof)
        address = write(self.evidence, record)
        self.log.info("%s", render(record))
        written = {"address": address, **record["verdict"]}
        if not record["verdict"]["succeeded"]:
            context["ti"].xcom_push(key="return_value", value=written)
            raise NotProvedError(f"{record['verdict']['sentence']} The record of this run is {address}.")
        return written
