"""DMS's own validation: a row that it finds different makes the health check fail, with the row and the values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from reverse_sync.errors import NeedsPersonError
from reverse_sync.health.operator import HealthCheckOperator
from tests.support.procedure import Procedure
from tests.support.tasks import context, run
from tests.support.wait import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration


def states(running: RunningParts) -> list[tuple[str, int]]:
    dms = running.aws("dms")
    [task] = dms.describe_replication_tasks()["ReplicationTasks"]
    found = dms.describe_table_statistics(ReplicationTaskArn=task["ReplicationTaskArn"])["TableStatistics"]
    return [(table["ValidationState"], table["ValidationFailedRecords"]) for table in found]


def in_oracle(running: RunningParts, statement: str) -> None:
    with running.oracle() as session, session.cursor() as cursor:
        cursor.execute(statement)
        session.commit()


def health(pipeline: Pipeline) -> None:
    operator = HealthCheckOperator(
        task_id="check", pipeline=pipeline, insert_triggers=None, started=None, change=None, arrival=None
    )
    run(operator, context(run_after=datetime.now(UTC) + timedelta(seconds=2)))


@pytest.fixture
def validated(running: RunningParts, replicating: Procedure, pipeline: Pipeline) -> Iterator[Pipeline]:
    """The pipeline with `validation: true`; afterwards the task is as before."""
    dms = pipeline.dms.model_copy(update={"on_drift": "apply"})
    task = dms.task.model_copy(update={"validation": True})
    changed = pipeline.model_copy(update={"dms": dms.model_copy(update={"task": task})})
    Procedure(changed).start()
    yield changed
    Procedure(pipeline.model_copy(update={"dms": dms})).start()
    assert eventually(lambda: states(running) == [("Not enabled", 0)])


def test_a_row_that_dms_finds_different_is_named(running: RunningParts, validated: Pipeline) -> None:
    assert eventually(lambda: states(running) == [("Validated", 0)])
    health(validated)

    with running.postgres() as session:
        [header] = session.execute("SELECT header FROM travelbuddy.flightspecial WHERE id = 4").fetchall()[0]
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET HEADER = '누가 바꿈' WHERE ID = 4")
    assert eventually(lambda: states(running) == [("Mismatched records", 1)])
    with pytest.raises(NeedsPersonError) as failure:
        health(validated)
    assert "validation says 'Mismatched records' of travelbuddy.flightspecial (1 failed, 0 suspended)" in str(
        failure.value
    )
    [line] = [line for line in str(failure.value).splitlines() if "RECORD_DIFF" in line]
    assert 'TRAVELBUDDY.FLIGHTSPECIAL: RECORD_DIFF; {"ID": "4"}; ' in line
    assert header in line
    assert "누가 바꿈" in line

    in_oracle(running, f"UPDATE FLIGHTSPECIAL SET HEADER = '{header}' WHERE ID = 4")
    assert eventually(lambda: states(running) == [("Validated", 0)])
