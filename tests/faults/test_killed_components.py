"""The triggerer, or the scheduler with every task that runs, is killed in the middle of a run and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.long import only_long
from tests.support.trial import Traffic

if TYPE_CHECKING:
    from tests.support.trial import Trial

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]


@only_long
@pytest.mark.parametrize(
    ("component", "task", "state"),
    [
        ("triggerer", "postgres.reboot", "deferred"),
        ("triggerer", "dms.wait_tables", "deferred"),
        ("scheduler", "postgres.reboot", "running"),
        ("scheduler", "dms.test_source_endpoint", "deferred"),
        ("scheduler", "dms.start_or_resume", "running"),
        ("scheduler", "verify.change_row", "running"),
    ],
)
def test_a_run_outlives_it(
    trial: Trial, component: str, task: str, state: str, matrix: dict[str, dict[str, str]]
) -> None:
    slow = dict.fromkeys(("reboot", "test_connection", "task_ready", "task_start"), 5.0)
    trial.stage.rehearsal("PUT", "durations", slow)
    with Traffic(trial.stage) as traffic:
        run_id = trial.start()
        trial.wait_for_task(run_id, task, {state})
        trial.airflow.kill(component)
        matrix.setdefault(task, {})[component] = "killed"
        assert trial.finish(run_id) == "success"
    trial.require_converged()
    assert len(traffic.server_starts) == 2
    traffic.require_arrived()
    matrix[task][component] = "converged"
