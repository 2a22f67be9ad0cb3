"""On Aurora the cluster's parameter group counts as well: `rds.logical_replication` is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from botocore.stub import Stubber

from reverse_sync.aws.rds import cluster_parameter_groups, missing_parameters, user_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_rds import RDSClient

import pytest

INSTANCE: Any = {
    "DBInstanceIdentifier": "writer",
    "DBClusterIdentifier": "flights",
    "DBParameterGroups": [{"DBParameterGroupName": "of-instance", "ParameterApplyStatus": "in-sync"}],
}
CLUSTER = {
    "DBClusterIdentifier": "flights",
    "DBClusterParameterGroup": "of-cluster",
    "DBClusterMembers": [
        {"DBInstanceIdentifier": "reader", "DBClusterParameterGroupStatus": "in-sync"},
        {"DBInstanceIdentifier": "writer", "DBClusterParameterGroupStatus": "pending-reboot"},
    ],
}


@pytest.fixture
def rds() -> Iterator[RDSClient]:
    client = boto3.client("rds", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stub:
        stub.add_response("describe_db_clusters", {"DBClusters": [CLUSTER]}, {"DBClusterIdentifier": "flights"})
        parameters = [
            (
                "describe_db_cluster_parameters",
                "DBClusterParameterGroupName",
                "of-cluster",
                "rds.logical_replication",
                "1",
            ),
            ("describe_db_parameters", "DBParameterGroupName", "of-instance", "shared_preload_libraries", "pglogical"),
        ]
        for operation, key, group, name, value in parameters:
            answer = {"Parameters": [{"ParameterName": name, "ParameterValue": value}]}
            stub.add_response(operation, answer, {key: group, "Source": "user"})
        yield client


def test_what_the_cluster_sets_counts(rds: RDSClient) -> None:
    assert missing_parameters(user_parameters(rds, INSTANCE)) == {}


def test_the_members_own_status_is_the_groups(rds: RDSClient) -> None:
    assert cluster_parameter_groups(rds, INSTANCE) == {"of-cluster": "pending-reboot"}
    assert cluster_parameter_groups(rds, {"DBInstanceIdentifier": "alone"}) == {}
