"""Whole tables compared by value: what differs is found whatever the chunk, and what was only late is forgiven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import TaskDeferred

from reverse_sync.errors import NotProvedError
from reverse_sync.verify.reconciliation import ReconcileTableOperator
from tests.support.procedure import TABLES
from tests.support.tasks import context, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import World
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration


def reconcile(pipeline: Pipeline, accept: str = "False", **settings: Any) -> ReconcileTableOperator:
    quick = {"recheck_after_s": 0.05, "rechecks": 2, **settings}
    reconciliation = pipeline.reconciliation.model_copy(update=quick)
    other = pipeline.model_copy(update={"reconciliation": reconciliation})
    return ReconcileTableOperator(task_id="reconcile", pipeline=other, table=TABLES[0], accept=accept)


def in_oracle(world: World, *statements: str) -> None:
    with world.oracle() as session, session.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        session.commit()


@pytest.fixture
def in_step(world: World, replicating: Procedure, pipeline: Pipeline) -> Iterator[None]:
    """The task runs and both sides are the same, before and after the test."""
    run(reconcile(pipeline, rechecks=8))
    yield
    run(reconcile(pipeline, rechecks=8))


@pytest.fixture
def three_differences(world: World, in_step: None) -> Iterator[None]:
    """One row changed, one missing, one too many in Oracle."""
    in_oracle(
        world,
        "CREATE TABLE KEPT (ID NUMBER, HEADER VARCHAR2(255))",
        "INSERT INTO KEPT SELECT ID, HEADER FROM FLIGHTSPECIAL WHERE ID = 6",
        "UPDATE FLIGHTSPECIAL SET HEADER = '다른 값' WHERE ID = 6",
        "UPDATE FLIGHTSPECIAL SET ID = 700 WHERE ID = 7",
    )
    yield
    in_oracle(
        world,
        "UPDATE FLIGHTSPECIAL SET HEADER = (SELECT HEADER FROM KEPT) WHERE ID = 6",
        "UPDATE FLIGHTSPECIAL SET ID = 7 WHERE ID = 700",
        "DROP TABLE KEPT",
    )


@pytest.mark.parametrize("chunk_rows", [1, 3, 11, 5000])
def test_tables_in_step_are_found_so_in_chunks_of_any_size(in_step: None, pipeline: Pipeline, chunk_rows: int) -> None:
    found = run(reconcile(pipeline, chunk_rows=chunk_rows))
    assert found["what"] == "11 rows of TRAVELBUDDY.FLIGHTSPECIAL, all the same"
    assert found["complete"]


@pytest.mark.parametrize("chunk_rows", [1, 4, 5000])
def test_every_kind_of_difference_is_named_by_its_key(
    three_differences: None, pipeline: Pipeline, chunk_rows: int
) -> None:
    with pytest.raises(NotProvedError) as failed:
        run(reconcile(pipeline, chunk_rows=chunk_rows))
    said = str(failed.value)
    assert said.startswith("TRAVELBUDDY.FLIGHTSPECIAL differs from PostgreSQL in 3 of 11 rows")
    assert "is '다른 값'" in said
    assert "  7: missing in Oracle\n" in said
    assert "  700: in Oracle only\n" in said
    assert "in each of 3 looks" in said


def test_differences_that_are_accepted_are_noted(three_differences: None, pipeline: Pipeline) -> None:
    found = run(reconcile(pipeline, accept="True"))
    assert found["outcome"] == "found"
    assert len(found["differences"]) == 3


def test_a_row_that_was_only_late_is_forgiven(world: World, in_step: None, pipeline: Pipeline) -> None:
    in_oracle(world, "UPDATE FLIGHTSPECIAL SET ID = 800 WHERE ID = 8")
    operator = reconcile(pipeline)
    with pytest.raises(TaskDeferred) as deferred:
        operator.execute(context())  # type: ignore[arg-type]
    in_oracle(world, "UPDATE FLIGHTSPECIAL SET ID = 8 WHERE ID = 800")
    found = operator.look_again(context(), None, **(deferred.value.kwargs or {}))  # type: ignore[arg-type]
    assert found["what"] == "11 rows of TRAVELBUDDY.FLIGHTSPECIAL, all the same"


def test_a_table_above_the_limit_is_compared_up_to_it_and_says_so(in_step: None, pipeline: Pipeline) -> None:
    found = run(reconcile(pipeline, chunk_rows=2, row_limit=4))
    assert found["what"] == "the first 4 rows of TRAVELBUDDY.FLIGHTSPECIAL, all the same"
    assert not found["complete"]
