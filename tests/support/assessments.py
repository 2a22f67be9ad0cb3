"""What AWS's assessment of a task needs: a bucket and a role."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

BUCKET, ROLE = "assessment-reports", "arn:aws:iam::123456789012:role/dms-assessment"


def prepare_assessments(client: Callable[[str], Any]) -> None:
    """Make the bucket and the role, unless they are there."""
    location = {"LocationConstraint": "ap-northeast-2"}
    with contextlib.suppress(ClientError):
        client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=location)
    with contextlib.suppress(ClientError):
        client("iam").create_role(RoleName="dms-assessment", AssumeRolePolicyDocument="{}")


def assess_task(client: Callable[[str], Any], task_arn: str, **more: Any) -> str:
    """Start a run; its ARN."""
    prepare_assessments(client)
    arguments = {
        "ReplicationTaskArn": task_arn,
        "ServiceAccessRoleArn": ROLE,
        "ResultLocationBucket": BUCKET,
        "AssessmentRunName": f"run-{uuid4()}",
    }
    started = client("dms").start_replication_task_assessment_run(**arguments | more)
    return str(started["ReplicationTaskAssessmentRun"]["ReplicationTaskAssessmentRunArn"])
