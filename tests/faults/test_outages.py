"""PostgreSQL, Oracle or the API goes away or hangs in the middle of a run, and comes back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.support.long import only_long

if TYPE_CHECKING:
    from tests.support.trial import Trial

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]
PARTS = ["postgres", "postgres hanging", "oracle", "oracle hanging", "flightspecials_api hanging"]
OUTAGE_S = 30
TRIES = 13  # the first, and as many as the pipeline file of these tests allows
TITLES = {"postgres": "PostgreSQL", "oracle": "Oracle", "flightspecials_api": "API"}
# Each outage begins when one of these has succeeded, so it meets the tasks that follow.
STEPS = [
    "preflight.check",
    "preflight.select_tables",
    "postgres.create_extension",
    "dms.ensure_task",
    "dms.start_or_resume",
    "verify.read_canary",
    "verify.change_row",
    "verify.compare_row",
]


@only_long
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("part", PARTS)
def test_the_run_outlasts_an_outage(trial: Trial, part: str, step: str) -> None:
    run_id = trial.start()
    trial.wait_for_task(run_id, step, {"success"})
    with trial.away(part):
        time.sleep(OUTAGE_S)
    state = trial.finish(run_id)
    if state != "success":
        failures = [str(step["failure"]) for step in trial.steps(run_id).values() if step["state"] == "failed"]
        assert any(TITLES[part.split()[0]].casefold() in failure.casefold() for failure in failures), failures
        assert not any("Traceback" in failure for failure in failures), failures
        assert trial.finish(trial.start()) == "success"
    # PostgreSQL comes back restarted, which may have done what the reboot was for.
    reboots = trial.outcomes("RebootDBInstance")["ok"] if part == "postgres" else 1
    assert reboots <= 1
    trial.require_converged(reboots)


@only_long
@pytest.mark.parametrize("part", ["postgres", "oracle", "flightspecials_api hanging"])
def test_a_run_that_begins_in_an_outage_names_it_and_the_next_one_succeeds(trial: Trial, part: str) -> None:
    with trial.away(part):
        run_id = trial.start()
        assert trial.finish(run_id, 480) == "failed"
    step = trial.steps(run_id)["preflight.check"]
    assert step["attempts"] == TRIES
    said = str(step["failure"])
    assert TITLES[part.split()[0]] in said
    assert "start it, or correct what leads to it" in said
    assert trial.outcomes("RebootDBInstance")["ok"] == 0
    assert trial.finish(trial.start()) == "success"
    trial.require_converged(0 if part == "postgres" else 1)


@only_long
def test_blips_at_the_start_cost_tries_of_the_first_task_only(trial: Trial) -> None:
    """AWS throttles, and PostgreSQL, Oracle and the API cannot be reached: what a scheduled health check may meet."""
    trial.stage.fault("throttle", calls=9)
    with trial.away("postgres"), trial.away("oracle"), trial.away("flightspecials_api hanging"):
        run_id = trial.start()
        trial.wait_for_task(run_id, "preflight.check", {"up_for_retry"})
    assert trial.finish(run_id) == "success"
    assert trial.airflow.evidence(run_id)["verdict"]["succeeded"] is True
    steps = trial.steps(run_id)
    assert steps["preflight.check"]["attempts"] > 1
    assert {task for task, step in steps.items() if step["attempts"] > 1} == {"preflight.check"}
    trial.require_converged(0)  # PostgreSQL came back restarted, which is what the reboot is for
