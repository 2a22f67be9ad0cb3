"""What AWS lacks, refuses or lets fail: the message names it, and what was there stays as it was."""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.aws.operators.rds import REBOOT_CONFIG, RdsRebootOperator
from reverse_sync.errors import NeedsPersonError, ReverseSyncError
from reverse_sync.postgres.server import look
from reverse_sync.preflight.operator import PreflightOperator
from tests.support.procedure import QUICK, Procedure
from tests.support.tasks import run
from tests.support.wait import eventually

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration


@pytest.fixture
def procedure(running: RunningParts, pipeline: Pipeline) -> Procedure:
    return Procedure(pipeline)


def changed(pipeline: Pipeline, section: str, **values: Any) -> Pipeline:
    return pipeline.model_copy(update={section: getattr(pipeline, section).model_copy(update=values)})


@pytest.mark.parametrize(
    ("section", "values", "said"),
    [
        ("postgres", {"db_instance": "absent-db"}, "absent-db"),
        ("dms", {"replication_instance": "absent-repl"}, "absent-repl"),
    ],
)
def test_the_preflight_names_what_is_not_there(
    running: RunningParts, pipeline: Pipeline, section: str, values: dict[str, Any], said: str
) -> None:
    with pytest.raises(NeedsPersonError, match="The preflight found") as stopped:
        run(PreflightOperator(task_id="check", pipeline=changed(pipeline, section, **values)))
    assert said in str(stopped.value)


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        ("rds-state", "storage-full", "storage-full"),
        ("replication-instance-state", "failed", "failed"),
    ],
)
def test_the_preflight_names_what_is_in_a_failed_state(
    running: RunningParts, pipeline: Pipeline, fault: str, status: str, said: str
) -> None:
    with running.fault(fault, status=status), pytest.raises(NeedsPersonError) as stopped:
        run(PreflightOperator(task_id="check", pipeline=pipeline))
    assert said in str(stopped.value)


def test_an_rds_instance_that_is_not_there(running: RunningParts, pipeline: Pipeline) -> None:
    procedure = Procedure(changed(pipeline, "postgres", db_instance="absent-db"))
    with pytest.raises(
        NeedsPersonError, match=r"There is no RDS instance absent-db in ap-northeast-2: correct postgres.db"
    ):
        procedure.wait_available()
    with pytest.raises(NeedsPersonError, match="There is no RDS instance absent-db"):
        procedure.reboot()


def test_an_rds_instance_in_a_failed_state_is_not_rebooted(running: RunningParts, procedure: Procedure) -> None:
    with running.fault("rds-state", status="storage-full"):
        with pytest.raises(NeedsPersonError, match="should be 'available' but is 'storage-full'"):
            procedure.reboot()
        with pytest.raises(NeedsPersonError, match="should be 'available' but is 'storage-full': look at its events"):
            procedure.wait_available()


def test_a_reboot_that_somebody_else_began_is_waited_for_and_not_repeated(
    running: RunningParts, pipeline: Pipeline, procedure: Procedure
) -> None:
    seen = look(pipeline.postgres.connection)["started_at"]
    before = running.calls("RebootDBInstance")
    with ThreadPoolExecutor() as elsewhere:
        running.aws("rds").reboot_db_instance(DBInstanceIdentifier=pipeline.postgres.db_instance)
        with running.fault("rds-state", status="rebooting"):
            waiting = elsewhere.submit(procedure.reboot, seen)
            assert eventually(lambda: look_again(pipeline.postgres.connection, seen))
            assert not waiting.done()
        assert waiting.result(20)["outcome"] == "left alone"
    assert running.calls("RebootDBInstance") == [*before, "ok"]
    procedure.wait_available()


def test_an_instance_in_maintenance_is_rebooted_once_that_is_over(running: RunningParts, procedure: Procedure) -> None:
    before = running.calls("RebootDBInstance")
    with ThreadPoolExecutor() as elsewhere:
        with running.fault("rds-state", status="maintenance"):
            rebooting = elsewhere.submit(procedure.reboot)
            time.sleep(1)
            assert not rebooting.done()
            assert running.calls("RebootDBInstance") == before
        assert rebooting.result(20)["outcome"] == "changed"
    assert running.calls("RebootDBInstance") == [*before, "ok"]
    procedure.wait_available()


def test_a_reboot_whose_answer_is_lost_is_not_asked_for_twice(
    running: RunningParts, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = {**REBOOT_CONFIG, "read_timeout": 1}
    monkeypatch.setattr("reverse_sync.aws.operators.rds.REBOOT_CONFIG", impatient)
    before = running.calls("RebootDBInstance")
    db, connection = pipeline.postgres.db_instance, pipeline.postgres.connection
    seen = look(connection)

    def reboot() -> Any:
        where: Any = {"db_instance": db, "postgres_conn_id": connection, "aws_conn_id": pipeline.aws.connection}
        return run(RdsRebootOperator(task_id="reboot", region_name=pipeline.aws.region, seen=seen, **where, **QUICK))

    with running.fault("hang-call", operation="RebootDBInstance", seconds=1.5):
        with pytest.raises(ReverseSyncError, match=r"AWS could not be called .*Read timeout"):
            reboot()
        assert eventually(lambda: running.calls("RebootDBInstance") == [*before, "ok"])
    assert eventually(lambda: look_again(connection, seen["started_at"]))
    assert reboot()["outcome"] == "left alone"
    assert running.calls("RebootDBInstance") == [*before, "ok"]


def look_again(connection: str, seen: str) -> bool:
    """Whether PostgreSQL answers again, restarted."""
    with contextlib.suppress(ReverseSyncError):
        return bool(look(connection)["started_at"] != seen)
    return False


def test_a_replication_instance_that_is_not_there(procedure: Procedure) -> None:
    with pytest.raises(NeedsPersonError, match="DMS has no replication instance absent-repl in ap-northeast-2"):
        procedure.instance("absent-repl")


def test_a_replication_instance_in_a_failed_state(running: RunningParts, procedure: Procedure) -> None:
    with (
        running.fault("replication-instance-state", status="failed"),
        pytest.raises(NeedsPersonError, match="dmsworkshop-target-dmsrepl should be 'available' but is 'failed'"),
    ):
        procedure.instance()


def test_a_failed_connection_test_shows_what_dms_says(running: RunningParts, procedure: Procedure) -> None:
    endpoint = procedure.pipeline.dms.source_endpoint.model_copy(update={"identifier": "bad-test"})
    arn = procedure.ensure(endpoint, procedure.pipeline.postgres.db_instance)["arn"]
    with (
        running.fault(
            "fail-connection-test", message="Test Endpoint failed: Application-Status: 1020912, timeout expired"
        ),
        pytest.raises(NeedsPersonError) as failed,
    ):
        procedure.test(endpoint, arn, procedure.instance()["arn"])
    assert "connection test of endpoint bad-test should be 'successful' but is 'failed'" in str(failed.value)
    assert "Application-Status: 1020912, timeout expired" in str(failed.value)
    assert "Check the login and password of its Airflow connection" in str(failed.value)
    running.aws("dms").delete_endpoint(EndpointArn=arn)


def test_a_wrong_password_of_dms_fails_the_test_and_stays_secret(
    running: RunningParts, procedure: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    import json
    import os

    name = "AIRFLOW_CONN_FLIGHTSPECIALS_DMS_SOURCE"
    monkeypatch.setenv(name, json.dumps(json.loads(os.environ[name]) | {"password": "sw0rdfish-wrong"}))
    endpoint = procedure.pipeline.dms.source_endpoint.model_copy(update={"identifier": "bad-password"})
    made = procedure.ensure(endpoint, procedure.pipeline.postgres.db_instance)
    with pytest.raises(NeedsPersonError, match="password authentication failed for user") as failed:
        procedure.test(endpoint, made["arn"], procedure.instance()["arn"])
    assert "sw0rdfish" not in f"{failed.value} {made}"
    assert "set dms.on_drift to 'apply'" in str(failed.value)
    running.aws("dms").delete_endpoint(EndpointArn=made["arn"])


def test_an_endpoint_that_is_not_there_can_not_be_tested(running: RunningParts, procedure: Procedure) -> None:
    with pytest.raises(NeedsPersonError, match="TestConnection failed with ResourceNotFoundFault"):
        procedure.test(
            procedure.pipeline.dms.source_endpoint,
            "arn:aws:dms:ap-northeast-2:123456789012:endpoint:ABSENT",
            procedure.instance()["arn"],
        )


def test_a_target_without_an_address_is_refused_before_dms_is_called(
    running: RunningParts, procedure: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_TRAVELBUDDY_DMS_TARGET", '{"conn_type": "oracle", "login": "dmsuser"}')
    endpoint = procedure.pipeline.dms.target_endpoint.model_copy(update={"identifier": "no-address"})
    with pytest.raises(NeedsPersonError, match=r"Endpoint no-address needs .*'travelbuddy_dms_target' has no host"):
        procedure.ensure(endpoint)


def test_expired_credentials_are_named_and_tried_again(running: RunningParts, procedure: Procedure) -> None:
    with (
        running.fault("expire-credentials"),
        pytest.raises(ReverseSyncError, match="does not accept the credentials") as refused,
    ):
        procedure.ensure(procedure.pipeline.dms.target_endpoint)
    assert "'aws_default'" in str(refused.value)
    assert not isinstance(refused.value, NeedsPersonError)


def test_what_somebody_else_made_in_the_same_moment_is_found_by_the_next_try(
    running: RunningParts, procedure: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = procedure.pipeline.dms.target_endpoint
    made = procedure.ensure(target)["arn"]
    with monkeypatch.context() as too_early:
        too_early.setattr("reverse_sync.aws.operators.endpoint.find_endpoint", lambda _client, _name: None)
        with pytest.raises(ReverseSyncError, match="CreateEndpoint failed with ResourceAlreadyExistsFault") as refused:
            procedure.ensure(target)
    assert not isinstance(refused.value, NeedsPersonError)
    assert procedure.ensure(target)["arn"] == made


def test_throttling_passes_unseen(running: RunningParts, procedure: Procedure) -> None:
    with running.fault("throttle", calls=2):
        assert procedure.instance()["status"] == "available"


def test_a_task_that_fails_at_start_shows_its_reason_and_is_started_by_the_next_run(
    running: RunningParts, replicating: Procedure
) -> None:
    dms = running.aws("dms")
    (task,) = dms.describe_replication_tasks()["ReplicationTasks"]
    dms.stop_replication_task(ReplicationTaskArn=task["ReplicationTaskArn"])
    dms.get_waiter("replication_task_stopped").wait(
        Filters=[{"Name": "replication-task-id", "Values": [task["ReplicationTaskIdentifier"]]}],
        WaiterConfig={"Delay": 1},
    )
    with running.fault("fail-start", message="Last Error Not enough memory Stop Reason FATAL_ERROR Error Level FATAL"):
        assert replicating.start_or_resume()["how"] == "resume-processing"
        with pytest.raises(NeedsPersonError) as failed:
            replicating.wait_running()
    said = str(failed.value)
    assert "should be running but is 'failed'" in said
    assert "Last Error Not enough memory" in said
    assert "Its log ends:" in said
    assert replicating.start_or_resume()["how"] == "resume-processing"
    assert replicating.wait_running()["status"] == "running"
