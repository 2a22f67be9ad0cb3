"""Notices: which runs are told of, in one message each, as a mail server receives it."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

from reverse_sync.errors import NotProvedError
from reverse_sync.evidence.chain import append
from reverse_sync.evidence.operator import EvidenceOperator
from reverse_sync.evidence.told import notice_of
from reverse_sync.evidence.unrecorded import tell_unrecorded
from reverse_sync.notices import tell
from reverse_sync.overdue import DagRunTold, deadline_of, tell_overdue
from reverse_sync.pipeline import Evidence
from reverse_sync.pipeline.model import Notices
from tests.support.mail import MailServer, mail_server, text_of
from tests.support.records import pipeline_with, run_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reverse_sync.pipeline import Pipeline

SMTP = "airflow.providers.smtp.notifications.smtp.SmtpNotifier"
MAIL = {
    "to": "on-call@example.com",
    "from_email": "airflow@example.com",
    "subject": "{{ notice.subject }}",
    "html_content": "{{ notice.reason | e }} {{ notice.next_step }} {{ notice.link }}",
}
RED = {"outcome": "not proved", "proved": False, "succeeded": False, "failed_tasks": ["health.check"]}
RED |= {"sentence": "Not proved.", "not_compared": [], "warnings": []}


def step(task: str, result: Any = None, failure: str | None = None) -> Any:
    return {"task": task, "state": "failed" if failure else "success", "result": result, "failure": failure}


def events(pipeline: Pipeline, record: Any) -> list[str]:
    _, record["chain"] = append(pipeline, record)
    notice = notice_of(pipeline, record, "http://airflow/run")
    return [] if notice is None else list(notice["events"])


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    return pipeline_with(Evidence(base_path=f"file://{tmp_path}"))


def test_a_run_that_failed_and_the_one_that_is_good_again_are_told_once_each(pipeline: Pipeline) -> None:
    runs = [run_record("manual__1", steps=[]), run_record("manual__2", steps=[], verdict=RED)]
    runs += [run_record(f"manual__{number}", steps=[]) for number in (3, 4)]
    assert [events(pipeline, run) for run in runs] == [[], ["failure"], ["recovery"], []]


@pytest.mark.parametrize("outcome", ["stopped", "rejected"])
def test_what_a_person_ended_is_not_told(pipeline: Pipeline, outcome: str) -> None:
    assert events(pipeline, run_record(steps=[], verdict=RED | {"outcome": outcome})) == []


@pytest.mark.parametrize(
    ("told", "event"),
    [
        (step("health.check", {"latency_s": {}, "violations": ["latency 80 s, limit 60 s"]}), "limits"),
        (step("verify.statistics_after", {"tables": [{"state": "Table error"}]}), "suspended_table"),
        (step("dms.wait_tables", failure="travelbuddy.flightspecial is in the state Table error"), "suspended_table"),
        (step("verify.reconcile", {"differences": ["ID=1", "ID=2"], "differed_before": 1}), "new_differences"),
    ],
)
def test_what_was_found_is_told_with_its_failure_as_one_message(pipeline: Pipeline, told: Any, event: str) -> None:
    assert events(pipeline, run_record(steps=[told], verdict=RED)) == ["failure", event]


def test_differences_that_were_there_before_are_not_new(pipeline: Pipeline) -> None:
    known = step("verify.reconcile", {"differences": ["ID=1"], "differed_before": 1})
    assert events(pipeline, run_record(steps=[known])) == []


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server() as server:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(server.connection))
        yield server


def test_one_mail_says_reason_next_step_and_link(pipeline: Pipeline, mail: MailServer) -> None:
    wanted = Notices.model_validate({"notifier": SMTP, "arguments": MAIL, "events": ["failure", "limits"]})
    unwanted = Notices.model_validate({"notifier": SMTP, "arguments": MAIL, "events": ["approval"]})
    told = pipeline.model_copy(update={"notices": (wanted, unwanted)})
    record = run_record(
        steps=[
            step("health.check", {"latency_s": {}, "violations": ["late"]}, "80 s, not 60 s. Mend this, then clear it.")
        ]
    )
    record["verdict"] = RED  # type: ignore[typeddict-item]
    _, record["chain"] = append(told, record)
    notice = notice_of(told, record, "http://airflow/dags/d/runs/r")
    assert notice is not None
    context: Any = {"dag": None}
    tell(told, context, notice)
    [message] = mail.messages
    assert (message["to"], message["subject"]) == ("on-call@example.com", "flightspecials_reverse_sync: not proved")
    text = text_of(message)
    assert "Not proved." in text
    assert "Mend this, then clear it. The DAG's documentation is the runbook." in text
    assert "http://airflow/dags/d/runs/r" in text


def test_a_notice_that_can_not_be_sent_is_an_error_in_the_log_only(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(
        "AIRFLOW_CONN_SMTP_DEFAULT", "smtp://127.0.0.1:1?disable_ssl=true&disable_tls=true&retry_limit=1"
    )
    everything = Notices.model_validate({"notifier": SMTP, "arguments": MAIL})
    told = pipeline.model_copy(update={"notices": (everything,)})
    context: Any = {"dag": None}
    asked: Any = {"events": ["approval"], "subject": "Now?", "reason": "", "next_step": "", "link": ""}
    tell(told, context, asked)
    assert f"{SMTP} could not tell of approval" in caplog.text


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"notifier": "no.such.Notifier"}, "a notifier that can be imported, not 'no.such.Notifier'"),
        ({"notifier": "pathlib.Path"}, "one of Airflow's notifiers"),
        ({"notifier": SMTP, "arguments": {"too": "x"}}, f"arguments that {SMTP} takes"),
        ({"notifier": SMTP, "arguments": MAIL, "events": ["all"]}, "events"),
    ],
)
def test_a_notifier_that_can_not_be_made_is_a_file_error(section: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Notices.model_validate(section)


def mailed(pipeline: Pipeline, event: str, **more: Any) -> Pipeline:
    """The pipeline, with a mail for that event."""
    notice = Notices.model_validate({"notifier": SMTP, "arguments": MAIL, "events": [event]})
    return pipeline.model_copy(update={"notices": (notice,), **more})


def test_a_run_that_takes_too_long_is_told_of_by_airflows_deadline(
    pipeline: Pipeline, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deadline_of(pipeline) is None
    late = mailed(pipeline, "overdue", deadline_s=90)
    monkeypatch.setattr("reverse_sync.overdue.usable_pipelines", lambda: [late])
    alert = deadline_of(late)
    assert alert is not None
    assert (alert.interval.total_seconds(), alert.callback.path) == (90, "reverse_sync.overdue.tell_overdue")
    for dag_id in (late.dag_id, late.decommission_dag_id, "somebody_elses"):
        run: DagRunTold = {"dag_id": dag_id, "dag_run_id": "manual__2026-11-22T03:00:00+00:00"}
        asyncio.run(tell_overdue(context={"dag_run": run, "deadline": {}}))
    assert [message["subject"] for message in mail.messages] == [
        "flightspecials_reverse_sync: a run takes too long",
        "flightspecials_reverse_sync_decommission: a run takes too long",
    ]
    text = text_of(mail.messages[0])
    assert "should have ended within 90 s (deadline_s), but is under way; it goes on." in text
    assert "/dags/flightspecials_reverse_sync/runs/manual__2026-11-22T03%3A00%3A00%2B00%3A00" in text


def test_a_run_whose_record_could_not_be_written_is_told_of(pipeline: Pipeline, mail: MailServer) -> None:
    with DAG("ends"):
        evidence = EvidenceOperator(task_id="evidence", pipeline=mailed(pipeline, "failure"))
        other = EmptyOperator(task_id="other")
    ti = SimpleNamespace(dag_id="flightspecials_reverse_sync", run_id="manual__1", task_id="evidence")
    for task, error in (
        (other, OSError("No space left")),
        (evidence, NotProvedError("Not proved. The record of this run is /evidence/x.json.")),
        (evidence, OSError("No space left")),
    ):
        context: Any = {"task": task, "ti": ti, "exception": error, "dag": None}
        tell_unrecorded(context)
    [message] = mail.messages
    assert message["subject"] == "flightspecials_reverse_sync: ended without a record"
    assert "its record could not be written. OSError: No space left" in text_of(message)
