"""A wait ends, with DMS's own reason, as soon as what it waits for can't come any more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import TaskDeferred

from reverse_sync.aws.sensors.dms import DmsTablesSensor
from reverse_sync.errors import NeedsPersonError, NotProvedError
from reverse_sync.verify.arrival import OracleRowSensor
from tests.integration.product.test_canary import Canary
from tests.support.procedure import QUICK, TABLES
from tests.support.reconciliation import reconciled
from tests.support.tasks import rebuilt, run
from tests.support.wait import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow.triggers.base import BaseTrigger

    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration
# Long enough that a wait which lasts until then fails the test by pytest's own time limit.
FOREVER: dict[str, Any] = {**QUICK, "timeout_s": 3600}
NEVER: Any = {"seen_in_oracle_after_s": None, "answered_at": "2026-11-22T03:00:00+00:00"}


def events(trigger: BaseTrigger) -> list[Any]:
    """What the triggerer hears from the trigger."""

    async def all_of_them() -> list[Any]:
        return [event.payload async for event in trigger.run()]

    return asyncio.run(all_of_them())


def status(running: RunningParts) -> str:
    return str(running.aws("dms").describe_replication_tasks()["ReplicationTasks"][0]["Status"])


@pytest.fixture
def task(running: RunningParts, replicating: Procedure) -> Iterator[Procedure]:
    """The running task; afterwards it runs again, whatever was done to it."""
    yield replicating
    if not running.task_runs():
        if any(":task:" in arn for arn in running.dms_resources()):
            replicating.start_or_resume(recover_lost_slot=True)
            replicating.wait_running()
        else:
            replicating.start(recover_lost_slot=True)


def stop(running: RunningParts) -> None:
    [task] = running.aws("dms").describe_replication_tasks()["ReplicationTasks"]
    running.aws("dms").stop_replication_task(ReplicationTaskArn=task["ReplicationTaskArn"])
    assert eventually(lambda: status(running) == "stopped")


def fail(running: RunningParts) -> None:
    with running.fault("lose-slot"):
        assert eventually(lambda: status(running) == "failed")


def delete(running: RunningParts) -> None:
    stop(running)
    [task] = running.aws("dms").describe_replication_tasks()["ReplicationTasks"]
    running.aws("dms").delete_replication_task(ReplicationTaskArn=task["ReplicationTaskArn"])
    assert eventually(lambda: not any(":task:" in arn for arn in running.dms_resources()))


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (fail, ["'failed'", "Stop Reason FATAL_ERROR", "replication slot"]),
        (stop, ["'stopped'", "Stop Reason NORMAL"]),
        (delete, ["no replication task"]),
    ],
)
def test_the_canary_is_not_waited_for_where_the_task_has_ended(
    running: RunningParts, pipeline: Pipeline, task: Procedure, end: Callable[[RunningParts], None], said: list[str]
) -> None:
    canary = Canary(pipeline, 8)
    read = canary.read("manual__hopeless")
    sensor = OracleRowSensor(task_id="wait", canary=read, change=NEVER, **canary.common, **FOREVER)
    with pytest.raises(TaskDeferred) as deferred:
        sensor.execute({})
    end(running)
    [event] = events(rebuilt(deferred.value.trigger))
    with pytest.raises(NeedsPersonError) as failed:
        sensor.execute_complete({}, event)
    message = str(failed.value)
    assert message.startswith("TRAVELBUDDY.FLIGHTSPECIAL.HEADER of row 8 should hold ")
    assert "did not arrive, and can't any more: " in message
    assert all(fact in message for fact in said), message
    assert "run the DAG again" in message


def test_a_suspended_table_ends_the_wait_for_the_canary(
    running: RunningParts, pipeline: Pipeline, task: Procedure
) -> None:
    canary = Canary(pipeline, 8)
    read = canary.read("manual__suspended")
    with running.fault("suspend-table"), pytest.raises(NeedsPersonError) as failed:
        canary.arrive(read, NEVER, timeout_s=3600)
    assert "can't any more: travelbuddy.flightspecial is 'Table error'" in str(failed.value)
    stop(running)
    running.aws("dms").start_replication_task(
        ReplicationTaskArn=running.aws("dms").describe_replication_tasks()["ReplicationTasks"][0]["ReplicationTaskArn"],
        StartReplicationTaskType="start-replication",
    )
    task.wait_running()


def test_a_change_that_arrived_before_the_task_ended_is_found(
    running: RunningParts, pipeline: Pipeline, task: Procedure
) -> None:
    canary = Canary(pipeline, 8)
    read = canary.read("manual__just-in-time")
    change = canary.change(read)
    assert change["seen_in_oracle_after_s"] is not None
    stop(running)
    assert canary.arrive(read, change)["outcome"] == "found"
    task.start_or_resume()
    task.wait_running()
    canary.restore(read)


def test_dms_that_does_not_answer_leaves_it_to_oracle(
    running: RunningParts, pipeline: Pipeline, task: Procedure
) -> None:
    canary = Canary(pipeline, 8)
    read = canary.read("manual__deaf")
    change = canary.change(read)
    with running.fault("throttle", calls=1000):
        assert canary.arrive(read, change, timeout_s=60)["outcome"] == "found"
    canary.restore(read)


def test_tables_are_not_waited_for_where_the_task_has_ended(running: RunningParts, task: Procedure) -> None:
    # One table more than DMS has, so that the wait goes on.
    sensor = DmsTablesSensor(task_id="wait_tables", tables=[*TABLES, *TABLES], **task.task, **task.aws, **FOREVER)
    with pytest.raises(TaskDeferred):
        sensor.execute({})
    stop(running)
    with pytest.raises(NeedsPersonError) as failed:
        run(sensor)
    assert "should be running but is 'stopped': Stop Reason NORMAL" in str(failed.value)


@pytest.fixture
def other_row(running: RunningParts) -> Iterator[None]:
    """A row of Oracle's differs, and PostgreSQL has WAL that no reader has confirmed; the row is put back."""
    change = "UPDATE FLIGHTSPECIAL SET HEADER = :1 WHERE ID = 8"
    with running.oracle() as session, session.cursor() as cursor:
        cursor.execute("SELECT HEADER FROM FLIGHTSPECIAL WHERE ID = 8")
        [kept] = cursor.fetchone() or [None]
        cursor.execute(change, ["another"])
        session.commit()
        yield
        cursor.execute(change, [kept])
        session.commit()


@pytest.mark.parametrize("end", [fail, stop, delete])
def test_a_comparison_does_not_wait_for_rows_where_the_task_has_ended(
    running: RunningParts, pipeline: Pipeline, task: Procedure, other_row: None, end: Callable[[RunningParts], None]
) -> None:
    end(running)
    with running.postgres() as session:
        session.execute("SELECT pg_logical_emit_message(false, 'test', 'nobody reads this')")
    settings = {"lag_timeout_s": 3600, "rechecks": 1, "recheck_after_s": 0.05}
    quick = pipeline.reconciliation.model_copy(update=settings)
    with pytest.raises(NotProvedError) as failed:
        reconciled(pipeline.model_copy(update={"reconciliation": quick}))
    assert "nobody reads a replication slot of the task, so nothing is on its way" in str(failed.value)


def test_tables_that_nobody_may_look_at_are_not_waited_for(
    running: RunningParts, task: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_AWS_DEFAULT")
    sensor = DmsTablesSensor(task_id="wait_tables", tables=TABLES, **task.task, **task.aws, **FOREVER)
    with pytest.raises(NeedsPersonError, match="Unable to locate credentials"):
        run(sensor)


@pytest.mark.parametrize("shown", ["incompatible-network", "incompatible-credentials", "storage-full"])
def test_a_replication_instance_that_only_a_person_can_mend_is_not_waited_for(
    running: RunningParts, task: Procedure, shown: str
) -> None:
    with running.fault("replication-instance-state", status=shown), pytest.raises(NeedsPersonError, match=shown):
        task.instance()
