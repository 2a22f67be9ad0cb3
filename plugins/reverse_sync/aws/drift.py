"""Where DMS differs from the pipeline file: its endpoints and its task, in one look that changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reverse_sync.aws import BOTOCORE_CONFIG
from reverse_sync.aws.dms import (
    endpoint_differences,
    endpoint_request,
    find_endpoint,
    find_instance,
    find_task,
    has_run,
    task_differences,
)
from reverse_sync.errors import NeedsPersonError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient
    from mypy_boto3_dms.type_defs import ReplicationTaskTypeDef

    from reverse_sync.aws.dms import Difference
    from reverse_sync.pipeline import Endpoint, Pipeline

# What ModifyReplicationTask can change: https://docs.aws.amazon.com/dms/latest/APIReference/API_ModifyReplicationTask.html
MODIFIABLE = ("MigrationType", "TableMappings", "TargetMetadata", "FullLoadSettings", "Logging", "ValidationSettings")


def wanted_endpoint(
    endpoint: Endpoint, db_instance: str | None, aws_conn_id: str | None, region_name: str | None
) -> dict[str, Any]:
    """The endpoint as the pipeline wants it; without a host in its connection, its address is the RDS instance's.

    :param db_instance: the RDS instance of a source endpoint; None: the connection has to have a host
    :raises NeedsPersonError: where there is no address.
    """
    from airflow.providers.amazon.aws.hooks.rds import RdsHook
    from airflow.sdk import BaseHook

    connection = BaseHook.get_connection(endpoint.connection)
    if connection.host:
        return endpoint_request(endpoint, connection, connection.host)
    if db_instance is None:
        raise NeedsPersonError(
            f"The connection {endpoint.connection!r} has no host, but endpoint {endpoint.identifier} needs the address "
            "of its database: add the host to the connection in Airflow."
        )
    rds = RdsHook(aws_conn_id=aws_conn_id, region_name=region_name, config=BOTOCORE_CONFIG)
    instance = rds.conn.describe_db_instances(DBInstanceIdentifier=db_instance)["DBInstances"][0]
    return endpoint_request(endpoint, connection, str(instance["Endpoint"]["Address"]))


def all_differences(client: DmsClient, pipeline: Pipeline) -> tuple[ReplicationTaskTypeDef | None, list[Difference]]:
    """The task, where there is one, and every difference of what is there already; what is missing is none."""
    dms = pipeline.dms
    differences: list[Difference] = []
    arns: dict[str, str] = {}
    for key, endpoint, db_instance in (
        ("SourceEndpointArn", dms.source_endpoint, pipeline.postgres.db_instance),
        ("TargetEndpointArn", dms.target_endpoint, None),
    ):
        found = find_endpoint(client, endpoint.identifier)
        arns[key] = found["EndpointArn"] if found else f"the new endpoint {endpoint.identifier}"
        if found:
            request = wanted_endpoint(endpoint, db_instance, pipeline.aws.connection, pipeline.aws.region)
            differences += endpoint_differences(found, request)
    if instance := find_instance(client, dms.replication_instance):
        arns["ReplicationInstanceArn"] = instance["ReplicationInstanceArn"]
    task = find_task(client, dms.task.identifier)
    if task:
        differences += task_differences(task, dms.task, pipeline.mapping_text, arns)
    return task, differences


def refuse_unmodifiable(differences: Iterable[Difference]) -> None:
    """Nothing is begun that can't be ended.

    :raises NeedsPersonError: where DMS can't change the task so.
    """
    for difference in differences:
        if difference.where.startswith("task ") and difference.key.split(".")[0] not in MODIFIABLE:
            raise NeedsPersonError(
                f"{difference}, and DMS can't change that of an existing task. Correct the pipeline file; or take the "
                "old task down with the decommission DAG once Oracle has caught up, then run this DAG again."
            )


def refuse_unaccepted_mapping(
    task: Mapping[str, Any] | None, differences: Iterable[Difference], mapping: str, accepted: bool
) -> None:
    """Another mapping for a task that has run has consequences that a person has to accept.

    :param mapping: the mapping file
    :raises NeedsPersonError: with the consequences.
    """
    changes = any(difference.key == "TableMappings" for difference in differences)
    if not changes or accepted or not task or not has_run(task):
        return
    raise NeedsPersonError(
        f"Task {task['ReplicationTaskIdentifier']} has run with another table mapping than {mapping}. To apply the "
        "file, the task is stopped, modified, and resumed at its checkpoint: no change is lost, but only changes from "
        "then on take the new mapping. Rows in Oracle keep what the old mapping made of them, and a table that is new "
        "in the mapping begins without its rows: DMS reloads nothing for a task that replicates changes only. Nothing "
        "was changed yet. To accept this, trigger the DAG with accept_mapping_change; then see what its reconciliation "
        "finds, and load those rows yourself."
    )
