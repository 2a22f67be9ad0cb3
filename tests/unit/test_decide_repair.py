"""Whether a run repairs: what follows is skipped at once where the form asks for no repair."""

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG
from airflow.sdk.exceptions import DownstreamTasksSkipped

from reverse_sync.verify.decide_repair import DecideRepairOperator


def decided(how: str) -> tuple[Any, list[str]]:
    """What the task says, and what it skips."""
    with DAG("repairs"):
        task = DecideRepairOperator(task_id="decide", how=how, question="approve")
        task >> EmptyOperator(task_id="approve")
    said: dict[str, Any] = {}
    ti = SimpleNamespace(task=task, map_index=-1, xcom_push=lambda key, value: said.update({key: value}))
    try:
        task.execute({"ti": ti})  # type: ignore[typeddict-item]
    except DownstreamTasksSkipped as skipped:
        return said["return_value"], [str(task) for task, _ in skipped.tasks]
    return said["return_value"], []


def test_a_run_that_asks_for_no_repair_skips_it() -> None:
    said, skipped = decided("none")
    assert said == {"outcome": "found", "what": "the parameter repair is 'none': rows that differ are named only"}
    assert skipped == ["approve"]


@pytest.mark.parametrize("how", ["oracle", "touch"])
def test_a_run_that_asks_for_one_goes_on(how: str) -> None:
    said, skipped = decided(how)
    assert said["what"] == f"the parameter repair is {how!r}: rows that differ are repaired once a person approves"
    assert skipped == []
