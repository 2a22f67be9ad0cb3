"""The record of a run: what it says of the tasks, and its verdict."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from reverse_sync.evidence.record import collect, verdict
from reverse_sync.evidence.report import render

DONE = {"state": "success", "duration": 0.5, "operator": "X", "map_index": -1}
ROW = {
    "outcome": "found",
    "what": "2 columns, all the same",
    "target": "TRAVELBUDDY.FLIGHTSPECIAL",
    "key": "ID=1",
    "columns": [
        {"column": "ID", "expected": 1, "found": "1", "same": True},
        {"column": "HEADER", "expected": "런던 to Busan #1", "found": "런던 to Busan #1", "same": True},
    ],
}


class Ti:
    """What a running task instance can be asked."""

    dag_id = "flightspecials_reverse_sync"
    run_id = "manual__2026-11-22T03:00:00+00:00"

    def __init__(self, tasks: dict[str, dict[str, Any]]) -> None:
        self.tasks = tasks

    def get_task_breadcrumbs(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        assert (dag_id, run_id) == (self.dag_id, self.run_id)
        return [{"task_id": name, **DONE, **task.get("crumb", {})} for name, task in self.tasks.items()]

    def xcom_pull(self, task_ids: str, key: str, map_indexes: int) -> Any:
        assert map_indexes == -1
        return self.tasks[task_ids].get(key)


def record(**tasks: dict[str, Any]) -> dict[str, Any]:
    named = {name.replace("__", "."): task for name, task in tasks.items()}
    dag_run = SimpleNamespace(
        run_type="manual",
        triggering_user_name="admin",
        run_after=datetime(2026, 11, 22, 3, tzinfo=UTC),
        start_date=datetime(2026, 11, 22, 3, 0, 1, tzinfo=UTC),
        clear_number=0,
    )
    values: Any = {"ti": Ti(named), "dag_run": dag_run, "params": {"reboot": "when_needed", "canary_id": 1}}
    return collect(values, named)


def test_a_run_that_proved_the_row() -> None:
    found = record(
        dms__start_or_resume={"return_value": {"outcome": "changed"}}, verify__compare_row={"return_value": ROW}
    )
    assert found["verdict"] == {
        "proved": True,
        "succeeded": True,
        "failed_tasks": [],
        "sentence": "Proved: a row changed through the API holds the same values in Oracle.",
    }
    assert (found["triggered_by"], found["due_at"]) == ("admin", "2026-11-22T03:00:00+00:00")
    assert found["parameters"] == {"reboot": "when_needed", "canary_id": 1}
    assert found["versions"]["apache-airflow"] == "3.3.2"
    assert [step["task"] for step in found["steps"]] == ["dms.start_or_resume", "verify.compare_row"]


def test_a_failed_run_says_why() -> None:
    found = record(
        dms__test_source_endpoint={"crumb": {"state": "failed"}, "failure": "Test Endpoint failed"},
        verify__compare_row={"crumb": {"state": "upstream_failed", "duration": None}},
    )
    assert found["verdict"]["sentence"] == (
        "Not proved: no changed row was found in Oracle; dms.test_source_endpoint failed."
    )
    assert not found["verdict"]["succeeded"]
    assert found["steps"][0]["failure"] == "Test Endpoint failed"
    assert "dms.test_source_endpoint failed: Test Endpoint failed" in render(found)


def test_a_row_that_was_proved_in_a_run_that_failed_later() -> None:
    said = verdict(
        [{"task": "verify.compare_row", "state": "success"}, {"task": "verify.restore_canary", "state": "failed"}]
    )
    assert (said["proved"], said["succeeded"]) == (True, False)
    assert said["sentence"].endswith("; but verify.restore_canary failed.")


@pytest.mark.parametrize(
    ("looked_at", "succeeded"), [("2026-11-22T03:00:01+00:00", False), ("2026-11-22T03:00:03+00:00", True)]
)
def test_a_row_that_was_changed_after_its_text_was_restored_is_told(looked_at: str, succeeded: bool) -> None:
    said = verdict(
        [
            {"task": "verify.change_row", "state": "success", "result": {"answered_at": "2026-11-22T03:00:02+00:00"}},
            {"task": "verify.compare_row", "state": "success", "result": {}},
            {"task": "verify.restore_canary", "state": "success", "result": {"looked_at": looked_at}},
        ]
    )
    assert said["succeeded"] is succeeded
    assert ("clear that task too" in said["sentence"]) is not succeeded


@pytest.mark.parametrize("state", ["skipped", "upstream_failed", "failed"])
def test_nothing_is_proved_without_the_comparison(state: str) -> None:
    assert not verdict([{"task": "verify.compare_row", "state": state}])["proved"]


def test_a_task_that_was_retried_is_marked() -> None:
    found = record(dms__ensure_task={"attempts": 3, "return_value": {"outcome": "left alone"}})
    assert found["steps"][0]["attempts"] == 3
    assert "left alone (attempt 3)" in render(found)


def test_the_report_shows_the_rows_and_what_moved() -> None:
    table = {"table": "travelbuddy.flightspecial", "state": "Table completed", "inserts": 0, "updates": 4, "deletes": 0}
    found = record(
        verify__statistics_before={"return_value": {"outcome": "found", "tables": [{**table, "updates": 3}]}},
        verify__wait_for_oracle={"return_value": {"outcome": "found", "latency": "0.041 s after the API's answer"}},
        verify__compare_row={"return_value": ROW},
        verify__statistics_after={"return_value": {"outcome": "found", "tables": [table]}},
    )
    text = render(found)
    assert "HEADER             런던 to Busan #1" in text
    assert "seen in Oracle 0.041 s after the API's answer" in text
    assert "inserts 0 -> 0, updates 3 -> 4, deletes 0 -> 0" in text
    assert text.endswith("Proved: a row changed through the API holds the same values in Oracle.")
