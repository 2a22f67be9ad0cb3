"""A replication task found in each state that DMS knows: what a run does is what docs/task-life.md says."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
import requests

from reverse_sync.errors import NeedsPersonError
from reverse_sync.postgres.slots import dms_slots
from tests.support.assessments import assess_task
from tests.support.parts import ROOT
from tests.support.wait import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.product.conftest import RunningParts
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration

# Every status of https://docs.aws.amazon.com/dms/latest/APIReference/API_ReplicationTask.html
STATES = (
    *("creating", "ready", "starting", "running", "stopping", "stopped", "failed", "modifying", "testing"),
    *("moving", "failed-move", "deleting"),
)


def task(running: RunningParts) -> dict[str, Any]:
    return dict(running.aws("dms").describe_replication_tasks()["ReplicationTasks"][0])


def stop(running: RunningParts) -> None:
    running.aws("dms").stop_replication_task(ReplicationTaskArn=task(running)["ReplicationTaskArn"])


def stopped(running: RunningParts) -> str:
    stop(running)
    assert eventually(lambda: task(running)["Status"] == "stopped")
    return str(task(running)["ReplicationTaskArn"])


def modify(running: RunningParts) -> None:
    running.aws("dms").modify_replication_task(ReplicationTaskArn=stopped(running), MigrationType="cdc")


def assess(running: RunningParts) -> None:
    assess_task(running.aws, stopped(running))


def start(running: RunningParts) -> None:
    arn = stopped(running)
    running.aws("dms").start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType="resume-processing")


def delete(running: RunningParts) -> None:
    running.aws("dms").delete_replication_task(ReplicationTaskArn=stopped(running))


def proceed(procedure: Procedure, *, recover_lost_slot: bool = False) -> dict[str, Any]:
    """The steps of a run that deal with the state of a task that is there; what its start returned."""
    procedure.settle()
    started: dict[str, Any] = procedure.start_or_resume(recover_lost_slot=recover_lost_slot)
    procedure.wait_running()
    return started


def released(running: RunningParts, after_s: float) -> None:
    """Let go of the held state in a while: a run that waits gets on then."""
    address = f"http://127.0.0.1:{running.ports.aws}/rehearsal/faults/hold-state"
    threading.Timer(after_s, lambda: requests.delete(address, timeout=5)).start()


@pytest.mark.parametrize(
    ("state", "enter", "how"),
    [
        ("starting", start, None),
        ("stopping", stop, "resume-processing"),
        ("modifying", modify, "resume-processing"),
        ("testing", assess, "resume-processing"),
    ],
)
def test_a_passing_state_is_waited_for(
    running: RunningParts, replicating: Procedure, state: str, enter: Callable[[RunningParts], None], how: str | None
) -> None:
    with running.fault("hold-state", status=state):
        enter(running)
        assert eventually(lambda: task(running)["Status"] == state)
        released(running, 0.4)
        started = proceed(replicating)
    assert started.get("how") == how
    assert running.task_runs()


def test_a_task_that_is_being_deleted_is_made_anew(running: RunningParts, replicating: Procedure) -> None:
    with running.fault("hold-state", status="deleting"):
        delete(running)
        released(running, 0.4)
        steps = replicating.start()
    assert steps["task"]["what"].startswith("created replication task")
    assert steps["started"]["how"] == "start-replication"


def test_a_task_that_is_being_made_is_waited_for_and_started(running: RunningParts, replicating: Procedure) -> None:
    delete(running)
    assert eventually(lambda: not any(":task:" in arn for arn in running.dms_resources()))
    with running.fault("hold-state", status="creating"):
        released(running, 1.5)
        steps = replicating.start()
    assert steps["task"]["task"]["Status"] == "creating"
    assert steps["started"]["what"] == "start-replication; it never ran"
    assert running.task_runs()


@pytest.fixture
def other_instance(running: RunningParts) -> Iterator[str]:
    """Another replication instance to move the task to; the task is back on its own afterwards."""
    dms = running.aws("dms")
    own = task(running)["ReplicationInstanceArn"]
    if len(available(running)) == 1:
        dms.create_replication_instance(
            ReplicationInstanceIdentifier="another", ReplicationInstanceClass="dms.t3.medium", AllocatedStorage=50
        )
    assert eventually(lambda: len(available(running)) == 2)
    yield next(arn for arn in available(running) if arn != own)
    if task(running)["ReplicationInstanceArn"] == own:
        # A move that failed left it here: it has to leave before it can come back.
        move(running, next(arn for arn in available(running) if arn != own))
        assert eventually(lambda: task(running)["Status"] == "stopped")
    move(running, own)
    assert eventually(lambda: task(running)["Status"] == "stopped" and task(running)["ReplicationInstanceArn"] == own)


def available(running: RunningParts) -> list[str]:
    found = running.aws("dms").describe_replication_instances()["ReplicationInstances"]
    return [one["ReplicationInstanceArn"] for one in found if one["ReplicationInstanceStatus"] == "available"]


def move(running: RunningParts, instance: str) -> None:
    arn = task(running)["ReplicationTaskArn"]
    running.aws("dms").move_replication_task(ReplicationTaskArn=arn, TargetReplicationInstanceArn=instance)


def test_a_move_is_waited_for(running: RunningParts, replicating: Procedure, other_instance: str) -> None:
    stopped(running)
    with running.fault("hold-state", status="moving"):
        move(running, other_instance)
        released(running, 0.4)
        assert replicating.settle()["what"] == "the task is stopped"
    with pytest.raises(NeedsPersonError, match=r"ReplicationInstanceArn is .* in AWS"):
        replicating.start()


def test_a_move_that_failed_is_for_a_person(running: RunningParts, replicating: Procedure, other_instance: str) -> None:
    stopped(running)
    with running.fault("hold-state", status="moving"):
        move(running, other_instance)
        with running.fault("replication-instance-state", status="failed"):
            released(running, 0.0)
            assert eventually(lambda: task(running)["Status"] == "failed-move")
    with pytest.raises(NeedsPersonError, match="but is 'failed-move'"):
        replicating.settle()


def test_a_running_task_is_left_alone(running: RunningParts, replicating: Procedure) -> None:
    began = task(running)["ReplicationTaskStartDate"]
    assert proceed(replicating)["why"] == "it is running"
    assert task(running)["ReplicationTaskStartDate"] == began


def test_a_stopped_task_is_resumed_where_it_stopped(running: RunningParts, replicating: Procedure) -> None:
    stopped(running)
    assert proceed(replicating)["what"] == "resume-processing; it was stopped"


def test_a_failed_task_is_resumed(running: RunningParts, replicating: Procedure) -> None:
    stopped(running)
    with (
        running.fault("fail-start", calls=1),
        pytest.raises(NeedsPersonError, match="should be running but is 'failed'"),
    ):
        proceed(replicating)
    assert proceed(replicating)["what"] == "resume-processing; it was failed"
    assert running.task_runs()


def test_a_first_start_that_failed_is_made_again(running: RunningParts, replicating: Procedure) -> None:
    delete(running)
    assert eventually(lambda: not running.task_runs() and "task" not in "".join(running.dms_resources()).lower())
    drop_slots(running)
    with (
        running.fault("fail-start", calls=1),
        pytest.raises(NeedsPersonError, match="should be running but is 'failed'"),
    ):
        replicating.start()
    assert proceed(replicating)["what"] == "start-replication; its first start never came as far as a slot"


def test_a_lost_slot_is_explained_and_begun_anew_only_on_request(running: RunningParts, replicating: Procedure) -> None:
    stopped(running)
    drop_slots(running)
    with pytest.raises(NeedsPersonError) as stopped_there:
        proceed(replicating)
    said = str(stopped_there.value)
    assert "its replication slot is gone or has lost WAL" in said
    assert "since its last checkpoint (checkpoint:V1#1#" in said
    assert "trigger the DAG with recover_lost_slot" in said
    assert task(running)["Status"] == "stopped"

    started = proceed(replicating, recover_lost_slot=True)
    assert started["how"] == "start-replication"
    assert [slot.active for slot in dms_slots("flightspecials_postgres")] == [True]


def drop_slots(running: RunningParts) -> None:
    with running.postgres() as session:
        session.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active")


def test_the_document_has_every_state() -> None:
    text = (ROOT / "docs" / "task-life.md").read_text(encoding="utf-8")
    assert [state for state in STATES if f"| `{state}` |" not in text] == []
