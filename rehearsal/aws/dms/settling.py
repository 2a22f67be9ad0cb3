"""What becomes of the resources that an earlier stand-in left in the middle of something."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rehearsal.aws.dms.resources import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rehearsal.aws.dms.connections import Connections
    from rehearsal.aws.dms.region import Region
    from rehearsal.aws.dms.task import Task
    from rehearsal.aws.dms.task_lifecycle import TaskLifecycle


def settle(region: Region, connections: Connections, lifecycle: TaskLifecycle) -> None:
    """Bring to an end what time would have ended meanwhile; tasks that ran run on. The caller holds the lock.

    DMS itself does not notice that the stand-in was away: nobody stopped the task.
    """
    statuses = {arn: one.status for arn, one in region.endpoints.items()}
    statuses |= {arn: one.status for arn, one in region.instances.items()}
    for arn in [arn for arn, status in statuses.items() if status == "deleting"]:
        region.remove(arn)
    for instance in region.instances.values():
        instance.status = "available"
    connections.finish_tests()
    for run in region.assessments.values():
        run["Status"] = run["Status"].replace("running", "error-executing")
    for task in region.tasks.values():
        _settle_task(task, lifecycle)


def move(kept: Mapping[str, dict[str, Any]], before: Mapping[str, int], now: Mapping[str, int]) -> None:
    """Let kept endpoints follow the rehearsal's own databases to other ports; ports by engine."""
    for records in kept.values():
        for endpoint in records["endpoints"].values():
            port = before.get(endpoint.engine)
            for attributes in (endpoint.attributes, endpoint.attributes.get(SETTINGS.get(endpoint.engine, ""), {})):
                if port is not None and attributes.get("Port") == port:
                    attributes["Port"] = now[endpoint.engine]


def _settle_task(task: Task, lifecycle: TaskLifecycle) -> None:
    match task.status:
        case "starting" | "running":
            lifecycle.start(task, task.next_start)
        case "stopping":
            task.status, task.stop_reason, task.stopped = "stopped", "Stop Reason NORMAL", datetime.now(UTC)
        case "deleting":
            lifecycle.delete(task)
        case "creating" | "modifying" | "testing" | "moving":
            task.status = "stopped" if task.started else "ready"
