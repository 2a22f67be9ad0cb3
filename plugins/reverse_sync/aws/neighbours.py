"""Other replication tasks that work on the pipeline's databases: what DMS made there is theirs too."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.aws.drift import wanted_endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient
    from mypy_boto3_dms.type_defs import EndpointTypeDef, ReplicationTaskTypeDef

    from reverse_sync.pipeline import Pipeline

_DATABASE = ("ServerName", "Port", "DatabaseName")
_POSTGRES = {"postgres", "aurora-postgresql"}


class Neighbours(NamedTuple):
    """The other tasks of the region, by what they share with the pipeline.

    :ivar source: those that read the same PostgreSQL database
    :ivar target: those that write to the same Oracle with the same login, in whose schema DMS keeps its tables
    :ivar forward: those that write to the PostgreSQL database out of an Oracle: the migration that came before
    """

    source: list[ReplicationTaskTypeDef]
    target: list[ReplicationTaskTypeDef]
    forward: list[ReplicationTaskTypeDef]


def find_neighbours(client: DmsClient, pipeline: Pipeline) -> Neighbours:
    """Look at every task and endpoint of the region. An endpoint whose address is in a secret may be the same."""
    dms, aws = pipeline.dms, (pipeline.aws.connection, pipeline.aws.region)
    source = wanted_endpoint(dms.source_endpoint, pipeline.postgres.db_instance, *aws)
    target = wanted_endpoint(dms.target_endpoint, None, *aws)
    endpoints = {
        found["EndpointArn"]: found
        for page in client.get_paginator("describe_endpoints").paginate()
        for found in page["Endpoints"]
    }
    tasks = [
        task
        for page in client.get_paginator("describe_replication_tasks").paginate(WithoutSettings=True)
        for task in page["ReplicationTasks"]
        if task["ReplicationTaskIdentifier"] != dms.task.identifier
    ]

    def reads(endpoint: EndpointTypeDef) -> bool:  # or, as another task's target, is written
        return endpoint.get("EngineName") in _POSTGRES and _may_be_same(endpoint, source, _DATABASE)

    def writes(endpoint: EndpointTypeDef) -> bool:
        return endpoint.get("EngineName") == "oracle" and _may_be_same(endpoint, target, (*_DATABASE, "Username"))

    def comes_from_oracle(task: ReplicationTaskTypeDef) -> bool:
        return endpoints.get(task["SourceEndpointArn"], {}).get("EngineName") == "oracle"

    return Neighbours(
        [task for task in tasks if reads(endpoints.get(task["SourceEndpointArn"], {}))],
        [task for task in tasks if writes(endpoints.get(task["TargetEndpointArn"], {}))],
        [task for task in tasks if comes_from_oracle(task) and reads(endpoints.get(task["TargetEndpointArn"], {}))],
    )


def _may_be_same(found: Mapping[str, object], own: Mapping[str, object], keys: tuple[str, ...]) -> bool:
    given = [key for key in keys if found.get(key) is not None and own.get(key) is not None]
    return all(str(found[key]).lower() == str(own[key]).lower() for key in given)
