"""What the pipeline wants of DMS against what DMS has: look-ups and differences, without changing anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from reverse_sync.aws.faults import MISSING, code_of
from reverse_sync.errors import NeedsPersonError
from reverse_sync.table_mapping import rule_differences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient
    from mypy_boto3_dms.type_defs import (
        ConnectionTypeDef,
        EndpointTypeDef,
        FilterTypeDef,
        ReplicationInstanceTypeDef,
        ReplicationTaskTypeDef,
    )

    from reverse_sync.pipeline import Dms, ReplicationTask

# https://docs.aws.amazon.com/dms/latest/APIReference/API_DescribeReplicationTasks.html
RUNNING = ("starting", "running")
AT_REST = ("ready", "stopped", "failed")
# A replication instance leaves none of these by itself:
# https://docs.aws.amazon.com/dms/latest/APIReference/API_ReplicationInstance.html
INSTANCE_STAYS_AWAY = (
    "deleted",
    "deleting",
    "failed",
    "inaccessible-encryption-credentials",
    "incompatible-credentials",
    "incompatible-network",
    "storage-full",
)
USABLE_STATUSES = (*AT_REST, *RUNNING)
# A task that has run leaves none of these by itself, and replicates nothing in them.
ENDED = ("failed", "stopped", "deleting", "failed-move")
MOST_RULES = 20
"""How many rules a difference of two mappings names; the pipeline's file has them all."""

Found = TypeVar("Found")


class Difference(NamedTuple):
    """One thing that is not as the pipeline file says; `said` puts it into words that two values do not."""

    of: Literal["endpoint", "replication task"]
    name: str
    key: str
    found: object
    wanted: object
    said: str = ""

    def __str__(self) -> str:
        if self.said:
            return f"{self.of} {self.name}: {self.key}: {self.said}"
        return f"{self.of} {self.name}: {self.key} is {self.found!r} in AWS, {self.wanted!r} in the pipeline file"


def named(
    kind: Literal["endpoint-id", "replication-instance-id", "replication-task-id"], identifier: str
) -> FilterTypeDef:
    """The filter that finds one thing by its identifier."""
    return {"Name": kind, "Values": [identifier]}


def wanted_arns(
    dms: Dms,
    source: EndpointTypeDef | None,
    target: EndpointTypeDef | None,
    instance: ReplicationInstanceTypeDef | None,
) -> dict[str, str]:
    """What the replication task should be joined to; an endpoint that DMS lacks will be new, whatever its ARN."""
    arns = {
        "SourceEndpointArn": source["EndpointArn"] if source else f"the new endpoint {dms.source_endpoint.identifier}",
        "TargetEndpointArn": target["EndpointArn"] if target else f"the new endpoint {dms.target_endpoint.identifier}",
    }
    return {**arns, "ReplicationInstanceArn": instance["ReplicationInstanceArn"]} if instance else dict(arns)


def find_endpoint(client: DmsClient, identifier: str) -> EndpointTypeDef | None:
    """The endpoint of that name; None where there is none."""
    filters = [named("endpoint-id", identifier)]
    return _first(lambda: client.describe_endpoints(Filters=filters)["Endpoints"])


def find_task(client: DmsClient, identifier: str) -> ReplicationTaskTypeDef | None:
    """The replication task of that name; None where there is none."""
    filters = [named("replication-task-id", identifier)]
    return _first(lambda: client.describe_replication_tasks(Filters=filters)["ReplicationTasks"])


def tasks_of_endpoint(client: DmsClient, arn: str) -> list[str]:
    """The identifiers of the replication tasks that read or write the endpoint."""
    pages = client.get_paginator("describe_replication_tasks").paginate(WithoutSettings=True)
    return [
        task["ReplicationTaskIdentifier"]
        for page in pages
        for task in page["ReplicationTasks"]
        if arn in (task["SourceEndpointArn"], task["TargetEndpointArn"])
    ]


def find_instance(client: DmsClient, identifier: str) -> ReplicationInstanceTypeDef | None:
    """The replication instance of that name; None where there is none."""
    filters = [named("replication-instance-id", identifier)]
    return _first(lambda: client.describe_replication_instances(Filters=filters)["ReplicationInstances"])


def find_connection(client: DmsClient, filters: list[FilterTypeDef]) -> ConnectionTypeDef | None:
    """The last connection test of an endpoint from an instance; None where it was never tested."""
    return _first(lambda: client.describe_connections(Filters=filters)["Connections"])


def empty_if_missing(describe: Callable[[], list[Found]]) -> list[Found]:
    """What a call describes; DMS says that there is nothing by an empty list or by a fault."""
    from botocore.exceptions import ClientError

    try:
        return describe()
    except ClientError as error:
        if code_of(error) in MISSING:
            return []
        raise


def _first(describe: Callable[[], list[Found]]) -> Found | None:
    return next(iter(empty_if_missing(describe)), None)


def existing_task(client: DmsClient, identifier: str) -> ReplicationTaskTypeDef:
    """The replication task of that name.

    :raises NeedsPersonError: where there is none.
    """
    task = find_task(client, identifier)
    if task is None:
        raise NeedsPersonError(
            f"DMS has no replication task {identifier}, though this run made or found it: somebody deleted it "
            "meanwhile. Run the DAG again, which makes it again."
        )
    return task


def task_differences(
    found: ReplicationTaskTypeDef, task: ReplicationTask, mapping_text: str, arns: Mapping[str, object]
) -> list[Difference]:
    """Where a replication task differs from what the pipeline would create, in the settings that it names."""
    name = task.identifier
    differences = [
        Difference("replication task", name, key, found.get(key), wanted)
        for key, wanted in {"MigrationType": task.migration_type, **arns}.items()
        if found.get(key) != wanted
    ]
    differences += _mapping_differences(name, found.get("TableMappings") or "", mapping_text, task.mapping)
    actual = json.loads(found.get("ReplicationTaskSettings") or "{}")
    for section, wanted_settings in task.settings.items():
        actual_section = actual.get(section) or {}
        differences += [
            Difference("replication task", name, f"{section}.{key}", actual_section.get(key), wanted)
            for key, wanted in wanted_settings.items()
            if actual_section.get(key) != wanted
        ]
    return differences


def _mapping_differences(name: str, found: str, wanted: str, file: str) -> list[Difference]:
    """The rules that differ, each a difference, up to MOST_RULES of them."""
    try:
        rules = rule_differences(found, wanted)
    except ValueError as error:
        return [Difference("replication task", name, "TableMappings", str(error), file)]
    differences = [
        Difference("replication task", name, "TableMappings", rule.found, rule.wanted, rule.said("AWS", file))
        for rule in rules[:MOST_RULES]
    ]
    if len(rules) > MOST_RULES:
        more = f"{len(rules) - MOST_RULES} more differences of its rules"
        differences.append(Difference("replication task", name, "TableMappings", None, None, more))
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


def correction(differences: Iterable[Difference]) -> str:
    """What a step that applied the differences says of them."""
    return f"corrected {', '.join(dict.fromkeys(difference.key for difference in differences))}"


def has_run(task: ReplicationTaskTypeDef) -> bool:
    """Whether the task ever ran, so that `start-replication` would lose what was written since.

    On a restart "the replication slot gets recreated":
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
    """
    return any(task.get(sign) for sign in ("ReplicationTaskStartDate", "RecoveryCheckpoint", "StopReason"))
