"""The calls on replication tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rehearsal.aws.dms import task_settings
from rehearsal.aws.dms.describe import matching_page
from rehearsal.aws.dms.errors import invalid_combination, invalid_state, invalid_value
from rehearsal.aws.dms.monitoring import log_names
from rehearsal.aws.dms.task import Task, start_lsn
from reverse_sync.table_mapping import MappingError, TableMapping

if TYPE_CHECKING:
    from rehearsal.aws.dms.connections import Connections
    from rehearsal.aws.dms.protocol import Parameters
    from rehearsal.aws.dms.region import Region
    from rehearsal.aws.dms.task_lifecycle import TaskLifecycle

_IDLE = ("ready", "stopped", "failed", "failed-move")


@dataclass
class Tasks:
    """The calls on tasks: checked here, carried out by `TaskLifecycle`."""

    _region: Region
    _connections: Connections
    _lifecycle: TaskLifecycle

    def create_replication_task(self, parameters: Parameters) -> dict[str, Any]:
        """CreateReplicationTask."""
        members = self._region.named(Task, parameters)
        self._region.available_instance(parameters["ReplicationInstanceArn"])
        self._check_endpoint(parameters["SourceEndpointArn"], "source")
        self._check_endpoint(parameters["TargetEndpointArn"], "target")
        _check_mapping(parameters)
        _check_position(parameters)
        task = Task(members, task_settings.merge(parameters.get("ReplicationTaskSettings"), creating=True))
        self._region.keep(task, parameters)
        self._name_log(task)
        event = ("creation", "Replication task created.")
        self._region.enter(task, "creating", "task_ready", "ready", event)
        return self._region.answer(task)

    def describe_replication_tasks(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeReplicationTasks."""
        answer = self._region.describe(Task, parameters)
        if parameters.get("WithoutSettings"):
            for task in answer["ReplicationTasks"]:
                del task["TableMappings"], task["ReplicationTaskSettings"]
        return answer

    def modify_replication_task(self, parameters: Parameters) -> dict[str, Any]:
        """ModifyReplicationTask: "The task must be stopped before you can modify it."

        https://docs.aws.amazon.com/dms/latest/APIReference/API_ModifyReplicationTask.html
        """
        task = self.idle(parameters, "modified")
        _check_position(parameters)
        _check_mapping(parameters)
        settings = task_settings.merge(parameters.get("ReplicationTaskSettings"), over=task.settings)
        task.members |= self._region.changes(Task, parameters, task)
        task.settings = settings
        self._name_log(task)
        event = ("configuration change", "Replication task modified.")
        self._region.enter(task, "modifying", "task_modify", task.status, event)
        return self._region.answer(task)

    def start_replication_task(self, parameters: Parameters) -> dict[str, Any]:
        """StartReplicationTask, by the rules of each start type for a task that replicates changes only.

        https://docs.aws.amazon.com/dms/latest/APIReference/API_StartReplicationTask.html
        """
        task = self._region.find(Task, parameters["ReplicationTaskArn"])
        if task.status not in _IDLE:
            raise invalid_state(f"Replication Task cannot be started, invalid state: {task.status}")
        self._region.available_instance(task.instance_arn)
        if (kind := task.members["MigrationType"]) != "cdc":
            raise invalid_combination(
                f"task {task.identifier} is of type {kind}; the rehearsal replicates changes only (cdc)"
            )
        _check_position(parameters)
        if parameters["StartReplicationTaskType"] == "reload-target":
            raise invalid_combination("Start Type : RELOAD_TARGET, not valid for tasks of type cdc")
        start = self._start_of(task, parameters)
        self._connections.require_tested(task.instance_arn, self._region.endpoints_of(task))
        self._lifecycle.start(task, start)
        return self._region.answer(task)

    def stop_replication_task(self, parameters: Parameters) -> dict[str, Any]:
        """StopReplicationTask."""
        task = self._region.find(Task, parameters["ReplicationTaskArn"])
        if task.status != "running":
            raise invalid_state(f"Replication task is not running: it is {task.status}")
        self._lifecycle.stop(task)
        return self._region.answer(task)

    def delete_replication_task(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteReplicationTask: a task that runs has to be stopped first."""
        task = self.idle(parameters, "deleted")
        self._lifecycle.delete(task)
        return self._region.answer(task)

    def move_replication_task(self, parameters: Parameters) -> dict[str, Any]:
        """MoveReplicationTask; `failed-move` if the other instance is gone or not available by then."""
        task = self.idle(parameters, "moved")
        target = self._region.available_instance(parameters["TargetReplicationInstanceArn"])
        if target.arn == task.instance_arn:
            raise invalid_state(f"Replication task {task.identifier} is on {target.identifier} already.")
        self._lifecycle.move(task, target)
        return self._region.answer(task)

    def reload_tables(self, parameters: Parameters) -> dict[str, Any]:
        """ReloadTables: never allowed, because a task that did not load has nothing to reload."""
        task = self._region.find(Task, parameters["ReplicationTaskArn"])
        raise invalid_combination(
            f"task {task.identifier} replicates changes only (cdc): its tables cannot be reloaded"
        )

    def describe_table_statistics(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeTableStatistics."""
        task = self._region.find(Task, parameters["ReplicationTaskArn"])
        tables = matching_page("TableStatistics", task.table_statistics(), parameters, most=500)
        return tables | {"ReplicationTaskArn": task.arn}

    def _start_of(self, task: Task, parameters: Parameters) -> str:
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
        slot = self._region.endpoints_of(task)[0].settings.get("SlotName")
        if bool(position) != bool(slot):
            raise invalid_combination(
                f"CdcStartPosition is {position or 'not given'} and the source endpoint's SlotName is"
                f" {slot or 'not given'}; to begin at a position, give both"
            )
        return start_lsn(position) if position else "fresh"

    def _check_endpoint(self, arn: str, kind: str) -> None:
        endpoint = self._region.active_endpoint(arn)
        if (actual := endpoint.members["EndpointType"]) != kind:
            raise invalid_value(f"endpoint {endpoint.identifier} is a {actual} endpoint, not a {kind}")
        if (endpoint.engine == "oracle") != (kind == "target"):
            raise invalid_value(
                f"the rehearsal replicates from PostgreSQL to Oracle: {endpoint.identifier}, the {kind}, is"
                f" {endpoint.engine}"
            )

    def idle(self, parameters: Parameters, participle: str) -> Task:
        """The task that the call names, which is at rest. Raises DmsError."""
        task = self._region.find(Task, parameters["ReplicationTaskArn"])
        if task.status not in _IDLE:
            raise invalid_state(f"Replication task {task.identifier} is {task.status}; it cannot be {participle} now.")
        return task

    def _name_log(self, task: Task) -> None:
        """DMS fills in where the log is: the two settings can be read, not chosen."""
        group, stream = log_names(self._region, task)
        logging = task.settings["Logging"]
        logging["CloudWatchLogGroup"] = group if logging["EnableLogging"] else None
        logging["CloudWatchLogStream"] = stream if logging["EnableLogging"] else None


def _check_mapping(parameters: Parameters) -> None:
    """Raises DmsError for table mappings that cannot be used; a modification may come without."""
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
