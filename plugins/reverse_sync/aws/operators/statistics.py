"""A replication task's table statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from reverse_sync.aws.dms import existing_task
from reverse_sync.aws.faults import readable_aws_errors
from reverse_sync.aws.operators.base import DmsOperator
from reverse_sync.results import Outcome
from reverse_sync.table_mapping import full_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context
    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient
    from mypy_boto3_dms.type_defs import TableStatisticsTypeDef

    from reverse_sync.aws.keywords import AwsKeywords
    from reverse_sync.results import StatisticsResult, TableStatistics


def table_statistics(client: DmsClient, task_arn: str) -> list[TableStatistics]:
    """What the task did to each table so far.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_TableStatistics.html
    """
    pages = client.get_paginator("describe_table_statistics").paginate(ReplicationTaskArn=task_arn)
    return [statistics_of(table) for page in pages for table in page["TableStatistics"]]


def statistics_of(table: TableStatisticsTypeDef) -> TableStatistics:
    """One table of DMS's answer."""
    return {
        "table": full_name(table["SchemaName"], table["TableName"]),
        "state": table["TableState"],
        "inserts": table["Inserts"],
        "updates": table["Updates"],
        "deletes": table["Deletes"],
        "ddls": table["Ddls"],
        "validation": table.get("ValidationState", "Not enabled"),
        "validation_pending": table.get("ValidationPendingRecords", 0),
        "validation_failed": table.get("ValidationFailedRecords", 0),
        "validation_suspended": table.get("ValidationSuspendedRecords", 0),
    }


class DmsTableStatisticsOperator(DmsOperator):
    """Reads the table statistics, for the evidence.

    :param task_identifier: the replication task
    """

    template_fields: Sequence[str] = aws_template_fields("task_identifier")

    def __init__(self, *, task_identifier: str, **kwargs: Unpack[AwsKeywords]) -> None:
        super().__init__(**kwargs)
        self.task_identifier = task_identifier

    def execute(self, context: Context) -> StatisticsResult:  # noqa: ARG002
        """The tables' states and counts."""
        with readable_aws_errors(self.aws_conn_id):
            task = existing_task(self.client, self.task_identifier)
            return {"outcome": Outcome.FOUND, "tables": table_statistics(self.client, task["ReplicationTaskArn"])}
