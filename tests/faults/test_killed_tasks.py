"""Each task is killed with SIGKILL, at each point: the run ends well, and nothing was done twice or lost."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.support.aws_stage import eventually
from tests.support.long import only_long
from tests.support.trial import Traffic

if TYPE_CHECKING:
    from tests.support.trial import Trial

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]

# Every task of a first run, in the order of the procedure; `postgres.approve_reboot` is not in the shipped pipeline.
TASKS = [
    "preflight.check",
    "preflight.other_dag_idle",
    "preflight.select_tables",
    "preflight.cut_tables",
    "postgres.decide_reboot",
    "postgres.reboot",
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
    "dms.compare_parts",
    "dms.compare_before_first_start",
    "dms.start_or_resume",
    "dms.wait_tables",
    "verify.read_canary",
    "verify.decide_repair",
    "verify.change_row",
    "verify.wait_for_oracle",
    "verify.compare_row",
    "verify.compare_parts",
    "verify.reconcile",
    "verify.statistics_after",
    "verify.restore_canary",
    "health.check",
    "evidence",
]
DEFERRED = [
    "postgres.reboot",
    "dms.replication_instance",
    "dms.test_source_endpoint",
    "dms.test_target_endpoint",
    "dms.wait_tables",
    "verify.wait_for_oracle",
]
# The status that keeps a task waiting.
HELD = {
    "rebooting": {"postgres.reboot", "dms.replication_instance"},
    "testing": {"dms.test_source_endpoint", "dms.test_target_endpoint"},
    "starting": {"dms.wait_tables"},
}
# The task skips others by the way in which it ends: there is no moment between that and its end.
WITHOUT_AFTER = {"postgres.decide_reboot", "verify.decide_repair"}

CASES = {
    "before": dict.fromkeys(TASKS, "before"),
    "after": dict.fromkeys([task for task in TASKS if task not in WITHOUT_AFTER], "after"),
    "deferring": dict.fromkeys(DEFERRED, "deferring"),
    "resumed": dict.fromkeys(DEFERRED, "resumed"),
}


@only_long
@pytest.mark.parametrize("point", CASES)
def test_a_run_whose_tasks_are_killed_converges(trial: Trial, point: str, matrix: dict[str, dict[str, str]]) -> None:
    tasks = set(CASES[point])
    for task in TASKS:
        matrix.setdefault(task, {})[point] = "killed" if task in tasks else "-"
    trial.airflow.plan(CASES[point])
    with Traffic(trial.stage) as traffic:
        run_id = trial.start()
        if point in ("deferring", "resumed"):
            hold_what_is_quick(trial, run_id)
        assert trial.finish(run_id) == "success"
    assert trial.airflow.marked("killed") == tasks
    trial.require_converged()
    assert len(traffic.server_starts) == 2
    traffic.require_arrived()
    assert retried(trial, run_id) == tasks - {"evidence"}
    assert trial.airflow.evidence(run_id)["verdict"]["succeeded"] is True
    for task in tasks:
        matrix[task][point] = "converged"


def retried(trial: Trial, run_id: str) -> set[str]:
    """The tasks that needed more than one attempt, as the evidence has it."""
    return {task for task, step in trial.steps(run_id).items() if step["attempts"] > 1}


def hold_what_is_quick(trial: Trial, run_id: str) -> None:
    """Let every wait be deferred, also those that would find at once what they wait for."""
    trial.stage.rehearsal("PUT", "durations", {"task_ready": 20.0})  # beside the reboot and the tests
    trial.wait_for_task(run_id, "preflight.check", {"success"})
    trial.stage.fault("replication-instance-state", status="modifying")
    for status, tasks in HELD.items():
        trial.stage.fault("hold-state", status=status)
        eventually(partial(trial.airflow.have_deferred, tasks), timeout_s=120)
        trial.stage.rehearsal("DELETE", "faults")
    trial.wait_for_task(run_id, "dms.wait_tables", {"success"})
    with trial.replication_paused():
        eventually(partial(trial.airflow.have_deferred, {"verify.wait_for_oracle"}), timeout_s=60)
