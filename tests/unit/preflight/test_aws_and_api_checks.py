"""What RDS, DMS and the API may have to say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.mappings import SHIPPED_MAPPING
from tests.support.worlds import PIPELINE, api, changed, dms, find, rds, source

INSTANCE = rds().instance


def _found(**parts: Any) -> list[tuple[str, str, str]]:
    return [(str(item.severity), item.code, item.what) for item in find(**parts)]


def test_all_is_well() -> None:
    assert _found(rds=rds(), dms=dms(), api=api()) == []


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (
            {"instance": None},
            [("error", "instance-status", "there is no RDS instance flightspecials-test-postgres-db in ap-northeast-2")],
        ),
        (
            {"instance": INSTANCE | {"DBInstanceStatus": "storage-full"}},
            [("error", "instance-status", "the RDS instance flightspecials-test-postgres-db is storage-full, not available")],
        ),
        (
            {"instance": INSTANCE | {"DBInstanceStatus": "backing-up"}},
            [("warning", "instance-status", "the RDS instance flightspecials-test-postgres-db is backing-up, not available")],
        ),
        (
            {"instance": INSTANCE | {"ReadReplicaSourceDBInstanceIdentifier": "the-primary"}},
            [("error", "instance-status", "the RDS instance flightspecials-test-postgres-db is a read replica of the-primary")],
        ),
        (
            {"parameters": {"rds.logical_replication": "0"}},
            [
                ("error", "parameter-group", "rds.logical_replication is '0' in the parameter group the-group"),
                ("error", "parameter-group", "shared_preload_libraries is None in the parameter group the-group"),
            ],
        ),
    ],
)  # fmt: skip
def test_rds(facts: dict[str, Any], found: list[tuple[str, str, str]]) -> None:
    assert _found(rds=rds(**facts)) == found


@pytest.mark.parametrize(("policy", "severity"), [("when_needed", "note"), ("never", "error")])
def test_a_pending_reboot(policy: str, severity: str) -> None:
    groups = [{"DBParameterGroupName": "the-group", "ParameterApplyStatus": "pending-reboot"}]
    found = _found(
        pipeline=changed("postgres", reboot=policy), rds=rds(instance=INSTANCE | {"DBParameterGroups": groups})
    )
    text = "the parameter group the-group waits for a reboot of flightspecials-test-postgres-db"
    assert found == [(severity, "pending-reboot", text)]


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (
            {"replication_instance": None},
            [("error", "replication-instance", "there is no DMS replication instance dmsworkshop-target-dmsrepl in ap-northeast-2")],
        ),
        (
            {"replication_instance": {"ReplicationInstanceStatus": "creating", "EngineVersion": "3.4.7"}},
            [
                ("warning", "replication-instance", "the DMS replication instance dmsworkshop-target-dmsrepl is creating, not available"),
                ("warning", "engine-version", "the replication instance's engine is 3.4.7, log context needs 3.5.0"),
            ],
        ),
        (
            {"replication_instance": {"ReplicationInstanceStatus": "storage-full"}},
            [("error", "replication-instance", "the DMS replication instance dmsworkshop-target-dmsrepl is storage-full, not available")],
        ),
        ({"has_logs_role": lambda: False}, [("warning", "logs-role", "the account has no role dms-cloudwatch-logs-role")]),
    ],
)  # fmt: skip
def test_dms(facts: dict[str, Any], found: list[tuple[str, str, str]]) -> None:
    assert _found(dms=dms(**facts)) == found


@pytest.mark.parametrize(
    ("policy", "severity", "why"),
    [
        ("report", "error", "the run stops there"),
        ("apply", "note", "the run applies the file's value"),
        ("ignore", "note", "AWS's value stays"),
    ],
)
def test_drift_of_an_endpoint_and_the_task(policy: str, severity: str, why: str) -> None:
    endpoint: dict[str, Any] = {
        "EndpointIdentifier": "flightspecials-postgresql-rsync-source",
        "EndpointArn": "arn:source",
        "EndpointType": "SOURCE",
        "EngineName": "postgres",
        "ServerName": "old.example",
        "Port": 5432,
        "DatabaseName": "dso",
        "Username": "dmsuser",
        "SslMode": "none",
    }
    task = {
        "Status": "ready",
        "MigrationType": "full-load",
        "TableMappings": SHIPPED_MAPPING.read_text(),
        "ReplicationTaskSettings": json.dumps(PIPELINE.dms.task.settings),
        "ReplicationInstanceArn": "arn:rep",
        "SourceEndpointArn": "arn:source",
    }
    found = find(
        pipeline=changed("dms", on_drift=policy),
        rds=rds(),
        dms=dms({endpoint["EndpointIdentifier"]: endpoint}, task=task),
    )
    assert [(item.severity, item.code, item.what, item.why) for item in found] == [
        (
            severity, "endpoint-drift",
            ("endpoint flightspecials-postgresql-rsync-source: ServerName is 'old.example' in AWS, "
            "'source.example' in the pipeline file"),
            why,
        ),
        (
            severity, "task-drift",
            ("task flightspecials-postgresql-to-oracle-rsync-task: MigrationType is 'full-load' in AWS, "
            "'cdc' in the pipeline file"),
            why,
        ),
    ]  # fmt: skip


def _task(status: str, **more: Any) -> dict[str, Any]:
    return {
        "Status": status,
        "MigrationType": "cdc",
        "TableMappings": SHIPPED_MAPPING.read_text(),
        "ReplicationTaskSettings": json.dumps(PIPELINE.dms.task.settings),
        "ReplicationInstanceArn": "arn:rep",
        **more,
    }


def test_a_stopped_task_says_since_when_and_that_its_slot_is_gone() -> None:
    stopped = _task(
        "stopped",
        StopReason="Stop Reason NORMAL",
        RecoveryCheckpoint="checkpoint:V1#1#0/1#0",
        ReplicationTaskStats={"StopDate": datetime(2024, 9, 1, 12, 30, tzinfo=UTC)},
    )
    identifier = "flightspecials-postgresql-to-oracle-rsync-task"
    assert _found(dms=dms(task=stopped)) == [
        ("note", "task-status", f"the task {identifier} is stopped since 2024-09-01 12:30:00 UTC: Stop Reason NORMAL")
    ]
    assert (
        "warning",
        "task-status",
        f"the task {identifier} is stopped, but the source has no replication slot",
    ) in _found(dms=dms(task=stopped), source=source())


def test_a_failed_task_says_why() -> None:
    failed = _task("failed", LastFailureMessage="Last Error Fatal error has occurred")
    [(severity, _, what)] = _found(dms=dms(task=failed))
    assert severity == "warning"
    assert what.endswith("is failed: Last Error Fatal error has occurred")


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (
            {"list_status": 503},
            [("error", "api-answer", "GET http://api.example/travelbuddy/flightspecials answers 503")],
        ),
        (
            {"allowed_methods": frozenset({"POST", "OPTIONS"})},
            [("error", "api-method", "/travelbuddy/flightspecials/1/name allows OPTIONS, POST, the canary uses PUT")],
        ),
        ({"allowed_methods": frozenset({"PUT"})}, []),
    ],
)
def test_api(facts: dict[str, Any], found: list[tuple[str, str, str]]) -> None:
    assert _found(api=api(**facts)) == found
