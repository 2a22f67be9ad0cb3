"""PostgreSQL, Oracle or the API goes away or hangs in the middle of a run, and comes back."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.trial import Trial

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]
PARTS = ["postgres", "postgres hanging", "oracle", "oracle hanging", "flightspecials_api hanging"]
ALL = os.environ.get("FAULTS") == "all"
OUTAGE_S = 30
TITLES = {"postgres": "PostgreSQL", "oracle": "Oracle", "flightspecials_api": "API"}
# Each outage begins when one of these has succeeded, so it meets the tasks that follow.
STEPS = [
    "preflight.check",
    "preflight.select_tables",
    "postgres.create_extension",
    "dms.ensure_task",
    "dms.wait_running",
    "verify.read_canary",
    "verify.change_row",
    "verify.compare_row",
]


@pytest.mark.skipif(not ALL, reason="`make faults` runs it")
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


@pytest.mark.skipif(not ALL, reason="`make faults` runs it")
@pytest.mark.parametrize("part", ["postgres", "oracle", "flightspecials_api hanging"])
def test_a_run_that_begins_in_an_outage_names_it_and_the_next_one_succeeds(trial: Trial, part: str) -> None:
    with trial.away(part):
        run_id = trial.start()
        assert trial.finish(run_id) == "failed"
    said = str(trial.steps(run_id)["preflight.check"]["failure"])
    assert TITLES[part.split()[0]] in said
    assert trial.outcomes("RebootDBInstance")["ok"] == 0
    assert trial.finish(trial.start()) == "success"
    trial.require_converged(0 if part == "postgres" else 1)
