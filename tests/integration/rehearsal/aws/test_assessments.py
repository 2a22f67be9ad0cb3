"""Premigration assessment runs by genuine boto3: each looks at the source, and the report lands in the bucket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.aws.dms.assessments import QUERIES
from tests.support.assessments import BUCKET, assess_task
from tests.support.aws_stage import eventually

if TYPE_CHECKING:
    from tests.support.aws_stage import Stage

pytestmark = pytest.mark.integration


def ended(stage: Stage, run_arn: str) -> dict[str, Any]:
    filters = [{"Name": "replication-task-assessment-run-arn", "Values": [run_arn]}]
    describe = stage.client("dms").describe_replication_task_assessment_runs
    found: dict[str, Any] = eventually(
        lambda: describe(Filters=filters)["ReplicationTaskAssessmentRuns"][0], lambda run: run["Status"] != "running"
    )
    return found


def results(stage: Stage, run_arn: str) -> dict[str, str]:
    filters = [{"Name": "replication-task-assessment-run-arn", "Values": [run_arn]}]
    found = stage.client("dms").describe_replication_task_individual_assessments(Filters=filters)
    return {one["IndividualAssessmentName"]: one["Status"] for one in found["ReplicationTaskIndividualAssessments"]}


def test_a_run_says_what_is_so_in_the_source(tables: Stage) -> None:
    arn = tables.task()
    first = assess_task(tables.client, arn, AssessmentRunName="first", ResultLocationFolder="reports")
    run = ended(tables, first)
    assert (run["Status"], run["ResultStatistic"]["Passed"]) == ("passed", len(QUERIES))
    assert set(results(tables, first).values()) == {"passed"}
    tables.client("dms").add_tags_to_resource(ResourceArn=first, Tags=[{"Key": "team", "Value": "항공"}])
    assert tables.client("dms").list_tags_for_resource(ResourceArn=first)["TagList"][0]["Value"] == "항공"
    report = tables.client("s3").get_object(Bucket=BUCKET, Key="reports/first.json")["Body"].read()
    assert json.loads(report) == results(tables, first)
    tables.wait_for(arn, "ready")

    with tables.postgres() as session:
        session.execute("CREATE FUNCTION stage.nothing() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'")
        session.execute("CREATE EVENT TRIGGER awsdms_intercept_ddl ON ddl_command_end EXECUTE FUNCTION stage.nothing()")
    try:
        only = ["postgres-check-ddl-event-trigger", "postgres-check-wallevel"]
        second = assess_task(tables.client, arn, IncludeOnly=only)
        assert ended(tables, second)["Status"] == "failed"
        assert results(tables, second) == dict(zip(only, ("failed", "passed"), strict=True))
    finally:
        with tables.postgres() as session:
            session.execute("DROP EVENT TRIGGER awsdms_intercept_ddl")


def test_what_a_run_needs(tables: Stage) -> None:
    arn = tables.task()
    for more, message in (
        ({"ResultLocationBucket": "nowhere"}, "S3ResourceNotFoundFault.*there is no bucket nowhere"),
        ({"ServiceAccessRoleArn": "arn:aws:iam::123456789012:role/nobody"}, "AccessDeniedFault.*cannot assume"),
        ({"Exclude": ["mysql-check"]}, "does not assess mysql-check"),
    ):
        with pytest.raises(ClientError, match=message):
            assess_task(tables.client, arn, **more)
    tables.start(arn)
    with pytest.raises(ClientError, match=r"InvalidResourceStateFault.*is running; it cannot be assessed now"):
        assess_task(tables.client, arn)
