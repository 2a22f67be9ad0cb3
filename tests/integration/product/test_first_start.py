"""Before the first start: differences are reported or stop the run; a task that has run is left to verify.reconcile."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.errors import NotProvedError
from reverse_sync.verify.first_start import CompareBeforeStartOperator, ComparePartBeforeStartOperator
from tests.integration.product.test_reconciliation import in_oracle
from tests.support.reconciliation import reconciled
from tests.support.tasks import context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration


def compare(pipeline: Pipeline, policy: str, folder: Path, run_id: str = "manual__1") -> dict[str, Any]:
    changed = pipeline.model_copy(
        update={
            "reconciliation": pipeline.reconciliation.model_copy(update={"before_first_start": policy}),
            "evidence": pipeline.evidence.model_copy(update={"base_path": f"file://{folder}"}),
        }
    )
    operators = (ComparePartBeforeStartOperator, CompareBeforeStartOperator)
    found: dict[str, Any] = reconciled(changed, context(run_id), *operators)
    return found


@pytest.fixture
def never_ran(monkeypatch: pytest.MonkeyPatch) -> None:
    """DMS's answer of a task that was made and not started."""
    monkeypatch.setattr("reverse_sync.verify.first_start.find_task", lambda *_: {"Status": "ready"})


@pytest.fixture
def one_row_differs(running: RunningParts) -> Iterator[None]:
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET COST = COST + 1 WHERE ID = 6")
    yield
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET COST = COST - 1 WHERE ID = 6")


def test_what_differs_is_reported_and_the_next_run_knows_it(
    running: RunningParts,
    never_ran: None,
    one_row_differs: None,
    pipeline: Pipeline,
    tmp_path: Path,
) -> None:
    with running.postgres() as session:
        [(header_of_7,)] = session.execute("SELECT header FROM travelbuddy.flightspecial WHERE id = 7").fetchall()
    found = compare(pipeline, "report", tmp_path)
    assert found["counts"]["different"] == 1
    assert found["differed_before"] == 0
    script = Path(found["repair_script"].removeprefix("file://"))
    assert script.parent == tmp_path / pipeline.dag_id
    assert 'UPDATE "TRAVELBUDDY"."FLIGHTSPECIAL" SET "COST" = ' in script.read_text(encoding="utf-8")
    again = compare(pipeline, "report", tmp_path, "manual__2")
    assert again["differed_before"] == 1
    assert re.search(r"; 1 differed before, the first since 20\S+; none is new$", again["what"])
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET HEADER = 'new' WHERE ID = 7")
    try:
        third = compare(pipeline, "report", tmp_path, "manual__3")
        once_more = compare(pipeline, "report", tmp_path, "manual__3")
    finally:
        in_oracle(running, f"UPDATE FLIGHTSPECIAL SET HEADER = '{header_of_7}' WHERE ID = 7")
    assert re.search(r"; 1 differed before, the first since 20\S+; 1 of them new$", third["what"])
    [old, new] = third["differences"]
    assert re.fullmatch(r"6: COST should be .* \(since 20\S+\)", old)
    assert new.startswith("7: HEADER should be ")
    assert not new.endswith(")")
    assert once_more["differed_before"] == 1, "a run that looks again does not make its own differences old"


def test_what_differs_stops_the_run_if_it_should(
    running: RunningParts, never_ran: None, one_row_differs: None, pipeline: Pipeline, tmp_path: Path
) -> None:
    with pytest.raises(
        NotProvedError, match=r"(?s)in 1 of 11 rows.*COST should be .*never corrects what differed before"
    ):
        compare(pipeline, "stop", tmp_path)


def test_a_task_that_has_run_is_left_alone(
    running: RunningParts, replicating: Procedure, one_row_differs: None, pipeline: Pipeline, tmp_path: Path
) -> None:
    assert compare(pipeline, "stop", tmp_path)["outcome"] == "left alone"
