"""Scheduled runs prove the pipeline again and again, find what was broken meanwhile, and do not pile up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from rehearsal.rehearse import DAG_ID
from tests.support.aws_stage import eventually
from tests.support.long import only_long
from tests.support.wait import ASKS_AIRFLOW_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.trial import Trial

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
MISSED_S = 130  # two or three of the runs that are due each minute


@pytest.fixture
def every_minute(trial: Trial, pipeline_file: Path) -> Iterator[Trial]:
    """The DAG, scheduled for every minute."""

    def schedule(text: str) -> None:
        pipeline_file.write_text(text, encoding="utf-8")
        is_scheduled = "schedule: null" not in text
        eventually(lambda: bool(dag(trial)["timetable_summary"]) == is_scheduled, timeout_s=120, every_s=ASKS_AIRFLOW_S)

    text = pipeline_file.read_text(encoding="utf-8")
    assert "schedule: null" in text
    pause(trial, is_paused=True)
    schedule(text.replace("schedule: null", 'schedule: "* * * * *"'))
    try:
        yield trial
    finally:
        pause(trial, is_paused=True)
        schedule(text)


def dag(trial: Trial) -> dict[str, Any]:
    return dict(trial.airflow.client.get(f"dags/{DAG_ID}/details"))


def pause(trial: Trial, *, is_paused: bool) -> None:
    trial.airflow.client.patch(f"dags/{DAG_ID}", {"is_paused": is_paused})


def scheduled(trial: Trial) -> list[tuple[str, str]]:
    """The scheduled runs, oldest first: id and state."""
    found = trial.airflow.client.get(f"dags/{DAG_ID}/dagRuns", run_type="scheduled", order_by="run_after", limit=100)
    return [(run["dag_run_id"], run["state"]) for run in found["dag_runs"]]


def finished(trial: Trial, number: int) -> tuple[str, str]:
    """That scheduled run, once it is over."""
    runs = eventually(
        lambda: scheduled(trial),
        lambda found: len(found) >= number and found[number - 1][1] in ("success", "failed"),
        180,
        ASKS_AIRFLOW_S,
    )
    run: tuple[str, str] = runs[number - 1]
    return run


@only_long
def test_scheduled_runs_are_health_checks(every_minute: Trial) -> None:
    trial = every_minute
    pause(trial, is_paused=False)
    assert finished(trial, 1)[1] == "success"

    trial.stage.oracle_run("ALTER TRIGGER FLIGHTSPECIAL_TRIGGER ENABLE")
    run_id, state = finished(trial, 2)
    assert state == "failed"
    assert "was enabled while the task ran" in trial.steps(run_id)["health.check"]["failure"]

    pause(trial, is_paused=True)
    eventually(
        lambda: all(state in ("success", "failed") for _, state in scheduled(trial)),
        timeout_s=120,
        every_s=ASKS_AIRFLOW_S,
    )
    before = len(scheduled(trial))
    time.sleep(MISSED_S)
    pause(trial, is_paused=False)
    assert finished(trial, before + 1)[1] == "success"
    assert len(scheduled(trial)) <= before + 2
    trial.require_converged()
