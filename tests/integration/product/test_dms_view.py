"""What DMS notes of its own work reaches a person: a change that Oracle refused, with its statement and its error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.aws.dms import find_task
from reverse_sync.aws.dms_notes import control_tables, in_utc, read_notes
from reverse_sync.errors import NeedsPersonError, NotProvedError
from reverse_sync.health.operator import HealthCheckOperator
from reverse_sync.oracle.rows import fetch_row
from reverse_sync.oracle.session import oracle_session
from reverse_sync.verify.diagnosis import diagnose
from tests.support.reconciliation import reconciled
from tests.support.tasks import context, run
from tests.support.wait import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.aws.dms_notes import DmsNotes
    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration

INSERT = "INSERT INTO FLIGHTSPECIAL (ID, HEADER, COST) VALUES (9400, 'Oracle의 행', 1)"
FIND = "SELECT ID FROM FLIGHTSPECIAL WHERE ID = :1"
COPY = """
INSERT INTO travelbuddy.flightspecial OVERRIDING SYSTEM VALUE
SELECT (jsonb_populate_record(f, '{"id": 9400}')).* FROM travelbuddy.flightspecial f WHERE id = 6
"""


def notes(running: RunningParts, pipeline: Pipeline) -> DmsNotes:
    task = find_task(running.aws("dms"), pipeline.dms.task.identifier)
    assert task is not None
    return read_notes(pipeline, task)


def in_oracle(running: RunningParts, *statements: str) -> None:
    with running.oracle() as session, session.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        session.commit()


@pytest.fixture
def refused(running: RunningParts, replicating: Procedure, pipeline: Pipeline) -> Iterator[datetime]:
    """Oracle holds the key already that PostgreSQL's row arrives with; the moment before, in a second of its own."""
    assert eventually(lambda: not notes(running, pipeline).exceptions.since(in_utc(datetime.now(UTC))))
    before = datetime.now(UTC)
    in_oracle(running, INSERT)
    with running.postgres() as session:
        session.execute(COPY)
    assert eventually(lambda: bool(notes(running, pipeline).exceptions.since(in_utc(before))))
    yield before
    with running.postgres() as session:
        session.execute("DELETE FROM travelbuddy.flightspecial WHERE id = 9400")
    assert eventually(lambda: not fetch_row(pipeline.oracle.connection, FIND, [9400]))


def health(pipeline: Pipeline, run_after: datetime, pushed: dict[str, Any] | None = None) -> dict[str, Any]:
    operator = HealthCheckOperator(
        task_id="check", pipeline=pipeline, insert_triggers=None, started=None, change=None, arrival=None
    )
    values = context(run_after=run_after)
    values["ti"].xcom_push = lambda key, value: (pushed if pushed is not None else {}).update({key: value})
    result: dict[str, Any] = run(operator, values)
    return result


def test_a_refused_change_is_named_wherever_something_differs(
    running: RunningParts, pipeline: Pipeline, refused: datetime
) -> None:
    said = diagnose(pipeline, "TRAVELBUDDY.FLIGHTSPECIAL")
    assert "of this task since its start:" in said
    [line, *_] = [line for line in said.splitlines() if "ORA-00001" in line and "9400" in line]
    assert "UTC, TRAVELBUDDY.FLIGHTSPECIAL: " in line
    assert "INSERT INTO" in line

    quick = pipeline.reconciliation.model_copy(update={"rechecks": 0})
    changed = pipeline.model_copy(update={"reconciliation": quick})
    with pytest.raises(
        NotProvedError, match=r"(?s)differs from PostgreSQL.*9400.*awsdms_apply_exceptions has .*ORA-00001"
    ):
        reconciled(changed)


def test_a_change_refused_during_the_run_makes_it_unhealthy_and_an_earlier_one_is_in_the_evidence(
    pipeline: Pipeline, refused: datetime
) -> None:
    pushed: dict[str, Any] = {}
    with pytest.raises(NeedsPersonError, match=r"(?s)not healthy.*Oracle refused 1 .*since this run began.*ORA-00001"):
        health(pipeline, refused, pushed)
    assert pushed["return_value"]["dms_notes"]["awsdms_apply_exceptions"]["count"] >= 1

    later = health(pipeline, datetime.now(UTC) + timedelta(seconds=2))
    assert later["violations"] == []
    assert "awsdms_apply_exceptions has " in later["what"]
    assert any("ORA-00001" in note for note in later["dms_notes"]["awsdms_apply_exceptions"]["newest"])

    unreconciled = pipeline.reconciliation.model_copy(update={"enabled": False})
    with pytest.raises(NeedsPersonError, match=r"(?s)since the task's start, and reconciliation.enabled is false"):
        health(pipeline.model_copy(update={"reconciliation": unreconciled}), datetime.now(UTC) + timedelta(seconds=2))


def test_another_tasks_rows_are_not_this_tasks(running: RunningParts, pipeline: Pipeline, refused: datetime) -> None:
    task: Any = find_task(running.aws("dms"), pipeline.dms.task.identifier)
    other: Any = {**task, "ReplicationTaskArn": f"{task['ReplicationTaskArn']}X"}
    found = read_notes(pipeline, other).exceptions
    assert (found.count, found.unreadable) == (0, None)
    later: Any = {**task, "ReplicationTaskStats": {"FreshStartDate": datetime.now(UTC) + timedelta(seconds=2)}}
    assert read_notes(pipeline, later).exceptions.count == 0


def test_a_control_schema_is_respected_and_a_login_that_sees_nothing_there_says_so(
    running: RunningParts, pipeline: Pipeline, refused: datetime
) -> None:
    task: Any = find_task(running.aws("dms"), pipeline.dms.task.identifier)
    settings = '{"ControlTablesSettings": {"ControlSchema": "%s"}}'
    own: Any = {**task, "ReplicationTaskSettings": settings % "DMSUSER"}
    elsewhere: Any = {**task, "ReplicationTaskSettings": settings % "TRAVELBUDDY"}
    assert read_notes(pipeline, own).exceptions.count >= 1
    assert read_notes(pipeline, elsewhere).exceptions.count == 0

    with oracle_session(pipeline.oracle.connection) as owner:
        unseen = control_tables(own).exceptions(owner)
    assert unseen.count == 0
    assert "TRAVELBUDDY sees no such table in DMSUSER; GRANT SELECT on it" in unseen.said


def test_an_oracle_that_does_not_answer_is_said(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"AIRFLOW_CONN_{pipeline.dms.target_endpoint.connection.upper()}"
    monkeypatch.setenv(name, '{"conn_type": "oracle", "host": "127.0.0.1", "port": 1, "extra": {"service_name": "XE"}}')
    found = notes(running, pipeline)
    assert "awsdms_apply_exceptions could not be read: Oracle does not answer" in found.exceptions.said
    assert "Oracle does not answer" in diagnose(pipeline)
