"""Trouble of every kind in one run: the part of these tests that always runs; `make faults` runs them all, one by one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.support.trial import Traffic

if TYPE_CHECKING:
    from tests.support.trial import Trial

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300)]
KILLED = {
    "postgres.reboot": "after",
    "postgres.create_extension": "after",
    "oracle.insert_triggers": "after",
    "dms.ensure_source_endpoint": "after",
    "dms.ensure_target_endpoint": "before",
    "dms.test_source_endpoint": "deferring",
    "dms.ensure_task": "after",
    "dms.start_or_resume": "after",
    "verify.change_row": "after",
    "verify.restore_canary": "after",
}


def test_kills_throttling_and_outages_in_one_run(trial: Trial, matrix: dict[str, dict[str, str]]) -> None:
    trial.stage.rehearsal("PUT", "durations", {"test_connection": 4.0})
    trial.airflow.plan(KILLED)
    with Traffic(trial.stage) as traffic:
        run_id = trial.start()
        trial.wait_for_task(run_id, "preflight.check", {"success"})
        trial.stage.fault("throttle", calls=4)
        trial.wait_for_task(run_id, "dms.start_or_resume", {"success"})
        trial.stage.fault("kill-worker")
        trial.wait_for_task(run_id, "dms.wait_tables", {"success"})
        with trial.away("oracle"):
            time.sleep(2)
        assert trial.finish(run_id) == "success"
    assert trial.airflow.marked("killed") == set(KILLED)
    trial.require_converged()
    assert len(traffic.server_starts) == 2
    traffic.require_arrived()
    steps = trial.steps(run_id)
    assert {task for task in KILLED if steps[task]["attempts"] < 2} == set()
    assert trial.airflow.evidence(run_id)["verdict"]["succeeded"] is True
    for task, point in KILLED.items():
        matrix.setdefault(task, {})[point] = "converged"
