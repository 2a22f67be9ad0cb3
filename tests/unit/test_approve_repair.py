"""The question before a repair: it shows counts and a sample, and is not asked where nothing is to be repaired."""

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk.exceptions import AirflowSkipException

from reverse_sync.pipeline import load
from reverse_sync.verify.approve_repair import ApproveRepairOperator
from tests.support.records import SHIPPED

EQUAL: Any = {"outcome": "found", "complete": True, "what": "9 rows of T.SAME, all the same", "differences": []}
DIFFERS: Any = {
    "outcome": "found",
    "complete": True,
    "what": "T.F differs from PostgreSQL in 12 of 40 rows",
    "differences": [f"{n}: 제목 should be 'a', is 'b'" for n in range(12)],
    "counts": {"equal": 28, "different": 12, "in flight": 3},
    "repair_script": "s3://evidence/run.T.F.repair.sql",
}


def asked(monkeypatch: pytest.MonkeyPatch, how: str, *comparisons: Any) -> str:
    monkeypatch.setattr(HITLOperator, "execute", lambda *_: None)
    approve = ApproveRepairOperator(
        task_id="approve_repair",
        question="repair",
        pipeline=load(SHIPPED),
        subject="?",
        how=how,
        comparisons=comparisons,
    )
    context: Any = {"ti": SimpleNamespace(dag_id="asks", run_id="manual__1")}
    approve.execute(context)
    return str(approve.body)


@pytest.mark.parametrize(
    ("how", "says"),
    [("oracle", "Oracle's rows are written as"), ("touch", "PostgreSQL updates rows to their own values")],
)
def test_it_shows_how_many_rows_differ_and_some_of_them(monkeypatch: pytest.MonkeyPatch, how: str, says: str) -> None:
    body = asked(monkeypatch, how, EQUAL, DIFFERS)
    assert body.startswith(says)
    assert "T.F differs from PostgreSQL in 12 of 40 rows" in body
    assert "\n9: 제목 should be 'a', is 'b'\n```\nand 2 more\n" in body
    assert "10: 제목" not in body
    assert "s3://evidence/run.T.F.repair.sql" in body
    assert "T.SAME" not in body


@pytest.mark.parametrize(
    ("how", "comparison", "why"),
    [("none", DIFFERS, "parameter repair is 'none'"), ("oracle", EQUAL, "No row differs")],
)
def test_it_is_skipped_where_nothing_is_to_be_repaired(
    monkeypatch: pytest.MonkeyPatch, how: str, comparison: Any, why: str
) -> None:
    with pytest.raises(AirflowSkipException, match=why):
        asked(monkeypatch, how, comparison)
