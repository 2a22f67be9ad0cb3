"""A policy of IAM allows what its statements name, by whichever name a call gives a resource."""

from __future__ import annotations

import pytest

from rehearsal.aws.aws_request import AwsRequest
from rehearsal.aws.errors import AwsError
from rehearsal.aws.permissions import Permissions

GROUP = "arn:aws:logs:ap-northeast-2:123456789012:log-group:dms-tasks-a"


def get_log_events(**group: str) -> AwsRequest:
    return AwsRequest("logs", "GetLogEvents", "ap-northeast-2", parameters={**group, "logStreamName": "dms-task-B"})


@pytest.mark.parametrize(
    "group", [{"logGroupName": "dms-tasks-a"}, {"logGroupIdentifier": "dms-tasks-a"}, {"logGroupIdentifier": GROUP}]
)
def test_a_log_stream_is_the_same_resource_however_its_group_is_named(group: dict[str, str]) -> None:
    permissions, asked = Permissions(), get_log_events(**group)
    permissions.check(asked)
    statement = {"Effect": "Allow", "Action": "logs:GetLogEvents", "Resource": f"{GROUP}:log-stream:*"}
    permissions.set({"Statement": statement})
    permissions.check(asked)
    permissions.set({"Statement": [statement | {"Resource": f"{GROUP}-other:*"}]})
    with pytest.raises(AwsError, match=f"not authorized to perform: logs:GetLogEvents on resource: {GROUP}:log-stream"):
        permissions.check(asked)
    permissions.lift()
    permissions.check(asked)
