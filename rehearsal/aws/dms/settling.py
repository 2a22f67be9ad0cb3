"""What becomes of the resources that an earlier stand-in left in the middle of something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rehearsal.aws.dms import connections, task_lifecycle
from rehearsal.aws.dms.assessments import AssessmentRun
from rehearsal.aws.dms.endpoint import Endpoint
from rehearsal.aws.dms.resources import ReplicationInstance
from rehearsal.aws.dms.task import Task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rehearsal.aws.dms.region import Region


def settle(region: Region) -> None:
    """Bring to an end what time would have ended meanwhile; tasks that ran run on. The caller holds the lock.

    DMS itself does not notice that the stand-in was away: nobody stopped the task.
    """
    for resource in [*region.resources.values()]:
        match resource, resource.status:
            case Task(), "starting" | "running":
                task_lifecycle.start(region, resource, resource.next_start)
            case Task(), "stopping":
                task_lifecycle.come_to_rest(resource)
            case Task(), "deleting":
                task_lifecycle.delete(region, resource)
            case Task(), "creating" | "modifying" | "testing" | "moving":
                resource.status = "stopped" if resource.started else "ready"
            case AssessmentRun(), "running":
                resource.status = "error-executing"
            case ReplicationInstance(), "creating":
                resource.status = "available"
            case _, "deleting":
                region.remove(resource)
    connections.test_again(region, "Status", "testing")


def move(kept: Mapping[str, dict[str, Any]], before: Mapping[str, int], now: Mapping[str, int]) -> None:
    """Let kept endpoints follow the rehearsal's own databases to other ports; ports by engine."""
    for endpoint in (one for records in kept.values() for one in records["resources"].values()):
        if isinstance(endpoint, Endpoint) and (port := before.get(endpoint.engine)) is not None:
            for members in (endpoint.members, endpoint.members.get(endpoint.section, {})):
                if members.get("Port") == port:
                    members["Port"] = now[endpoint.engine]
