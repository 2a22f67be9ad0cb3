"""A reboot is done when PostgreSQL restarted after this run first saw it, and only its settings tell whether it helped."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from rehearsal.aws.rds import PARAMETER_GROUP
from reverse_sync.errors import NeedsPersonError
from reverse_sync.postgres.server import look, shortcomings
from reverse_sync.postgres.triggers import PostgresSettingsTrigger
from reverse_sync.waiting import PollSchedule
from tests.integration.product.conftest import RunningParts
from tests.support.all_parts import all_parts, name_connections
from tests.support.parts import call
from tests.support.procedure import Procedure
from tests.support.tasks import context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline

pytestmark = pytest.mark.integration
CONNECTION = "flightspecials_postgres"
READY = {"rds.logical_replication": "1", "shared_preload_libraries": "pglogical"}
OLD = {"rds.logical_replication": "0", "shared_preload_libraries": "pg_stat_statements"}


@pytest.fixture(scope="module")
def own_parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningParts]:
    """Parts of this file's own: what is restarted here disturbs nobody."""
    home = tmp_path_factory.mktemp("reboot")
    with all_parts(home) as ports:
        yield RunningParts(ports, home)


@pytest.fixture
def running(own_parts: RunningParts, monkeypatch: pytest.MonkeyPatch) -> RunningParts:
    name_connections(own_parts.ports, monkeypatch)
    return own_parts


def set_group(running: RunningParts, values: dict[str, str]) -> None:
    """Change the instance's parameter group, as a person does; a restart applies it."""
    running.aws("rds").modify_db_parameter_group(
        DBParameterGroupName=PARAMETER_GROUP,
        Parameters=[
            {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
            for name, value in values.items()
        ],
    )


def restarted_by_somebody(running: RunningParts, values: dict[str, str]) -> str:
    """PostgreSQL restarts with these values of the group, without this run; when it started."""
    set_group(running, values)
    call(f"http://127.0.0.1:{running.ports.postgres_control}/reboot", "POST")
    return str(look(CONNECTION)["started_at"])


@pytest.mark.parametrize("late_by", [timedelta(minutes=5), timedelta(days=2)], ids=["queued", "scheduled"])
def test_a_restart_from_before_the_run_is_not_the_runs_reboot(
    running: RunningParts, pipeline: Pipeline, late_by: timedelta
) -> None:
    due = datetime.now(UTC) - late_by
    seen = restarted_by_somebody(running, OLD)
    set_group(running, READY)
    assert datetime.fromisoformat(seen) > due
    before = running.calls("RebootDBInstance")

    procedure = Procedure(pipeline)
    done = procedure.reboot(seen, context("scheduled__1", run_after=due))
    assert (done["outcome"], done["started_before"]) == ("changed", seen)
    settings = procedure.wait_settings(seen)
    assert shortcomings(settings) == []

    again = procedure.reboot(seen, context("scheduled__1", run_after=due, times_cleared=1))
    assert (again["outcome"], settings["started_at"] in again["why"]) == ("left alone", True)
    assert running.calls("RebootDBInstance") == [*before, "ok"]


def refusal(procedure: Procedure, seen: str) -> str:
    """What the wait for the settings says at its first look; a deferred wait is no answer."""
    with pytest.raises(NeedsPersonError) as stopped:
        procedure.settings_sensor(seen).execute({})
    return str(stopped.value)


def test_a_restart_that_applied_nothing_is_said_before_anybody_waits(running: RunningParts, pipeline: Pipeline) -> None:
    procedure = Procedure(pipeline)
    seen = restarted_by_somebody(running, OLD)
    started = restarted_by_somebody(running, OLD)  # while the run waits for its approval
    set_group(running, READY)
    before = running.calls("RebootDBInstance")
    assert procedure.reboot(seen)["outcome"] == "left alone"
    said = refusal(procedure, seen)
    assert f"started at {started}, answers, but shared_preload_libraries is 'pg_stat_statements'" in said
    assert f"parameter group, {PARAMETER_GROUP} (pending-reboot), has the right values" in said
    assert said.endswith("One run reboots at most once: run the DAG again.")
    assert running.calls("RebootDBInstance") == before

    next_run = str(look(CONNECTION)["started_at"])
    assert procedure.reboot(next_run)["outcome"] == "changed"
    assert shortcomings(procedure.wait_settings(next_run)) == []


def test_a_group_that_lacks_the_values_is_named_with_what_it_has(running: RunningParts, pipeline: Pipeline) -> None:
    procedure = Procedure(pipeline)
    set_group(running, OLD)
    seen = str(look(CONNECTION)["started_at"])
    assert procedure.reboot(seen)["outcome"] == "changed"
    said = refusal(procedure, seen)
    assert f"{PARAMETER_GROUP} (in-sync), has rds.logical_replication as '0'" in said
    assert "put rds.logical_replication=1 and shared_preload_libraries=pglogical in it, or attach the group" in said


def test_before_the_restart_the_old_settings_are_waited_for(running: RunningParts) -> None:
    seen = restarted_by_somebody(running, OLD)
    trigger = PostgresSettingsTrigger(
        postgres_conn_id=CONNECTION, seen_start=seen, schedule=PollSchedule.within(0, 1, 1)
    )
    assert asyncio.run(trigger.poll()).status == "not yet"
