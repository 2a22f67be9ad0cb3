"""A replication task's table statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from reverse_sync.aws.dms import existing_task
from reverse_sync.aws.faults import explained
from reverse_sync.aws.operators.base import DmsOperator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context
    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient


def table_statistics(client: DmsClient, task_arn: str) -> list[dict[str, Any]]:
    """What the task did to each table so far.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_TableStatistics.html
    """
    pages = client.get_paginator("describe_table_statistics").paginate(ReplicationTaskArn=task_arn)
    return [
        {
            "table": f"{table['SchemaName']}.{table['TableName']}",
            "state": table["TableState"],
            "inserts": table["Inserts"],
            "updates": table["Updates"],
            "deletes": table["Deletes"],
            "ddls": table["Ddls"],
        }
        for page in pages
        for table in page["TableStatistics"]
    ]


class DmsTableStatisticsOperator(DmsOperator):
    """Reads the table statistics, for the evidence.

    :param task_identifier: the replication task
    """

    template_fields: Sequence[str] = aws_template_fields("task_identifier")

    def __init__(self, *, task_identifier: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.task_identifier = task_identifier

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """The tables' states and counts."""
        with explained(self.aws_conn_id):
            task = existing_task(self.client, self.task_identifier)
            return {"outcome": "found", "tables": table_statistics(self.client, task["ReplicationTaskArn"])}
