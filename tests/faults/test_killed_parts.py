"""A process that compares one part of a table is killed with SIGKILL: its part alone is repeated, or goes on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from rehearsal.rehearse import DAG_ID
from tests.support.long import only_long

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.trial import MortalAirflow, Trial

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]
IN_PARTS = {"parts_per_table: 16": "parts_per_table: 4", "part_rows: 10000000": "part_rows: 2"}
# `kept`: what a part's rows have shown is in Airflow's task state store, and nothing else of the task is.
POINTS = {"dms.compare_parts": "before", "verify.compare_parts": "kept"}


@only_long
def test_a_killed_part_is_repeated_alone(trial: Trial, pipeline_file: Path) -> None:
    text = pipeline_file.read_text(encoding="utf-8")
    for found, replacement in IN_PARTS.items():
        assert found in text
        text = text.replace(found, replacement)
    pipeline_file.write_text(text, encoding="utf-8")
    trial.airflow.plan(POINTS)
    run_id = trial.start()
    assert trial.finish(run_id) == "success"
    assert trial.airflow.marked("killed") == set(POINTS)
    for task_id, point in POINTS.items():
        attempts = attempts_of_parts(trial.airflow, run_id, task_id)
        assert Counter(attempts.values()) == {1: 3, 2: 1}
        [killed] = [part for part, tries in attempts.items() if tries == 2]
        first, second = (said(trial.airflow, run_id, task_id, killed, attempt) for attempt in (1, 2))
        assert "compared by hashes" not in first
        assert f"Comparing part {killed + 1} of 4" in second
        assert "compared by hashes" in second
        assert ("An earlier attempt has walked these rows" in second) is (point == "kept")
        assert (" of about " in second) is (point == "before")
    compared = [
        step["result"]["compared"]
        for step in trial.airflow.evidence(run_id)["steps"]
        if step["task"] == "verify.reconcile"
    ]
    assert compared == [11]


def attempts_of_parts(airflow: MortalAirflow, run_id: str, task_id: str) -> dict[int, int]:
    """By map index, how often the task began."""
    path = f"dags/{DAG_ID}/dagRuns/{run_id}/taskInstances/{task_id}/listMapped"
    return {one["map_index"]: one["try_number"] for one in airflow.client.get(path)["task_instances"]}


def said(airflow: MortalAirflow, run_id: str, task_id: str, part: int, attempt: int) -> str:
    """The log of one attempt."""
    path = f"dags/{DAG_ID}/dagRuns/{run_id}/taskInstances/{task_id}/logs/{attempt}?map_index={part}"
    events: list[dict[str, Any]] = airflow.client.get(path)["content"]
    return "\n".join(str(event.get("event")) for event in events)
