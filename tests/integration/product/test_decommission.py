"""A decommission leaves nothing behind, may be repeated at any step, and refuses what nobody approved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.aws.operators.teardown import (
    DmsDeleteEndpointOperator,
    DmsDeleteTaskOperator,
    DmsStopTaskOperator,
)
from reverse_sync.decommission.operators import (
    AdvanceSequencesOperator,
    CleanSourceOperator,
    CleanTargetOperator,
    EnableTriggersOperator,
    NothingLeftOperator,
    PlanOperator,
)
from reverse_sync.decommission.source import choose_slot
from reverse_sync.errors import NeedsPersonError
from reverse_sync.postgres.slots import dms_slots
from tests.support.procedure import QUICK, TABLES
from tests.support.tasks import run

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import World
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration


class Decommission:
    """The steps of the DAG, each of which can be run again and again."""

    def __init__(self, pipeline: Pipeline, keep: str = "False") -> None:
        self.pipeline = pipeline
        self.common: dict[str, Any] = {"pipeline": pipeline, "tables": TABLES, "keep_control_objects": keep}
        self.aws: dict[str, Any] = {"aws_conn_id": pipeline.aws.connection, "region_name": pipeline.aws.region, **QUICK}
        self.task: dict[str, Any] = {
            "task_identifier": pipeline.dms.task.identifier,
            "replication_instance": pipeline.dms.replication_instance,
            **self.aws,
        }

    def plan(self) -> dict[str, Any]:
        """What would go."""
        plan: dict[str, Any] = run(PlanOperator(task_id="plan", slot_name="", **self.common))
        self.common["plan"] = plan
        return plan

    def teardown(self) -> None:
        """Stop and delete what is in DMS."""
        run(DmsStopTaskOperator(task_id="stop", **self.task))
        run(DmsDeleteTaskOperator(task_id="delete", **self.task))
        for endpoint in (self.pipeline.dms.source_endpoint, self.pipeline.dms.target_endpoint):
            run(DmsDeleteEndpointOperator(task_id="endpoint", endpoint_identifier=endpoint.identifier, **self.aws))

    def clean(self) -> list[dict[str, Any]]:
        """Clean both databases; what each step returned."""
        steps = (CleanSourceOperator, EnableTriggersOperator, AdvanceSequencesOperator, CleanTargetOperator)
        return [run(step(task_id="clean", **self.common)) for step in steps]

    def nothing_left(self) -> Any:
        """Look again."""
        return run(NothingLeftOperator(task_id="nothing_left", **self.common))


# Tasks that other tests deleted left their sets, and DMS's node stays as long as there is a set that may be somebody's.
FORGET_OTHERS = """
    SELECT pglogical.drop_replication_set(set_name) FROM pglogical.replication_set WHERE set_name <> ALL (%s)
"""


def test_everything_goes_and_oracle_gives_its_own_ids_again(
    world: World, replicating: Procedure, pipeline: Pipeline
) -> None:
    decommission = Decommission(pipeline)
    plan = decommission.plan()
    assert plan["task_runs"]
    with world.postgres() as session:
        session.execute(
            FORGET_OTHERS, [["default", "default_insert_only", "ddl_sql", plan["slot"], f"i{plan['slot']}"]]
        )
    for name in (
        "task flightspecials-postgresql-to-oracle-rsync-task (running)",
        "endpoint flightspecials-postgresql-rsync-source",
        "endpoint travelbuddy-oracle-target",
        f"replication slot {plan['slot']}",
        f"pglogical replication set i{plan['slot']}",
        "disabled trigger TRAVELBUDDY.FLIGHTSPECIAL_TRIGGER",
        "table awsdms_txn_state of DMS's login in Oracle",
    ):
        assert f"- {name}\n" in plan["text"]

    with pytest.raises(NeedsPersonError, match="should be left, but there is: task flightspecials"):
        decommission.nothing_left()
    decommission.teardown()
    with world.postgres() as session:
        session.execute("CREATE TABLE public.awsdms_ddl_audit (c_key bigint PRIMARY KEY)")
    source, triggers, sequences, target = decommission.clean()
    assert f"slot {plan['slot']}" in source["what"]
    assert "node awsdms_node" in source["what"]
    assert "table awsdms_ddl_audit" in source["what"]
    assert triggers["what"] == "enabled TRAVELBUDDY.FLIGHTSPECIAL_TRIGGER"
    assert sequences["outcome"] in {"changed", "left alone"}
    assert "table awsdms_txn_state in Oracle" in target["what"]
    assert decommission.nothing_left()["what"] == "nothing is left"

    decommission.teardown()
    assert [step["outcome"] for step in decommission.clean()] == ["left alone"] * 4
    assert decommission.plan()["text"].splitlines()[1] == "- nothing: everything is gone already"
    assert world.dms_resources() == []


def test_the_sequence_is_moved_past_the_highest_id(world: World, replicating: Procedure, pipeline: Pipeline) -> None:
    with world.oracle() as session, session.cursor() as cursor:
        cursor.execute("SELECT FLIGHTSPECIAL_SEQ.NEXTVAL FROM DUAL")
        (number,) = cursor.fetchone() or (0,)
        highest = number + 2345
        cursor.execute("UPDATE FLIGHTSPECIAL SET ID = :1 WHERE ID = 11", [highest])
        session.commit()
    step = AdvanceSequencesOperator(task_id="advance", **Decommission(pipeline).common)
    assert run(step)["what"] == f"advanced TRAVELBUDDY.FLIGHTSPECIAL_SEQ from {number + 1} to {highest}"
    assert run(step)["outcome"] == "left alone"
    with world.oracle() as session, session.cursor() as cursor:
        cursor.execute("UPDATE FLIGHTSPECIAL SET ID = 11 WHERE ID = :1", [highest])
        session.commit()


def test_a_pipeline_with_a_schedule_would_come_back(world: World, pipeline: Pipeline) -> None:
    scheduled = pipeline.model_copy(update={"schedule": "@hourly"})
    with pytest.raises(NeedsPersonError, match="it has the schedule '@hourly' and would build everything again"):
        Decommission(scheduled).plan()


def test_a_slot_that_cannot_be_told_has_to_be_named(world: World, replicating: Procedure, pipeline: Pipeline) -> None:
    slot = dms_slots(pipeline.postgres.connection)[0]
    others = [slot, slot]
    with pytest.raises(NeedsPersonError, match=r"2 are read .*trigger the DAG again with slot_name"):
        choose_slot(others, task_runs=True, wanted="")
    assert choose_slot(others, task_runs=True, wanted="mine") == "mine"
