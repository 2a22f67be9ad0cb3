"""A pipeline of a user's own kind, named as `make up PIPELINE=orders` names it: its tables, its canaries, its names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import requests

from rehearsal import rehearse
from tests.support.long import only_long
from tests.support.rehearsal import Rehearsal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.end_to_end
DAG = "orders_reverse_sync"


@only_long
@pytest.mark.timeout(420)
def test_the_orders_are_proved_by_the_canary_that_a_run_chooses(tmp_path: Path) -> None:
    rehearsal = Rehearsal(tmp_path)
    started = rehearsal.verb("up", "--pipeline", "orders")
    assert started.returncode == 0, started.stdout + started.stderr
    assert f"Trigger the DAG {DAG} in Airflow" in started.stdout
    try:
        assert {dag["dag_id"] for dag in rehearsal.airflow.get("dags")["dags"]} == {DAG, f"{DAG}_decommission"}
        with pytest.raises(requests.HTTPError, match="400"):
            rehearse.trigger(rehearsal.airflow, {"canary": "orders.validity"}, dag_id=DAG)
        assert proved(rehearsal, "orders.memo") == "ORDER_NO=7, LINE_NO=1"  # whose text becomes a CLOB
        checked = rehearsal.verb("preflight", "--pipeline", "orders")
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "orders.yaml: 0 errors" in checked.stdout
        elsewhere = rehearsal.verb("preflight", "--pipeline", "hotelspecials")
        assert "hotelspecials.yaml is not a part of what is up" in elsewhere.stderr
    finally:
        rehearsal.verb("down")
        rehearsal.verb("fresh")


def proved(rehearsal: Rehearsal, table: str) -> str:
    """The key of the row that a run with that canary proved."""
    run_id = rehearse.trigger(rehearsal.airflow, {"canary": table}, dag_id=DAG)
    assert rehearse.follow(rehearsal.airflow, run_id, 240, dag_id=DAG) == "success"
    file = rehearse.evidence_file(rehearsal.layout, run_id, DAG)
    assert file is not None
    record = json.loads(file.read_text(encoding="utf-8"))
    assert record["verdict"]["outcome"] == "proved, complete"
    [compared] = [step["result"] for step in record["steps"] if step["task"] == "verify.compare_row"]
    return str(compared["key"])
