"""Wait for DMS: the replication instance, the task's states, its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reverse_sync.aws import dms_client
from reverse_sync.aws.dms import RUNNING, SETTLED, find_task
from reverse_sync.aws.faults import explained
from reverse_sync.aws.sensors.base import AwsStatusSensor
from reverse_sync.aws.task_log import last_lines
from reverse_sync.aws.triggers.tables import DmsTablesTrigger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from reverse_sync.waiting import LookTrigger

TASK_FACTS = (
    "ReplicationTasks[0].{status: Status, arn: ReplicationTaskArn, stop_reason: StopReason, "
    "failure: LastFailureMessage, checkpoint: RecoveryCheckpoint}"
)


class DmsReplicationInstanceSensor(AwsStatusSensor):
    """Waits, deferred, until the replication instance is there and available.

    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.html

    :param replication_instance: the instance's identifier
    """

    template_fields: Sequence[str] = ("replication_instance",)

    def __init__(self, *, replication_instance: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.replication_instance = replication_instance

    @property
    def question(self) -> dict[str, Any]:
        """Describe the instance."""
        return {
            "service": "dms",
            "operation": "describe_replication_instances",
            "call": {"Filters": [{"Name": "replication-instance-id", "Values": [self.replication_instance]}]},
            "facts": "ReplicationInstances[0].{status: ReplicationInstanceStatus, arn: ReplicationInstanceArn, "
            "engine_version: EngineVersion}",
            "success": ["available"],
            "failure": ["deleted", "deleting", "failed", "inaccessible-encryption-credentials", "storage-full"],
        }

    def explain(self, facts: dict[str, Any]) -> str:
        """The status found against the one needed."""
        if facts.get("status") == "missing":
            return (
                f"DMS has no replication instance {self.replication_instance} in {self.region_name}: correct "
                "dms.replication_instance or aws.region in the pipeline file, or make the instance."
            )
        return (
            f"DMS replication instance {self.replication_instance} should be 'available' but is "
            f"{facts.get('status', facts)!r}: mend it in the DMS console, then clear this task."
        )


class DmsTaskSensor(AwsStatusSensor):
    """Waits, deferred, for the task to be in a state; fails at once, with DMS's reason, where it can't come any more.

    :param task_identifier: the replication task
    :param replication_instance: the instance's identifier, for the address of the log
    """

    template_fields: Sequence[str] = ("task_identifier", "replication_instance")
    success: Sequence[str]
    failure: Sequence[str]

    def __init__(self, *, task_identifier: str, replication_instance: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.task_identifier = task_identifier
        self.replication_instance = replication_instance

    @property
    def question(self) -> dict[str, Any]:
        """Describe the task."""
        return {
            "service": "dms",
            "operation": "describe_replication_tasks",
            "call": {
                "Filters": [{"Name": "replication-task-id", "Values": [self.task_identifier]}],
                "WithoutSettings": True,
            },
            "facts": TASK_FACTS,
            "success": list(self.success),
            "failure": list(self.failure),
        }

    def explain(self, facts: dict[str, Any]) -> str:
        """The state found against the one needed, DMS's reasons, and the last lines of the log."""
        if facts.get("status") == "missing":
            return f"DMS has no replication task {self.task_identifier}: clear dms.ensure_task to make it again."
        reasons = "; ".join(str(facts[key]) for key in ("stop_reason", "failure") if facts.get(key))
        return (
            f"Task {self.task_identifier} should be {' or '.join(self.success)} but is {facts.get('status', facts)!r}: "
            f"{reasons or 'DMS gives no reason'}. Its log ends:\n"
            f"{self._log()}\n"
            "Mend what it names, then clear this task group: a task that has run is resumed, never restarted."
        )

    def _log(self) -> str:
        client = dms_client(self.aws_conn_id, self.region_name)
        with explained(self.aws_conn_id):
            task = find_task(client, self.task_identifier)
        if task is None:
            return "  (no log: the task is gone)"
        lines = last_lines(task, self.replication_instance, self.aws_conn_id, self.region_name)
        return "\n".join(f"  {line}" for line in lines) or "  (no line yet)"


class DmsTaskReadySensor(DmsTaskSensor):
    """Waits until the task can be started, or runs already."""

    success = SETTLED
    failure = ("deleting", "failed-move")


class DmsTaskRunningSensor(DmsTaskSensor):
    """Waits until the task runs.

    botocore's own waiter takes `ready` for a failure, and the provider's completed-sensor takes `stopped` for success.
    """

    success = ("running",)
    failure = ("failed", "stopped", "deleting", "failed-move")


class DmsTablesSensor(DmsTaskSensor):
    """Waits until every table is in good state; a task that runs while a table is suspended is a failure.

    What brings a suspended table back: reloading it needs a task with a full load
    (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.ReloadTables.html), and a resume goes on as before. So
    only a fresh start is left, which makes the slot anew
    (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html): no change until then comes again.

    :param tables: the tables that the mapping selects; a template
    """

    template_fields: Sequence[str] = (*DmsTaskSensor.template_fields, "tables")
    success = RUNNING
    failure = ()

    def __init__(self, *, tables: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tables = tables

    def trigger(self, patience: dict[str, Any], context: Context) -> LookTrigger:  # noqa: ARG002
        """Describe the task's tables."""
        return DmsTablesTrigger(
            task_identifier=self.task_identifier,
            tables=len(self.tables),
            aws_conn_id=self.aws_conn_id,
            region_name=self.region_name,
            **patience,
        )

    def explain(self, facts: dict[str, Any]) -> str:
        """Which table is in which state, and what that means."""
        bad = [table for table in facts.get("tables", []) if table["state"] != "Table completed"]
        states = "; ".join(f"{table['table']} is {table['state']!r}" for table in bad)
        return (
            f"Task {self.task_identifier} runs, but not every table is in good state: {states or facts}. Its log "
            f"ends:\n{self._log()}\n"
            "A table in error is suspended: its changes are dropped, and neither a resume nor a reload brings them or "
            "the table back, because the task replicates changes only. Mend what the log names, stop the task, Restart "
            "it (start-replication), and run the DAG again. No change from the suspension until the restart is sent "
            "again, of other tables none between stop and restart: verify.reconcile names the rows, and "
            "docs/cutover-night.md says how to send them."
        )
