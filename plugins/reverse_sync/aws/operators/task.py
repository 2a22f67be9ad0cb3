"""The DMS replication task: create or reuse it, stop it for a change, start or resume it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypedDict

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from reverse_sync.aws import dms_client
from reverse_sync.aws.dms import (
    AT_REST,
    RUNNING,
    USABLE_STATUSES,
    correction,
    existing_task,
    find_task,
    has_run,
    report,
    task_differences,
)
from reverse_sync.aws.drift import refuse_unmodifiable
from reverse_sync.aws.faults import readable_aws_errors
from reverse_sync.aws.operators.base import DmsOperator
from reverse_sync.aws.sensors.dms import DmsTaskSensor
from reverse_sync.aws.task_slot import learn_slot
from reverse_sync.errors import NeedsPersonError, ReverseSyncError
from reverse_sync.postgres.slots import dms_slots, is_lost, lost_slot_reason, only
from reverse_sync.results import Outcome, ReplicationTaskResult, TaskStatusFacts
from reverse_sync.steps import ENSURE_SOURCE, ENSURE_TARGET, INSTANCE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context
    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient
    from mypy_boto3_dms.literals import MigrationTypeValueType, StartReplicationTaskTypeValueType
    from mypy_boto3_dms.type_defs import ReplicationTaskTypeDef

    from reverse_sync.aws.dms import Difference
    from reverse_sync.aws.keywords import AwsKeywords, TaskWaitKeywords
    from reverse_sync.pipeline import OnDrift, Pipeline, ReplicationTask


class _Wanted(TypedDict):
    MigrationType: MigrationTypeValueType
    TableMappings: str
    ReplicationTaskSettings: str


class _Arns(TypedDict):
    SourceEndpointArn: str
    TargetEndpointArn: str
    ReplicationInstanceArn: str


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
        source_endpoint_arn: str | None,
        target_endpoint_arn: str | None,
        replication_instance_arn: str | None,
        on_drift: OnDrift,
        **kwargs: Unpack[AwsKeywords],
    ) -> None:
        super().__init__(**kwargs)
        self.task = task
        self.mapping_text = mapping_text
        self.source_endpoint_arn = source_endpoint_arn
        self.target_endpoint_arn = target_endpoint_arn
        self.replication_instance_arn = replication_instance_arn
        self.on_drift = on_drift

    def execute(self, context: Context) -> ReplicationTaskResult:  # noqa: ARG002
        """Look, make or correct, and say which.

        :raises NeedsPersonError: where the task differs and `on_drift` is `report`, or AWS refuses.
        """
        arns: _Arns = {
            "SourceEndpointArn": ENSURE_SOURCE.needed(self.source_endpoint_arn),
            "TargetEndpointArn": ENSURE_TARGET.needed(self.target_endpoint_arn),
            "ReplicationInstanceArn": INSTANCE.needed(self.replication_instance_arn),
        }
        with readable_aws_errors(self.aws_conn_id):
            found = find_task(self.client, self.task.identifier)
            if found is None:
                made = self.client.create_replication_task(
                    ReplicationTaskIdentifier=self.task.identifier,
                    **self._wanted,
                    **arns,
                )["ReplicationTask"]
                return {
                    "outcome": Outcome.CHANGED,
                    "what": f"created replication task {self.task.identifier}",
                    "arn": made["ReplicationTaskArn"],
                    "task": _described(made),
                }
            differences = task_differences(found, self.task, self.mapping_text, arns)
            if not differences or self.on_drift == "ignore":
                return {
                    "outcome": Outcome.LEFT_ALONE,
                    "differences": [str(one) for one in differences],
                    "arn": found["ReplicationTaskArn"],
                    "task": _described(found),
                }
            if self.on_drift == "report":
                raise NeedsPersonError(report(differences))
            return self._apply(found, differences)

    @property
    def _wanted(self) -> _Wanted:
        return {
            "MigrationType": self.task.migration_type,
            "TableMappings": self.mapping_text,
            "ReplicationTaskSettings": json.dumps(self.task.settings),
        }

    def _apply(self, found: ReplicationTaskTypeDef, differences: list[Difference]) -> ReplicationTaskResult:
        refuse_unmodifiable(differences)
        if found["Status"] not in AT_REST:
            raise NeedsPersonError(
                f"Replication task {self.task.identifier} can be changed only when stopped, but "
                f"is {found['Status']!r}: somebody started it after this run had stopped it. Run the DAG "
                "again, which stops it first."
            )
        changed = self.client.modify_replication_task(
            ReplicationTaskArn=found["ReplicationTaskArn"],
            **self._wanted,
        )["ReplicationTask"]
        return {
            "outcome": Outcome.CHANGED,
            "what": correction(differences),
            "differences": [str(one) for one in differences],
            "arn": changed["ReplicationTaskArn"],
            "task": _described(changed),
        }


class DmsStartOrResumeOperator(DmsTaskSensor[TaskStatusFacts, ReplicationTaskResult]):
    """Starts a task that never ran, resumes one that did, and leaves a running one alone.

    While the task is in a passing state (it is being made or changed) it can't be started, so that is waited for,
    deferred.

    Never `start-replication` on a task that has run: it creates the slot again and loses what was written meanwhile.

    A task whose slot is lost could resume nothing: only a person may decide to begin again.

    :param pipeline: the pipeline
    """

    success = USABLE_STATUSES
    failure = ("deleting", "failed-move")

    def __init__(self, *, pipeline: Pipeline, **kwargs: Unpack[TaskWaitKeywords]) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline

    def succeed(self, facts: TaskStatusFacts, context: Context) -> ReplicationTaskResult:  # noqa: ARG002
        """Look again, and start or resume.

        :raises ReverseSyncError: where the task has gone into a state that passes (the next try looks again).
        :raises NeedsPersonError: where AWS refuses, or the slot is lost and nobody said to begin again.
        """
        client = dms_client(self.aws_conn_id, self.region_name)
        with readable_aws_errors(self.aws_conn_id):
            task = existing_task(client, self.task_identifier)
            if task["Status"] in RUNNING:
                return _left_alone(task, f"it is {task['Status']}")
            if task["Status"] not in USABLE_STATUSES:
                raise ReverseSyncError(
                    f"Replication task {self.task_identifier} is {task['Status']!r} and can't be started before that "
                    "ends; the next try looks again."
                )
            if not self.pipeline.dms.task.start_on_create:
                return _left_alone(task, "dms.task.start_on_create is false: start it yourself")
            how, why = self._how(client, task, context)
            client.start_replication_task(
                ReplicationTaskArn=task["ReplicationTaskArn"],
                StartReplicationTaskType=how,
            )
        return {
            "outcome": Outcome.CHANGED,
            "what": f"{how}; {why}",
            "how": how,
            "arn": task["ReplicationTaskArn"],
            "task": _described(task),
        }

    def _how(
        self, client: DmsClient, task: ReplicationTaskTypeDef, context: Context
    ) -> tuple[StartReplicationTaskTypeValueType, str]:
        if not has_run(task):
            return "start-replication", "it never ran"
        slots = only(dms_slots(self.pipeline.postgres.connection), learn_slot(self.pipeline, client, task))
        if not is_lost(task, slots):
            return "resume-processing", f"it was {task['Status']}"
        if not slots and not task.get("RecoveryCheckpoint"):
            return "start-replication", "its first start never came as far as a slot"
        if context["params"]["recover_lost_slot"]:
            return "start-replication", "its slot was lost, and the run was asked to begin again"
        raise NeedsPersonError(lost_slot_reason(self.task_identifier, task.get("RecoveryCheckpoint")))


def _left_alone(task: ReplicationTaskTypeDef, why: str) -> ReplicationTaskResult:
    return {
        "outcome": Outcome.LEFT_ALONE,
        "why": why,
        "arn": task["ReplicationTaskArn"],
        "task": _described(task),
    }


def _described(task: ReplicationTaskTypeDef) -> dict[str, str]:
    said = {
        "Status": task["Status"],
        "StopReason": task.get("StopReason"),
        "LastFailureMessage": task.get("LastFailureMessage"),
        "RecoveryCheckpoint": task.get("RecoveryCheckpoint"),
        "CdcStartPosition": task.get("CdcStartPosition"),
    }
    return {key: value for key, value in said.items() if value}
