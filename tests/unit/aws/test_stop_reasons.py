"""A stopped task is resumed whatever stopped it; only the stand-in's own reasons can be had over the wire."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from reverse_sync.aws.operators.task import DmsStartOrResumeOperator
from reverse_sync.catalog.postgres_server import Slot
from reverse_sync.pipeline import load
from tests.support.parts import ROOT
from tests.support.tasks import context

ARN = "arn:aws:dms:ap-northeast-2:123456789012:task:TASK"
SLOT = Slot("task_awsdms", "pglogical_output", "dso", active=False, wal_status="reserved", retained_bytes=0)
# https://docs.aws.amazon.com/dms/latest/APIReference/API_ReplicationTask.html
REASONS = [
    "NORMAL",
    "RECOVERABLE_ERROR",
    "FATAL_ERROR",
    "FULL_LOAD_ONLY_FINISHED",
    "STOPPED_AFTER_FULL_LOAD",
    "STOPPED_AFTER_CACHED_EVENTS",
    "EXPRESS_LICENSE_LIMITS_REACHED",
    "STOPPED_AFTER_DDL_APPLY",
    "STOPPED_DUE_TO_LOW_MEMORY",
    "STOPPED_DUE_TO_LOW_DISK",
    "STOPPED_AT_SERVER_TIME",
    "STOPPED_AT_COMMIT_TIME",
    "RECONFIGURATION_RESTART",
    "RECYCLE_TASK",
]


@pytest.mark.parametrize("reason", REASONS)
def test_a_stopped_task_is_resumed_whatever_its_reason(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dms: Any = boto3.client("dms", region_name="ap-northeast-2", aws_access_key_id="test", aws_secret_access_key="test")
    monkeypatch.setattr("reverse_sync.aws.operators.task.dms_client", lambda *_where: dms)
    monkeypatch.setattr("reverse_sync.aws.operators.task.dms_slots", lambda _connection: [SLOT])
    monkeypatch.setattr("reverse_sync.aws.operators.task.learn_slot", lambda *_: SLOT.name)
    stopped = {
        "ReplicationTaskIdentifier": "task",
        "ReplicationTaskArn": ARN,
        "Status": "stopped",
        "StopReason": f"Stop Reason {reason}",
        "RecoveryCheckpoint": "checkpoint:V1#1#0/1#0#0#*#0#0",
    }
    operator = DmsStartOrResumeOperator(
        task_id="start",
        task_identifier="task",
        replication_instance="instance",
        aws_conn_id="aws_default",
        region_name="ap-northeast-2",
        pipeline=load(ROOT / "include" / "pipelines" / "flightspecials.yaml"),
        first_poll_s=1,
        longest_poll_s=5,
        timeout_s=1800,
    )
    with Stubber(dms) as wire:
        wire.add_response("describe_replication_tasks", {"ReplicationTasks": [stopped]})
        resume = {"ReplicationTaskArn": ARN, "StartReplicationTaskType": "resume-processing"}
        wire.add_response("start_replication_task", {"ReplicationTask": {"ReplicationTaskArn": ARN}}, resume)
        done = operator.succeed({"status": "stopped"}, context(recover_lost_slot=False))  # type: ignore[arg-type]
        wire.assert_no_pending_responses()
    assert done["how"] == "resume-processing"
    assert done["task"]["StopReason"] == f"Stop Reason {reason}"
