"""The last lines of a replication task's CloudWatch log: where DMS says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reverse_sync.aws import BOTOCORE_CONFIG

if TYPE_CHECKING:
    from collections.abc import Mapping

LINES = 10


def last_lines(task: Mapping[str, Any], instance: str, aws_conn_id: str | None, region_name: str | None) -> list[str]:
    """The log's last lines, oldest first; one line that says so where it can't be read.

    Group `dms-tasks-INSTANCE`, stream `dms-task-RESOURCE`, RESOURCE being the end of the task's ARN:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html
    """
    from airflow.providers.amazon.aws.hooks.logs import AwsLogsHook
    from botocore.exceptions import BotoCoreError, ClientError

    group = f"dms-tasks-{instance}"
    stream = f"dms-task-{task['ReplicationTaskArn'].rsplit(':', 1)[-1]}"
    hook = AwsLogsHook(aws_conn_id=aws_conn_id, region_name=region_name, config=BOTOCORE_CONFIG)
    client: Any = hook.conn
    try:
        events = client.get_log_events(logGroupName=group, logStreamName=stream, limit=LINES, startFromHead=False)[
            "events"
        ]
    except (ClientError, BotoCoreError) as error:
        return [f"(the log {group}/{stream} can't be read: {error})"]
    return [event["message"].rstrip() for event in events]
