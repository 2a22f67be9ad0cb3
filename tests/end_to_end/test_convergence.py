"""Runs one after the other change nothing more; a decommission takes everything down, and only when it may."""

from __future__ import annotations

import os
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from rehearsal.rehearse import DAG_ID, evidence_file, follow, trigger
from tests.support.decommission import DECOMMISSION, Decommission
from tests.support.records import written_record
from tests.support.wait import ASKS_AIRFLOW_S, eventually

if TYPE_CHECKING:
    from tests.support.rehearsal import Rehearsal

pytestmark = pytest.mark.end_to_end
HEADER = "SELECT header FROM travelbuddy.flightspecial WHERE id = 1"
# After the first, which changes something; nine in the long form.
RUNS = int(os.environ.get("RUNS", "1"))


def record_of(rehearsal: Rehearsal, run_id: str) -> dict[str, Any]:
    file = evidence_file(rehearsal.layout, run_id)
    assert file is not None
    return written_record(file)


def outcomes(record: dict[str, Any]) -> dict[str, str]:
    results = {step["task"]: step["result"] for step in record["steps"]}
    return {task: found["outcome"] for task, found in results.items() if isinstance(found, dict) and "outcome" in found}


@pytest.mark.timeout(300 + 60 * RUNS)
def test_runs_triggered_at_once_wait_for_each_other_and_change_nothing_more(rehearsal: Rehearsal) -> None:
    old_text = rehearsal.postgres(HEADER)
    run_ids = [trigger(rehearsal.airflow, {"canary_text": "London to 부산"})]
    run_ids += [trigger(rehearsal.airflow) for _ in range(RUNS)]
    assert [follow(rehearsal.airflow, run_id, 120 * (RUNS + 1)) for run_id in run_ids] == ["success"] * (RUNS + 1)
    times = sorted((run["start_date"], run["end_date"]) for run in map(rehearsal.airflow.get, map(path, run_ids)))
    assert all(end <= start for (_, end), (start, _) in pairwise(times))

    texts = set()
    for run_id in run_ids[1:]:
        record = record_of(rehearsal, run_id)
        found = outcomes(record)
        ensured = ("oracle.insert_triggers", "dms.ensure_source_endpoint", "dms.ensure_target_endpoint")
        assert [found[task] for task in (*ensured, "dms.ensure_task", "dms.start_or_resume")] == ["left alone"] * 5
        texts |= {step["result"]["new_text"] for step in record["steps"] if step["task"] == "verify.read_canary"}
        health = next(step["result"] for step in record["steps"] if step["task"] == "health.check")
        assert health["violations"] == []
        assert health["slots"][0]["confirmed_flush_lsn"]
    assert len(texts) == RUNS
    reboots = [rehearsal.tasks(run_id)["postgres.reboot"]["state"] for run_id in run_ids]
    assert reboots[0] in ("success", "skipped")  # an earlier test may have had it rebooted
    assert reboots[1:] == ["skipped"] * RUNS
    assert rehearsal.postgres(HEADER) == old_text
    assert len(rehearsal.postgres("SELECT slot_name FROM pg_replication_slots")) == 1


def path(run_id: str) -> str:
    return f"dags/{DAG_ID}/dagRuns/{run_id}"


def test_a_decommission_that_is_rejected_takes_nothing_down(rehearsal: Rehearsal) -> None:
    rehearsal.build()
    decommission = Decommission.begin(rehearsal.airflow, rehearsal.layout)
    assert eventually(lambda: decommission.asks, 60, ASKS_AIRFLOW_S), decommission.tasks
    main = trigger(rehearsal.airflow)
    assert follow(rehearsal.airflow, main, 120) == "failed"
    [alone] = [step for step in record_of(rehearsal, main)["steps"] if step["task"] == "preflight.other_dag_idle"]
    assert f"{DAG_ID} and {DECOMMISSION} must not run at the same time" in alone["failure"]

    assert decommission.end("Reject") == "failed"
    record = decommission.record
    assert (record["verdict"]["outcome"], record["verdict"]["failed_tasks"]) == ("rejected", [])
    assert record["verdict"]["sentence"].startswith("Rejected by admin in approve at 20")
    assert "; nothing was changed." in record["verdict"]["sentence"]
    red = {task: state for task, state in decommission.tasks.items() if state not in ("success", "skipped")}
    assert red == {"evidence": "failed"}
    assert len(rehearsal.postgres("SELECT 1 FROM pg_replication_slots WHERE active")) == 1


def test_a_decommission_that_is_approved_leaves_nothing(rehearsal: Rehearsal) -> None:
    rehearsal.build()
    decommission = Decommission.begin(rehearsal.airflow, rehearsal.layout)
    state = decommission.end("Approve")
    record = decommission.record
    assert record["verdict"]["sentence"] == "Taken down, complete: nothing of the pipeline is left."
    assert state == "success"
    assert rehearsal.postgres("SELECT slot_name FROM pg_replication_slots") == []
    assert outcomes(record)["verify.wait_for_oracle"] == "found"
    [approved] = [step["result"] for step in record["steps"] if step["task"] == "approve"]
    assert (approved["outcome"], approved["by"]) == ("approved", "admin")
