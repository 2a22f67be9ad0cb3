"""AWS's own premigration assessment of a replication task: start a run, and read what it says.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.PremigrationAssessmentRuns.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.aws.dms import AT_REST, empty_if_missing, find_task
from reverse_sync.errors import NeedsPersonError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient
    from mypy_boto3_dms.type_defs import FilterTypeDef, ReplicationTaskAssessmentRunTypeDef

    from reverse_sync.pipeline import Assessment

# https://docs.aws.amazon.com/dms/latest/APIReference/API_ReplicationTaskAssessmentRun.html
RUN_ENDED = ("passed", "warning", "failed")
RUN_BROKE = ("cancelling", "deleting", "error-executing", "error-provisioning", "invalid state")


class AssessmentRun(NamedTuple):
    """A run: its name, status and start; AWS's name of each assessment -> `passed`, `failed`, `warning`, ..."""

    name: str
    status: str
    started: datetime
    results: Mapping[str, str]


def task_to_assess(client: DmsClient, identifier: str) -> str:
    """The ARN of the task, which has to be at rest.

    :raises NeedsPersonError: where there is none, or it is not.
    """
    task = find_task(client, identifier)
    if task is None or task["Status"] not in AT_REST:
        found = f"is {task['Status']}" if task else "is not there yet"
        raise NeedsPersonError(
            f"AWS assesses a task that is at rest, and {identifier} {found}. "
            + (
                "Stop it first, which costs latency, or do without the assessment."
                if task
                else "With dms.task.start_on_create: false a first run makes it without starting it; assess it then."
            )
        )
    return task["ReplicationTaskArn"]


def start_run(client: DmsClient, task_arn: str, assessment: Assessment) -> str:
    """Start a run with every assessment that AWS has for the task, and return its ARN.

    The task has to be at rest and its endpoints tested; DMS writes the report to the bucket.
    """
    run = client.start_replication_task_assessment_run(
        ReplicationTaskArn=task_arn,
        ServiceAccessRoleArn=assessment.role,
        ResultLocationBucket=assessment.bucket,
        ResultLocationFolder=assessment.folder,
        AssessmentRunName=f"reverse-sync-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}",
    )
    return run["ReplicationTaskAssessmentRun"]["ReplicationTaskAssessmentRunArn"]


def latest_run(client: DmsClient, task_arn: str) -> AssessmentRun | None:
    """The newest run of a task; None where there was none. A page holds 100 runs, and more results than there are."""
    filters: list[FilterTypeDef] = [{"Name": "replication-task-arn", "Values": [task_arn]}]
    runs = empty_if_missing(
        lambda: client.describe_replication_task_assessment_runs(Filters=filters)["ReplicationTaskAssessmentRuns"]
    )
    newest = max(runs, key=lambda run: run["ReplicationTaskAssessmentRunCreationDate"], default=None)
    return _read(client, newest) if newest else None


def _read(client: DmsClient, run: ReplicationTaskAssessmentRunTypeDef) -> AssessmentRun:
    filters: list[FilterTypeDef] = [
        {"Name": "replication-task-assessment-run-arn", "Values": [run["ReplicationTaskAssessmentRunArn"]]}
    ]
    found = client.describe_replication_task_individual_assessments(Filters=filters)
    results = {one["IndividualAssessmentName"]: one["Status"] for one in found["ReplicationTaskIndividualAssessments"]}
    started = run["ReplicationTaskAssessmentRunCreationDate"]
    return AssessmentRun(run["AssessmentRunName"], run["Status"], started, results)
