"""The calls on replication tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rehearsal.aws.dms import connections, task_lifecycle, task_settings
from rehearsal.aws.dms.describe import matching_page
from rehearsal.aws.dms.errors import invalid_combination, invalid_state, invalid_value
from rehearsal.aws.dms.monitoring import log_names
from rehearsal.aws.dms.task import Task, start_lsn
from rehearsal.aws.errors import AwsError
from reverse_sync.table_mapping import MappingError, TableMapping

if TYPE_CHECKING:
    from rehearsal.aws.dms.region import Parameters, Region

_IDLE = ("ready", "stopped", "failed", "failed-move")


def create_replication_task(region: Region, parameters: Parameters) -> dict[str, Any]:
    """CreateReplicationTask."""
    members = region.named(Task, parameters)
    region.available_instance(parameters["ReplicationInstanceArn"])
    _check_endpoint(region, parameters["SourceEndpointArn"], "source")
    _check_endpoint(region, parameters["TargetEndpointArn"], "target")
    _check_mapping(parameters)
    _check_position(parameters)
    task = Task(members, task_settings.merge(parameters.get("ReplicationTaskSettings"), creating=True))
    region.keep(task, parameters)
    _name_log(region, task)
    event = ("creation", "Replication task created.")
    region.enter(task, "creating", "task_ready", "ready", event)
    return region.answer(task)


def describe_replication_tasks(region: Region, parameters: Parameters) -> dict[str, Any]:
    """DescribeReplicationTasks."""
    answer = region.describe(parameters, Task)
    if parameters.get("WithoutSettings"):
        for task in answer["ReplicationTasks"]:
            del task["TableMappings"], task["ReplicationTaskSettings"]
    return answer


def modify_replication_task(region: Region, parameters: Parameters) -> dict[str, Any]:
    """ModifyReplicationTask: "The task must be stopped before you can modify it."

    https://docs.aws.amazon.com/dms/latest/APIReference/API_ModifyReplicationTask.html
    """
    task = idle(region, parameters, "modified")
    _check_position(parameters)
    _check_mapping(parameters)
    settings = task_settings.merge(parameters.get("ReplicationTaskSettings"), over=task.settings)
    task.members |= region.changes(Task, parameters, task)
    task.settings = settings
    _name_log(region, task)
    event = ("configuration change", "Replication task modified.")
    region.enter(task, "modifying", "task_modify", task.status, event)
    return region.answer(task)


def start_replication_task(region: Region, parameters: Parameters) -> dict[str, Any]:
    """StartReplicationTask, by the rules of each start type for a task that replicates changes only.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_StartReplicationTask.html
    """
    task = region.find(Task, parameters["ReplicationTaskArn"])
    if task.status not in _IDLE:
        raise invalid_state(f"Replication Task cannot be started, invalid state: {task.status}")
    region.available_instance(task.instance_arn)
    if (kind := task.members["MigrationType"]) != "cdc":
        raise invalid_combination(
            f"task {task.identifier} is of type {kind}; the rehearsal replicates changes only (cdc)"
        )
    _check_position(parameters)
    if parameters["StartReplicationTaskType"] == "reload-target":
        raise invalid_combination("Start Type : RELOAD_TARGET, not valid for tasks of type cdc")
    start = _start_of(region, task, parameters)
    connections.require_tested(region, task)
    task_lifecycle.start(region, task, start)
    return region.answer(task)


def stop_replication_task(region: Region, parameters: Parameters) -> dict[str, Any]:
    """StopReplicationTask."""
    task = region.find(Task, parameters["ReplicationTaskArn"])
    if task.status != "running":
        raise invalid_state(f"Replication task is not running: it is {task.status}")
    task.status = "stopping"
    if task.replication:
        task.replication.stop()
    return region.answer(task)


def delete_replication_task(region: Region, parameters: Parameters) -> dict[str, Any]:
    """DeleteReplicationTask: a task that runs has to be stopped first."""
    task = idle(region, parameters, "deleted")
    task_lifecycle.delete(region, task)
    return region.answer(task)


def move_replication_task(region: Region, parameters: Parameters) -> dict[str, Any]:
    """MoveReplicationTask; `failed-move` if the other instance is gone or not available by then."""
    task = idle(region, parameters, "moved")
    target = region.available_instance(parameters["TargetReplicationInstanceArn"])
    if target.arn == task.instance_arn:
        raise invalid_state(f"Replication task {task.identifier} is on {target.identifier} already.")
    before = "stopped" if task.started else task.status

    def moved() -> str:
        try:
            region.available_instance(target.arn)
        except AwsError:
            return "failed-move"
        task.members["ReplicationInstanceArn"] = target.arn
        return before

    region.enter(task, "moving", "task_move", moved)
    return region.answer(task)


def reload_tables(region: Region, parameters: Parameters) -> dict[str, Any]:
    """ReloadTables: never allowed, because a task that did not load has nothing to reload."""
    task = region.find(Task, parameters["ReplicationTaskArn"])
    raise invalid_combination(f"task {task.identifier} replicates changes only (cdc): its tables cannot be reloaded")


def describe_table_statistics(region: Region, parameters: Parameters) -> dict[str, Any]:
    """DescribeTableStatistics."""
    task = region.find(Task, parameters["ReplicationTaskArn"])
    tables = matching_page("TableStatistics", task.table_statistics(), parameters, most=500)
    return tables | {"ReplicationTaskArn": task.arn}


def _start_of(region: Region, task: Task, parameters: Parameters) -> str:
    """`resume`, `fresh`, or the LSN to begin at. SlotName and CdcStartPosition need each other, says the guide:

    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
    """
    if parameters["StartReplicationTaskType"] == "resume-processing":
        if task.started is None:
            raise invalid_combination("Start Type : RESUME_PROCESSING, valid only for tasks that have run before")
        if parameters.get("CdcStartPosition"):
            raise invalid_combination(
                "CdcStartPosition cannot be used with RESUME_PROCESSING, which continues where the task stopped"
            )
        return "resume"
    position = parameters.get("CdcStartPosition") or task.members.get("CdcStartPosition")
    slot = region.endpoints_of(task)[0].settings.get("SlotName")
    if bool(position) != bool(slot):
        raise invalid_combination(
            f"CdcStartPosition is {position or 'not given'} and the source endpoint's SlotName is"
            f" {slot or 'not given'}; to begin at a position, give both"
        )
    return start_lsn(position) if position else "fresh"


def _check_endpoint(region: Region, arn: str, kind: str) -> None:
    endpoint = region.active_endpoint(arn)
    if (actual := endpoint.members["EndpointType"]) != kind:
        raise invalid_value(f"endpoint {endpoint.identifier} is a {actual} endpoint, not a {kind}")
    if (endpoint.engine == "oracle") != (kind == "target"):
        raise invalid_value(
            f"the rehearsal replicates from PostgreSQL to Oracle: {endpoint.identifier}, the {kind}, is"
            f" {endpoint.engine}"
        )


def idle(region: Region, parameters: Parameters, participle: str) -> Task:
    """The task that the call names, which is at rest. Raises AwsError."""
    task = region.find(Task, parameters["ReplicationTaskArn"])
    if task.status not in _IDLE:
        raise invalid_state(f"Replication task {task.identifier} is {task.status}; it cannot be {participle} now.")
    return task


def _name_log(region: Region, task: Task) -> None:
    """DMS fills in where the log is: the two settings can be read, not chosen."""
    group, stream = log_names(region, task)
    logging = task.settings["Logging"]
    logging["CloudWatchLogGroup"] = group if logging["EnableLogging"] else None
    logging["CloudWatchLogStream"] = stream if logging["EnableLogging"] else None


def _check_mapping(parameters: Parameters) -> None:
    """Raises AwsError for table mappings that cannot be used; a modification may come without."""
    if (text := parameters.get("TableMappings")) is None:
        return
    try:
        TableMapping.parse(text, "TableMappings")
    except MappingError as error:
        raise invalid_value(f"Invalid json for table mappings: {error}") from error


def _check_position(parameters: Parameters) -> None:
    """Raises where DMS or the rehearsal cannot begin or end as asked."""
    if parameters.get("CdcStartTime"):
        raise invalid_combination(
            f"CdcStartTime {parameters['CdcStartTime']:%Y-%m-%dT%H:%M:%SZ} cannot be used: a PostgreSQL source has no"
            " start times, only positions (CdcStartPosition)"
        )
    if parameters.get("CdcStopPosition"):
        raise invalid_value("the rehearsal's tasks run until they are stopped: CdcStopPosition cannot be used")
    if parameters.get("CdcStartPosition"):
        start_lsn(parameters["CdcStartPosition"])
