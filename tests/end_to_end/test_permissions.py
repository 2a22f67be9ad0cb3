"""The least IAM policy, in force from the start, is enough for runs under Airflow, and holds nothing that none needs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import requests

from tests.support.rehearsal import least_policy

if TYPE_CHECKING:
    from tests.support.rehearsal import Rehearsal

pytestmark = pytest.mark.end_to_end
# A drift, an assessment by AWS, a task that is there already, a decommission, a task that failed.
ONLY_AT_TIMES = {
    *("dms:ModifyEndpoint", "dms:ModifyReplicationTask", "dms:StopReplicationTask"),
    "dms:DescribeReplicationTaskIndividualAssessments",
    *("dms:DeleteEndpoint", "dms:DeleteReplicationTask", "logs:GetLogEvents"),
}
SIGNED_AS = {"monitoring": "cloudwatch"}


def test_every_call_of_all_runs_is_allowed_by_the_policy_and_the_policy_allows_no_more(rehearsal: Rehearsal) -> None:
    rehearsal.build()
    policy = json.loads(least_policy())
    actions = [statement["Action"] for statement in policy["Statement"]]
    allowed = {action for group in actions for action in ([group] if isinstance(group, str) else group)}
    received = requests.get(f"{rehearsal.aws_control}/calls", timeout=5).json()
    called = {f"{SIGNED_AS.get(call['service'], call['service'])}:{call['operation']}" for call in received}
    assert {"rds:DescribeDBInstances", "dms:TestConnection", "dms:DescribeTableStatistics"} <= called
    assert allowed - called <= ONLY_AT_TIMES
    assert called - allowed == set()
    assert "AccessDeniedException" not in {call["outcome"] for call in received}
