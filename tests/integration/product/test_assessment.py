"""AWS's own assessment of the task: started on request, waited for, and read into the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.aws.operators.assess import DmsAssessOperator
from reverse_sync.errors import NeedsPersonError
from reverse_sync.pipeline import Assessment
from reverse_sync.preflight import run as preflight
from reverse_sync.preflight.assess_now import assess_now
from tests.support.assessments import BUCKET, ROLE, prepare_assessments
from tests.support.procedure import QUICK
from tests.support.tasks import context, run
from tests.support.wait import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.preflight import Finding
    from tests.integration.product.conftest import RunningParts
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration

ASSESSMENT = Assessment(bucket=BUCKET, role=ROLE)


def assess(pipeline: Pipeline, *, asked: bool = True) -> Any:
    operator = DmsAssessOperator(task_id="assess", pipeline=pipeline, assessment=ASSESSMENT, **QUICK)
    return run(operator, context(assess=asked))


def said(pipeline: Pipeline) -> list[Finding]:
    return [finding for finding in preflight(pipeline) if finding.code == "aws-assessment"]


@pytest.fixture
def at_rest(running: RunningParts, replicating: Procedure) -> Iterator[Procedure]:
    """The task, stopped; it runs again afterwards."""
    dms = running.aws("dms")
    [task] = dms.describe_replication_tasks()["ReplicationTasks"]
    dms.stop_replication_task(ReplicationTaskArn=task["ReplicationTaskArn"])
    assert eventually(lambda: dms.describe_replication_tasks()["ReplicationTasks"][0]["Status"] == "stopped")
    yield replicating
    replicating.start_or_resume()
    replicating.wait_running()


def in_postgres(running: RunningParts, statement: str) -> None:
    with running.postgres() as session:
        session.execute(statement.encode())
        session.execute("SELECT pg_reload_conf()")


def test_what_does_not_pass_in_aws_is_a_finding_until_a_later_run_passes(
    running: RunningParts, pipeline: Pipeline, at_rest: Procedure
) -> None:
    prepare_assessments(running.aws)
    assert assess(pipeline, asked=False)["outcome"] == "left alone"
    assert said(pipeline) == []
    in_postgres(running, "ALTER SYSTEM SET max_slot_wal_keep_size = '8GB'")
    try:
        assert assess(pipeline)["assessment"]["status"] == "failed"
        [finding] = said(pipeline)
    finally:
        in_postgres(running, "ALTER SYSTEM RESET max_slot_wal_keep_size")
    assert finding.severity == "warning"
    assert "postgres-check-maxslot-wal-keep-size failed" in finding.what
    assert finding.why == "here slot-size-limit look at the same"

    dms = pipeline.dms.model_copy(update={"assessment": ASSESSMENT})
    assert list(assess_now(pipeline.model_copy(update={"dms": dms}))) == []
    assert said(pipeline) == []


def test_a_task_that_runs_is_not_assessed(running: RunningParts, pipeline: Pipeline, replicating: Procedure) -> None:
    with pytest.raises(NeedsPersonError, match=r"at rest, and flightspecials-.*-task is running\. Stop it first"):
        assess(pipeline)
    assert running.task_runs()


def test_a_bucket_that_is_not_there_is_named(running: RunningParts, pipeline: Pipeline, at_rest: Procedure) -> None:
    prepare_assessments(running.aws)
    missing = Assessment(bucket="nowhere", role=ROLE)
    operator = DmsAssessOperator(task_id="assess", pipeline=pipeline, assessment=missing, **QUICK)
    with pytest.raises(NeedsPersonError, match=r"S3ResourceNotFoundFault: there is no bucket nowhere"):
        run(operator, context(assess=True))

    [finding] = assess_now(pipeline)
    assert finding.blind
    assert "has no dms.assessment" in finding.what
