"""Whole tables compared by value: what differs is found whatever the chunk, and what was only late is forgiven."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import TaskDeferred

from reverse_sync.errors import NeedsPersonError, NotProvedError
from reverse_sync.reconcile.parts import WHOLE
from reverse_sync.verify.compare_part import ComparePartOperator
from reverse_sync.verify.cut import CutTablesOperator
from tests.support.procedure import TABLES
from tests.support.reconciliation import compared, joined, reconciled
from tests.support.tasks import Store, context, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import TablePart
    from tests.integration.product.conftest import RunningParts
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration


def quick(pipeline: Pipeline, **settings: Any) -> Pipeline:
    changed = {"recheck_after_s": 0.05, "rechecks": 2, **settings}
    return pipeline.model_copy(update={"reconciliation": pipeline.reconciliation.model_copy(update=changed)})


def compare_all(pipeline: Pipeline, **settings: Any) -> ComparePartOperator:
    [table] = TABLES
    part: TablePart = {
        "source": table["source"],
        "target": table["target"],
        "low": None,
        "high": None,
        "number": 1,
        "of": 1,
    }
    return ComparePartOperator(task_id="compare_parts", pipeline=quick(pipeline, **settings), part=part)


def in_oracle(running: RunningParts, *statements: str) -> None:
    with running.oracle() as session, session.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        session.commit()


@pytest.fixture
def in_step(running: RunningParts, replicating: Procedure, pipeline: Pipeline) -> Iterator[None]:
    """The task runs and both sides are the same, before and after the test."""
    reconciled(quick(pipeline, rechecks=8))
    yield
    reconciled(quick(pipeline, rechecks=8))


@pytest.fixture
def three_differences(running: RunningParts, in_step: None) -> Iterator[None]:
    """One row changed, one missing, one too many in Oracle."""
    in_oracle(
        running,
        "CREATE TABLE KEPT (ID NUMBER, HEADER VARCHAR2(255))",
        "INSERT INTO KEPT SELECT ID, HEADER FROM FLIGHTSPECIAL WHERE ID = 6",
        "UPDATE FLIGHTSPECIAL SET HEADER = '다른 값' WHERE ID = 6",
        "UPDATE FLIGHTSPECIAL SET ID = 700 WHERE ID = 7",
    )
    yield
    in_oracle(
        running,
        "UPDATE FLIGHTSPECIAL SET HEADER = (SELECT HEADER FROM KEPT) WHERE ID = 6",
        "UPDATE FLIGHTSPECIAL SET ID = 7 WHERE ID = 700",
        "DROP TABLE KEPT",
    )


@pytest.mark.parametrize("range_rows", [1, 3, 5000])
def test_tables_in_step_are_found_so_in_ranges_of_any_size(in_step: None, pipeline: Pipeline, range_rows: int) -> None:
    found = reconciled(quick(pipeline, range_rows=range_rows))
    assert found["what"] == "11 rows of TRAVELBUDDY.FLIGHTSPECIAL, all the same"
    assert found["complete"]


def test_the_log_says_how_far_a_part_is(in_step: None, pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    values = context()
    capsys.readouterr()
    run(compare_all(pipeline), values)
    told = [line for line in capsys.readouterr().out.splitlines() if " of about " in line]
    assert re.search(r" 0 of about \d+ rows, 0 rows/s, \d+ left ", told[0])
    assert re.search(r" 11 of about 11 rows, [1-9]\d* rows/s, 0 left ", told[-1])
    assert values["ti"].pushed["progress"] == {"rows": 11, "expected": 11}


@pytest.mark.parametrize("range_rows", [1, 5000])
def test_every_kind_of_difference_is_named_by_its_key(
    three_differences: None, pipeline: Pipeline, range_rows: int
) -> None:
    with pytest.raises(NotProvedError) as failed:
        reconciled(quick(pipeline, range_rows=range_rows))
    said = str(failed.value)
    assert said.startswith(
        "TRAVELBUDDY.FLIGHTSPECIAL differs from PostgreSQL in 2 of 11 rows of TRAVELBUDDY.FLIGHTSPECIAL (1 different, "
        "1 missing in Oracle) and has 1 row that PostgreSQL lacks (1 extra in Oracle)\n"
    )
    assert "is '다른 값'" in said
    assert "  7: missing in Oracle\n" in said
    assert "  700: extra in Oracle\n" in said
    assert "in each of 4 looks" in said


def test_differences_that_are_accepted_are_noted(three_differences: None, pipeline: Pipeline) -> None:
    found = reconciled(quick(pipeline), context(accept_differences=True))
    assert found["outcome"] == "found"
    assert len(found["differences"]) == 3


def test_a_row_that_was_only_late_is_forgiven(running: RunningParts, in_step: None, pipeline: Pipeline) -> None:
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET ID = 800 WHERE ID = 8")
    operator, values = compare_all(pipeline), context()
    with pytest.raises(TaskDeferred) as deferred:
        operator.execute(values)  # type: ignore[arg-type]
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET ID = 8 WHERE ID = 800")
    returned = operator.look_again(values, None, **(deferred.value.kwargs or {}))  # type: ignore[arg-type]
    assert returned["what"] == "11 rows, all the same"
    found = joined(pipeline, [operator.part], [values["ti"].pushed])
    assert found["what"] == "11 rows of TRAVELBUDDY.FLIGHTSPECIAL, all the same; 2 were in flight"


def test_a_table_above_the_limit_is_compared_up_to_it_and_says_so(
    running: RunningParts, in_step: None, pipeline: Pipeline
) -> None:
    with running.postgres() as session:
        session.execute("ANALYZE travelbuddy.flightspecial")
    found = reconciled(quick(pipeline, range_rows=2, row_limit=4))
    assert re.fullmatch("the first [4-6] rows of TRAVELBUDDY.FLIGHTSPECIAL, all the same", found["what"])
    assert "reconciliation.row_limit is 4" in found["comparison"]["scanned"]["stopped"]
    assert not found["complete"]


@pytest.fixture
def analyzed(running: RunningParts) -> None:
    with running.postgres() as session:
        session.execute("ANALYZE travelbuddy.flightspecial")


IN_PARTS = {"part_rows": 2, "parts_per_table": 4}


def test_a_table_in_parts_gives_the_answer_of_the_whole(
    running: RunningParts, three_differences: None, analyzed: None, pipeline: Pipeline
) -> None:
    in_parts = quick(pipeline, **IN_PARTS)
    parts = run(CutTablesOperator(task_id="cut_tables", pipeline=in_parts))
    assert [(part["number"], part["of"]) for part in parts] == [(n, 4) for n in range(1, 5)]
    left = [compared(in_parts, part) for part in parts]
    assert sum(one["return_value"]["compared"] for one in left) == 11
    assert sum(one["return_value"]["differing"] for one in left) == 3
    found = joined(in_parts, parts, left, context(accept_differences=True))
    assert [row.split(":")[0] for row in found["differences"]] == ["6", "7", "700"]
    whole = reconciled(quick(pipeline), context(accept_differences=True))
    assert found["counts"] == whole["counts"]
    assert found["compared"] == whole["compared"] == 11


def test_once_the_rows_are_corrected_it_is_enough_to_clear_the_task_that_joins(
    running: RunningParts, in_step: None, pipeline: Pipeline
) -> None:
    settings = quick(pipeline)
    operator, values = compare_all(pipeline), context()
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET COST = COST + 1 WHERE ID = 6")
    run(operator, values)
    with pytest.raises(NotProvedError, match="in 1 of 11 rows"):
        joined(settings, [operator.part], [values["ti"].pushed])
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET COST = COST - 1 WHERE ID = 6")
    found = joined(settings, [operator.part], [values["ti"].pushed])
    assert found["what"] == "11 rows of TRAVELBUDDY.FLIGHTSPECIAL, all the same; 1 was in flight"


def test_a_retry_goes_on_with_the_scan_that_an_earlier_attempt_made(
    running: RunningParts, in_step: None, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store()
    values = {**context(), "task_state_store": store}
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET ID = 800 WHERE ID = 8")
    with pytest.raises(TaskDeferred):
        compare_all(pipeline).execute(values)  # type: ignore[arg-type]
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET ID = 8 WHERE ID = 800")
    with monkeypatch.context() as patched:
        patched.setattr("reverse_sync.reconcile.table.OpenTable.scan", None)
        assert run(compare_all(pipeline), values)["what"] == "11 rows, all the same"
    assert store == {}


def test_a_part_that_left_no_result_is_named(pipeline: Pipeline) -> None:
    part = compare_all(pipeline).part
    with pytest.raises(NeedsPersonError, match="but the task of map index 1 left no result: a person marked it"):
        joined(pipeline, [{**part, "target": ["X", "Y"]}, part], [{}, {}])


def test_the_parts_of_a_table_share_its_rows_a_second(pipeline: Pipeline) -> None:
    operator = compare_all(pipeline, rows_per_s=1000)
    assert operator.paced(WHOLE).reconciliation.rows_per_s == 1000
    assert operator.paced(WHOLE._replace(of=8)).reconciliation.rows_per_s == 250
