"""The proof, with the real parts: a change goes in at the API and comes out in Oracle, the same value by value."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.errors import NeedsPersonError, NotProvedError
from reverse_sync.evidence.store import write
from reverse_sync.verify.arrival import CompareRowOperator, OracleRowSensor
from reverse_sync.verify.canary import ChangeRowOperator, ReadCanaryOperator, RestoreCanaryOperator
from tests.support.parts import free_port
from tests.support.procedure import QUICK
from tests.support.tasks import context, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import World
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration


class Canary:
    """The verification's steps for one row."""

    def __init__(self, pipeline: Pipeline, row_id: int) -> None:
        self.common: dict[str, Any] = {"pipeline": pipeline, "row_id": str(row_id)}

    def read(self, run_id: str, text: str = "London to Busan") -> Any:
        return run(ReadCanaryOperator(task_id="read", text=text, **self.common), context(run_id))

    def change(self, canary: Any) -> Any:
        return run(ChangeRowOperator(task_id="change", method="PUT", canary=canary, **self.common))

    def arrive(self, canary: Any, change: Any, timeout_s: float = 10) -> Any:
        wait: dict[str, Any] = {**QUICK, "timeout_s": timeout_s}
        return run(OracleRowSensor(task_id="wait", canary=canary, change=change, **self.common, **wait))

    def compare(self) -> Any:
        return run(CompareRowOperator(task_id="compare", **self.common))

    def restore(self, canary: Any, restore: object = True) -> Any:
        return run(
            RestoreCanaryOperator(task_id="restore", method="PUT", canary=canary, restore=restore, **self.common)
        )


@contextlib.contextmanager
def other_in_oracle(world: World, row_id: int, statement: str) -> Iterator[None]:
    """Oracle's row made different for the block: the tests share one Oracle."""
    with world.oracle() as oracle, oracle.cursor() as cursor:
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


def source_header(world: World, row_id: int) -> str:
    with world.postgres() as session:
        row = session.execute("SELECT header FROM travelbuddy.flightspecial WHERE id = %s", [row_id]).fetchone()
    assert row is not None
    return str(row[0])


def test_a_change_arrives_and_the_old_text_comes_back(world: World, pipeline: Pipeline, replicating: Procedure) -> None:
    canary = Canary(pipeline, 2)
    read = canary.read("manual__a", "런던에서 부산")
    assert read["old_text"] == "Paris to London"
    assert read["new_text"].startswith("런던에서 부산 #")
    changed = canary.change(read)
    arrived = canary.arrive(read, changed)
    compared = canary.compare()
    assert source_header(world, 2) == read["new_text"]
    assert "after the API's answer" in arrived["latency"]
    assert compared["target"] == "TRAVELBUDDY.FLIGHTSPECIAL"
    assert [column["column"] for column in compared["columns"]] == [
        *("ID", "HEADER", "BODY", "ORIGIN", "ORIGINCODE", "DESTINATION", "DESTINATIONCODE", "COST", "EXPIRYDATE")
    ]
    assert canary.restore(read)["what"] == "header = 'Paris to London' again"
    assert source_header(world, 2) == "Paris to London"
    assert canary.restore(read)["why"] == "the old text is there"


def test_each_run_writes_a_text_of_its_own(world: World, pipeline: Pipeline, replicating: Procedure) -> None:
    canary = Canary(pipeline, 2)
    texts = {canary.read(run_id)["new_text"] for run_id in ("manual__a", "manual__b")}
    again = run(
        ReadCanaryOperator(task_id="read", text="London to Busan", **canary.common),
        context("manual__a", times_cleared=1),
    )
    assert len(texts | {again["new_text"]}) == 3
    assert canary.read("manual__a")["new_text"] in texts


def test_a_cleared_run_remembers_the_text_from_before_it(
    world: World, pipeline: Pipeline, replicating: Procedure, tmp_path: Path
) -> None:
    evidence = pipeline.evidence.model_copy(update={"base_path": f"file://{tmp_path}"})
    canary = Canary(pipeline.model_copy(update={"evidence": evidence}), 3)
    before = source_header(world, 3)
    read = canary.read("manual__c")
    canary.change(read)
    cleared = context("manual__c", times_cleared=1)
    reading = ReadCanaryOperator(task_id="verify.read_canary", text="London to Busan", **canary.common)
    with pytest.raises(
        NeedsPersonError, match=r"row 3 holds .* which an earlier attempt of this run wrote, and no record"
    ):
        run(reading, cleared)

    step = {"task": "verify.read_canary", "result": read}
    first = {"dag_id": "flightspecials_reverse_sync", "run_id": "manual__c", "times_cleared": 0, "steps": [step]}
    write(evidence, first)
    again = run(reading, cleared)
    assert again["old_text"] == before
    assert again["new_text"] != read["new_text"]
    canary.change(again)
    canary.restore(again)
    assert source_header(world, 3) == before


def test_a_run_may_keep_its_text(world: World, pipeline: Pipeline, replicating: Procedure) -> None:
    canary = Canary(pipeline, 4)
    read = canary.read("manual__keep")
    canary.change(read)
    assert canary.restore(read, restore="False")["outcome"] == "left alone"
    assert source_header(world, 4) == read["new_text"]


def test_somebody_elses_change_is_not_undone(world: World, pipeline: Pipeline, replicating: Procedure) -> None:
    canary = Canary(pipeline, 5)
    read = canary.read("manual__other")
    canary.change(read)
    with world.postgres() as session:
        session.execute("UPDATE travelbuddy.flightspecial SET header = 'from a user' WHERE id = 5")
    assert canary.restore(read)["why"] == "somebody else changed the text meanwhile, to 'from a user'"
    assert source_header(world, 5) == "from a user"


def test_a_text_that_can_not_be_restored_is_named(world: World, pipeline: Pipeline, replicating: Procedure) -> None:
    canary = Canary(pipeline, 6)
    read = canary.read("manual__stuck")
    canary.change(read)
    with world.api_mode("error_405"), pytest.raises(NeedsPersonError) as failed:
        canary.restore(read)
    assert f"id=6 still holds this run's text, not the old one {read['old_text']!r}" in str(failed.value)
    assert "put the old text back yourself" in str(failed.value)
    assert canary.restore(read)["outcome"] == "changed"


def test_a_row_that_postgresql_lacks(world: World, pipeline: Pipeline, replicating: Procedure) -> None:
    with pytest.raises(
        NeedsPersonError, match=r"The canary is row 999 of travelbuddy.flightspecial, but PostgreSQL has no such"
    ):
        Canary(pipeline, 999).read("manual__1")


def test_a_row_that_oracle_lacks(world: World, pipeline: Pipeline, replicating: Procedure) -> None:
    said = "row 11, which PostgreSQL has, but TRAVELBUDDY.FLIGHTSPECIAL in Oracle has no such row"
    with other_in_oracle(world, 11, "DELETE FROM FLIGHTSPECIAL"), pytest.raises(NeedsPersonError, match=said):
        Canary(pipeline, 11).read("manual__1")


def test_a_row_that_differs_is_shown_column_by_column(world: World, pipeline: Pipeline, replicating: Procedure) -> None:
    with (
        other_in_oracle(world, 7, "UPDATE FLIGHTSPECIAL SET COST = 1, BODY = '다른'"),
        pytest.raises(NotProvedError) as failed,
    ):
        Canary(pipeline, 7).compare()
    said = str(failed.value)
    assert said.startswith("TRAVELBUDDY.FLIGHTSPECIAL row 7 differs from PostgreSQL's row in BODY, COST:")
    assert "  ≠ BODY " in said
    assert "    HEADER " in said
    assert "Task flightspecials-postgresql-to-oracle-rsync-task: running" in said
    assert "travelbuddy.flightspecial: Table completed" in said
    assert "Look next at:" in said


def test_a_change_that_does_not_arrive_is_explained(world: World, pipeline: Pipeline, replicating: Procedure) -> None:
    canary = Canary(pipeline, 8)
    read = canary.read("manual__lost")
    never = {"seen_in_oracle_after_s": None, "answered_at": "2026-11-22T03:00:00+00:00"}
    with pytest.raises(NeedsPersonError) as failed:
        canary.arrive(read, never, timeout_s=0.5)
    said = str(failed.value)
    assert said.startswith("Waited 0.5 s in vain. TRAVELBUDDY.FLIGHTSPECIAL row 8 should hold ")
    assert f"but Oracle holds {read['old_text']!r}: the change did not arrive." in said
    assert "Task flightspecials-postgresql-to-oracle-rsync-task: running" in said
    assert "awsdms_apply_exceptions" in said


def test_oracle_unreachable_during_the_wait(
    world: World, pipeline: Pipeline, replicating: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = Canary(pipeline, 8)
    read = canary.read("manual__gone")
    name = "AIRFLOW_CONN_TRAVELBUDDY_ORACLE"
    monkeypatch.setenv(name, json.dumps(json.loads(os.environ[name]) | {"port": free_port()}))
    never = {"seen_in_oracle_after_s": None, "answered_at": "2026-11-22T03:00:00+00:00"}
    with pytest.raises(NeedsPersonError, match=r"^Waited 0.5 s in vain. Oracle could not be asked .*DPY-6005"):
        canary.arrive(read, never, timeout_s=0.5)


def test_a_wrong_password_during_the_wait_ends_it_before_oracle_locks_the_account(
    world: World, pipeline: Pipeline, replicating: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = Canary(pipeline, 8)
    read = canary.read("manual__refused")
    name = "AIRFLOW_CONN_TRAVELBUDDY_ORACLE"
    monkeypatch.setenv(name, json.dumps(json.loads(os.environ[name]) | {"password": "sw0rdfish-wrong"}))
    never = {"seen_in_oracle_after_s": None, "answered_at": "2026-11-22T03:00:00+00:00"}
    with pytest.raises(NeedsPersonError, match=r"^Oracle could not be asked .*ORA-01017") as refused:
        canary.arrive(read, never, timeout_s=60)
    assert "sw0rdfish" not in str(refused.value)
