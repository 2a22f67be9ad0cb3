"""A replication task found in each state that DMS knows: what a run does is what docs/task-life.md says."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
import requests

from reverse_sync.errors import NeedsPersonError
from reverse_sync.postgres.slots import dms_slots
from tests.support.parts import ROOT
from tests.support.wait import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.product.conftest import World
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration

# Every status of https://docs.aws.amazon.com/dms/latest/APIReference/API_ReplicationTask.html
STATES = (
    *("creating", "ready", "starting", "running", "stopping", "stopped", "failed", "modifying", "testing"),
    *("moving", "failed-move", "deleting"),
)


def task(world: World) -> dict[str, Any]:
    return dict(world.aws("dms").describe_replication_tasks()["ReplicationTasks"][0])


def stop(world: World) -> None:
    world.aws("dms").stop_replication_task(ReplicationTaskArn=task(world)["ReplicationTaskArn"])


def stopped(world: World) -> str:
    stop(world)
    assert eventually(lambda: task(world)["Status"] == "stopped")
    return str(task(world)["ReplicationTaskArn"])


def modify(world: World) -> None:
    world.aws("dms").modify_replication_task(ReplicationTaskArn=stopped(world), MigrationType="cdc")


def assess(world: World) -> None:
    world.aws("dms").start_replication_task_assessment(ReplicationTaskArn=stopped(world))


def start(world: World) -> None:
    arn = stopped(world)
    world.aws("dms").start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType="resume-processing")


def delete(world: World) -> None:
    world.aws("dms").delete_replication_task(ReplicationTaskArn=stopped(world))


def released(world: World, after_s: float) -> None:
    """Let go of the held state in a while: a run that waits gets on then."""
    address = f"http://127.0.0.1:{world.ports.aws}/rehearsal/faults/hold-state"
    threading.Timer(after_s, lambda: requests.delete(address, timeout=5)).start()


@pytest.mark.parametrize(
    ("state", "enter", "how"),
    [
        ("starting", start, None),
        ("stopping", stop, "resume-processing"),
        ("modifying", modify, "resume-processing"),
        ("testing", assess, "resume-processing"),
        ("deleting", delete, "start-replication"),
    ],
)
def test_a_passing_state_is_waited_for(
    world: World, replicating: Procedure, state: str, enter: Callable[[World], None], how: str | None
) -> None:
    with world.fault("hold-state", status=state):
        enter(world)
        assert eventually(lambda: task(world)["Status"] == state)
        released(world, 0.4)
        steps = replicating.start()
    assert steps["started"].get("how") == how
    assert world.task_runs()


def test_a_running_task_is_left_alone(world: World, replicating: Procedure) -> None:
    began = task(world)["ReplicationTaskStartDate"]
    assert replicating.start()["started"]["why"] == "it is running"
    assert task(world)["ReplicationTaskStartDate"] == began


def test_a_stopped_task_is_resumed_where_it_stopped(world: World, replicating: Procedure) -> None:
    stopped(world)
    assert replicating.start()["started"]["what"] == "resume-processing; it was stopped"


def test_a_failed_task_is_resumed(world: World, replicating: Procedure) -> None:
    stopped(world)
    with world.fault("fail-start", calls=1), pytest.raises(NeedsPersonError, match="should be running but is 'failed'"):
        replicating.start()
    assert replicating.start()["started"]["what"] == "resume-processing; it was failed"
    assert world.task_runs()


def test_a_first_start_that_failed_is_made_again(world: World, replicating: Procedure) -> None:
    delete(world)
    assert eventually(lambda: not world.task_runs() and "task" not in "".join(world.dms_resources()).lower())
    drop_slots(world)
    with world.fault("fail-start", calls=1), pytest.raises(NeedsPersonError, match="should be running but is 'failed'"):
        replicating.start()
    assert replicating.start()["started"]["what"] == "start-replication; its first start never came as far as a slot"


def test_a_lost_slot_is_explained_and_begun_anew_only_on_request(world: World, replicating: Procedure) -> None:
    stopped(world)
    drop_slots(world)
    with pytest.raises(NeedsPersonError) as stopped_there:
        replicating.start()
    said = str(stopped_there.value)
    assert "its replication slot is gone or has lost WAL" in said
    assert "since its last checkpoint (checkpoint:V1#1#" in said
    assert "trigger the DAG with recover_lost_slot" in said
    assert task(world)["Status"] == "stopped"

    steps = replicating.start(recover_lost_slot=True)
    assert steps["started"]["how"] == "start-replication"
    assert [slot.active for slot in dms_slots("flightspecials_postgres")] == [True]


def drop_slots(world: World) -> None:
    with world.postgres() as session:
        session.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active")


def test_the_document_has_every_state() -> None:
    text = (ROOT / "docs" / "task-life.md").read_text(encoding="utf-8")
    assert [state for state in STATES if f"| `{state}` |" not in text] == []
