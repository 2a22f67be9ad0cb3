"""The last task of every run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk import BaseOperator

from reverse_sync.airflow_seams import states_of_tasks
from reverse_sync.errors import NotProvedError
from reverse_sync.evidence.chain import append
from reverse_sync.evidence.lineage import lineage_of
from reverse_sync.evidence.metrics import measure
from reverse_sync.evidence.proved import announce, proved_tables_alias
from reverse_sync.evidence.record import collect
from reverse_sync.evidence.report import render
from reverse_sync.evidence.told import notice_of
from reverse_sync.evidence.verdict import NOTHING_LEFT, ROW
from reverse_sync.notices import run_link, tell

if TYPE_CHECKING:
    from typing import Unpack

    from airflow.providers.openlineage.extractors import OperatorLineage
    from airflow.sdk import Context

    from reverse_sync.evidence.shapes import Record, WrittenRecord
    from reverse_sync.evidence.verdict import Proof
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.task_keywords import TaskKeywords


# A task in the middle may be cleared alone; what the evidence directly follows has then ended long ago.
LOOK_AGAIN = timedelta(seconds=2)
ENDED = {"success", "failed", "skipped", "upstream_failed", "removed"}


class EvidenceOperator(BaseOperator):
    """Collects what every task found, changed and left alone, writes it, and fails where the run did.

    It is the DAG's only leaf, so a run is successful exactly where its evidence says so. It is a teardown, because
    Airflow skips everything else when a person marks the run; and one that decides about the run.

    :param pipeline: the pipeline
    :param proof: what the run is for
    """

    def __init__(self, *, pipeline: Pipeline, proof: Proof = ROW, **kwargs: Unpack[TaskKeywords]) -> None:
        super().__init__(outlets=[proved_tables_alias(pipeline)] if proof is ROW else [], **kwargs)
        self.pipeline = pipeline
        self.proof = proof
        self._record: Record | None = None
        self.as_teardown(on_failure_fail_dagrun=True)

    def execute(self, context: Context, event: object = None) -> WrittenRecord:  # noqa: ARG002 - Airflow passes it
        """Write the record and return its address and verdict, once every other task has ended.

        :raises NotProvedError: where a task failed or the row was not proved; the record is written all the same.
        """
        if waiting := self._unfinished(context):
            self.log.info("Waiting for %s, which a person cleared", ", ".join(waiting))
            self.defer(trigger=DateTimeTrigger(moment=datetime.now(UTC) + LOOK_AGAIN), method_name="execute")
        tasks = [task.task_id for task in self.dag.topological_sort() if task.task_id != self.task_id]
        record = collect(context, self.pipeline, tasks, self.proof)
        address, place = append(self.pipeline, record)
        self.log.info("%s", render(record))
        self.log.info("Record %d of the pipeline's chain, SHA-256 %s", place["sequence"], place["sha256"])
        record["chain"] = place
        self._record = record
        measure(self.pipeline, record)
        if self.pipeline.notices and (
            notice := notice_of(self.pipeline, record, run_link(record["dag_id"], record["run_id"]))
        ):
            tell(self.pipeline, context, notice)
        written: WrittenRecord = {"address": address, "chain": place, **record["verdict"]}
        if not record["verdict"]["succeeded"]:
            context["ti"].xcom_push(key="return_value", value=written)
            raise NotProvedError(
                f"{record['verdict']['sentence']} The record of this run is {address}. See at the end of the log of "
                "each task that failed what to do."
            )
        if self.proof is ROW:
            announce(context, self.pipeline, record, address)
        return written

    def get_openlineage_facets_on_complete(self, _: object) -> OperatorLineage | None:
        """For OpenLineage's provider, where that is installed: the tables of the run, and which column became which.

        It asks once the task has ended, in the same process; what took nothing anywhere has no lineage.
        """
        return lineage_of(self.pipeline, self._record) if self._record and self.proof is not NOTHING_LEFT else None

    def _unfinished(self, context: Context) -> list[str]:
        states = states_of_tasks(context)
        return sorted(task for task, state in states.items() if task != self.task_id and state not in ENDED)
