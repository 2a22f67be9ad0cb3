"""The least policy is enough for the product's own operators, and each missing action is named by the step that needs it."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import requests

from reverse_sync.errors import NeedsPersonError
from reverse_sync.policy import least_policy
from tests.support.procedure import Procedure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.policy import Policy
    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration
ACCOUNT = "123456789012"


@contextmanager
def allowed(running: RunningParts, policy: Policy) -> Iterator[None]:
    """AWS allows just this, for the block."""
    address = f"http://127.0.0.1:{running.ports.aws}/rehearsal/iam-policy"
    requests.put(address, json=policy, timeout=5).raise_for_status()
    try:
        yield
    finally:
        requests.delete(address, timeout=5).raise_for_status()


def without(policy: Policy, action: str) -> Policy:
    less = copy.deepcopy(policy)
    for statement in less["Statement"]:
        statement["Action"] = [one for one in statement["Action"] if one != action]
    return less


def test_the_least_policy_is_enough(running: RunningParts, replicating: Procedure, pipeline: Pipeline) -> None:
    with allowed(running, least_policy(pipeline, ACCOUNT)):
        assert replicating.start()["started"]["outcome"] == "left alone"


@pytest.mark.parametrize(
    "action",
    ["dms:DescribeEndpoints", "dms:DescribeReplicationTasks", "dms:TestConnection", "dms:DescribeReplicationInstances"],
)
def test_less_is_said_by_the_name_of_the_action(
    running: RunningParts, replicating: Procedure, pipeline: Pipeline, action: str
) -> None:
    with (
        allowed(running, without(least_policy(pipeline, ACCOUNT), action)),
        pytest.raises(NeedsPersonError, match=f"not authorized to perform: {action} on resource") as refused,
    ):
        Procedure(pipeline).start()
    assert "lacks this permission: add it" in str(refused.value)
    assert running.task_runs()


def test_another_instance_and_another_account_are_out_of_reach(running: RunningParts, pipeline: Pipeline) -> None:
    rds, dms = running.aws("rds"), running.aws("dms")
    with allowed(running, least_policy(pipeline, ACCOUNT)):
        with pytest.raises(rds.exceptions.ClientError, match=r"rds:RebootDBInstance on resource: .*:db:another"):
            rds.reboot_db_instance(DBInstanceIdentifier="another")
        with pytest.raises(dms.exceptions.ClientError, match="dms:DeleteReplicationInstance"):
            dms.delete_replication_instance(ReplicationInstanceArn="arn:aws:dms:ap-northeast-2:123456789012:rep:X")
    with (
        allowed(running, least_policy(pipeline, "999999999999")),
        pytest.raises(dms.exceptions.ClientError, match="dms:DeleteEndpoint"),
    ):
        dms.delete_endpoint(EndpointArn="arn:aws:dms:ap-northeast-2:123456789012:endpoint:X")
