"""What the pipeline wants of DMS against what DMS has: look-ups and differences, without changing anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from reverse_sync.aws.faults import MISSING, code_of
from reverse_sync.errors import NeedsPersonError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from airflow.sdk import Connection
    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient
    from mypy_boto3_dms.type_defs import (
        ConnectionTypeDef,
        EndpointTypeDef,
        FilterTypeDef,
        ReplicationInstanceTypeDef,
        ReplicationTaskTypeDef,
    )

    from reverse_sync.pipeline import Endpoint, ReplicationTask

# https://docs.aws.amazon.com/dms/latest/APIReference/API_DescribeReplicationTasks.html
RUNNING = ("starting", "running")
AT_REST = ("ready", "stopped", "failed")
SETTLED = (*AT_REST, *RUNNING)

Found = TypeVar("Found")


class Difference(NamedTuple):
    """One thing that is not as the pipeline file says."""

    where: str
    key: str
    found: Any
    wanted: Any

    def __str__(self) -> str:
        return f"{self.where}: {self.key} is {self.found!r} in AWS, {self.wanted!r} in the pipeline file"


def find_endpoint(client: DmsClient, identifier: str) -> EndpointTypeDef | None:
    """The endpoint of that name; None where there is none."""
    filters: list[FilterTypeDef] = [{"Name": "endpoint-id", "Values": [identifier]}]
    return _first(lambda: client.describe_endpoints(Filters=filters)["Endpoints"])


def find_task(client: DmsClient, identifier: str) -> ReplicationTaskTypeDef | None:
    """The replication task of that name; None where there is none."""
    filters: list[FilterTypeDef] = [{"Name": "replication-task-id", "Values": [identifier]}]
    return _first(lambda: client.describe_replication_tasks(Filters=filters)["ReplicationTasks"])


def find_instance(client: DmsClient, identifier: str) -> ReplicationInstanceTypeDef | None:
    """The replication instance of that name; None where there is none."""
    filters: list[FilterTypeDef] = [{"Name": "replication-instance-id", "Values": [identifier]}]
    return _first(lambda: client.describe_replication_instances(Filters=filters)["ReplicationInstances"])


def find_connection(client: DmsClient, filters: list[FilterTypeDef]) -> ConnectionTypeDef | None:
    """The last connection test of an endpoint from an instance; None where it was never tested."""
    return _first(lambda: client.describe_connections(Filters=filters)["Connections"])


def _first(describe: Callable[[], list[Found]]) -> Found | None:
    """The one thing described; DMS says that there is none by an empty list or by a fault."""
    from botocore.exceptions import ClientError

    try:
        found = describe()
    except ClientError as error:
        if code_of(error) in MISSING:
            return None
        raise
    return found[0] if found else None


def existing_task(client: DmsClient, identifier: str) -> ReplicationTaskTypeDef:
    """The replication task of that name.

    :raises NeedsPersonError: where there is none.
    """
    task = find_task(client, identifier)
    if task is None:
        raise NeedsPersonError(
            f"DMS has no replication task {identifier}, though this run made or found it: somebody deleted it "
            "meanwhile. Clear the task dms.ensure_task to make it again."
        )
    return task


def endpoint_request(endpoint: Endpoint, connection: Connection, server: str) -> dict[str, Any]:
    """The arguments of CreateEndpoint without the password; the connection's port, where it has one, wins.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateEndpoint.html
    """
    return {
        "EndpointIdentifier": endpoint.identifier,
        "EndpointType": "target" if endpoint.engine == "oracle" else "source",
        "EngineName": endpoint.engine,
        "ServerName": server,
        "Port": connection.port or endpoint.port,
        "DatabaseName": endpoint.database,
        "Username": connection.login,
        "SslMode": endpoint.ssl_mode,
        "ExtraConnectionAttributes": endpoint.extra_connection_attributes,
        **endpoint.settings,
    }


def endpoint_differences(found: Mapping[str, Any], request: Mapping[str, Any]) -> list[Difference]:
    """Where an endpoint differs from what the pipeline would create.

    DMS does not return passwords, so they are not compared: the connection test shows a wrong one.
    """
    where = f"endpoint {request['EndpointIdentifier']}"
    engine_settings = found.get("PostgreSQLSettings") or found.get("OracleSettings") or {}
    flat = {key: wanted for key, wanted in request.items() if key != "PostgreSQLSettings"}
    return [
        Difference(where, key, actual, wanted)
        for key, wanted in {**flat, **request.get("PostgreSQLSettings", {})}.items()
        if (actual := found.get(key, engine_settings.get(key, ""))) != wanted
        and not (key == "EndpointType" and str(actual).lower() == wanted)
    ]


def task_differences(
    found: Mapping[str, Any], task: ReplicationTask, mapping_text: str, arns: Mapping[str, str]
) -> list[Difference]:
    """Where a replication task differs from what the pipeline would create, in the settings that it names."""
    where = f"task {task.identifier}"
    differences = [
        Difference(where, key, found.get(key), wanted)
        for key, wanted in {"MigrationType": task.migration_type, **arns}.items()
        if found.get(key) != wanted
    ]
    if json.loads(found.get("TableMappings") or "{}") != json.loads(mapping_text):
        differences.append(Difference(where, "TableMappings", "another mapping", task.mapping))
    actual = json.loads(found.get("ReplicationTaskSettings") or "{}")
    for section, wanted_settings in task.settings.items():
        actual_section = actual.get(section) or {}
        differences += [
            Difference(where, f"{section}.{key}", actual_section.get(key), wanted)
            for key, wanted in wanted_settings.items()
            if actual_section.get(key) != wanted
        ]
    return differences


def report(differences: Iterable[Difference]) -> str:
    """The differences, a line each, and what to do."""
    lines = "\n".join(f"  {difference}" for difference in differences)
    return (
        "AWS differs from the pipeline file:\n"
        f"{lines}\n"
        "Correct whichever is wrong; or set dms.on_drift to 'apply' (the file wins) or 'ignore' (AWS wins), then run "
        "the DAG again."
    )


def corrected(differences: Iterable[Difference]) -> dict[str, Any]:
    """What a step that applied the differences says of them."""
    found = list(differences)
    return {"what": f"corrected {', '.join(d.key for d in found)}", "differences": [str(d) for d in found]}


def has_run(task: Mapping[str, Any]) -> bool:
    """Whether the task ever ran, so that `start-replication` would lose what was written since.

    On a restart "the replication slot gets recreated":
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
    """
    return any(task.get(sign) for sign in ("ReplicationTaskStartDate", "RecoveryCheckpoint", "StopReason"))
