"""A cutover that fails is corrected, cleared and goes on; what it leaves behind tells why, and tells no secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest
import requests

from rehearsal.airflow.environment import database_file
from rehearsal.rehearse import DAG_ID, evidence_file, follow
from reverse_sync.evidence.export import as_html
from tests.support.records import written_record

if TYPE_CHECKING:
    from reverse_sync.evidence.shapes import Record
    from tests.support.rehearsal import Rehearsal

pytestmark = pytest.mark.end_to_end
PASSWORDS = ("dmsuser123", "welcome", "sw0rdfish", "sesame-7391", "reverse-5064")


def evidence(rehearsal: Rehearsal, run_id: str) -> dict[str, Any]:
    file = evidence_file(rehearsal.layout, run_id)
    assert file is not None
    return written_record(file)


def last_event(rehearsal: Rehearsal, run_id: str, task_id: str) -> str:
    """The end of the log of a task's first attempt, as the UI shows it: without the lines that only fold it."""
    events = rehearsal.airflow.get(f"dags/{DAG_ID}/dagRuns/{run_id}/taskInstances/{task_id}/logs/1")["content"]
    return str([event["event"] for event in events if not event["event"].startswith("::")][-1])


def clear(rehearsal: Rehearsal, run_id: str, **choice: Any) -> None:
    """As a person does in the UI."""
    body = {"dag_run_id": run_id, "dry_run": False, "include_downstream": True, "reset_dag_runs": True, **choice}
    rehearsal.airflow.post(f"dags/{DAG_ID}/clearTaskInstances", body)


def test_an_answer_without_effect_fails_the_run_and_clearing_it_goes_on(rehearsal: Rehearsal) -> None:
    mode = f"http://127.0.0.1:{rehearsal.ports.flightspecials_api}/rehearsal/mode"
    requests.put(mode, json={"mode": "no_effect"}, timeout=5).raise_for_status()
    try:
        run_id, state = rehearsal.run({"canary_id": 9})
    finally:
        requests.delete(mode, timeout=5).raise_for_status()
    tasks = rehearsal.tasks(run_id)
    assert state == "failed"
    assert (tasks["verify.change_row"]["state"], tasks["verify.change_row"]["try_number"]) == ("failed", 1)
    assert tasks["verify.compare_row"]["state"] == "upstream_failed"
    assert tasks["verify.restore_canary"]["state"] == "success"

    record = evidence(rehearsal, run_id)
    steps = {step["task"]: step for step in record["steps"]}
    assert record["verdict"]["failed_tasks"] == ["verify.change_row"]
    assert "answered 200 to PUT /travelbuddy/flightspecials/9/name" in steps["verify.change_row"]["failure"]
    [head, *said, _] = last_event(rehearsal, run_id, "verify.change_row").splitlines()
    assert head.strip("=") == " verify.change_row failed "
    reason = steps["verify.change_row"]["reason"]
    parts = f"expected {reason['expected']} found {reason['found']} do this {reason['do']}"
    assert " ".join(" ".join(said).split()) == " ".join(parts.split())

    clear(rehearsal, run_id, only_failed=False, task_ids=["verify.change_row"])
    assert follow(rehearsal.airflow, run_id, timeout_s=120) == "success"
    again = evidence(rehearsal, run_id)
    assert (again["times_cleared"], again["verdict"]["succeeded"]) == (1, True)
    assert rehearsal.postgres("SELECT header FROM travelbuddy.flightspecial WHERE id = 9") == [
        (steps["verify.read_canary"]["result"]["old_text"],)
    ]


def test_a_value_that_does_not_fit_the_form_is_refused(rehearsal: Rehearsal) -> None:
    with pytest.raises(requests.HTTPError) as refused:
        rehearsal.airflow.post(f"dags/{DAG_ID}/dagRuns", {"logical_date": None, "conf": {"reboot": "sometimes"}})
    assert refused.value.response.status_code == 400
    assert "'sometimes' is not one of ['when_needed', 'always', 'never']" in refused.value.response.text


def test_no_password_is_in_a_log_an_xcom_a_template_the_evidence_an_export_or_the_metadata_database(
    rehearsal: Rehearsal,
) -> None:
    run_id, state = rehearsal.run({"canary_id": 10})
    assert state == "success"
    written = [
        file
        for folder in (rehearsal.layout.part_home("airflow") / "logs", rehearsal.layout.evidence)
        for file in folder.rglob("*")
        if file.is_file()
    ]
    metadata = database_file(rehearsal.layout.part_home("airflow"))
    written += metadata.parent.glob(f"{metadata.name}*")  # what SQLite has not yet written back lies beside it
    texts = {str(file): file.read_text(encoding="utf-8", errors="replace") for file in written}
    texts["exported page"] = as_html(cast("Record", evidence(rehearsal, run_id)))
    assert run_id in texts["exported page"]
    assert run_id in texts[str(metadata)] + texts.get(f"{metadata}-wal", "")
    entries = rehearsal.airflow.get(f"dags/{DAG_ID}/dagRuns/{run_id}/taskInstances/~/xcomEntries", limit=1000)
    for entry in entries["xcom_entries"]:
        path = f"dags/{DAG_ID}/dagRuns/{run_id}/taskInstances/{entry['task_id']}/xcomEntries/{entry['key']}"
        texts[path] = json.dumps(rehearsal.airflow.get(path, map_index=entry["map_index"]))
    for task_id, task in rehearsal.tasks(run_id).items():
        texts[f"rendered {task_id}"] = json.dumps(task["rendered_fields"])
    assert len(written) > 20
    assert len(entries["xcom_entries"]) > 20
    assert [(name, word) for name, text in texts.items() for word in PASSWORDS if word in text] == []
