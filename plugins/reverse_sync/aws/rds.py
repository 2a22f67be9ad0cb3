"""What RDS has: the instance, and what its parameter groups set."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from reverse_sync.postgres.server import LIBRARY, preloads

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_rds import RDSClient
    from mypy_boto3_rds.type_defs import DBInstanceTypeDef

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.pglogical.basic-setup.html
LOGICAL_REPLICATION = "rds.logical_replication"
# An instance in one of these does not become available by itself:
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status
STAYS_AWAY = (
    "deleting",
    "failed",
    "inaccessible-encryption-credentials",
    "incompatible-network",
    "incompatible-option-group",
    "incompatible-parameters",
    "incompatible-restore",
    "insufficient-capacity",
    "restore-error",
    "stopped",
    "storage-full",
)
PRELOAD_LIBRARIES = "shared_preload_libraries"


def find_instance(client: RDSClient, identifier: str) -> DBInstanceTypeDef | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html; None where there is none."""
    try:
        found = client.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    except client.exceptions.DBInstanceNotFoundFault:
        return None
    return found[0] if found else None


def instance_address(instance: DBInstanceTypeDef | None) -> str | None:
    """The address of the instance; None where there is none, or none yet: RDS gives it while it creates one."""
    return instance.get("Endpoint", {}).get("Address") if instance else None


def parameter_groups(instance: DBInstanceTypeDef) -> dict[str, str]:
    """Name -> apply status, such as `in-sync` or `pending-reboot`."""
    return {group["DBParameterGroupName"]: group["ParameterApplyStatus"] for group in instance["DBParameterGroups"]}


def cluster_parameter_groups(client: RDSClient, instance: DBInstanceTypeDef) -> dict[str, str]:
    """The group of the Aurora cluster that the instance is a member of -> its apply status there; none on RDS.

    On Aurora `rds.logical_replication` is a parameter of the cluster:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Replication.Logical.html
    """
    if not (identifier := instance.get("DBClusterIdentifier")):
        return {}
    (cluster,) = client.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"]
    members = {one["DBInstanceIdentifier"]: one for one in cluster["DBClusterMembers"]}
    status = members.get(instance["DBInstanceIdentifier"], {}).get("DBClusterParameterGroupStatus", "in-sync")
    return {cluster["DBClusterParameterGroup"]: status}


def user_parameters(client: RDSClient, instance: DBInstanceTypeDef) -> dict[str, str]:
    """What the parameter groups of the instance, and of its cluster, set, whether applied or not."""
    of_cluster = client.get_paginator("describe_db_cluster_parameters")
    of_instance = client.get_paginator("describe_db_parameters")
    pages = chain(
        *(
            of_cluster.paginate(DBClusterParameterGroupName=group, Source="user")
            for group in cluster_parameter_groups(client, instance)
        ),
        *(of_instance.paginate(DBParameterGroupName=group, Source="user") for group in parameter_groups(instance)),
    )
    return {
        parameter["ParameterName"]: parameter.get("ParameterValue", "")
        for page in pages
        for parameter in page["Parameters"]
    }


def missing_parameters(parameters: Mapping[str, str]) -> dict[str, str]:
    """The parameters that logical replication by pglogical needs and that these do not set -> the value to set."""
    ready = {
        LOGICAL_REPLICATION: parameters.get(LOGICAL_REPLICATION) == "1",
        PRELOAD_LIBRARIES: LIBRARY in preloads(parameters.get(PRELOAD_LIBRARIES, "")),
    }
    wanted = {LOGICAL_REPLICATION: "1", PRELOAD_LIBRARIES: LIBRARY}
    return {name: value for name, value in wanted.items() if not ready[name]}
