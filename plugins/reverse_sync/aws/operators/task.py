"""The DMS replication task: create or reuse it, stop it for a change, start or resume it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from reverse_sync.aws.dms import RUNNING, SETTLED, existing_task, find_task, has_run, report, task_differences
from reverse_sync.aws.faults import explained
from reverse_sync.aws.operators.base import DmsOperator
from reverse_sync.errors import NeedsPersonError, ReverseSyncError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context
    from mypy_boto3_dms.literals import StartReplicationTaskTypeValueType

    from reverse_sync.aws.dms import Difference
    from reverse_sync.pipeline import OnDrift, ReplicationTask

# What ModifyReplicationTask can change: https://docs.aws.amazon.com/dms/latest/APIReference/API_ModifyReplicationTask.html
MODIFIABLE = ("MigrationType", "TableMappings", "TargetMetadata", "FullLoadSettings", "Logging", "ValidationSettings")


class DmsEnsureTaskOperator(DmsOperator):
    """Makes the replication task, or reuses the one of that name; a difference is reported, applied or ignored.

    The provider's own operator does not look before it creates, and its wait can't be resumed by a retry.

    :param task: the task as the pipeline file has it
    :param mapping_text: the table mapping, JSON
    :param on_drift: `report` (fail), `apply` or `ignore`
    """

    template_fields: Sequence[str] = aws_template_fields(
        "source_endpoint_arn", "target_endpoint_arn", "replication_instance_arn"
    )

    def __init__(
        self,
        *,
        task: ReplicationTask,
        mapping_text: str,
        source_endpoint_arn: str,
        target_endpoint_arn: str,
        replication_instance_arn: str,
        on_drift: OnDrift,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.task = task
        self.mapping_text = mapping_text
        self.source_endpoint_arn = source_endpoint_arn
        self.target_endpoint_arn = target_endpoint_arn
        self.replication_instance_arn = replication_instance_arn
        self.on_drift = on_drift

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Look, make or mend, and say which.

        :raises NeedsPersonError: where the task differs and `on_drift` is `report`, or AWS refuses.
        :raises ReverseSyncError: where the task has to stop before it can be changed.
        """
        arns: dict[str, Any] = {
            "SourceEndpointArn": self.source_endpoint_arn,
            "TargetEndpointArn": self.target_endpoint_arn,
            "ReplicationInstanceArn": self.replication_instance_arn,
        }
        with explained(self.aws_conn_id):
            found = find_task(self.client, self.task.identifier)
            if found is None:
                made = self.client.create_replication_task(
                    ReplicationTaskIdentifier=self.task.identifier,
                    MigrationType=self.task.migration_type,
                    TableMappings=self.mapping_text,
                    ReplicationTaskSettings=json.dumps(self.task.settings),
                    **arns,
                )["ReplicationTask"]
                return {"outcome": "changed", "what": f"created task {self.task.identifier}", **_facts(made)}
            differences = task_differences(found, self.task, self.mapping_text, arns)
            if not differences or self.on_drift == "ignore":
                return {"outcome": "left alone", "differences": [str(d) for d in differences], **_facts(found)}
            if self.on_drift == "report":
                raise NeedsPersonError(report(differences))
            return self._apply(found, differences)

    def _apply(self, found: Any, differences: list[Difference]) -> dict[str, Any]:
        fixed = [d for d in differences if d.key.split(".")[0] not in MODIFIABLE]
        if fixed:
            raise NeedsPersonError(
                f"{fixed[0]}, and DMS can't change that of an existing task. Correct the pipeline file, or delete "
                "the task in "
                "the DMS console once Oracle has caught up, then run the DAG again."
            )
        if found["Status"] in RUNNING:
            self.client.stop_replication_task(ReplicationTaskArn=found["ReplicationTaskArn"])
        if found["Status"] not in ("ready", "stopped", "failed"):
            raise ReverseSyncError(
                f"Task {self.task.identifier} can be changed only when stopped, but is {found['Status']!r}; it is "
                "being stopped, and "
                "the next try changes it."
            )
        changed = self.client.modify_replication_task(
            ReplicationTaskArn=found["ReplicationTaskArn"],
            MigrationType=self.task.migration_type,
            TableMappings=self.mapping_text,
            ReplicationTaskSettings=json.dumps(self.task.settings),
        )["ReplicationTask"]
        return {"outcome": "changed", "differences": [str(d) for d in differences], **_facts(changed)}


class DmsStartOrResumeOperator(DmsOperator):
    """Starts a task that never ran, resumes one that did, and leaves a running one alone.

    Never `start-replication` on a task that has run: it makes the slot anew and loses what was written meanwhile.

    :param task_identifier: the replication task
    :param may_start: False: a person starts it; this only says so
    """

    template_fields: Sequence[str] = aws_template_fields("task_identifier")

    def __init__(self, *, task_identifier: str, may_start: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.task_identifier = task_identifier
        self.may_start = may_start

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Look, and start or resume.

        :raises ReverseSyncError: where the task is in a state that passes (the next try looks again).
        :raises NeedsPersonError: where AWS refuses.
        """
        with explained(self.aws_conn_id):
            task = existing_task(self.client, self.task_identifier)
            if task["Status"] in RUNNING:
                return {"outcome": "left alone", "why": f"it is {task['Status']}", **_facts(task)}
            if task["Status"] not in SETTLED:
                raise ReverseSyncError(
                    f"Task {self.task_identifier} is {task['Status']!r} and can't be started before that ends; the "
                    "next try looks again."
                )
            if not self.may_start:
                return {
                    "outcome": "left alone",
                    "why": "dms.task.start_on_create is false: start it yourself",
                    **_facts(task),
                }
            how: StartReplicationTaskTypeValueType = "resume-processing" if has_run(task) else "start-replication"
            self.client.start_replication_task(
                ReplicationTaskArn=task["ReplicationTaskArn"],
                StartReplicationTaskType=how,
            )
        return {"outcome": "changed", "what": f"{how}; it was {task['Status']}", "how": how, **_facts(task)}


def _facts(task: Any) -> dict[str, Any]:
    keys = ("Status", "StopReason", "LastFailureMessage", "RecoveryCheckpoint", "CdcStartPosition")
    return {"arn": task["ReplicationTaskArn"], "task": {key: task[key] for key in keys if task.get(key)}}
