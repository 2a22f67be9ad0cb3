"""What the pipeline wants of DMS against what DMS has."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from airflow.sdk import Connection

from reverse_sync.aws.dms import Difference, endpoint_differences, endpoint_request, has_run, report, task_differences
from reverse_sync.aws.drift import refuse_unaccepted_mapping, refuse_unmodifiable
from reverse_sync.errors import NeedsPersonError
from reverse_sync.pipeline import Heartbeat, Pipeline, load
from tests.support.parts import ROOT

ARNS = {"SourceEndpointArn": "arn:s", "TargetEndpointArn": "arn:t", "ReplicationInstanceArn": "arn:i"}


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return load(ROOT / "include" / "pipelines" / "flightspecials.yaml")


@pytest.fixture
def request_(pipeline: Pipeline) -> dict[str, Any]:
    login = Connection(conn_id="dms", conn_type="postgres", login="dmsuser", password="dmsuser123")
    return endpoint_request(pipeline.dms.source_endpoint, login, "db.example")


def test_the_request_has_the_seeds_values_and_no_password(request_: dict[str, Any]) -> None:
    assert request_ == {
        "EndpointIdentifier": "flightspecials-postgresql-rsync-source",
        "EndpointType": "source",
        "EngineName": "postgres",
        "ServerName": "db.example",
        "Port": 5432,
        "DatabaseName": "dso",
        "Username": "dmsuser",
        "SslMode": "none",
        "ExtraConnectionAttributes": "",
    }


def test_the_connections_own_port_wins(pipeline: Pipeline) -> None:
    login = Connection(conn_id="dms", conn_type="oracle", login="dmsuser", port=11521)
    request = endpoint_request(pipeline.dms.target_endpoint, login, "legacy")
    assert (request["EndpointType"], request["Port"]) == ("target", 11521)


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"EndpointType": "SOURCE"},
        {"DatabaseName": None, "PostgreSQLSettings": {"DatabaseName": "dso"}},
        {"Status": "active", "KmsKeyId": "arn:key"},
    ],
)
def test_an_endpoint_as_dms_describes_it_does_not_differ(request_: dict[str, Any], found: dict[str, Any]) -> None:
    described = {key: value for key, value in {**request_, **found}.items() if value is not None}
    assert endpoint_differences(described, request_) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ServerName", "old.example"),
        ("Port", 5433),
        ("Username", "admin"),
        ("SslMode", "require"),
        ("EngineName", "aurora-postgresql"),
    ],
)
def test_a_differing_endpoint_is_reported_with_both_values(request_: dict[str, Any], key: str, value: object) -> None:
    (difference,) = endpoint_differences({**request_, key: value}, request_)
    assert str(difference) == (
        f"endpoint flightspecials-postgresql-rsync-source: {key} is {value!r} in AWS, {request_[key]!r} in the pipeline file"
    )


@pytest.fixture
def described(pipeline: Pipeline) -> dict[str, Any]:
    """The task as DMS gives it back: settings merged with DMS's own defaults, the mapping in its own layout."""
    settings: dict[str, Any] = json.loads(json.dumps(pipeline.dms.task.settings))
    settings["TargetMetadata"]["ParallelLoadThreads"] = 0
    settings["ErrorBehavior"] = {"DataErrorPolicy": "LOG_ERROR"}
    return {
        **ARNS,
        "MigrationType": "cdc",
        "TableMappings": json.dumps(json.loads(pipeline.mapping_text), separators=(",", ":")),
        "ReplicationTaskSettings": json.dumps(settings),
    }


def differences(pipeline: Pipeline, described: dict[str, Any]) -> list[str]:
    return [str(d) for d in task_differences(described, pipeline.dms.task, pipeline.mapping_text, ARNS)]


def test_dms_own_defaults_are_no_difference(pipeline: Pipeline, described: dict[str, Any]) -> None:
    assert differences(pipeline, described) == []


def test_every_difference_of_a_task_is_found(pipeline: Pipeline, described: dict[str, Any]) -> None:
    settings = json.loads(described["ReplicationTaskSettings"])
    settings["TargetMetadata"]["LobMaxSize"] = 64
    described |= {
        "MigrationType": "full-load-and-cdc",
        "SourceEndpointArn": "arn:other",
        "TableMappings": '{"rules": []}',
        "ReplicationTaskSettings": json.dumps(settings),
    }
    where = "task flightspecials-postgresql-to-oracle-rsync-task: "
    assert differences(pipeline, described) == [
        where + "MigrationType is 'full-load-and-cdc' in AWS, 'cdc' in the pipeline file",
        where + "SourceEndpointArn is 'arn:other' in AWS, 'arn:s' in the pipeline file",
        where + "TableMappings is 'another mapping' in AWS, 'mappings/flightspecials.json' in the pipeline file",
        where + "TargetMetadata.LobMaxSize is 64 in AWS, 32 in the pipeline file",
    ]


def test_the_report_says_what_to_do(pipeline: Pipeline, described: dict[str, Any]) -> None:
    described["MigrationType"] = "full-load"
    said = report(task_differences(described, pipeline.dms.task, pipeline.mapping_text, ARNS))
    assert said.startswith("AWS differs from the pipeline file:\n  task flightspecials-")
    assert "set dms.on_drift to 'apply'" in said


@pytest.mark.parametrize(
    ("task", "ran"),
    [
        ({"Status": "ready"}, False),
        ({"Status": "ready", "StopReason": ""}, False),
        ({"Status": "ready", "RecoveryCheckpoint": "checkpoint:V1#1#0/1#0#0#*#0#0"}, True),
        ({"Status": "stopped", "ReplicationTaskStartDate": datetime(2026, 11, 22, tzinfo=UTC)}, True),
        ({"Status": "failed", "StopReason": "Stop Reason FATAL_ERROR Error Level FATAL"}, True),
    ],
)
def test_a_task_that_ever_ran_is_known_by_its_traces(task: dict[str, Any], ran: bool) -> None:
    assert has_run(task) is ran


def test_a_heartbeat_is_asked_for_where_the_file_has_one(pipeline: Pipeline, request_: dict[str, Any]) -> None:
    endpoint = pipeline.dms.source_endpoint.model_copy(
        update={"heartbeat": Heartbeat(every_min=3, artifacts_schema="dms")}
    )
    login = Connection(conn_id="dms", conn_type="postgres", login="dmsuser")
    request = endpoint_request(endpoint, login, "db.example")
    settings = {"HeartbeatEnable": True, "HeartbeatFrequency": 3, "HeartbeatSchema": "dms"}
    assert request == {**request_, "PostgreSQLSettings": settings}
    assert endpoint_differences(request, request) == []
    found = {**request, "PostgreSQLSettings": {"HeartbeatEnable": False, "DatabaseName": "dso"}}
    assert [difference.key for difference in endpoint_differences(found, request)] == list(settings)


def task_difference(key: str) -> Difference:
    return Difference("task t", key, "a", "b")


@pytest.mark.parametrize("key", ["TableMappings", "TargetMetadata.LobMaxSize"])
def test_what_dms_can_modify_is_not_refused(key: str) -> None:
    refuse_unmodifiable([task_difference(key), Difference("endpoint e", "ServerName", "a", "b")])


def test_another_instance_is_refused_with_both_values() -> None:
    with pytest.raises(NeedsPersonError, match="ReplicationInstanceArn is 'a' in AWS, 'b' in the pipeline file"):
        refuse_unmodifiable([task_difference("TableMappings"), task_difference("ReplicationInstanceArn")])


@pytest.mark.parametrize(("ran", "accepted"), [(False, False), (True, True)])
def test_a_mapping_may_change_before_the_first_run_or_with_consent(ran: bool, accepted: bool) -> None:
    task = {"ReplicationTaskIdentifier": "t", **({"RecoveryCheckpoint": "1"} if ran else {})}
    refuse_unaccepted_mapping(task, [task_difference("TableMappings")], "m.json", accepted)
