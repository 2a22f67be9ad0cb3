"""The record of a run: what it says of the tasks, and its verdict."""

import hashlib
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.definitions.param import ParamsDict

from reverse_sync.evidence.record import collect
from reverse_sync.evidence.report import render
from reverse_sync.evidence.shapes import Record
from reverse_sync.pipeline import load
from tests.support.parts import ROOT

SHIPPED = ROOT / "include" / "pipelines" / "flightspecials.yaml"
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

    def xcom_pull(self, task_ids: str, key: str, map_indexes: int = -1) -> Any:
        assert map_indexes == -1
        return self.tasks[task_ids].get(key)


def record(times_cleared: int = 0, **tasks: dict[str, Any]) -> Record:
    named = {name.replace("__", "."): task for name, task in tasks.items()}
    dag_run = SimpleNamespace(
        run_type="manual",
        triggering_user_name="admin",
        run_after=datetime(2026, 11, 22, 3, tzinfo=UTC),
        start_date=datetime(2026, 11, 22, 3, 0, 1, tzinfo=UTC),
        clear_number=times_cleared,
    )
    params: dict[str, Any] = {"reboot": "when_needed", "canary_id": 1}
    dag = SimpleNamespace(params=ParamsDict(params | {"canary_id": 7}))
    values: Any = {"ti": Ti(named), "dag_run": dag_run, "dag": dag, "params": params}
    return collect(values, load(SHIPPED), list(named))


RECONCILED = {"return_value": {"outcome": "found", "what": "15 rows of T.F, all the same", "complete": True}}
MARK = {"state": "failed", "by": "김민지", "at": "2026-11-22T03:00:09+00:00", "times_cleared": 0}


def test_a_run_that_proved_the_row() -> None:
    found = record(
        dms__start_or_resume={"return_value": {"outcome": "changed"}},
        verify__compare_row={"return_value": ROW},
        verify__reconcile=RECONCILED,
    )
    assert found["verdict"] == {
        "outcome": "proved, complete",
        "proved": True,
        "succeeded": True,
        "failed_tasks": [],
        "not_compared": [],
        "warnings": [],
        "sentence": "Proved, complete: a changed row holds the same values in Oracle.",
    }
    assert (found["triggered_by"], found["due_at"]) == ("admin", "2026-11-22T03:00:00+00:00")
    assert found["parameters"] == {"reboot": "when_needed", "canary_id": 1}
    assert found["defaults"] == {"reboot": "when_needed", "canary_id": 7}
    assert found["settings"]["dms.on_drift"] == "report"
    assert found["settings"]["canaries.1.id"] == 1
    assert found["versions"]["apache-airflow"] == version("apache-airflow")
    assert [step["task"] for step in found["steps"]] == [
        "dms.start_or_resume",
        "verify.compare_row",
        "verify.reconcile",
    ]


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


def test_who_marked_the_run_is_told_until_it_is_cleared() -> None:
    tasks: dict[str, Any] = {
        "preflight__check": {"return_value": {"outcome": "found", "findings": []}, "run_marked": MARK},
        "postgres__wait_settings": {"crumb": {"state": "failed"}, "marked": MARK},
    }
    stopped = record(**tasks)
    assert stopped["marked"] == MARK
    assert stopped["verdict"]["outcome"] == "stopped"
    assert "Stopped by 김민지, who marked the run failed at 2026-11-22T03:00:09+00:00." in render(stopped)
    assert record(times_cleared=1, **tasks)["marked"] is None


def test_a_task_that_ran_again_is_not_marked_any_more() -> None:
    found = record(verify__compare_row={"return_value": ROW, "marked": MARK})
    assert "marked" not in found["steps"][0]


def test_a_task_that_was_retried_is_marked() -> None:
    found = record(dms__ensure_task={"attempts": 3, "return_value": {"outcome": "left alone"}})
    assert found["steps"][0]["attempts"] == 3
    assert "left alone (attempt 3)" in render(found)


@pytest.mark.parametrize(
    "before", ["dms__wait_tables", "verify__statistics_before"], ids=["as recorded now", "as older records have it"]
)
def test_the_report_shows_the_rows_and_what_moved(before: str) -> None:
    table = {"table": "travelbuddy.flightspecial", "state": "Table completed", "inserts": 0, "updates": 4, "deletes": 0}
    found = record(
        0,
        **{before: {"return_value": {"outcome": "found", "tables": [{**table, "updates": 3}]}}},
        verify__wait_for_oracle={"return_value": {"outcome": "found", "latency": "0.041 s after the answer"}},
        verify__compare_row={"return_value": ROW},
        verify__reconcile=RECONCILED,
        postgres__approve_reboot={"return_value": {"outcome": "approved", "what": "by 김민지", "by": "김민지"}},
        verify__statistics_after={"return_value": {"outcome": "found", "tables": [table]}},
    )
    text = render(found)
    assert "HEADER             런던 to Busan #1" in text
    assert "approved: by 김민지" in text
    assert "seen in Oracle 0.041 s after the answer" in text
    assert "inserts 0 -> 0, updates 3 -> 4, deletes 0 -> 0" in text
    assert text.endswith("Proved, complete: a changed row holds the same values in Oracle.")


def test_the_record_begins_with_the_pipeline_file_and_its_mapping() -> None:
    found = record(verify__compare_row={"return_value": ROW})
    mapping = (ROOT / "include" / "mappings" / "flightspecials.json").read_bytes()
    fingerprint = hashlib.sha256(mapping).hexdigest()
    assert list(found.items())[1:4] == [
        ("pipeline_file", "flightspecials.yaml"),
        ("mapping_file", "mappings/flightspecials.json"),
        ("mapping_sha256", fingerprint),
    ]
    told = f"pipeline file flightspecials.yaml, mapping mappings/flightspecials.json (SHA-256 {fingerprint[:12]})"
    assert render(found).splitlines()[1] == told


def test_what_may_hold_a_credential_is_no_setting_of_the_record(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace(
        'extra_connection_attributes: ""', "extra_connection_attributes: password=hidden"
    )
    text = text.replace("  body: {id:", "  headers: {Authorization: Bearer hidden}\n  body: {token: hidden, id:")
    file = tmp_path / "flightspecials.yaml"
    file.write_text(text, encoding="utf-8")
    settings = load(file).settings
    assert text.count("hidden") == 4
    assert "hidden" not in str(settings)
    assert settings["dms.source_endpoint.database"] == "dso"
