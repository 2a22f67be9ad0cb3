"""Two pipelines on the same databases: each recognises, measures, recovers and takes down what is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.aws import dms_client
from reverse_sync.aws.dms import existing_task
from reverse_sync.aws.task_slot import learn_slot, own_slot
from reverse_sync.decommission.operators import CleanSourceOperator, CleanTargetOperator, PlanOperator
from reverse_sync.errors import NeedsPersonError
from reverse_sync.health.operator import HealthCheckOperator
from reverse_sync.preflight.runner import run as preflight
from reverse_sync.reconcile.replication import known_slot, lag_bytes, passage
from tests.integration.product.test_decommission import Decommission
from tests.support.procedure import TABLES, Procedure
from tests.support.tasks import context, run
from tests.support.wait import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration


@pytest.fixture
def neighbour(running: RunningParts, replicating: Procedure, pipeline: Pipeline) -> Iterator[Pipeline]:
    """A second pipeline on the same databases with the same logins; its task runs beside the shipped one's."""
    dms = pipeline.dms
    renamed = {
        part: getattr(dms, part).model_copy(update={"identifier": f"neighbours-{part}".replace("_", "-")})
        for part in ("source_endpoint", "target_endpoint", "task")
    }
    other = pipeline.model_copy(update={"name": "neighbour", "dms": dms.model_copy(update=renamed)})
    Procedure(other).start()
    yield other
    Decommission(other).teardown()
    with running.postgres() as session:
        session.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active")


def slot(pipeline: Pipeline) -> str:
    client = dms_client(pipeline.aws.connection, pipeline.aws.region)
    name = own_slot(pipeline, client, existing_task(client, pipeline.dms.task.identifier))
    assert name is not None
    return name


def status(pipeline: Pipeline) -> str:
    client = dms_client(pipeline.aws.connection, pipeline.aws.region)
    return str(existing_task(client, pipeline.dms.task.identifier)["Status"])


def stop(running: RunningParts, pipeline: Pipeline) -> None:
    dms = running.aws("dms")
    arn = existing_task(dms, pipeline.dms.task.identifier)["ReplicationTaskArn"]
    dms.stop_replication_task(ReplicationTaskArn=arn)
    assert eventually(lambda: status(pipeline) == "stopped")


def keep_slot(pipeline: Pipeline) -> None:
    """Put the name of the pipeline's slot into its records, as a run does."""
    client = dms_client(pipeline.aws.connection, pipeline.aws.region)
    learn_slot(pipeline, client, existing_task(client, pipeline.dms.task.identifier))


def lose_slot(running: RunningParts, pipeline: Pipeline) -> str:
    """Stop the pipeline's task and drop its slot; the slot's name."""
    name = slot(pipeline)
    stop(running, pipeline)
    with running.postgres() as session:
        session.execute("SELECT pg_drop_replication_slot(%s)", [name])
    return name


def test_each_measures_its_own_slot(neighbour: Pipeline, pipeline: Pipeline) -> None:
    assert slot(neighbour) != slot(pipeline)
    for own, other in ((pipeline, neighbour), (neighbour, pipeline)):
        check = HealthCheckOperator(
            task_id="check", pipeline=own, insert_triggers=None, started=None, change=None, arrival=None
        )
        measured = run(check)
        assert [measured["slot"]] == [found["name"] for found in measured["slots"]] == [slot(own)]
        assert slot(other) in measured["slots_of_others"]


def test_what_a_neighbour_has_replicated_says_nothing(
    running: RunningParts, neighbour: Pipeline, pipeline: Pipeline
) -> None:
    """Rows of a pipeline whose task is stopped are not taken for replicated because the other's slot is ahead."""
    keep_slot(neighbour)
    assert known_slot(neighbour) == slot(neighbour)
    assert passage(neighbour, "0/0").why_not == ""
    stop(running, neighbour)
    assert eventually(lambda: passage(neighbour, "0/0").why_not != "")
    assert passage(neighbour, "0/0").why_not.startswith("nobody reads a replication slot of the task")
    assert lag_bytes(neighbour.postgres.connection, slot(neighbour)) == 0
    assert passage(pipeline, "0/0").why_not == ""


def test_a_lost_slot_is_seen_beside_a_neighbours(
    running: RunningParts, neighbour: Pipeline, pipeline: Pipeline
) -> None:
    """And begun with a new one only on request; the neighbour's goes on being read."""
    keep_slot(neighbour)
    lost = lose_slot(running, neighbour)
    why_not, comes = passage(neighbour, "0/0")
    assert why_not.startswith(f"the task's slot should be {lost}, but that is gone or has lost WAL")
    assert why_not.endswith(f"nothing tells whether {slot(pipeline)} is the task's")
    assert not comes
    [finding] = [one for one in preflight(neighbour) if one.code == "task-status"]
    assert finding.what.endswith(f"; and its replication slot {lost} is gone or has lost WAL")
    with pytest.raises(NeedsPersonError, match="its replication slot is gone or has lost WAL"):
        Procedure(neighbour).start_or_resume()
    assert Procedure(neighbour).start_or_resume(recover_lost_slot=True)["how"] == "start-replication"
    assert status(pipeline) == "running"


def test_what_the_neighbour_uses_stays(running: RunningParts, neighbour: Pipeline, pipeline: Pipeline) -> None:
    with running.postgres() as session:
        session.execute("CREATE TABLE IF NOT EXISTS public.awsdms_ddl_audit (c_key bigint PRIMARY KEY)")
    own, others = slot(neighbour), slot(pipeline)
    with pytest.raises(NeedsPersonError, match=f"slot_name is {others}, but the slot of this pipeline's task is {own}"):
        Decommission(neighbour, slot_name=others).plan()

    decommission = Decommission(neighbour)
    plan = decommission.plan()
    user = f"used by the replication task {pipeline.dms.task.identifier}"
    assert plan["slot"] == own
    gone, stays = plan["text"].split("This stays, because it is not this pipeline's alone:")
    assert f"- replication slot {own}" in gone
    assert "awsdms_txn_state" not in gone
    assert f"- table awsdms_ddl_audit in PostgreSQL: {user}" in stays
    assert f"- table awsdms_txn_state of DMS's login in Oracle: {user}" in stays
    assert f"- replication slot {others}: of the replication task {pipeline.dms.task.identifier}" in stays

    decommission.teardown()
    cleaned: dict[str, Any] = {
        step.__name__: run(step(task_id="clean", **decommission.common), decommission.context)
        for step in (CleanSourceOperator, CleanTargetOperator)
    }
    assert f"slot {own}" in cleaned["CleanSourceOperator"]["what"]
    assert "awsdms_ddl_audit" not in cleaned["CleanSourceOperator"]["what"]
    assert "awsdms_node" not in cleaned["CleanSourceOperator"]["what"]
    assert cleaned["CleanTargetOperator"]["outcome"] == "left alone"
    assert user in f"used by {cleaned['CleanTargetOperator']['why'].partition('used by ')[2]}"
    left = run(
        PlanOperator(task_id="plan", pipeline=neighbour, tables=TABLES),
        context(keep_control_objects=False, slot_name=None),
    )
    assert left["slot"] == own
    assert "endpoint neighbours" not in left["text"]
    assert status(pipeline) == "running"
    with running.postgres() as session:
        assert session.execute("SELECT active FROM pg_replication_slots WHERE slot_name = %s", [others]).fetchone() == (
            True,
        )
        session.execute("DROP TABLE public.awsdms_ddl_audit")
