"""A run that is asked to repair: it shows a person what differs, and does what that person approves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import oracledb
import pytest

from rehearsal.rehearse import DAG_ID, evidence_file, follow, trigger
from tests.support.long import only_long
from tests.support.records import written_record

if TYPE_CHECKING:
    from tests.support.rehearsal import Rehearsal

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]
PATIENT_S = 240


def in_oracle(rehearsal: Rehearsal, *statements: str) -> None:
    with oracledb.connect(
        user="TRAVELBUDDY", password="welcome", dsn=f"127.0.0.1:{rehearsal.ports.oracle}/XE"
    ) as session:
        for statement in statements:
            session.cursor().execute(statement)
        session.commit()


def answer(rehearsal: Rehearsal, run_id: str, choice: str, bodies: list[str]) -> None:
    """Answer as a person does, as often as the run asks."""
    task = f"dags/{DAG_ID}/dagRuns/{run_id}/taskInstances/verify.approve_repair"
    if rehearsal.airflow.get(task)["state"] not in ("deferred", "awaiting_input"):
        return
    question = rehearsal.airflow.get(f"{task}/-1/hitlDetails")
    if not question["response_received"]:
        bodies.append(question["body"])
        rehearsal.airflow.patch(f"{task}/-1/hitlDetails", {"chosen_options": [choice], "params_input": {}})


def answered(rehearsal: Rehearsal, choice: str) -> tuple[dict[str, Any], str]:
    """The record of a run that repairs in Oracle, and the question that it asked."""
    run_id = trigger(rehearsal.airflow, {"repair": "oracle"})
    bodies: list[str] = []
    # It looks once a second: a look is dear, and without pauses the API server has no time for the tasks.
    follow(rehearsal.airflow, run_id, PATIENT_S, lambda: answer(rehearsal, run_id, choice, bodies))
    file = evidence_file(rehearsal.layout, run_id)
    assert file is not None
    return written_record(file), bodies[0]


@only_long
def test_rows_that_differ_are_repaired_only_as_a_person_approves(rehearsal: Rehearsal) -> None:
    rehearsal.build()
    in_oracle(
        rehearsal,
        "UPDATE FLIGHTSPECIAL SET HEADER = '다른 값' WHERE ID = 6",
        "UPDATE FLIGHTSPECIAL SET ID = 700 WHERE ID = 8",
    )
    record, body = answered(rehearsal, "Reject")
    assert "differs from PostgreSQL in 2 of 11 rows" in body
    assert "and has 1 row that PostgreSQL lacks (1 extra in Oracle)" in body
    assert "is '다른 값'" in body
    assert record["verdict"]["outcome"] == "rejected"
    assert record["verdict"]["sentence"].startswith("Rejected by admin in verify.approve_repair at 20")
    assert "; no row was repaired; " in record["verdict"]["sentence"]

    record, body = answered(rehearsal, "Approve")
    assert "3 differed before, the first since 20" in body
    assert (record["verdict"]["succeeded"], record["verdict"]["outcome"]) == (True, "proved, complete")
    [repaired] = [step["result"] for step in record["steps"] if step["task"] == "verify.repair"]
    assert (repaired["repaired"], repaired["skipped"], repaired["approved_by"]) == (3, [], "admin")
    assert repaired["what"] in record["verdict"]["warnings"]

    run_id, state = rehearsal.run(timeout_s=PATIENT_S)
    assert state == "success"
    skipped = {task: one["state"] for task, one in rehearsal.tasks(run_id).items() if "repair" in task}
    assert skipped == {
        "verify.decide_repair": "success",
        "verify.approve_repair": "skipped",
        "verify.repair": "skipped",
    }
