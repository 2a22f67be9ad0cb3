"""Each task of a decommission is killed: it ends well all the same, and leaves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.decommission import Decommission
from tests.support.long import only_long

if TYPE_CHECKING:
    from tests.support.trial import Trial

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]
TASKS = [
    "preflight.other_dag_idle",
    "preflight.select_tables",
    "preflight.cut_tables",
    "preflight.plan",
    "approve",
    "verify.decide_canary",
    "verify.read_canary",
    "verify.change_row",
    "verify.wait_for_oracle",
    "verify.restore_canary",
    "verify.compare_parts",
    "verify.reconcile",
    "dms.stop_task",
    "dms.drained",
    "dms.delete_task",
    "dms.delete_source_endpoint",
    "dms.delete_target_endpoint",
    "postgres.clean",
    "oracle.enable_triggers",
    "oracle.advance_sequences",
    "oracle.clean",
    "nothing_left",
    "evidence",
]
CASES = {
    "before": TASKS,
    # The branch skips others by the way in which it ends: there is no moment between that and its end.
    "after": [task for task in TASKS if task != "verify.decide_canary"],
    "deferring": ["dms.stop_task", "dms.delete_task", "dms.delete_source_endpoint", "dms.delete_target_endpoint"],
    "resumed": ["dms.stop_task", "dms.delete_task", "dms.delete_source_endpoint", "dms.delete_target_endpoint"],
}
CALLS = {"StopReplicationTask": 1, "DeleteReplicationTask": 1, "DeleteEndpoint": 2}


@only_long
@pytest.mark.parametrize("point", CASES)
def test_a_decommission_whose_tasks_are_killed_leaves_nothing(
    trial: Trial, point: str, matrix: dict[str, dict[str, str]]
) -> None:
    assert trial.finish(trial.start()) == "success"
    trial.stage.rehearsal("PUT", "durations", {"task_stop": 1.0, "task_delete": 1.0, "endpoint_delete": 1.0})
    tasks = set(CASES[point])
    trial.airflow.plan(dict.fromkeys(tasks, point))
    run = Decommission.begin(trial.airflow.client, trial.airflow.layout)
    assert run.end("Approve", timeout_s=300) == "success"
    record = run.record
    assert trial.airflow.marked("killed") == tasks
    assert record["verdict"]["sentence"] == "Taken down, complete: nothing of the pipeline is left."
    retried = {step["task"] for step in record["steps"] if step["attempts"] > 1}
    assert tasks - {"evidence", "approve"} <= retried
    assert {operation: trial.outcomes(operation)["ok"] for operation in CALLS} == CALLS
    dms = trial.stage.client("dms")
    assert dms.describe_replication_tasks()["ReplicationTasks"] == []
    assert dms.describe_endpoints()["Endpoints"] == []
    with trial.stage.postgres() as connection:
        assert connection.execute("SELECT slot_name FROM pg_replication_slots").fetchall() == []
    enabled = "SELECT COUNT(*) FROM USER_TRIGGERS WHERE STATUS = 'DISABLED'"
    assert trial.stage.oracle_rows(enabled) == [(0,)]
    for task in tasks:
        matrix.setdefault(f"{task} (decommission)", {})[point] = "converged"
