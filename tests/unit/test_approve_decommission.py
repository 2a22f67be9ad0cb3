"""The question before a decommission: it shows the plan, and is not asked where there is none."""

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.standard.operators.hitl import HITLOperator

from reverse_sync.decommission.approve import ApproveDecommissionOperator
from reverse_sync.errors import NeedsPersonError
from reverse_sync.pipeline import load
from tests.support.records import SHIPPED

PLAN: Any = {"text": "the task 항공편 is deleted", "slot": None, "task_runs": False}


@pytest.fixture
def asks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []
    monkeypatch.setattr(HITLOperator, "execute", lambda operator, _: asked.append(str(operator.body)))
    return asked


def _execute(plan: Any) -> None:
    approve = ApproveDecommissionOperator(
        task_id="approve", question="decommission", pipeline=load(SHIPPED), subject="?", plan=plan
    )
    context: Any = {"ti": SimpleNamespace(dag_id="asks", run_id="manual__1")}
    approve.execute(context)


def test_it_shows_the_plan(asks: list[str]) -> None:
    _execute(PLAN)
    [body] = asks
    assert body.startswith("the task 항공편 is deleted\n\n")


def test_it_is_not_asked_where_a_person_marked_the_plan(asks: list[str]) -> None:
    with pytest.raises(NeedsPersonError, match=r"^preflight.plan is marked as success but returned nothing"):
        _execute(None)
    assert asks == []
