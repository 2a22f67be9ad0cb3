"""Wait for the tables of a replication task."""

from __future__ import annotations

from typing import Any

from airflow.providers.amazon.aws.hooks.dms import DmsHook

from reverse_sync.aws import BOTOCORE_CONFIG
from reverse_sync.waiting import Answer, LookTrigger

# https://docs.aws.amazon.com/dms/latest/APIReference/API_TableStatistics.html, TableState
GOOD = "Table completed"
BAD = ("Table error", "Table cancelled", "Table does not exist")


class DmsTablesTrigger(LookTrigger):
    """Reads the task's table statistics until every table is in good state, or one is in a bad one.

    :param task_identifier: the replication task
    :param tables: how many tables there must be
    """

    def __init__(
        self, *, task_identifier: str, tables: int, aws_conn_id: str | None, region_name: str | None, **patience: Any
    ) -> None:
        super().__init__(
            **patience, task_identifier=task_identifier, tables=tables, aws_conn_id=aws_conn_id, region_name=region_name
        )

    async def look(self) -> Answer:
        """Describe every table once."""
        hook = DmsHook(
            aws_conn_id=self.arguments["aws_conn_id"], region_name=self.arguments["region_name"], config=BOTOCORE_CONFIG
        )
        filters = [{"Name": "replication-task-id", "Values": [self.arguments["task_identifier"]]}]
        async with await hook.get_async_conn() as client:
            described = await client.describe_replication_tasks(Filters=filters, WithoutSettings=True)
            arn = described["ReplicationTasks"][0]["ReplicationTaskArn"]
            pages = client.get_paginator("describe_table_statistics").paginate(ReplicationTaskArn=arn)
            tables = [
                {"table": f"{table['SchemaName']}.{table['TableName']}", "state": table["TableState"]}
                async for page in pages
                for table in page["TableStatistics"]
            ]
        states = {table["state"] for table in tables}
        if states.intersection(BAD):
            return Answer("failure", {"tables": tables})
        done = len(tables) >= self.arguments["tables"] and states <= {GOOD}
        return Answer("success" if done else "not yet", {"tables": tables})
