"""What the pages say, out of stored records: verdicts, states in which there is little to show, hostile texts."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from airflow.models.dagrun import DagRun
from airflow.models.hitl import HITLDetail
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from airflow.utils.types import DagRunType
from sqlalchemy import insert, select

from reverse_sync.evidence import store
from reverse_sync.page import history
from reverse_sync.pipeline import model
from tests.support.page import BEGAN, DAG, Page, recorded
from tests.support.parts import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "<script>alert('부산')</script>\"'&{{7*7}}"


class Words(HTMLParser):
    """The text of a page, without its markup."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "li", "dt", "dd", "title", "option"):
            self.text += " "


def words(html: str) -> str:
    parser = Words()
    parser.feed(html)
    return " ".join(parser.text.split())


def step(record: dict[str, Any], task: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in record["steps"] if one["task"] == task)
    return found


def failed(task: str, failure: str) -> dict[str, Any]:
    """The record of a run in which a task failed, and with it all that follow."""
    record = recorded()
    names = [one["task"] for one in record["steps"]]
    for one in record["steps"][names.index(task) :]:
        one |= {"state": "upstream_failed", "result": None, "duration_s": None}
    step(record, task).update(state="failed", failure=failure)
    sentence = f"Not proved: no changed row was found in Oracle; {task} failed."
    verdict = {
        "outcome": "not proved",
        "proved": False,
        "succeeded": False,
        "failed_tasks": [task],
        "sentence": sentence,
    }
    return record | {"verdict": record["verdict"] | verdict}


def hostile(value: Any) -> Any:
    """The value with every text in it replaced, so far as the page still finds its way by the others."""
    if isinstance(value, dict):
        kept = ("task", "state", "outcome")
        return {key: inside if key in kept else hostile(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [hostile(inside) for inside in value]
    return HOSTILE if isinstance(value, str) else value


def test_an_overview_says_the_verdict_since_when_and_how_the_row_went(page: Page) -> None:
    page.proved(1, failed("dms.wait_tables", "the table is suspended"))
    page.proved(2)
    page.proved(3)
    told = words(page.get(""))
    assert "Proved, complete: a row changed through the API holds the same values in Oracle." in told
    assert "Proved, complete since 2026-11-22 05:02:00 UTC, 2 runs in a row" in told
    assert "the change was answered HTTP 200" in told
    assert "the task is running, the slot is being read" in told
    assert "2026-11-22 04:00:00 UTC: not proved" in told
    assert "rows compared 11 rows that differ 0" in told


def test_before_the_first_run_there_is_a_sentence(page: Page) -> None:
    assert "No run has ended yet. Trigger the DAG in Airflow" in words(page.get(""))
    assert "No run yet." in words(page.get("dags", DAG))
    assert "No run has looked at the tables yet" in words(page.get("dags", DAG, "mapping"))


def test_another_dag_gets_a_calm_sentence(page: Page) -> None:
    assert "This DAG is not one of Reverse Sync's" in words(page.get("dags", "somebody_elses"))
    assert "This DAG is not one of Reverse Sync's" in words(page.get("dags", "somebody_elses", "runs", "x"))


def test_a_run_that_is_not_there_is_said_so(page: Page) -> None:
    answer = page.client().get(f"/reverse-sync/dags/{DAG}/runs/none")
    assert answer.status_code == 404
    assert f"Airflow has no run none of {DAG}" in words(answer.text)


def test_a_pipeline_file_that_cannot_be_used_shows_its_corrections(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    include = tmp_path / "include"
    (include / "pipelines").mkdir(parents=True)
    shipped = (ROOT / "include/pipelines/flightspecials.yaml").read_text(encoding="utf-8")
    (include / "pipelines" / "orders.yaml").write_text(shipped.replace("on_drift: report", "on_drift: <b>maybe</b>"))
    monkeypatch.setattr(model, "INCLUDE", include)
    text = page.get("")
    assert "✖ orders.yaml can't be used" in words(text)
    assert "dms.on_drift: found '<b>maybe</b>'. Allowed: 'report', 'apply' or 'ignore'" in words(text)
    assert "<b>maybe</b>" not in text
    assert "There is no pipeline file that can be used" in words(text)


def test_a_run_under_way_says_what_it_waits_for_and_how_far_it_is(page: Page) -> None:
    run_id = page.run(1, "running")
    until = datetime.now(UTC) + timedelta(minutes=10, seconds=30)
    page.task(run_id, "dms.wait_tables", "deferred", trigger_timeout=until)
    page.task(run_id, "verify.reconcile", "running", map_index=0)
    of_task: dict[str, Any] = {"dag_id": DAG, "run_id": run_id, "task_id": "verify.reconcile", "map_index": 0}
    XComModel.set("progress", {"rows": 40_000, "expected": 1_000_000}, serialize=False, session=page.session, **of_task)
    page.session.commit()
    text = page.get("dags", DAG, "runs", run_id)
    told = words(text)
    assert "⏲ waiting dms.wait_tables" in told
    assert "it gives up in 10 minutes" in told
    assert "40,000 of about 1,000,000 rows compared" in told
    assert f'data-live="/reverse-sync/dags/{DAG}/runs/' in text
    assert '<p class="sr" role="status" id="said"></p>' in text  # where the script tells a screen reader what changed
    assert "<html" not in page.get("dags", DAG, "runs", run_id, "live")
    assert "A run is under way" in words(page.get(""))


@pytest.mark.parametrize("state", ["deferred", "awaiting_input"])
def test_what_waits_for_a_person_is_told_with_the_place_to_answer(page: Page, state: str) -> None:
    run_id = page.run(1, "running")
    page.task(run_id, "postgres.approve_reboot", state)
    [ti_id] = page.session.scalars(select(TaskInstance.id).where(TaskInstance.run_id == run_id))
    asked = {
        "ti_id": ti_id,
        "options": ["Approve"],
        "subject": "Reboot the instance?",
        "params": {},
        "params_input": {},
    }
    page.session.execute(insert(HITLDetail).values(asked))
    page.session.commit()
    text = page.get("")
    assert "Waits for a person since" in words(text)
    assert "Reboot the instance?" in text
    assert "/tasks/postgres.approve_reboot/required_actions" in text
    assert "a person has to answer" in page.get("dags", DAG, "runs", run_id)


def test_a_red_run_says_what_was_expected_and_what_to_do(page: Page) -> None:
    run_id = page.proved(1, failed("dms.wait_tables", "T.F should be 'Table completed', but is '<b>': stop it."))
    text = page.get("dags", DAG, "runs", run_id)
    told = words(text)
    assert "✖ not proved" in told
    assert "Expected T.F should be 'Table completed' Found is '<b>' Do this Stop it." in told
    assert "The runbook says: the task failed, or a table is suspended." in told
    assert "/tasks/dms.wait_tables" in text


def test_a_row_that_arrived_different_shows_both_sides(page: Page) -> None:
    record = failed("verify.compare_row", "The row arrived different")
    column = {"column": "HEADER", "expected": "런던", "found": "??", "same": False, "difference": "another text"}
    row = {"outcome": "found", "target": "TRAVELBUDDY.FLIGHTSPECIAL", "key": "ID=1", "columns": [column]}
    step(record, "verify.compare_row")["result"] = row
    told = words(page.get("dags", DAG, "runs", page.proved(1, record)))
    assert "≠ differs HEADER 런던 ??another text" in told
    assert "37 ms Oracle held the row" in told
    assert "0 ms the change was answered HTTP 200, and PostgreSQL held it" in told
    assert "DMS was behind PostgreSQL by then (CDCLatencySource, of all changes)" in told


def test_nothing_changed_since_the_previous_proved_run_is_said(page: Page) -> None:
    page.proved(1)
    run_id = page.proved(2)
    assert "= Nothing changed since 2026-11-22 04:00:00 UTC" in words(page.get("dags", DAG, "runs", run_id))


def test_what_changed_since_the_previous_proved_run_is_named(page: Page) -> None:
    before = page.proved(1)
    page.proved(2, failed("dms.wait_tables", "no proof"))
    record = recorded()
    record["parameters"]["canary_text"] = "런던에서 부산까지"
    record["versions"]["oracledb"] = "9.9"
    record["settings"]["dms.on_drift"] = "apply"
    run_id = page.proved(3, record)
    told = words(page.get("dags", DAG, "runs", run_id))
    assert "Compared with 2026-11-22 04:00:00 UTC" in told
    assert "canary_text London to Busan 런던에서 부산까지" in told
    assert "dms.on_drift report apply" in told
    assert "Nothing changed in: Table mapping, Columns, AWS, PostgreSQL, Findings" in told
    assert (
        "Parameters other than the defaults what default this run canary_text London to Busan 런던에서 부산까지" in told
    )
    both = words(page.get("dags", DAG, "compare", before=run_id, after=before))
    assert "canary_text 런던에서 부산까지 London to Busan" in both


def test_a_run_that_was_cleared_has_each_of_its_records(page: Page) -> None:
    run_id = page.run(1, times_cleared=1)
    first = failed("dms.wait_tables", "the first attempt")
    for times_cleared, record in enumerate([first, recorded()]):
        store.write(page.evidence, {**record, "run_id": run_id, "times_cleared": times_cleared})  # type: ignore[typeddict-item]
    assert "cleared 1 time" in words(page.get("dags", DAG, "runs", run_id))
    assert "the first attempt" not in page.get("dags", DAG, "runs", run_id)
    assert "the first attempt" in page.get("dags", DAG, "runs", run_id, cleared="0")


def test_no_text_of_a_record_becomes_markup(page: Page) -> None:
    record = hostile(recorded())
    record |= {key: recorded()[key] for key in ("dag_id", "written_at", "format")}
    record["verdict"]["outcome"] = "not proved"
    other, run_id = page.proved(1), page.proved(2, record)
    page.session.scalars(select(DagRun).where(DagRun.run_id == run_id)).one().note = (HOSTILE, "somebody")
    page.session.commit()
    pages = [
        page.get(""),
        page.get("dags", DAG),
        page.get("dags", DAG, "runs", run_id),
        page.get("dags", DAG, "compare", before=run_id, after=other),
        page.get("dags", DAG, "mapping"),
    ]
    for text in pages:
        assert "<script>alert" not in text
        assert "{{7*7}}" in words(text)
    assert all("&lt;script&gt;alert(&#39;부산&#39;)" in text for text in pages)


@pytest.mark.parametrize(
    "text", ["not JSON", "[]", "{}", '{"verdict": 1}', '{"verdict": {"proved": true}, "steps": 7}']
)
def test_a_damaged_record_is_said_and_the_others_live_on(page: Page, text: str) -> None:
    page.proved(1)
    run_id = page.proved(2)
    (page.folder / DAG / f"{run_id.replace(':', '-').replace('+', '-')}.json").write_text(text)
    assert "record can't be read" in words(page.get(""))
    told = words(page.get("dags", DAG, "runs", run_id))
    assert "The record can't be read" in told
    assert "2026-11-22 04:00:00 UTC: proved, complete" in words(page.get(""))


def test_records_of_an_older_version_are_shown(page: Page) -> None:
    record = recorded()
    for key in ("defaults", "settings", "pipeline_file", "mapping_file", "mapping_sha256", "marked"):
        del record[key]
    del record["verdict"]["outcome"]
    for key in ("tables", "different_rules"):
        del step(record, "preflight.check")["result"][key]
    page.proved(1, record)
    run_id = page.proved(2)
    old = page.proved(3, record)
    assert "proved, incomplete" in words(page.get(""))
    assert "Pipeline file: not known of both runs." in words(page.get("dags", DAG, "runs", run_id))
    assert "This record is older than that" in words(page.get("dags", DAG, "runs", old))
    assert "origin_code" in words(page.get("dags", DAG, "mapping"))


def test_a_storage_that_cannot_be_read_is_said_and_the_runs_are_shown(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = page.proved(1)
    page.task(run_id, "dms.wait_tables", "success")

    def refuse(*_: Any) -> None:
        raise PermissionError("Access Denied")

    monkeypatch.setattr(store, "read", refuse)
    history._summary.cache_clear()
    assert "The evidence storage 'evidence' can't be read: PermissionError: Access Denied" in words(page.get(""))
    told = words(page.get("dags", DAG, "runs", run_id))
    assert "can't be read: PermissionError" in told
    assert "wait_tables" in told
    assert "Access Denied" in words(page.get("dags", DAG, "mapping"))
    assert "Access Denied" in words(page.get("dags", DAG))


def test_a_storage_that_does_not_answer_is_not_waited_for(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page.proved(1)
    monkeypatch.setattr(history, "PATIENCE_S", 0.2)
    monkeypatch.setattr(store, "read", lambda *_: time.sleep(1))
    history._summary.cache_clear()
    assert "has not answered within 0.2 s" in words(page.get(""))


def test_a_mapping_shows_findings_where_they_belong_and_beaten_rules_struck_through(page: Page) -> None:
    record = recorded()
    looked = step(record, "preflight.check")["result"]
    [column] = [one for one in looked["tables"][0]["columns"] if one["source"] == "origin_code"]
    column["rules"] = [
        {"rule": "1", "does": "convert-uppercase on %"},
        {"rule": "40", "does": "rename X", "beaten_by": "1"},
    ]
    looked["tables"][0]["columns"].append({
        "source": None, "source_type": None, "target": "LEGACY", "target_type": "DATE", "state": "never written", "rules": [],
    })  # fmt: skip
    looked["different_rules"] = [{"rule": "rule 40", "key": "value", "in_dms": "OLD", "in_file": "NEW"}]
    record["mapping_sha256"] = "0" * 64
    page.proved(1, record)
    text = page.get("dags", DAG, "mapping")
    told = words(text)
    assert "<del>40 rename X</del>" in text
    assert "40 rename X beaten by rule 1" in told
    assert "∅ never written LEGACYDATE" in told
    assert "expiry_datetimestamp with time zone" in told
    assert "✕ removed" in told
    assert "rule 40 value OLD NEW" in told
    assert "The file was edited since that run" in told
    assert told.index("HEADERVARCHAR2") < told.index("header may be ''") < told.index("bodycharacter varying")


def test_ten_thousand_runs_are_shown_within_a_second(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page.proved(0)
    began = [BEGAN + timedelta(hours=number) for number in range(1, 10_001)]
    rows = [
        {"dag_id": DAG, "run_id": f"r{number}", "run_type": DagRunType.MANUAL, "run_after": at, "start_date": at,
         "end_date": at, "_state": "success", "clear_number": 0, "log_template_id": None}
        for number, at in enumerate(began)
    ]  # fmt: skip
    page.session.execute(insert(DagRun), rows)
    page.session.commit()
    text = json.dumps(recorded())
    for number in range(10_000):
        (page.folder / DAG / f"r{number}.json").write_text(text)
    taken: list[float] = []
    read: list[str] = []
    alone = store.read

    def counted(evidence: Any, dag_id: str, run_id: str, times_cleared: int) -> Any:
        read.append(run_id)
        return alone(evidence, dag_id, run_id, times_cleared)

    monkeypatch.setattr(store, "read", counted)
    for address in (["dags", DAG], [""], ["dags", DAG, "runs", "r9999"]):
        read.clear()
        history._summary.cache_clear()
        before = time.process_time()  # whatever else the machine is at
        page.get(*address)
        taken.append(time.process_time() - before)
        assert len(read) <= 53  # requests to an object storage: those of one page, however many runs there are
    assert max(taken) < 1, taken
    assert "older runs" in words(page.get("dags", DAG, page="199"))
