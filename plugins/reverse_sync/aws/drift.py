"""Where DMS differs from the pipeline file: its endpoints and its task, in one look that changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.aws import dms_client, rds_client
from reverse_sync.aws.certificate import certificate_arn
from reverse_sync.aws.dms import find_endpoint, find_instance, find_task, has_run, task_differences, wanted_arns
from reverse_sync.aws.endpoint import endpoint_differences, endpoint_request
from reverse_sync.aws.rds import find_instance as find_rds_instance
from reverse_sync.aws.rds import instance_address
from reverse_sync.errors import NeedsPersonError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient
    from mypy_boto3_dms.type_defs import ReplicationTaskTypeDef

    from reverse_sync.aws.dms import Difference
    from reverse_sync.aws.endpoint import EndpointRequest
    from reverse_sync.pipeline import Endpoint, Pipeline

# What ModifyReplicationTask can change: https://docs.aws.amazon.com/dms/latest/APIReference/API_ModifyReplicationTask.html
MODIFIABLE = ("MigrationType", "TableMappings", "TargetMetadata", "FullLoadSettings", "Logging", "ValidationSettings")


def wanted_endpoint(
    endpoint: Endpoint, db_instance: str | None, aws_conn_id: str | None, region_name: str | None
) -> EndpointRequest:
    """The endpoint as the pipeline wants it; RDS is asked only where its address is needed.

    :param db_instance: the RDS instance of a source endpoint; None: the connection has to have a host
    :raises NeedsPersonError: where there is no address.
    """
    from airflow.sdk import BaseHook

    def address() -> str | None:
        return instance_address(find_rds_instance(rds_client(aws_conn_id, region_name), str(db_instance)))

    connection = BaseHook.get_connection(endpoint.connection)
    certificate = certificate_arn(dms_client(aws_conn_id, region_name), endpoint) if endpoint.certificate else None
    return endpoint_request(endpoint, connection, address if db_instance else None, certificate)


def all_differences(client: DmsClient, pipeline: Pipeline) -> tuple[ReplicationTaskTypeDef | None, list[Difference]]:
    """The task, where there is one, and every difference of what is there already; what is missing is none."""
    dms, aws = pipeline.dms, pipeline.aws
    differences: list[Difference] = []
    source = find_endpoint(client, dms.source_endpoint.identifier)
    target = find_endpoint(client, dms.target_endpoint.identifier)
    for found, endpoint, db_instance in (
        (source, dms.source_endpoint, pipeline.postgres.db_instance),
        (target, dms.target_endpoint, None),
    ):
        if found:
            request = wanted_endpoint(endpoint, db_instance, aws.connection, aws.region)
            differences += endpoint_differences(found, request)
    arns = wanted_arns(dms, source, target, find_instance(client, dms.replication_instance))
    task = find_task(client, dms.task.identifier)
    if task:
        differences += task_differences(task, dms.task, pipeline.mapping_text, arns)
    return task, differences


def refuse_unmodifiable(differences: Iterable[Difference]) -> None:
    """Nothing is begun that can't be ended.

    :raises NeedsPersonError: where DMS can't change the task so.
    """
    for difference in differences:
        if difference.of == "replication task" and difference.key.split(".")[0] not in MODIFIABLE:
            raise NeedsPersonError(
                f"{difference}, and DMS can't change that of an existing task. Correct the pipeline file; or take the "
                "old task down with the decommission DAG once Oracle has caught up, then run this DAG again."
            )


def refuse_unaccepted_mapping(
    task: ReplicationTaskTypeDef | None, differences: Iterable[Difference], mapping: str, accepted: bool
) -> None:
    """Another mapping for a task that has run has consequences that a person has to accept.

    :param mapping: the mapping file
    :raises NeedsPersonError: with the consequences.
    """
    changes = any(difference.key == "TableMappings" for difference in differences)
    if not changes or accepted or not task or not has_run(task):
        return
    raise NeedsPersonError(
        f"Replication task {task['ReplicationTaskIdentifier']} has run with another table mapping than {mapping}. To "
        "apply the file, the task is stopped, modified, and resumed at its checkpoint: no change is lost, but only "
        "changes from then on take the new mapping. Rows in Oracle keep what the old mapping made of them, and a table "
        "that is new in the mapping begins without its rows: DMS reloads nothing for a task that replicates changes "
        "only. Of rules that rename, remove or add a prefix AWS says that they need a restart, which would lose "
        "changes: prove them on a row after the resume. Nothing was changed yet. To accept this, trigger the DAG with "
        "accept_mapping_change; then see what its reconciliation finds, and load those rows yourself."
    )
