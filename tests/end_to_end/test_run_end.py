"""A person stops, marks or clears a run: it is green only with a record that says proved, and the canary is restored.

Each scenario calls what the buttons of Airflow's UI call.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import requests

from rehearsal.rehearse import DAG_ID, evidence_file, follow, trigger
from tests.support.long import only_long
from tests.support.processes import command
from tests.support.wait import ASKS_AIRFLOW_S, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.rehearsal import Rehearsal

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
HEADER = "SELECT header FROM travelbuddy.flightspecial WHERE id = 7"
PATIENT_S = 240


class Run:
    """One run of the main DAG, as a person sees it."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.rehearsal = rehearsal
        self.airflow = rehearsal.airflow
        self.old_text = rehearsal.postgres(HEADER)
        self.run_id = trigger(rehearsal.airflow, {"canary_id": 7})
        self.path = f"dags/{DAG_ID}/dagRuns/{self.run_id}"

    def wait_for(self, task: str, state: str = "deferred") -> None:
        """Return once the task is in that state."""
        assert eventually(lambda: self.state_of(task) == state, PATIENT_S, ASKS_AIRFLOW_S), (
            f"{task} is {self.state_of(task)}"
        )

    def state_of(self, task: str) -> str | None:
        """The task's state."""
        state: str | None = self.airflow.get(f"{self.path}/taskInstances/{task}")["state"]
        return state

    def mark(self, state: str) -> None:
        """Mark the whole run."""
        self.airflow.patch(self.path, {"state": state})

    def mark_task(self, task: str, state: str) -> None:
        """Mark one task."""
        self.airflow.patch(f"{self.path}/taskInstances/{task}", {"new_state": state})

    def clear(self, *tasks: str, **choice: Any) -> None:
        """Clear tasks, by themselves where nothing else is chosen."""
        body = {"dag_run_id": self.run_id, "dry_run": False, "only_failed": False, "reset_dag_runs": True, **choice}
        self.airflow.post(f"dags/{DAG_ID}/clearTaskInstances", body | ({"task_ids": list(tasks)} if tasks else {}))

    def end(self) -> str:
        """The run's last state."""
        return follow(self.airflow, self.run_id, PATIENT_S)

    @property
    def state(self) -> str:
        """The run's state now."""
        return str(self.airflow.get(self.path)["state"])

    @property
    def note(self) -> str:
        """The run's note."""
        return str(self.airflow.get(self.path)["note"])

    @property
    def record(self) -> dict[str, Any]:
        """The run's newest evidence."""
        file = evidence_file(self.rehearsal.layout, self.run_id)
        assert file is not None, f"{self.run_id} left no evidence"
        record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return record

    @property
    def verdict(self) -> dict[str, Any]:
        """What the record says; the note says the same."""
        verdict: dict[str, Any] = self.record["verdict"]
        assert f"Verdict: {verdict['sentence']}" in self.note
        return verdict

    def require_restored(self) -> None:
        """The row holds what it held before the run."""
        assert self.rehearsal.postgres(HEADER) == self.old_text


@contextmanager
def nothing_arrives(rehearsal: Rehearsal) -> Iterator[None]:
    """Oracle gets no change in the block: `verify.wait_for_oracle` waits, deferred."""
    rehearsal.build()
    started = rehearsal.supervisor.children(recursive=True)
    workers = [process for process in started if "rehearsal.aws.worker" in command(process)]
    assert workers
    for worker in workers:
        worker.suspend()
    try:
        yield
    finally:
        for worker in workers:
            worker.resume()


@contextmanager
def instance_modified(rehearsal: Rehearsal) -> Iterator[None]:
    """The replication instance is modified in the block: `dms.replication_instance` waits, deferred."""
    assert rehearsal.verb("fault", "replication-instance-state", "status=modifying").returncode == 0
    try:
        yield
    finally:
        assert rehearsal.verb("heal").returncode == 0


def test_a_run_that_is_marked_after_the_change(rehearsal: Rehearsal) -> None:
    with nothing_arrives(rehearsal):
        stopped = Run(rehearsal)
        stopped.wait_for("verify.wait_for_oracle")
        stopped.mark("failed")
        assert stopped.end() == "failed"
        stopped.require_restored()
        assert stopped.record["marked"]["by"] == "admin"
        assert stopped.verdict["outcome"] == "stopped"
        assert stopped.verdict["sentence"].startswith("Stopped by admin, who marked the run failed at 20")
        assert stopped.state_of("verify.compare_row") == "skipped"

        helped = Run(rehearsal)
        helped.wait_for("verify.wait_for_oracle")
        helped.mark_task("verify.wait_for_oracle", "success")
        helped.wait_for("verify.compare_row", "failed")

    assert helped.end() == "failed"
    helped.require_restored()
    assert "verify.wait_for_oracle did not do its work: admin marked it success" in helped.verdict["sentence"]
    # The tables are looked at again while the old text is put back: they may be the same by then.
    assert {"verify.compare_row"} <= set(helped.verdict["failed_tasks"]) <= {"verify.compare_row", "verify.reconcile"}

    stopped.mark("success")
    assert stopped.state == "failed"
    assert "admin marked the run success at 20" in stopped.note
    assert stopped.note.endswith("which proves nothing: it stays failed.")

    helped.mark_task("verify.compare_row", "success")  # Airflow clears what failed after it, and lets the run go on
    assert helped.end() == "failed"
    assert helped.record["times_cleared"] == 1
    assert helped.verdict["outcome"] == "not proved"
    assert "verify.compare_row did not do its work: admin marked it success" in helped.verdict["sentence"]

    helped.mark_task("evidence", "success")
    helped.mark("success")
    assert helped.state == "failed"
    assert "the run ended without a record" in helped.note

    stopped.clear()
    assert (stopped.end(), stopped.verdict["outcome"]) == ("success", "proved, complete")
    stopped.require_restored()
    assert stopped.record["marked"] is None


@pytest.mark.parametrize("state", ["success", pytest.param("failed", marks=only_long)])
def test_a_run_that_is_marked_before_the_change(rehearsal: Rehearsal, state: str) -> None:
    with instance_modified(rehearsal):
        run = Run(rehearsal)
        run.wait_for("dms.replication_instance")
        run.mark(state)
        assert run.end() == "failed"
    assert run.state_of("verify.restore_canary") == "skipped"
    assert run.verdict["sentence"].startswith(f"Stopped by admin, who marked the run {state} at 20")
    assert "dms.replication_instance" in run.verdict["sentence"]
    run.require_restored()


def test_whatever_is_cleared_the_teardowns_run_again(rehearsal: Rehearsal) -> None:
    mode = f"http://127.0.0.1:{rehearsal.ports.flightspecials_api}/rehearsal/mode"
    requests.put(mode, json={"mode": "no_effect"}, timeout=5).raise_for_status()
    try:
        run = Run(rehearsal)
        assert run.end() == "failed"
    finally:
        requests.delete(mode, timeout=5).raise_for_status()
    assert run.state_of("verify.restore_canary") == "success"

    run.clear(only_failed=True)
    assert (run.end(), run.verdict["outcome"]) == ("success", "proved, complete")
    run.require_restored()

    run.clear("dms.ensure_task")  # by itself: what the evidence follows directly has ended long ago
    assert run.end() == "success"
    assert run.record["times_cleared"] == 2
    assert run.record["written_at"] > run.rehearsal.tasks(run.run_id)["dms.ensure_task"]["end_date"]
