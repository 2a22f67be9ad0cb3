"""Tasks: what DMS accepts, in which states, and what Airflow's own operators and sensors make of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from airflow.providers.amazon.aws.operators import dms as operators
from airflow.providers.amazon.aws.sensors.dms import DmsTaskBaseSensor, DmsTaskCompletedSensor
from airflow.providers.amazon.aws.sensors.rds import RdsDbSensor
from airflow.sdk.exceptions import AirflowException
from botocore.exceptions import ClientError, WaiterError

from tests.support.assessments import assess_task
from tests.support.aws_stage import MAPPING, Stage, eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.integration


@pytest.fixture
def provider(tables: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """An `aws_default` connection that leads to the stand-in."""
    connection = {
        "conn_type": "aws",
        "login": "test",
        "password": "test",
        "extra": {"endpoint_url": f"http://127.0.0.1:{tables.aws_port}", "region_name": "ap-northeast-2"},
    }
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))
    before = tables.rehearsal("GET", "durations")
    # botocore's waiters look every 15 s: let them see at once what they wait for
    tables.rehearsal("PUT", "durations", {"task_ready": 0, "task_delete": 0})
    yield tables
    tables.rehearsal("PUT", "durations", before)


def test_the_amazon_providers_operators_and_sensors_work_unmodified(provider: Stage) -> None:
    source, target = provider.source_endpoint(), provider.target_endpoint()
    for arn in (source, target):
        assert provider.tested(arn)["Status"] == "successful"
    arn = operators.DmsCreateTaskOperator(
        task_id="create",
        replication_task_id="provided",
        source_endpoint_arn=source,
        target_endpoint_arn=target,
        replication_instance_arn=provider.instance_arn,
        table_mappings=MAPPING,
        migration_type="cdc",
    ).execute({})
    described = operators.DmsDescribeTasksOperator(
        task_id="describe",
        describe_tasks_kwargs={"Filters": [{"Name": "replication-task-id", "Values": ["provided"]}]},
    ).execute({})
    assert described[1][0]["ReplicationTaskArn"] == arn
    operators.DmsStartTaskOperator(task_id="start", replication_task_arn=arn).execute({})
    provider.wait_for(arn, "running")
    sensor: dict[str, Any] = {
        "replication_task_arn": arn,
        "target_statuses": ["running"],
        "termination_statuses": ["stopped"],
    }
    assert DmsTaskBaseSensor(task_id="wait", **sensor).poke({})
    assert not DmsTaskCompletedSensor(task_id="completed", replication_task_arn=arn).poke({})
    operators.DmsStopTaskOperator(task_id="stop", replication_task_arn=arn).execute({})
    provider.wait_for(arn, "stopped")
    with pytest.raises(AirflowException, match=r"Unexpected status: stopped"):
        DmsTaskBaseSensor(task_id="wait", **sensor).poke({})
    operators.DmsModifyTaskOperator(
        task_id="modify", replication_task_arn=arn, table_mappings=MAPPING, wait_for_completion=False
    ).execute({})
    provider.wait_for(arn, "stopped")
    operators.DmsDeleteTaskOperator(task_id="delete", replication_task_arn=arn).execute({})
    assert not _exists(provider, arn)
    rds = RdsDbSensor(task_id="rds", db_identifier="flightspecials-test-postgres-db", target_statuses=["available"])
    assert rds.poke({})


def _exists(stage: Stage, arn: str) -> bool:
    return any(
        task["ReplicationTaskArn"] == arn
        for task in stage.client("dms").describe_replication_tasks()["ReplicationTasks"]
    )


def test_settings_are_merged_with_the_defaults(tables: Stage) -> None:
    arn = tables.task(settings={"Logging": {"EnableLogging": True}, "TargetMetadata": {"LobMaxSize": 64}})
    settings = json.loads(tables.describe(arn)["ReplicationTaskSettings"])
    assert settings["TargetMetadata"]["LobMaxSize"] == 64
    assert settings["TargetMetadata"]["LimitedSizeLobMode"] is True
    assert settings["ErrorBehavior"]["ApplyErrorUpdatePolicy"] == "LOG_ERROR"
    assert settings["Logging"]["CloudWatchLogGroup"] == "dms-tasks-dmsworkshop-target-dmsrepl"
    assert settings["Logging"]["CloudWatchLogStream"] == f"dms-task-{arn.rpartition(':')[2]}"
    where = [{"Name": "replication-task-arn", "Values": [arn]}]
    bare = tables.client("dms").describe_replication_tasks(Filters=where, WithoutSettings=True)["ReplicationTasks"][0]
    assert "ReplicationTaskSettings" not in bare


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"TableMappings": "no json"}, r"InvalidParameterValueException.*table mappings"),
        (
            {"TableMappings": '{"rules": [{"rule-type": "selection"}]}'},
            r"InvalidParameterValueException.*table mappings",
        ),
        ({"ReplicationTaskSettings": "{"}, r"Task Settings document error: Invalid json"),
        ({"ReplicationTaskSettings": '{"Loging": {}}'}, r"Loging is not known"),
        (
            {"ReplicationTaskSettings": '{"TargetMetadata": {"LobMaxSize": "32"}}'},
            r"LobMaxSize is \"32\"; a value like",
        ),
        (
            {"ReplicationTaskSettings": '{"ErrorBehavior": {"DataErrorPolicy": "SHRUG"}}'},
            r"DataErrorPolicy is \"SHRUG\"",
        ),
        ({"ReplicationTaskSettings": '{"Logging": {"CloudWatchLogGroup": "g"}}'}, r"cannot be set on create"),
        ({"MigrationType": "sideways"}, r"ValidationException.*Value 'sideways' at 'migrationType'"),
        (
            {"CdcStartTime": 0},
            r"InvalidParameterCombinationException.*CdcStartTime 1970-01-01T00:00:00Z cannot be used",
        ),
        ({"CdcStopPosition": "server_time:2026-01-01T00:00:00"}, r"CdcStopPosition cannot be used"),
        ({"SourceEndpointArn": "none"}, r"ResourceNotFoundFault.*Endpoint none not found"),
        ({"ReplicationInstanceArn": "none"}, r"ResourceNotFoundFault"),
        ({"ReplicationTaskIdentifier": "task"}, r"ResourceAlreadyExistsFault"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_task_that_cannot_be_is_not_made(tables: Stage, parameters: dict[str, Any], message: str) -> None:
    task = tables.describe(tables.task())
    good = {
        "ReplicationTaskIdentifier": "other",
        "MigrationType": "cdc",
        **{
            name: task[name]
            for name in ("SourceEndpointArn", "TargetEndpointArn", "ReplicationInstanceArn", "TableMappings")
        },
    }
    with pytest.raises(ClientError, match=message):
        tables.client("dms").create_replication_task(**good | parameters)
    assert len(tables.client("dms").describe_replication_tasks()["ReplicationTasks"]) == 1


def test_source_and_target_cannot_change_places(tables: Stage) -> None:
    task = tables.describe(tables.task())
    with pytest.raises(ClientError, match=r"is a target endpoint, not a source"):
        tables.client("dms").create_replication_task(
            ReplicationTaskIdentifier="other",
            MigrationType="cdc",
            SourceEndpointArn=task["TargetEndpointArn"],
            TargetEndpointArn=task["SourceEndpointArn"],
            ReplicationInstanceArn=task["ReplicationInstanceArn"],
            TableMappings=task["TableMappings"],
        )


def test_what_may_be_done_depends_on_the_state(tables: Stage) -> None:
    dms, arn = tables.client("dms"), tables.task("states")

    def refused(message: str, call: Callable[..., Any], **more: Any) -> None:
        with pytest.raises(ClientError, match=message):
            call(ReplicationTaskArn=arn, **more)

    refused("RESUME_PROCESSING, valid only for tasks that have run", dms.start_replication_task,
            StartReplicationTaskType="resume-processing")  # fmt: skip
    refused("RELOAD_TARGET, not valid", dms.start_replication_task, StartReplicationTaskType="reload-target")
    refused("failed to satisfy constraint", dms.start_replication_task, StartReplicationTaskType="bogus-type")
    refused("InvalidResourceStateFault.*not running: it is ready", dms.stop_replication_task)
    tables.start(arn)
    refused("InvalidResourceStateFault.*cannot be started, invalid state: running", dms.start_replication_task,
            StartReplicationTaskType="start-replication")  # fmt: skip
    refused("is running; it cannot be modified now", dms.modify_replication_task, MigrationType="cdc")
    refused("is running; it cannot be deleted now", dms.delete_replication_task)
    refused("its tables cannot be reloaded", dms.reload_tables, TablesToReload=[{"SchemaName": "s", "TableName": "t"}])
    source = tables.describe(arn)["SourceEndpointArn"]
    with pytest.raises(ClientError, match=r"in use by replication task states, which is running; stop the task first"):
        dms.modify_endpoint(EndpointArn=source, DatabaseName="other")
    tables.stop(arn)
    refused("CdcStartPosition cannot be used with RESUME_PROCESSING", dms.start_replication_task,
            StartReplicationTaskType="resume-processing", CdcStartPosition="0/1")  # fmt: skip
    modified = dms.modify_replication_task(ReplicationTaskArn=arn, ReplicationTaskIdentifier="renamed")
    assert modified["ReplicationTask"]["Status"] == "modifying"
    assert tables.wait_for(arn, "stopped")["ReplicationTaskIdentifier"] == "renamed"
    events = dms.describe_events(SourceType="replication-task", SourceIdentifier="states")["Events"]
    assert [event["Message"] for event in events] == [
        "Replication task created.",
        "Replication task has started.",
        "Replication task has stopped.",
    ]


def test_a_start_wants_successful_connection_tests(tables: Stage) -> None:
    arn = tables.task()
    dms = tables.client("dms")
    source = tables.describe(arn)["SourceEndpointArn"]
    dms.delete_connection(EndpointArn=source, ReplicationInstanceArn=tables.instance_arn)
    with pytest.raises(ClientError, match=r"Test connection .* should be successful .*task-source is untested"):
        dms.start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType="start-replication")
    assert tables.describe(arn)["Status"] == "ready"


def test_every_status_is_passed_through(tables: Stage) -> None:
    arn, dms = tables.task(), tables.client("dms")
    calls: dict[str, Callable[[], Any]] = {
        "testing": lambda: assess_task(tables.client, arn),
        "modifying": lambda: dms.modify_replication_task(ReplicationTaskArn=arn, MigrationType="cdc"),
    }
    for status, call in calls.items():
        tables.fault("hold-state", status=status)
        call()
        assert tables.describe(arn)["Status"] == status
        tables.rehearsal("DELETE", "faults")
        tables.wait_for(arn, "ready")
    other = dms.create_replication_instance(
        ReplicationInstanceIdentifier="second", ReplicationInstanceClass="dms.t3.medium"
    )["ReplicationInstance"]["ReplicationInstanceArn"]
    found = [{"Name": "replication-instance-id", "Values": ["second"]}]
    eventually(
        lambda: dms.describe_replication_instances(Filters=found)["ReplicationInstances"][0],
        lambda one: one["ReplicationInstanceStatus"] == "available",
    )
    move = {"ReplicationTaskArn": arn, "TargetReplicationInstanceArn": other}
    assert dms.move_replication_task(**move)["ReplicationTask"]["Status"] == "moving"
    assert tables.wait_for(arn, "ready")["ReplicationInstanceArn"] == other
    move["TargetReplicationInstanceArn"] = tables.instance_arn
    tables.fault("hold-state", status="moving")
    dms.move_replication_task(**move)
    tables.fault("replication-instance-state", status="incompatible-network")
    tables.rehearsal("DELETE", "faults/hold-state")
    tables.wait_for(arn, "failed-move")
    tables.rehearsal("DELETE", "faults")


def test_botocores_waiters(tables: Stage) -> None:
    arn, dms = tables.task(), tables.client("dms")
    where = {"Filters": [{"Name": "replication-task-arn", "Values": [arn]}], "WaiterConfig": {"Delay": 1}}
    dms.get_waiter("replication_task_ready").wait(**where)
    tables.start(arn)
    dms.get_waiter("replication_task_running").wait(**where)
    with pytest.raises(WaiterError):
        dms.get_waiter("replication_task_ready").wait(**where)
    tables.stop(arn)
    dms.get_waiter("replication_task_stopped").wait(**where)
    dms.delete_replication_task(ReplicationTaskArn=arn)
    dms.get_waiter("replication_task_deleted").wait(**where)
    source = dms.describe_endpoints()["Endpoints"][0]["EndpointArn"]
    where["Filters"] = [{"Name": "endpoint-arn", "Values": [source]}]
    dms.test_connection(EndpointArn=source, ReplicationInstanceArn=tables.instance_arn)
    dms.get_waiter("test_connection_succeeds").wait(**where)
    dms.delete_endpoint(EndpointArn=source)
    dms.get_waiter("endpoint_deleted").wait(**where)


def test_botocores_waiters_for_replication_instances(stage: Stage) -> None:
    dms = stage.client("dms")
    made = dms.create_replication_instance(
        ReplicationInstanceIdentifier="another", ReplicationInstanceClass="dms.t3.micro"
    )["ReplicationInstance"]
    arn = made["ReplicationInstanceArn"]
    assert made["ReplicationInstanceStatus"] == "creating"
    where = {"Filters": [{"Name": "replication-instance-arn", "Values": [arn]}], "WaiterConfig": {"Delay": 1}}
    dms.get_waiter("replication_instance_available").wait(**where)
    dms.delete_replication_instance(ReplicationInstanceArn=arn)
    dms.get_waiter("replication_instance_deleted").wait(**where)


def test_a_full_load_is_refused_at_its_start(tables: Stage) -> None:
    task = tables.describe(tables.task())
    names = ("SourceEndpointArn", "TargetEndpointArn", "ReplicationInstanceArn", "TableMappings")
    arn = tables.client("dms").create_replication_task(
        ReplicationTaskIdentifier="full", MigrationType="full-load", **{name: task[name] for name in names}
    )["ReplicationTask"]["ReplicationTaskArn"]
    tables.wait_for(arn, "ready")
    with pytest.raises(ClientError, match=r"of type full-load; the rehearsal replicates changes only"):
        tables.client("dms").start_replication_task(
            ReplicationTaskArn=arn, StartReplicationTaskType="start-replication"
        )
