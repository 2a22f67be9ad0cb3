"""Wait for the tables of a replication task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.amazon.aws.hooks.dms import DmsHook
from botocore.exceptions import ClientError

from reverse_sync.aws import BOTOCORE_CONFIG
from reverse_sync.aws.dms import ENDED, named
from reverse_sync.aws.faults import MISSING, code_of, readable_aws_errors
from reverse_sync.aws.operators.statistics import statistics_of
from reverse_sync.aws.triggers.status import MISSING_STATUS
from reverse_sync.results import SUSPENDED
from reverse_sync.waiting import PollResult, PollTrigger

if TYPE_CHECKING:
    from reverse_sync.aws import Client
    from reverse_sync.results import TaskTablesFacts
    from reverse_sync.waiting import Kept, PollSchedule

# https://docs.aws.amazon.com/dms/latest/APIReference/API_TableStatistics.html, TableState
GOOD = "Table completed"
BAD = (SUSPENDED, "Table cancelled", "Table does not exist")


class DmsTablesTrigger(PollTrigger):
    """Reads the task until it runs with every table in good state, a table is in a bad one, or the task has ended.

    :param task_identifier: the replication task
    :param tables: how many tables there must be
    """

    def __init__(
        self,
        *,
        task_identifier: str,
        tables: int,
        aws_conn_id: str | None,
        region_name: str | None,
        schedule: PollSchedule | Kept,
    ) -> None:
        super().__init__(
            schedule=schedule,
            task_identifier=task_identifier,
            tables=tables,
            aws_conn_id=aws_conn_id,
            region_name=region_name,
        )

    async def poll(self) -> PollResult:
        """Describe the task and every table once."""
        task = await read_task(
            self.arguments["task_identifier"], self.arguments["aws_conn_id"], self.arguments["region_name"]
        )
        if task["status"] in (MISSING_STATUS, *ENDED):
            return PollResult("failure", task)
        if task["status"] != "running":  # a task that starts may still show the tables as they were before
            return PollResult("not yet", task)
        states = {table["state"] for table in task["tables"]}
        if states.intersection(BAD):
            return PollResult("failure", task)
        complete = len(task["tables"]) >= self.arguments["tables"] and states <= {GOOD}
        return PollResult("success" if complete else "not yet", task)


async def read_task(task_identifier: str, aws_conn_id: str | None, region_name: str | None) -> TaskTablesFacts:
    """What DMS says of the task now.

    :raises ReverseSyncError: where AWS can't be asked for the moment.
    :raises NeedsPersonError: where AWS refuses.
    """
    hook = DmsHook(aws_conn_id=aws_conn_id, region_name=region_name, config=BOTOCORE_CONFIG)
    with readable_aws_errors(aws_conn_id):
        async with await hook.get_async_conn() as client:
            try:
                return await _read(client, task_identifier)
            except ClientError as error:
                if code_of(error) not in MISSING:
                    raise
                return {"status": MISSING_STATUS, "tables": []}


async def _read(client: Client, task_identifier: str) -> TaskTablesFacts:
    """aiobotocore types nothing; what is read of its answers, botocore's model of DMS promises."""
    filters = [named("replication-task-id", task_identifier)]
    found = (await client.describe_replication_tasks(Filters=filters, WithoutSettings=True))["ReplicationTasks"]
    if not found:
        return {"status": MISSING_STATUS, "tables": []}
    task = found[0]
    pages = client.get_paginator("describe_table_statistics").paginate(ReplicationTaskArn=task["ReplicationTaskArn"])
    return {
        "status": task["Status"],
        "stop_reason": task.get("StopReason"),
        "failure": task.get("LastFailureMessage"),
        "tables": [statistics_of(table) async for page in pages for table in page["TableStatistics"]],
    }


def why_nothing_arrives(task: TaskTablesFacts, table: str) -> str | None:
    """Why no change of the table can arrive any more; None where it still may.

    :param task: what :func:`read_task` found
    :param table: the source table, `schema.table`
    """
    if task["status"] == MISSING_STATUS:
        return "DMS has no replication task"
    if task["status"] in ENDED:
        reasons = "; ".join(reason for reason in (task.get("stop_reason"), task.get("failure")) if reason)
        return f"the replication task is {task['status']!r} ({reasons or 'DMS gives no reason'})"
    bad = [one["state"] for one in task["tables"] if one["table"] == table and one["state"] in BAD]
    return f"{table} is {bad[0]!r}, so its changes are dropped" if bad else None
