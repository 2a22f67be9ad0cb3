"""Each task is killed with SIGKILL, at each point: the run ends well, and nothing was done twice or lost."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.aws_stage import eventually
from tests.support.trial import Traffic, Trial

if TYPE_CHECKING:
    from tests.support.trial import Trial

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]
ALL = os.environ.get("FAULTS") == "all"

# Every task of a first run, in the order of the procedure; `postgres.approve_reboot` is not in the shipped pipeline.
TASKS = [
    "preflight.check",
    "preflight.alone",
    "preflight.select_tables",
    "postgres.show_shared_preload_libraries",
    "postgres.show_wal_level",
    "postgres.show_start_time",
    "postgres.decide_reboot",
    "postgres.reboot",
    "postgres.wait_available",
    "postgres.wait_settings",
    "postgres.create_extension",
    "oracle.insert_triggers",
    "dms.replication_instance",
    "dms.settle_task",
    "dms.ensure_source_endpoint",
    "dms.ensure_target_endpoint",
    "dms.test_source_endpoint",
    "dms.test_target_endpoint",
    "dms.ensure_task",
    "dms.wait_ready",
    "dms.start_or_resume",
    "dms.wait_running",
    "dms.wait_tables",
    "verify.statistics_before",
    "verify.read_canary",
    "verify.change_row",
    "verify.wait_for_oracle",
    "verify.compare_row",
    "verify.reconcile",
    "verify.statistics_after",
    "verify.restore_canary",
    "health.check",
    "evidence",
]
DEFERRED = [
    "postgres.wait_available",
    "dms.replication_instance",
    "dms.test_source_endpoint",
    "dms.test_target_endpoint",
    "dms.wait_ready",
    "dms.wait_running",
    "verify.wait_for_oracle",
]
# The task skips others by the way in which it ends: there is no moment between that and its end.
WITHOUT_AFTER = {"postgres.decide_reboot"}

REPRESENTATIVE = {
    "postgres.show_start_time": "before",
    "postgres.reboot": "after",
    "postgres.create_extension": "after",
    "oracle.insert_triggers": "after",
    "dms.ensure_source_endpoint": "after",
    "dms.ensure_target_endpoint": "before",
    "dms.test_source_endpoint": "deferring",
    "dms.ensure_task": "after",
    "dms.start_or_resume": "after",
    "dms.wait_running": "resumed",
    "verify.change_row": "after",
    "verify.restore_canary": "after",
}
CASES = {"representative": REPRESENTATIVE}
if ALL:
    CASES = {
        "before": dict.fromkeys(TASKS, "before"),
        "after": dict.fromkeys([task for task in TASKS if task not in WITHOUT_AFTER], "after"),
        "deferring": dict.fromkeys(DEFERRED, "deferring"),
        "resumed": dict.fromkeys(DEFERRED, "resumed"),
    }


@pytest.mark.parametrize("plan", CASES.values(), ids=list(CASES))
def test_a_run_whose_tasks_are_killed_converges(
    trial: Trial, plan: dict[str, str], matrix: dict[str, dict[str, str]]
) -> None:
    slow = 3.0 if "dms.wait_running" in plan and plan["dms.wait_running"] in ("deferring", "resumed") else 0.2
    trial.stage.rehearsal(
        "PUT", "durations", dict.fromkeys(("reboot", "test_connection", "task_ready", "task_start"), slow)
    )
    trial.airflow.plan(plan)
    with Traffic(trial.stage) as traffic:
        run_id = trial.start()
        if "dms.replication_instance" in plan and ALL:
            hold_what_is_quick(trial, run_id, plan)
        assert trial.finish(run_id) == "success"
    for task, point in plan.items():
        matrix.setdefault(task, {})[point] = "not killed" if task not in trial.airflow.marked("killed") else "converged"
    assert trial.airflow.marked("killed") == set(plan)
    trial.require_converged()
    assert len(traffic.server_starts) == 2
    traffic.require_arrived()
    steps = trial.steps(run_id)
    assert {task for task, step in steps.items() if step["attempts"] > 1} == set(plan) - {"evidence"}
    assert trial.airflow.evidence(run_id)["verdict"]["succeeded"] is True


def hold_what_is_quick(trial: Trial, run_id: str, plan: dict[str, str]) -> None:
    """Let those tasks be deferred too that would find at once what they wait for."""
    if "before" in plan.values() or "after" in plan.values():
        return
    trial.wait_for_task(run_id, "preflight.check", {"success"})
    trial.stage.fault("replication-instance-state", status="modifying")
    eventually(lambda: "dms.replication_instance" in trial.airflow.marked("deferred"), timeout_s=60)
    trial.stage.rehearsal("DELETE", "faults")
    trial.wait_for_task(run_id, "verify.read_canary", {"success"})
    with trial.replication_paused():
        eventually(lambda: "verify.wait_for_oracle" in trial.airflow.marked("deferred"), timeout_s=60)
