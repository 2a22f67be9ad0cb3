"""A replication task's CloudWatch log: where DMS says why, and which slot it reads."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from reverse_sync.aws import BOTOCORE_CONFIG

if TYPE_CHECKING:
    from mypy_boto3_dms.type_defs import ReplicationTaskTypeDef
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import GetLogEventsRequestTypeDef

LOGS_ROLE = "dms-cloudwatch-logs-role"
"""https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.html#CHAP_Security.APIRole"""
STREAM = "dms-task-"
"""Before the end of the task's ARN: the name of its log stream."""
LINES = 10
# A start is told in the first lines; one call returns this many, whatever the log's length.
START_LINES = 1000
BEFORE_START = timedelta(minutes=1)


def log_group(instance: str) -> str:
    """Where CloudWatch has the logs of a replication instance's tasks.

    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html
    """
    return f"dms-tasks-{instance}"


def last_lines(
    task: ReplicationTaskTypeDef, instance: str, aws_conn_id: str | None, region_name: str | None
) -> list[str]:
    """The log's last lines, oldest first; one line that says so where it can't be read."""
    from botocore.exceptions import BotoCoreError, ClientError

    request = _request(task, instance, LINES)
    try:
        return _read(request, aws_conn_id, region_name)
    except (ClientError, BotoCoreError) as error:
        return [f"(the log {request['logGroupName']}/{request['logStreamName']} can't be read: {error})"]


def lines_of_the_start(
    task: ReplicationTaskTypeDef, instance: str, aws_conn_id: str | None, region_name: str | None
) -> list[str]:
    """The log's first lines since the task was last started; none where it can't be read, or is not kept."""
    from botocore.exceptions import BotoCoreError, ClientError

    request = _request(task, instance, START_LINES, from_head=True)
    if started := task.get("ReplicationTaskStartDate"):
        request["startTime"] = int((started - BEFORE_START).timestamp() * 1000)
    try:
        return _read(request, aws_conn_id, region_name)
    except (ClientError, BotoCoreError):
        return []


def _request(
    task: ReplicationTaskTypeDef, instance: str, limit: int, *, from_head: bool = False
) -> GetLogEventsRequestTypeDef:
    resource = task["ReplicationTaskArn"].rsplit(":", 1)[-1]
    return {
        "logGroupName": log_group(instance),
        "logStreamName": f"{STREAM}{resource}",
        "limit": limit,
        "startFromHead": from_head,
    }


def _read(request: GetLogEventsRequestTypeDef, aws_conn_id: str | None, region_name: str | None) -> list[str]:
    from airflow.providers.amazon.aws.hooks.logs import AwsLogsHook

    hook = AwsLogsHook(aws_conn_id=aws_conn_id, region_name=region_name, config=BOTOCORE_CONFIG)
    client = cast("CloudWatchLogsClient", hook.conn)
    return [event["message"].rstrip() for event in client.get_log_events(**request)["events"]]
