"""The least IAM policy that the README gives is enough for a run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import requests

from tests.support.rehearsal import ROOT

if TYPE_CHECKING:
    from tests.support.rehearsal import Rehearsal

pytestmark = pytest.mark.end_to_end
SIGNED_AS = {"monitoring": "cloudwatch"}


def test_every_call_of_a_run_is_allowed_by_the_policy(rehearsal: Rehearsal) -> None:
    calls = f"http://127.0.0.1:{rehearsal.ports.aws}/rehearsal/calls"
    requests.delete(calls, timeout=5).raise_for_status()
    assert rehearsal.run()[1] == "success"
    policy = json.loads((ROOT / "docs" / "iam-policy.json").read_text(encoding="utf-8"))
    actions = [statement["Action"] for statement in policy["Statement"]]
    allowed = {action for group in actions for action in ([group] if isinstance(group, str) else group)}
    received = requests.get(calls, timeout=5).json()
    called = {f"{SIGNED_AS.get(call['service'], call['service'])}:{call['operation']}" for call in received}
    assert {"rds:DescribeDBInstances", "dms:TestConnection", "dms:DescribeTableStatistics"} <= called
    assert called - allowed == set()
