"""The proof, with the real parts: a change goes in at the API and comes out in Oracle, the same value by value."""

from __future__ import annotations

import contextlib
import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.catalog.postgres import read_tables
from reverse_sync.errors import NeedsPersonError, NotProvedError
from reverse_sync.evidence.store import write
from reverse_sync.oracle.session import connect
from reverse_sync.postgres.session import postgres_session
from reverse_sync.verify.arrival import CompareRowOperator, OracleRowSensor
from reverse_sync.verify.canary import ChangeRowOperator, ReadCanaryOperator, RestoreCanaryOperator
from reverse_sync.verify.compare_part import ComparePartOperator
from tests.support.all_parts import name_connections
from tests.support.parts import free_port
from tests.support.procedure import QUICK
from tests.support.tasks import context, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import TablePart
    from tests.integration.product.conftest import RunningParts
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration


class Canary:
    """The verification's steps for one row."""

    def __init__(self, pipeline: Pipeline, row_id: int) -> None:
        self.common: dict[str, Any] = {"pipeline": pipeline, "table": pipeline.canaries[0].table, "row_id": str(row_id)}

    def read(self, run_id: str, text: str = "London to Busan") -> Any:
        return run(ReadCanaryOperator(task_id="read", text=text, **self.common), context(run_id))

    def change(self, canary: Any) -> Any:
        return run(ChangeRowOperator(task_id="change", method="PUT", canary=canary, **self.common))

    def arrive(self, canary: Any, change: Any, timeout_s: float = 10) -> Any:
        wait: dict[str, Any] = {**QUICK, "timeout_s": timeout_s}
        return run(OracleRowSensor(task_id="wait", canary=canary, change=change, **self.common, **wait))

    def compare(self) -> Any:
        return run(CompareRowOperator(task_id="compare", **self.common))

    def restore(self, canary: Any, change: Any = None, **params: Any) -> Any:
        texts = {"canary": canary, "change": change}
        step = RestoreCanaryOperator(task_id="restore", method="PUT", **texts, **self.common)
        return run(step, context(**params))


@contextlib.contextmanager
def other_in_oracle(running: RunningParts, row_id: int, statement: str) -> Iterator[None]:
    """Oracle's row made different for the block: the tests share one Oracle."""
    with running.oracle() as oracle, oracle.cursor() as cursor:
        cursor.execute("SELECT * FROM FLIGHTSPECIAL WHERE ID = :1", [row_id])
        row = cursor.fetchone()
        cursor.execute(f"{statement} WHERE ID = :1", [row_id])
        oracle.commit()
        try:
            yield
        finally:
            cursor.execute("DELETE FROM FLIGHTSPECIAL WHERE ID = :1", [row_id])
            cursor.execute("INSERT INTO FLIGHTSPECIAL VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9)", row)
            oracle.commit()


def source_header(running: RunningParts, row_id: int) -> str:
    with running.postgres() as session:
        row = session.execute("SELECT header FROM travelbuddy.flightspecial WHERE id = %s", [row_id]).fetchone()
    assert row is not None
    return str(row[0])


def test_a_change_arrives_and_the_old_text_comes_back(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure
) -> None:
    canary = Canary(pipeline, 2)
    read = canary.read("manual__a", "런던에서 부산")
    assert read["old_text"] == "Paris to London"
    assert read["new_text"].startswith("런던에서 부산 #")
    changed = canary.change(read)
    arrived = canary.arrive(read, changed)
    compared = canary.compare()
    assert source_header(running, 2) == read["new_text"]
    assert "after the answer" in arrived["latency"]
    assert compared["target"] == "TRAVELBUDDY.FLIGHTSPECIAL"
    assert [column["column"] for column in compared["columns"]] == [
        *("ID", "HEADER", "BODY", "ORIGIN", "ORIGINCODE", "DESTINATION", "DESTINATIONCODE", "COST", "EXPIRYDATE")
    ]
    assert canary.restore(read, changed)["what"] == "header = 'Paris to London' again"
    assert source_header(running, 2) == "Paris to London"
    assert canary.restore(read, changed)["why"] == "the old text is there"


def test_each_run_writes_a_text_of_its_own(running: RunningParts, pipeline: Pipeline, replicating: Procedure) -> None:
    canary = Canary(pipeline, 2)
    texts = {canary.read(run_id)["new_text"] for run_id in ("manual__a", "manual__b")}
    again = run(
        ReadCanaryOperator(task_id="read", text="London to Busan", **canary.common),
        context("manual__a", times_cleared=1),
    )
    assert len(texts | {again["new_text"]}) == 3
    assert canary.read("manual__a")["new_text"] in texts


def test_a_cleared_run_remembers_the_text_from_before_it(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure, tmp_path: Path
) -> None:
    evidence = pipeline.evidence.model_copy(update={"base_path": f"file://{tmp_path}"})
    canary = Canary(pipeline.model_copy(update={"evidence": evidence}), 3)
    before = source_header(running, 3)
    read = canary.read("manual__c")
    canary.change(read)
    cleared = context("manual__c", times_cleared=1)
    reading = ReadCanaryOperator(task_id="verify.read_canary", text="London to Busan", **canary.common)
    with pytest.raises(
        NeedsPersonError, match=r"row 3 holds .* which an earlier attempt of this run wrote, and no record"
    ):
        run(reading, cleared)

    step = {"task": "verify.read_canary", "result": read}
    first: Any = {"dag_id": "flightspecials_reverse_sync", "run_id": "manual__c", "times_cleared": 0, "steps": [step]}
    write(evidence, first)
    again = run(reading, cleared)
    assert again["old_text"] == before
    assert again["new_text"] != read["new_text"]
    canary.change(again)
    canary.restore(again)
    assert source_header(running, 3) == before


def test_a_run_may_keep_its_text(running: RunningParts, pipeline: Pipeline, replicating: Procedure) -> None:
    canary = Canary(pipeline, 4)
    read = canary.read("manual__keep")
    canary.change(read)
    assert canary.restore(read, canary_restore=False)["outcome"] == "left alone"
    assert source_header(running, 4) == read["new_text"]


def test_somebody_elses_change_is_not_undone(running: RunningParts, pipeline: Pipeline, replicating: Procedure) -> None:
    canary = Canary(pipeline, 5)
    read = canary.read("manual__other")
    canary.change(read)
    with running.postgres() as session:
        session.execute("UPDATE travelbuddy.flightspecial SET header = 'from a user' WHERE id = 5")
    assert canary.restore(read)["why"] == "somebody else changed the text meanwhile, to 'from a user'"
    assert source_header(running, 5) == "from a user"


def test_what_somebody_else_wrote_since_the_reading_is_not_overwritten(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure
) -> None:
    canary = Canary(pipeline, 5)
    read = canary.read("manual__late")
    with running.postgres() as session:
        session.execute("UPDATE travelbuddy.flightspecial SET header = 'another one' WHERE id = 5")
    said = (
        rf"id=5 held {read['old_text']!r} when verify.read_canary read it, but holds 'another one' now: .* clear verify"
    )
    with pytest.raises(NeedsPersonError, match=said):
        canary.change(read)
    assert canary.restore(read)["why"].startswith("somebody else changed the text")
    assert source_header(running, 5) == "another one"


def test_a_change_that_was_killed_after_its_call_is_made_again(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure
) -> None:
    canary = Canary(pipeline, 7)
    read = canary.read("manual__killed")
    for _ in range(2):
        assert canary.change(read)["outcome"] == "changed"
    canary.restore(read)
    assert source_header(running, 7) == read["old_text"]


def test_a_change_that_was_never_tried_is_not_looked_for(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure
) -> None:
    canary = Canary(pipeline, 8)
    kept = canary.restore(canary.read("manual__early"), states={"verify.change_row": "upstream_failed"})
    assert (kept["outcome"], kept["why"]) == ("left alone", "the run did not come as far as the change")


def test_a_text_that_can_not_be_restored_is_named(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure
) -> None:
    canary = Canary(pipeline, 6)
    read = canary.read("manual__stuck")
    canary.change(read)
    with running.api_mode("error_405"), pytest.raises(NeedsPersonError) as failed:
        canary.restore(read)
    assert f"id=6 still holds this run's text, not the old one {read['old_text']!r}" in str(failed.value)
    assert "put the old text back yourself" in str(failed.value)
    assert canary.restore(read)["outcome"] == "changed"


def elsewhere(pipeline: Pipeline, **canary: Any) -> Pipeline:
    """The pipeline with a canary whose call goes somewhere else than its row."""
    return pipeline.model_copy(update={"canaries": (pipeline.canaries[0].model_copy(update=canary),)})


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reverse_sync.verify.canary.SEEN_IN_POSTGRES_WITHIN_S", 0.2)


@pytest.fixture
def flight(running: RunningParts) -> Iterator[str]:
    """The name of a flight, which the mapping does not select; put back afterwards."""
    with running.postgres() as session:
        row = session.execute("SELECT flight_name FROM travelbuddy.flight WHERE flight_no = 1").fetchone()
        assert row is not None
        yield str(row[0])
        session.execute("UPDATE travelbuddy.flight SET flight_name = %s WHERE flight_no = 1", [row[0]])


def test_a_call_that_changes_another_table_is_told_with_the_row_that_it_changed(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure, hasty: None, flight: str
) -> None:
    canary = Canary(elsewhere(pipeline, body={"flightNo": "{id}", "flightName": "{text}"}), 1)
    read, before = canary.read("manual__astray"), source_header(running, 1)
    with pytest.raises(NotProvedError) as failed:
        canary.change(read)
    said = str(failed.value)
    assert said.startswith(
        "The API behind the connection 'flightspecials_api' answered 200 to PUT /travelbuddy/flightspecials/1/name with "
        f'{{"flightNo": 1, "flightName": "{read["new_text"]}"}}, but PostgreSQL still has {before!r} in '
        f"travelbuddy.flightspecial.header of row 1, not {read['new_text']!r}: the call did not change the canary's row"
    )
    assert "The text is now in travelbuddy.flight.flight_name of row flight_no=1." in said
    with pytest.raises(NeedsPersonError) as not_restored:
        canary.restore(read)
    said = str(not_restored.value)
    assert said.startswith("travelbuddy.flightspecial id=1 holds its old text, but this run's text ")
    assert (
        "The text is now in travelbuddy.flight.flight_name of row flight_no=1. Put the right value back there" in said
    )
    assert source_header(running, 1) == before


def test_a_call_that_changes_another_row_is_told_too(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure, hasty: None
) -> None:
    body: dict[str, Any] = {"id": 9, "flightSpecialHeader": "{text}"}
    canary = Canary(elsewhere(pipeline, path="/travelbuddy/flightspecials/9/name", body=body), 10)
    read, before = canary.read("manual__other_row"), source_header(running, 9)
    with pytest.raises(NotProvedError, match=r"The text is now in travelbuddy\.flightspecial\.header of row id=9\."):
        canary.change(read)
    with pytest.raises(NeedsPersonError, match=r"id=10 holds its old text, but .* of row id=9\. Put the right value"):
        canary.restore(read)
    assert source_header(running, 9) == read["new_text"]
    with running.postgres() as session:
        session.execute("UPDATE travelbuddy.flightspecial SET header = %s WHERE id = 9", [before])


def test_an_answer_without_effect_is_not_taken_for_a_change(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure, hasty: None, caplog: pytest.LogCaptureFixture
) -> None:
    canary = Canary(pipeline, 10)
    read, before = canary.read("manual__no_effect"), source_header(running, 10)
    with (
        running.api_mode("no_effect"),
        pytest.raises(NotProvedError, match=r"the call did not change the canary's row.*No other row was found"),
    ):
        canary.change(read)
    why = canary.restore(read)["why"]
    assert why == (
        "the old text is there; the change was not seen in the row, and nothing was restored elsewhere. No other row "
        "was found to hold it."
    )
    assert source_header(running, 10) == before


def test_tables_that_can_not_be_searched_are_named(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure, hasty: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reverse_sync.verify.elsewhere.SEARCH_S", 0)
    canary = Canary(pipeline, 10)
    read = canary.read("manual__no_time")
    with (
        running.api_mode("no_effect"),
        pytest.raises(
            NotProvedError, match=r"Not searched, for lack of time or of a right: travelbuddy\.flightspecial, "
        ),
    ):
        canary.change(read)


def test_a_table_that_the_login_may_not_read_is_named(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure, hasty: None
) -> None:
    canary = Canary(pipeline, 10)
    read = canary.read("manual__no_right")
    with running.postgres() as session:
        session.execute("REVOKE SELECT ON travelbuddy.flight FROM reverse_sync")
        try:
            with (
                running.api_mode("no_effect"),
                pytest.raises(
                    NotProvedError, match=r"Not searched, for lack of time or of a right: travelbuddy\.flight\b"
                ),
            ):
                canary.change(read)
        finally:
            session.execute("GRANT SELECT ON travelbuddy.flight TO reverse_sync")


@pytest.mark.parametrize("step", ["change", "compare"])
def test_a_step_logs_in_once_and_reads_one_table_of_the_catalog(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    done: list[str] = []

    def counted(name: str, function: Any) -> Any:
        def call(*arguments: Any) -> Any:
            done.append(name)
            return function(*arguments)

        return call

    canary = Canary(pipeline, 10)
    read = canary.read("manual__frugal")
    for name, function, where in (
        ("postgres", postgres_session, "reverse_sync.verify.canary_row.postgres_session"),
        ("oracle", connect, "reverse_sync.oracle.session.connect"),
        ("catalog", read_tables, "reverse_sync.verify.selection.read_tables"),
    ):
        monkeypatch.setattr(where, counted(name, function))
    if step == "change":
        canary.change(read)
    else:
        canary.compare()
    assert sorted(done) == ["catalog", "oracle", "postgres"]
    monkeypatch.undo()
    name_connections(running.ports, monkeypatch)
    canary.restore(read)


def test_who_asks_for_a_table_that_is_not_selected_is_named(running: RunningParts, pipeline: Pipeline) -> None:
    with pytest.raises(
        NeedsPersonError, match=r"^canary\.table is travelbuddy\.flight, but the mapping mappings/flight"
    ):
        Canary(elsewhere(pipeline, table="travelbuddy.flight"), 1).read("manual__1")
    part: TablePart = {"source": ["shop", "a"], "target": ["S", "A"], "low": None, "high": None, "number": 1, "of": 1}
    said = run(ComparePartOperator(task_id="compare_parts", pipeline=pipeline, part=part))["what"]
    assert said.startswith("S.A cannot be compared: The table to reconcile is shop.a, but the mapping mappings/flight")


def test_a_row_that_postgresql_lacks(running: RunningParts, pipeline: Pipeline, replicating: Procedure) -> None:
    with pytest.raises(
        NeedsPersonError, match=r"The canary is row 999 of travelbuddy.flightspecial, but PostgreSQL has no such"
    ):
        Canary(pipeline, 999).read("manual__1")


def test_a_row_that_oracle_lacks(running: RunningParts, pipeline: Pipeline, replicating: Procedure) -> None:
    said = "row 11, which PostgreSQL has, but TRAVELBUDDY.FLIGHTSPECIAL in Oracle has no such row"
    with other_in_oracle(running, 11, "DELETE FROM FLIGHTSPECIAL"), pytest.raises(NeedsPersonError, match=said):
        Canary(pipeline, 11).read("manual__1")


def test_a_row_that_differs_is_shown_column_by_column(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure
) -> None:
    values = context()
    with (
        other_in_oracle(running, 7, "UPDATE FLIGHTSPECIAL SET COST = 1, BODY = '다른'"),
        pytest.raises(NotProvedError) as failed,
    ):
        run(CompareRowOperator(task_id="compare", **Canary(pipeline, 7).common), values)
    said = str(failed.value)
    assert said.startswith("TRAVELBUDDY.FLIGHTSPECIAL row id=7 differs from PostgreSQL's row in BODY, COST:")
    assert re.search(r"\n    BODY should be '.+', is '다른'\n    COST should be '?\d+'?, is '1'\n", said)
    recorded = values["ti"].pushed["return_value"]
    assert [column["column"] for column in recorded["columns"] if not column["same"]] == ["BODY", "COST"]
    assert len(recorded["columns"]) == 9
    assert "Replication task flightspecials-postgresql-to-oracle-rsync-task: running" in said
    assert "travelbuddy.flightspecial: Table completed" in said
    assert "Look next at:" in said


def test_a_change_that_does_not_arrive_is_explained(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure
) -> None:
    canary = Canary(pipeline, 8)
    read = canary.read("manual__lost")
    never = {"seen_in_oracle_after_s": None, "answered_at": "2026-11-22T03:00:00+00:00"}
    with pytest.raises(NeedsPersonError) as failed:
        canary.arrive(read, never, timeout_s=0.5)
    said = str(failed.value)
    assert said.startswith("Waited 0.5 s without success. TRAVELBUDDY.FLIGHTSPECIAL.HEADER of row 8 should hold ")
    assert f"but Oracle holds {read['old_text']!r}: the change did not arrive." in said
    assert "Replication task flightspecials-postgresql-to-oracle-rsync-task: running" in said
    assert "awsdms_apply_exceptions" in said


def test_oracle_unreachable_during_the_wait(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = Canary(pipeline, 8)
    read = canary.read("manual__gone")
    name = "AIRFLOW_CONN_TRAVELBUDDY_ORACLE"
    monkeypatch.setenv(name, json.dumps(json.loads(os.environ[name]) | {"port": free_port()}))
    never = {"seen_in_oracle_after_s": None, "answered_at": "2026-11-22T03:00:00+00:00"}
    with pytest.raises(NeedsPersonError, match=r"^Waited 0.5 s without success. Oracle could not be asked .*DPY-6005"):
        canary.arrive(read, never, timeout_s=0.5)


def test_a_wrong_password_during_the_wait_ends_it_before_oracle_locks_the_account(
    running: RunningParts, pipeline: Pipeline, replicating: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = Canary(pipeline, 8)
    read = canary.read("manual__refused")
    name = "AIRFLOW_CONN_TRAVELBUDDY_ORACLE"
    monkeypatch.setenv(name, json.dumps(json.loads(os.environ[name]) | {"password": "sw0rdfish-wrong"}))
    never = {"seen_in_oracle_after_s": None, "answered_at": "2026-11-22T03:00:00+00:00"}
    with pytest.raises(NeedsPersonError, match=r"^Oracle could not be asked .*ORA-01017") as refused:
        canary.arrive(read, never, timeout_s=60)
    assert "sw0rdfish" not in str(refused.value)
