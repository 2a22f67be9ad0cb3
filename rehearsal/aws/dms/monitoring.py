"""What a task sends to CloudWatch: its log and its metrics.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rehearsal.aws import moto_seams
from rehearsal.aws.dms.resources import ReplicationInstance

if TYPE_CHECKING:
    from rehearsal.aws.dms.region import Region
    from rehearsal.aws.dms.task import Task

_UNITS = {"CDCLatencySource": "Seconds", "CDCLatencyTarget": "Seconds"}


def log_names(region: Region, task: Task) -> tuple[str, str]:
    """Log group and stream of a task."""
    return f"dms-tasks-{_instance(region, task)}", f"dms-task-{task.resource_id}"


def write_log(region: Region, task: Task, lines: list[tuple[str, str, str]]) -> None:
    """Append (component, severity letter, text) to the task's log, if its settings enable one."""
    if not task.settings["Logging"]["EnableLogging"]:
        return
    group, stream = log_names(region, task)
    logs = moto_seams.backend("logs", region.name)
    logs.ensure_log_group(group)
    logs.ensure_log_stream(group, stream)
    now = datetime.now(UTC)
    events = [
        {
            "timestamp": int(now.timestamp() * 1000),
            "message": f"{now:%Y-%m-%dT%H:%M:%S} [{component:<16}]{severity}:  {text}",
        }
        for component, severity, text in lines
    ]
    logs.put_log_events(group, stream, events)


def put_metrics(region: Region, task: Task, values: dict[str, float]) -> None:
    """Add one point to each of the task's metrics, by name, unless the last ones were added just now."""
    if (now := time.monotonic()) < task.metrics_due:
        return
    task.metrics_due = now + region.transitions.durations["metrics"]
    dimensions = [
        {"Name": "ReplicationInstanceIdentifier", "Value": _instance(region, task)},
        {"Name": "ReplicationTaskIdentifier", "Value": task.resource_id},
    ]
    moto_seams.backend("cloudwatch", region.name).put_metric_data(
        "AWS/DMS",
        [
            {
                "MetricName": name,
                "Value": value,
                "Unit": _UNITS.get(name, "Count"),
                "Timestamp": datetime.now(UTC).replace(tzinfo=None),  # as moto keeps them
                "Dimensions": dimensions,
            }
            for name, value in values.items()
        ],
    )


def _instance(region: Region, task: Task) -> str:
    return region.find(ReplicationInstance, task.instance_arn).identifier
