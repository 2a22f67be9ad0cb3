"""What RDS, DMS and the API may have to say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import Connection

from reverse_sync.catalog.postgres_server import Slot
from tests.support.cutovers import PIPELINE, api, changed, dms, find, rds, source
from tests.support.mappings import SHIPPED_MAPPING

INSTANCE = rds().instance
SHOWN = changed("canary", get_path="/travelbuddy/flightspecials/{id}").canaries[0]


def _found(**parts: Any) -> list[tuple[str, str, str]]:
    return [(str(item.severity), item.code, item.what) for item in find(**parts)]


def test_an_rds_proxy_is_no_source_of_changes() -> None:
    host = "orders.proxy-abc123.eu-west-1.rds.amazonaws.com"
    facts = dms()
    facts.logins = facts.logins | {"flightspecials_dms_source": SimpleNamespace(login="dmsuser", port=None, host=host)}
    assert [item.what for item in find(dms=facts) if item.code == "source-is-a-proxy"] == [
        f"the host of the connection 'flightspecials_dms_source' is an RDS Proxy, {host}"
    ]


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


def _endpoint(side: str, **facts: Any) -> dict[str, Any]:
    wanted = getattr(PIPELINE.dms, f"{side}_endpoint")
    return {
        "EndpointIdentifier": wanted.identifier,
        "EndpointArn": f"arn:{side}",
        "EndpointType": side.upper(),
        "EngineName": wanted.engine,
        "ServerName": "by.name.example",
        "Port": wanted.port,
        "DatabaseName": wanted.database,
        "Username": "dmsuser",
        "SslMode": "none",
        **facts,
    }


def _logins(**hosts: str | None) -> dict[str, Any]:
    names = {side: getattr(PIPELINE.dms, f"{side}_endpoint").connection for side in hosts}
    return {name: Connection(conn_id=name, login="dmsuser", host=hosts[side]) for side, name in names.items()}


def _dms(**facts: Any) -> Any:
    """DMS with both endpoints as the pipeline wants them."""
    endpoints = {found["EndpointIdentifier"]: found for found in (_endpoint("source"), _endpoint("target"))}
    return dms(endpoints, **{"logins": _logins(source="by.name.example", target="by.name.example"), **facts})


def test_an_endpoint_of_a_connection_with_its_own_host_is_no_drift() -> None:
    assert find(pipeline=changed("dms", on_drift="report"), rds=rds(), dms=_dms()) == []


def test_a_task_of_endpoints_that_have_another_name_in_the_file_is_drift() -> None:
    target = _endpoint("target")
    cutover_dms = dms({target["EndpointIdentifier"]: target}, task=_task("running"))
    ((severity, code, what),) = _found(pipeline=changed("dms", on_drift="report"), dms=cutover_dms)
    assert (severity, code) == ("error", "task-drift")
    assert what.endswith(
        "SourceEndpointArn is 'arn:source' in AWS, 'the new endpoint flightspecials-postgresql-rsync-source' in the "
        "pipeline file"
    )


def test_an_endpoint_without_an_address_is_named() -> None:
    found = _endpoint("target")
    logins = _logins(source=None, target=None)
    (one,) = find(rds=rds(), dms=dms({found["EndpointIdentifier"]: found}, logins=logins))
    assert (one.severity, one.code, one.what) == (
        "error",
        "endpoint-drift",
        (
            f"the address or login of endpoint {found['EndpointIdentifier']} is not known: Endpoint {found['EndpointIdentifier']} "
            "needs the address of its database, but the connection 'travelbuddy_dms_target' has no host: add the host to "
            "the connection in Airflow."
        ),
    )


@pytest.mark.parametrize(
    ("policy", "severity", "why"),
    [
        ("report", "error", "the run stops there"),
        ("apply", "note", "the run applies the file's value"),
        ("ignore", "note", "AWS's value stays"),
    ],
)
def test_drift_of_an_endpoint_and_the_task(policy: str, severity: str, why: str) -> None:
    endpoint = _endpoint("source", ServerName="old.example")
    task = {
        "Status": "ready",
        "MigrationType": "full-load",
        "TableMappings": SHIPPED_MAPPING.read_text(),
        "ReplicationTaskSettings": json.dumps(PIPELINE.dms.task.settings),
        "ReplicationInstanceArn": "arn:rep",
        "SourceEndpointArn": "arn:source",
        "TargetEndpointArn": "arn:target",
    }
    endpoints = {found["EndpointIdentifier"]: found for found in (endpoint, _endpoint("target"))}
    found = find(
        pipeline=changed("dms", on_drift=policy),
        rds=rds(),
        dms=dms(endpoints, task=task, logins=_logins(source=None, target="by.name.example")),
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
            ("replication task flightspecials-postgresql-to-oracle-rsync-task: MigrationType is 'full-load' in AWS, "
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
        "SourceEndpointArn": "arn:source",
        "TargetEndpointArn": "arn:target",
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
    assert _found(dms=_dms(task=stopped)) == [
        (
            "note",
            "task-status",
            f"the replication task {identifier} is stopped since 2024-09-01 12:30:00 UTC: Stop Reason NORMAL",
        )
    ]
    since = f"the replication task {identifier} is stopped since 2024-09-01 12:30:00 UTC: Stop Reason NORMAL"
    assert _found(dms=_dms(task=stopped), source=source()) == [
        ("warning", "task-status", f"{since}; and its replication slot is gone or has lost WAL")
    ]


NEIGHBOUR = Slot("other_1", "pglogical_output", "dso", active=True, wal_status="reserved", retained_bytes=0)
OWN = Slot("own_1", "pglogical_output", "dso", active=False, wal_status="reserved", retained_bytes=0)
GONE = 'Last Error replication slot "own_1" does not exist'


@pytest.mark.parametrize(
    ("slots", "slot", "message"),
    [
        ((NEIGHBOUR,), "own_1", "Last Error out of memory"),
        ((replace(OWN, wal_status="lost"), NEIGHBOUR), "own_1", "Last Error out of memory"),
        ((NEIGHBOUR,), None, GONE),
        ((), None, "Last Error out of memory"),
    ],
)
def test_a_failed_task_whose_slot_is_gone_gets_one_advice(
    slots: tuple[Slot, ...], slot: str | None, message: str
) -> None:
    """A neighbour's slot hides nothing, and no other finding says that the run would resume the task."""
    failed = _task("failed", LastFailureMessage=message, RecoveryCheckpoint="checkpoint:V1#1#0/1#0")
    found = find(dms=_dms(task=failed, slot=slot), source=source(slots=slots))
    assert [(item.severity, item.code) for item in found] == [("warning", "task-status")]
    assert found[0].do == "read that step's message; then trigger the DAG with recover_lost_slot"


def test_dms_itself_may_say_that_the_slot_is_gone() -> None:
    [found] = find(dms=_dms(task=_task("failed", LastFailureMessage=GONE, RecoveryCheckpoint="checkpoint:V1#1#0/1#0")))
    assert "recover_lost_slot" in found.do


def test_an_idle_slot_of_a_neighbour_is_not_the_stopped_tasks() -> None:
    stopped = _task("stopped", RecoveryCheckpoint="checkpoint:V1#1#0/1#0")
    slots = (OWN, replace(NEIGHBOUR, active=False))
    found = find(dms=_dms(task=stopped, slot="own_1"), source=source(slots=slots))
    assert [(str(item.severity), item.code, item.do) for item in found if "slot " in item.what] == [
        ("warning", "slot-idle", "drop the slot if nobody will come back for it"),
        ("note", "slot-idle", "nothing: the run resumes the task"),
    ]


def test_an_idle_slot_of_a_neighbours_task_is_told_with_that_task() -> None:
    slots = (replace(NEIGHBOUR, active=False),)
    found = find(dms=dms(slots_of_neighbours={NEIGHBOUR.name: "hotels-task"}), source=source(slots=slots))
    [item] = [item for item in found if item.code == "slot-idle"]
    assert item.what.endswith("of WAL; it is the one of the replication task hotels-task")
    assert item.do == "resume hotels-task, or delete that task and then the slot if nobody will come back for it"


def test_a_failed_task_says_why() -> None:
    failed = _task("failed", LastFailureMessage="Last Error Fatal error has occurred")
    [(severity, _, what)] = _found(dms=_dms(task=failed))
    assert severity == "warning"
    assert what.endswith("is failed: Last Error Fatal error has occurred")


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (
            {"read_status": 503},
            [("error", "api-answer", "GET http://api.example/travelbuddy/flightspecials answers 503")],
        ),
        (
            {"allowed_methods": frozenset({"POST", "OPTIONS"})},
            [("error", "api-method", "/travelbuddy/flightspecials/1/name allows OPTIONS, POST, the canary uses PUT")],
        ),
        ({"allowed_methods": frozenset({"PUT"})}, []),
        ({"read_status": 405}, []),
        (
            {"read_status": 404},
            [("warning", "api-answer", "GET http://api.example/travelbuddy/flightspecials answers 404")],
        ),
        (
            {"read_status": 404, "canary": SHOWN, "read_path": "/travelbuddy/flightspecials/1"},
            [("error", "api-answer", "GET http://api.example/travelbuddy/flightspecials/1 answers 404")],
        ),
    ],
)
def test_api(facts: dict[str, Any], found: list[tuple[str, str, str]]) -> None:
    assert _found(api=api(**facts)) == found


@pytest.mark.parametrize(("status", "passing"), [(503, True), (500, True), (429, True), (401, False), (302, False)])
def test_the_apis_own_answer_says_whether_it_may_recover(status: int, passing: bool) -> None:
    [finding] = find(api=api(read_status=status))
    assert (finding.severity, finding.blind, finding.passing) == ("error", False, passing)


def test_a_secret_is_no_header_of_the_pipeline_file() -> None:
    pipeline = changed("canary", headers={"Authorization": "Bearer 5f0c", "X-Tenant": "erp"})
    [found] = [item for item in find(pipeline=pipeline) if item.code == "secret-header"]
    assert (str(found.severity), found.what) == (
        "warning", "the canary of travelbuddy.flightspecial has a header Authorization in the pipeline file",
    )  # fmt: skip
