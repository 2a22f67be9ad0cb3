"""Is what DMS has what the pipeline wants?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.aws.dms import INSTANCE_STAYS_AWAY, task_differences, wanted_arns
from reverse_sync.aws.endpoint import endpoint_differences, endpoint_request
from reverse_sync.aws.rds import instance_address
from reverse_sync.aws.task_log import LOGS_ROLE
from reverse_sync.errors import NeedsPersonError
from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reverse_sync.aws.dms import Difference
    from reverse_sync.preflight.cutover import Cutover

_LOG_CONTEXT_SINCE = (3, 5, 0)


@check(Group.REPLICATION, links.DMS_INSTANCES, "dms")
def replication_instance(cutover: Cutover) -> Iterator[Finding]:
    """The replication instance does not exist or is not available."""
    identifier, instance = cutover.pipeline.dms.replication_instance, cutover.dms.replication_instance
    if instance is None:
        yield error(
            f"there is no DMS replication instance {identifier} in {cutover.pipeline.aws.region}",
            "endpoints cannot be tested and the task cannot run",
            "correct dms.replication_instance, or create it",
        )
    elif (status := instance["ReplicationInstanceStatus"]) != "available":
        passing = status not in INSTANCE_STAYS_AWAY
        yield (warning if passing else error)(
            f"the DMS replication instance {identifier} is {status}, not available",
            "the run waits for it" if passing else "endpoints cannot be tested and the task cannot run",
            "wait" if passing else "look at its events in the DMS console",
        )


@check(Group.REPLICATION, links.DMS_LOGGING, "dms")
def engine_version(cutover: Cutover) -> Iterator[Finding]:
    """The replication instance's engine is too old for the log context that the pipeline asks for."""
    version, release = cutover.dms.engine_version, cutover.dms.engine_release
    if cutover.pipeline.dms.task.log_context and release and release < _LOG_CONTEXT_SINCE:
        yield warning(
            f"the replication instance's engine is {version}, log context needs 3.5.0",
            "the task's setting EnableLogContext is refused or ignored",
            "upgrade the replication instance, or set dms.task.log_context to false",
        )


@check(Group.REPLICATION, links.DMS_ENDPOINTS, "dms", "rds", accepted_by="dms.on_drift")
def endpoint_drift(cutover: Cutover) -> Iterator[Finding]:
    """An endpoint exists and differs from the pipeline, with both values."""
    dms = cutover.pipeline.dms

    def address() -> str | None:
        return instance_address(cutover.rds.instance)

    for endpoint, rds_address in ((dms.source_endpoint, address), (dms.target_endpoint, None)):
        found, login = cutover.dms.endpoint(endpoint), cutover.dms.logins[endpoint.connection]
        if found:
            try:
                request = endpoint_request(endpoint, login, rds_address, cutover.dms.certificate(endpoint))
            except NeedsPersonError as reason:
                yield error(
                    f"the address or login of endpoint {endpoint.identifier} is not known: {reason}",
                    "the run stops there",
                    f"correct the connection {endpoint.connection!r} in Airflow",
                )
            else:
                yield from _drift(cutover, endpoint_differences(found, request))


@check(Group.REPLICATION, links.DMS_TASKS, "dms", accepted_by="dms.on_drift")
def task_drift(cutover: Cutover) -> Iterator[Finding]:
    """The replication task exists and differs from the pipeline, with both values."""
    task = cutover.dms.task
    if task:
        dms = cutover.pipeline.dms
        source, target = cutover.dms.endpoint(dms.source_endpoint), cutover.dms.endpoint(dms.target_endpoint)
        wanted = wanted_arns(dms, source, target, cutover.dms.replication_instance)
        yield from _drift(cutover, task_differences(task, cutover.pipeline.dms.task, cutover.mapping_text, wanted))


@check(Group.REPLICATION, links.DMS_RESUME, "dms")
def task_status(cutover: Cutover) -> Iterator[Finding]:
    """The replication task has failed, or ran before and is stopped: since when, why, and that it must be resumed."""
    task = cutover.dms.task
    status = str(task["Status"]) if task else None
    if not task or status not in {"stopped", "failed"}:
        return
    stopped = (task.get("ReplicationTaskStats") or {}).get("StopDate")
    since = f" since {stopped:%Y-%m-%d %H:%M:%S} UTC" if stopped else ""
    reason = task.get("LastFailureMessage") or task.get("StopReason") or "no reason given"
    found = f"the replication task {cutover.pipeline.dms.task.identifier} is {status}{since}: {reason}"
    if cutover.slot_is_lost:
        yield warning(
            f"{found}; and its replication slot {cutover.dms.slot or ''} is gone or has lost WAL".replace("  ", " "),
            "the changes since its last checkpoint are lost: the run stops before it would start the task",
            "read that step's message; then trigger the DAG with recover_lost_slot",
        )
        return
    yield (warning if status == "failed" else note)(
        found,
        "changes made since then wait in its replication slot",
        "nothing: the run resumes it. Never start it again, which makes the slot again and loses those changes",
    )


@check(Group.PERMISSIONS, links.DMS_ROLES, "dms")
def logs_role(cutover: Cutover) -> Iterator[Finding]:
    """The account lacks the role that lets DMS write CloudWatch logs."""
    if cutover.pipeline.dms.task.cloudwatch_logs and not cutover.dms.has_logs_role():
        yield warning(
            f"the account has no role {LOGS_ROLE}",
            "DMS writes no CloudWatch log, and with it the reason of a failure is lost",
            f"create {LOGS_ROLE} with the policy AmazonDMSCloudWatchLogsRole",
        )


def _drift(cutover: Cutover, differences: Iterable[Difference]) -> Iterator[Finding]:
    judge, why, do = {
        "report": (error, "the run stops there", "correct whichever is wrong, or choose another dms.on_drift"),
        "apply": (note, "the run applies the file's value", "nothing"),
        "ignore": (note, "AWS's value stays", "nothing"),
    }[cutover.pipeline.dms.on_drift]
    for difference in differences:
        if difference.key == "TableMappings" and cutover.task_has_run and cutover.pipeline.dms.on_drift == "apply":
            yield warning(
                str(difference),
                "the task has run: the run stops there unless a person accepts another mapping for it",
                "trigger the DAG with accept_mapping_change once you accept that",
            )
        else:
            yield judge(str(difference), why, do)
