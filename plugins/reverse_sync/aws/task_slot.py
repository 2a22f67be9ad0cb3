"""Which replication slot is a task's own.

DMS's API does not tell the slot that it made. Three things do: the setting `slotName` of the source endpoint, the
message of a failure, and the task's log as it starts. What was learned is kept beside the records, because a log ends
or is deleted with its task.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html (Native CDC start points)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reverse_sync.aws.dms import has_run
from reverse_sync.aws.task_log import lines_of_the_start
from reverse_sync.evidence.store import keep_slot, kept_slot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient
    from mypy_boto3_dms.type_defs import ReplicationTaskTypeDef

    from reverse_sync.pipeline import Pipeline

# A name of DMS's own making has parts that underscores join; "the slot has no reader" names none.
_NAMED = re.compile(r"\bslot\s+(?:name\s+)?(?:\"([^\"]+)\"|'([^']+)'|([a-z0-9]+_[a-z0-9_]+))")
_SETTING = re.compile(r"(?:^|;)\s*slotName\s*=\s*([^;\s]+)", re.IGNORECASE)


def own_slot(pipeline: Pipeline, client: DmsClient, task: ReplicationTaskTypeDef | None) -> str | None:
    """The name of the slot of the pipeline's task; None where nothing tells it.

    :param task: the task as DMS describes it; None where it is deleted
    """
    said = slot_of(task, client, pipeline) if task else None
    arn = task["ReplicationTaskArn"] if task else None
    return said or kept_slot(pipeline.evidence, pipeline.dms.task.identifier, arn)


def learn_slot(pipeline: Pipeline, client: DmsClient, task: ReplicationTaskTypeDef) -> str | None:
    """:func:`own_slot`, which is kept for the time when DMS does not tell it any more."""
    name = own_slot(pipeline, client, task)
    if name:
        keep_slot(pipeline.evidence, pipeline.dms.task.identifier, task["ReplicationTaskArn"], name)
    return name


def slot_of(task: ReplicationTaskTypeDef, client: DmsClient, pipeline: Pipeline) -> str | None:
    """What DMS says of the slot of any task of the pipeline's region; None where it says nothing."""
    if name := _set_name(client, task):
        return name
    if not has_run(task):
        return None
    lines = lines_of_the_start(task, pipeline.dms.replication_instance, pipeline.aws.connection, pipeline.aws.region)
    return named_in([task.get("LastFailureMessage") or "", *lines])


def named_in(lines: Iterable[str]) -> str | None:
    """The slot that the last line which names one names."""
    names = [next(filter(None, found.groups())) for line in lines for found in _NAMED.finditer(line)]
    return names[-1] if names else None


def _set_name(client: DmsClient, task: ReplicationTaskTypeDef) -> str | None:
    found = client.describe_endpoints(Filters=[{"Name": "endpoint-arn", "Values": [task["SourceEndpointArn"]]}])
    for endpoint in found["Endpoints"]:
        if name := (endpoint.get("PostgreSQLSettings") or {}).get("SlotName"):
            return name
        if setting := _SETTING.search(endpoint.get("ExtraConnectionAttributes") or ""):
            return setting[1]
    return None
