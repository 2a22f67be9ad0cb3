"""Wait for DMS: the replication instance, the task's states, its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from reverse_sync.aws import dms_client
from reverse_sync.aws.dms import ENDED, INSTANCE_STAYS_AWAY, find_task, named
from reverse_sync.aws.faults import readable_aws_errors
from reverse_sync.aws.sensors.base import AwsStatusSensor, InstanceFacts
from reverse_sync.aws.task_log import last_lines
from reverse_sync.aws.triggers.status import MISSING_STATUS, StatusQuery
from reverse_sync.aws.triggers.tables import GOOD, DmsTablesTrigger
from reverse_sync.results import (
    InstanceResult,
    Outcome,
    TablesResult,
    TaskStatusFacts,
    TaskTablesFacts,
)
from reverse_sync.steps import SELECT_TABLES
from reverse_sync.waiting import R

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.aws.keywords import AwsWaitKeywords, TaskWaitKeywords
    from reverse_sync.results import SelectedTable
    from reverse_sync.waiting import PollSchedule, PollTrigger

T = TypeVar("T", bound=TaskStatusFacts)

TASK_FACTS = (
    "ReplicationTasks[0].{status: Status, arn: ReplicationTaskArn, stop_reason: StopReason, "
    "failure: LastFailureMessage, checkpoint: RecoveryCheckpoint}"
)


def task_query(task_identifier: str, success: Sequence[str], failure: Sequence[str] = ()) -> StatusQuery:
    """Describe a replication task."""
    return StatusQuery(
        service="dms",
        operation="describe_replication_tasks",
        call={"Filters": [named("replication-task-id", task_identifier)], "WithoutSettings": True},
        facts=TASK_FACTS,
        success=list(success),
        failure=list(failure),
    )


class DmsReplicationInstanceSensor(AwsStatusSensor[InstanceFacts, InstanceResult]):
    """Waits, deferred, until the replication instance is there and available.

    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.html

    :param replication_instance: the instance's identifier
    """

    template_fields: Sequence[str] = ("replication_instance",)

    def __init__(self, *, replication_instance: str, **kwargs: Unpack[AwsWaitKeywords]) -> None:
        super().__init__(**kwargs)
        self.replication_instance = replication_instance

    @property
    def query(self) -> StatusQuery:
        """Describe the instance."""
        return StatusQuery(
            service="dms",
            operation="describe_replication_instances",
            call={"Filters": [named("replication-instance-id", self.replication_instance)]},
            facts="ReplicationInstances[0].{status: ReplicationInstanceStatus, arn: ReplicationInstanceArn, "
            "engine_version: EngineVersion}",
            success=["available"],
            failure=INSTANCE_STAYS_AWAY,
        )

    def succeed(self, facts: InstanceFacts, context: Context) -> InstanceResult:  # noqa: ARG002
        """The instance."""
        return {
            "outcome": Outcome.FOUND,
            "status": facts["status"],
            "arn": facts["arn"],
            "engine_version": facts.get("engine_version"),
        }

    def explain(self, facts: InstanceFacts) -> str:
        """The status found against the one needed."""
        if facts["status"] == MISSING_STATUS:
            return (
                f"DMS has no replication instance {self.replication_instance} in {self.region_name}: correct "
                "dms.replication_instance or aws.region in the pipeline file, or make the instance."
            )
        return (
            f"DMS replication instance {self.replication_instance} should be 'available' but is "
            f"{facts['status']!r}: correct it in the DMS console, then clear this task."
        )


class DmsTaskSensor(AwsStatusSensor[T, R]):
    """Waits, deferred, for the task to be in a state; fails at once, with DMS's reason, where it can't come any more.

    :param task_identifier: the replication task
    :param replication_instance: the instance's identifier, for the address of the log
    """

    template_fields: Sequence[str] = ("task_identifier", "replication_instance")
    success: Sequence[str]
    failure: Sequence[str]

    def __init__(self, *, task_identifier: str, replication_instance: str, **kwargs: Unpack[AwsWaitKeywords]) -> None:
        super().__init__(**kwargs)
        self.task_identifier = task_identifier
        self.replication_instance = replication_instance

    @property
    def query(self) -> StatusQuery:
        """Describe the task."""
        return task_query(self.task_identifier, self.success, self.failure)

    def explain(self, facts: T) -> str:
        """The state found against the one needed, DMS's reasons, and the last lines of the log."""
        if facts["status"] == MISSING_STATUS:
            return f"DMS has no replication task {self.task_identifier}: run the DAG again, which makes it again."
        task: TaskStatusFacts = facts
        reasons = "; ".join(filter(None, (task.get("stop_reason"), task.get("failure"))))
        return (
            f"Replication task {self.task_identifier} should be {' or '.join(self.success)} but "
            f"is {facts['status']!r}: {reasons or 'DMS gives no reason'}. Its log ends:\n"
            f"{self._log()}\n"
            "Correct what it names, then clear this task group: a task that has run is resumed, never restarted."
        )

    def _log(self) -> str:
        client = dms_client(self.aws_conn_id, self.region_name)
        with readable_aws_errors(self.aws_conn_id):
            task = find_task(client, self.task_identifier)
        if task is None:
            return "  (no log: the task is gone)"
        lines = last_lines(task, self.replication_instance, self.aws_conn_id, self.region_name)
        return "\n".join(f"  {line}" for line in lines) or "  (no line yet)"


class DmsTablesSensor(DmsTaskSensor[TaskTablesFacts, TablesResult]):
    """Waits until the task runs and every table is in good state; a suspended table is a failure.

    botocore's own waiter takes `ready` for a failure, and the provider's completed-sensor takes `stopped` for success.

    What brings a suspended table back: reloading it needs a task with a full load
    (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.ReloadTables.html), and a resume goes on as before. So
    only a fresh start is left, which creates the slot again
    (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html): no change until then comes again.

    :param tables: the tables that the mapping selects; a template
    """

    template_fields: Sequence[str] = (*DmsTaskSensor.template_fields, "tables")
    success = ("running",)
    failure = ENDED

    def __init__(self, *, tables: list[SelectedTable] | None, **kwargs: Unpack[TaskWaitKeywords]) -> None:
        super().__init__(**kwargs)
        self.tables = tables

    def trigger(self, schedule: PollSchedule, context: Context) -> PollTrigger:  # noqa: ARG002
        """Describe the task's tables."""
        return DmsTablesTrigger(
            task_identifier=self.task_identifier,
            tables=len(SELECT_TABLES.needed(self.tables)),
            aws_conn_id=self.aws_conn_id,
            region_name=self.region_name,
            schedule=schedule,
        )

    def succeed(self, facts: TaskTablesFacts, context: Context) -> TablesResult:  # noqa: ARG002
        """The tables, and what the task did to each so far: the statistics before the run changes a row."""
        return {"outcome": Outcome.FOUND, "status": facts["status"], "tables": facts["tables"]}

    def explain(self, facts: TaskTablesFacts) -> str:
        """Which table is in which state, and what that means; or how the task ended."""
        if facts["status"] != "running":
            return super().explain(facts)
        bad = [table for table in facts["tables"] if table["state"] != GOOD]
        states = "; ".join(f"{table['table']} is {table['state']!r}" for table in bad)
        return (
            f"Replication task {self.task_identifier} runs, but not every table is in good state: "
            f"{states or self._too_few(facts)}. Its log ends:\n{self._log()}\n"
            "A table in error is suspended: its changes are dropped, and neither a resume nor a reload brings them or "
            "the table back, because the task replicates changes only. Correct what the log names, stop the task, "
            "Restart it (start-replication), and run the DAG again. No change from the suspension until the restart is "
            "sent again, of other tables none between stop and restart: the reconciliation names the rows, and "
            "docs/cutover-night.md says how to send them."
        )

    def _too_few(self, facts: TaskTablesFacts) -> str:
        selected = len(SELECT_TABLES.needed(self.tables))
        return f"the mapping selects {selected} tables, and DMS has {len(facts['tables'])}"
