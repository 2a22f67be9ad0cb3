"""Is what DMS has what the pipeline wants?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reverse_sync.aws.dms import endpoint_differences, endpoint_request, task_differences
from reverse_sync.preflight import links
from reverse_sync.preflight.aws_facts import LOGS_ROLE
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reverse_sync.aws.dms import Difference
    from reverse_sync.preflight.world import World

_LOG_CONTEXT_SINCE = (3, 5, 0)
# https://docs.aws.amazon.com/dms/latest/APIReference/API_ReplicationInstance.html
_PASSING = {"creating", "maintenance", "modifying", "rebooting", "resetting-master-credentials", "upgrading"}


@check(Group.REPLICATION, links.DMS_INSTANCES, "dms")
def replication_instance(world: World) -> Iterator[Finding]:
    """The replication instance does not exist or is not available."""
    identifier, instance = world.pipeline.dms.replication_instance, world.dms.replication_instance
    if instance is None:
        yield error(
            f"there is no DMS replication instance {identifier} in {world.pipeline.aws.region}",
            "endpoints cannot be tested and the task cannot run",
            "correct dms.replication_instance, or create it",
        )
    elif (status := instance["ReplicationInstanceStatus"]) != "available":
        passing = status in _PASSING
        yield (warning if passing else error)(
            f"the DMS replication instance {identifier} is {status}, not available",
            "the run waits for it" if passing else "endpoints cannot be tested and the task cannot run",
            "wait" if passing else "look at its events in the DMS console",
        )


@check(Group.REPLICATION, links.DMS_LOGGING, "dms")
def engine_version(world: World) -> Iterator[Finding]:
    """The replication instance's engine is too old for the log context that the pipeline asks for."""
    version = str((world.dms.replication_instance or {}).get("EngineVersion", ""))
    parts = tuple(int(part) for part in version.split(".") if part.isdigit())
    if world.pipeline.dms.task.log_context and parts and parts < _LOG_CONTEXT_SINCE:
        yield warning(
            f"the replication instance's engine is {version}, log context needs 3.5.0",
            "the task's setting EnableLogContext is refused or ignored",
            "upgrade the replication instance, or set dms.task.log_context to false",
        )


@check(Group.REPLICATION, links.DMS_ENDPOINTS, "dms", "rds")
def endpoint_drift(world: World) -> Iterator[Finding]:
    """An endpoint exists and differs from the pipeline, with both values."""
    dms = world.pipeline.dms
    address = ((world.rds.instance or {}).get("Endpoint") or {}).get("Address", "")
    for endpoint in (dms.source_endpoint, dms.target_endpoint):
        found, login = world.dms.endpoint(endpoint), world.dms.logins.get(endpoint.connection)
        if found and login:
            server = address if endpoint is dms.source_endpoint else login.host
            yield from _drift(world, endpoint_differences(found, endpoint_request(endpoint, login, server)))


@check(Group.REPLICATION, links.DMS_TASKS, "dms")
def task_drift(world: World) -> Iterator[Finding]:
    """The replication task exists and differs from the pipeline, with both values."""
    task = world.dms.task
    if task:
        wanted: dict[str, Any] = {}
        if world.dms.replication_instance:
            wanted["ReplicationInstanceArn"] = world.dms.replication_instance["ReplicationInstanceArn"]
        for key, endpoint in (
            ("SourceEndpointArn", world.pipeline.dms.source_endpoint),
            ("TargetEndpointArn", world.pipeline.dms.target_endpoint),
        ):
            if found := world.dms.endpoint(endpoint):
                wanted[key] = found["EndpointArn"]
        yield from _drift(world, task_differences(task, world.pipeline.dms.task, world.mapping_text, wanted))


@check(Group.REPLICATION, links.DMS_RESUME, "dms")
def task_status(world: World) -> Iterator[Finding]:
    """The replication task has failed, or ran before and is stopped: since when, why, and that it must be resumed."""
    task = world.dms.task
    status = str(task["Status"]) if task else None
    if task and status in {"stopped", "failed"}:
        stopped = (task.get("ReplicationTaskStats") or {}).get("StopDate")
        since = f" since {stopped:%Y-%m-%d %H:%M:%S} UTC" if stopped else ""
        reason = task.get("LastFailureMessage") or task.get("StopReason") or "no reason given"
        yield (warning if status == "failed" else note)(
            f"the task {world.pipeline.dms.task.identifier} is {status}{since}: {reason}",
            "changes made since then wait in its replication slot",
            "nothing: the run resumes it. Never start it anew, which makes the slot again and loses those changes",
        )
    if task and status in {"stopped", "failed"} and world.has("source") and not world.source.slots:
        yield warning(
            f"the task {world.pipeline.dms.task.identifier} is {status}, but the source has no replication slot",
            "the changes since its last checkpoint are lost: the run stops before it would start the task",
            "read that step's message; then trigger the DAG with recover_lost_slot",
        )


@check(Group.PERMISSIONS, links.DMS_ROLES, "dms")
def logs_role(world: World) -> Iterator[Finding]:
    """The account lacks the role that lets DMS write CloudWatch logs."""
    if world.pipeline.dms.task.cloudwatch_logs and not world.dms.has_logs_role():
        yield warning(
            f"the account has no role {LOGS_ROLE}",
            "DMS writes no CloudWatch log, and with it the reason of a failure is lost",
            f"create {LOGS_ROLE} with the policy AmazonDMSCloudWatchLogsRole",
        )


def _drift(world: World, differences: Iterable[Difference]) -> Iterator[Finding]:
    judge, why, do = {
        "report": (error, "the run stops there", "correct whichever is wrong, or choose another dms.on_drift"),
        "apply": (note, "the run applies the file's value", "nothing"),
        "ignore": (note, "AWS's value stays", "nothing"),
    }[world.pipeline.dms.on_drift]
    for difference in differences:
        yield judge(str(difference), why, do)
