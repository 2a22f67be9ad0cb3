"""A run that corrects what differs in AWS is killed at each point: it corrects once, resumes, and loses no change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.support.aws_stage import eventually
from tests.support.long import only_long
from tests.support.trial import Traffic

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.trial import Trial

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]
CORRECTIONS = {
    "on_drift: report": "on_drift: apply",
    'extra_connection_attributes: ""': 'extra_connection_attributes: "captureDdls=N"',
    "limited_lob_max_kb: 32": "limited_lob_max_kb: 64",
}
TASKS = [
    "dms.settle_task",
    "dms.ensure_source_endpoint",
    "dms.ensure_target_endpoint",
    "dms.ensure_task",
    "dms.start_or_resume",
    "dms.wait_tables",
]
CASES = {
    "before": TASKS,
    "after": TASKS,
    "deferring": ["dms.settle_task"],
    "resumed": ["dms.settle_task"],
}
# Two endpoints are given the attribute; the task is started by the first run and resumed by the second.
CALLS = {
    "StopReplicationTask": 1,
    "ModifyEndpoint": 2,
    "ModifyReplicationTask": 1,
    "StartReplicationTask": 2,
    "RebootDBInstance": 1,
    "CreateEndpoint": 2,
    "CreateReplicationTask": 1,
}


@only_long
@pytest.mark.parametrize("point", CASES)
def test_a_correction_that_is_killed_converges(
    trial: Trial, pipeline_file: Path, point: str, matrix: dict[str, dict[str, str]]
) -> None:
    assert trial.finish(trial.start()) == "success"
    text = pipeline_file.read_text(encoding="utf-8")
    for found, replacement in CORRECTIONS.items():
        assert found in text
        text = text.replace(found, replacement)
    pipeline_file.write_text(text, encoding="utf-8")
    tasks = set(CASES[point])
    trial.airflow.plan(dict.fromkeys(tasks, point))
    with Traffic(trial.stage) as traffic:
        trial.stage.fault("hold-state", status="stopping")
        run_id = trial.start()
        if point in ("deferring", "resumed"):
            eventually(partial(trial.airflow.have_deferred, tasks), timeout_s=120)
        trial.stage.rehearsal("DELETE", "faults")
        assert trial.finish(run_id) == "success"
    assert trial.airflow.marked("killed") == tasks
    assert {operation: trial.outcomes(operation)["ok"] for operation in CALLS} == CALLS
    with trial.stage.postgres() as connection:
        assert len(connection.execute("SELECT slot_name FROM pg_replication_slots").fetchall()) == 1
    traffic.require_arrived()
    steps = trial.steps(run_id)
    assert {task for task, step in steps.items() if step["attempts"] > 1} == tasks
    assert trial.airflow.evidence(run_id)["verdict"]["succeeded"] is True
    for task in tasks:
        matrix.setdefault(f"{task} (drift)", {})[point] = "converged"
