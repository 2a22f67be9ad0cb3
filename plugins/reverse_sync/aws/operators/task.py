"""The DMS replication task: create or reuse it, stop it for a change, start or resume it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from reverse_sync.aws.dms import (
    AT_REST,
    RUNNING,
    SETTLED,
    corrected,
    existing_task,
    find_task,
    has_run,
    report,
    task_differences,
)
from reverse_sync.aws.drift import refuse_unmodifiable
from reverse_sync.aws.faults import explained
from reverse_sync.aws.operators.base import DmsOperator
from reverse_sync.errors import NeedsPersonError, ReverseSyncError
from reverse_sync.postgres.slots import dms_slots, is_lost, lost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context
    from mypy_boto3_dms.literals import StartReplicationTaskTypeValueType
    from mypy_boto3_dms.type_defs import ReplicationTaskTypeDef

    from reverse_sync.aws.dms import Difference
    from reverse_sync.pipeline import OnDrift, ReplicationTask


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
        refuse_unmodifiable(differences)
        if found["Status"] not in AT_REST:
            raise NeedsPersonError(
                f"Task {self.task.identifier} can be changed only when stopped, but is {found['Status']!r}: somebody "
                "started it after dms.settle_task had stopped it. Clear dms.settle_task and what follows."
            )
        changed = self.client.modify_replication_task(
            ReplicationTaskArn=found["ReplicationTaskArn"],
            MigrationType=self.task.migration_type,
            TableMappings=self.mapping_text,
            ReplicationTaskSettings=json.dumps(self.task.settings),
        )["ReplicationTask"]
        return {"outcome": "changed", **corrected(differences), **_facts(changed)}


class DmsStartOrResumeOperator(DmsOperator):
    """Starts a task that never ran, resumes one that did, and leaves a running one alone.

    Never `start-replication` on a task that has run: it makes the slot anew and loses what was written meanwhile.

    A task whose slot is lost could resume nothing: only a person may decide to begin anew.

    :param task_identifier: the replication task
    :param postgres_conn_id: the connection that asks PostgreSQL for the slot
    :param may_start: False: a person starts it; this only says so
    :param recover_lost_slot: whether to begin anew where the slot is lost; a template
    """

    template_fields: Sequence[str] = aws_template_fields("task_identifier", "recover_lost_slot")

    def __init__(
        self, *, task_identifier: str, postgres_conn_id: str, may_start: bool, recover_lost_slot: str, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.task_identifier = task_identifier
        self.postgres_conn_id = postgres_conn_id
        self.may_start = may_start
        self.recover_lost_slot = recover_lost_slot

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Look, and start or resume.

        :raises ReverseSyncError: where the task is in a state that passes (the next try looks again).
        :raises NeedsPersonError: where AWS refuses, or the slot is lost and nobody said to begin anew.
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
            how, why = self._how(task)
            self.client.start_replication_task(
                ReplicationTaskArn=task["ReplicationTaskArn"],
                StartReplicationTaskType=how,
            )
        return {"outcome": "changed", "what": f"{how}; {why}", "how": how, **_facts(task)}

    def _how(self, task: ReplicationTaskTypeDef) -> tuple[StartReplicationTaskTypeValueType, str]:
        if not has_run(task):
            return "start-replication", "it never ran"
        slots = dms_slots(self.postgres_conn_id)
        if not is_lost(task, slots):
            return "resume-processing", f"it was {task['Status']}"
        if not slots and not task.get("RecoveryCheckpoint"):
            return "start-replication", "its first start never came as far as a slot"
        if self.recover_lost_slot == "True":
            return "start-replication", "its slot was lost, and the run was asked to begin anew"
        raise NeedsPersonError(lost(self.task_identifier, task.get("RecoveryCheckpoint")))


def _facts(task: Any) -> dict[str, Any]:
    keys = ("Status", "StopReason", "LastFailureMessage", "RecoveryCheckpoint", "CdcStartPosition")
    return {"arn": task["ReplicationTaskArn"], "task": {key: task[key] for key in keys if task.get(key)}}
