"""The calls on replication tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rehearsal.aws.answers import page
from rehearsal.aws.dms import task_settings
from rehearsal.aws.dms.describe import Filters, apply_filters, matching_page
from rehearsal.aws.dms.errors import (
    InvalidParameterCombinationError,
    InvalidParameterValueError,
    InvalidResourceStateError,
    ResourceNotFoundError,
)
from rehearsal.aws.dms.monitoring import log_names
from rehearsal.aws.dms.region import free_identifier, tags
from rehearsal.aws.dms.task import Task, start_lsn
from reverse_sync.table_mapping import MappingError, TableMapping

if TYPE_CHECKING:
    from rehearsal.aws.dms.connections import Connections
    from rehearsal.aws.dms.instances import ReplicationInstances
    from rehearsal.aws.dms.protocol import Parameters
    from rehearsal.aws.dms.region import Region
    from rehearsal.aws.dms.resources import Endpoint
    from rehearsal.aws.dms.task_lifecycle import TaskLifecycle

_IDLE = ("ready", "stopped", "failed", "failed-move")
_FILTERS: Filters = {
    "replication-task-arn": "ReplicationTaskArn",
    "replication-task-id": "ReplicationTaskIdentifier",
    "migration-type": "MigrationType",
    "endpoint-arn": lambda task: (task["SourceEndpointArn"], task["TargetEndpointArn"]),
    "replication-instance-arn": "ReplicationInstanceArn",
}
_TABLE_FILTERS = {"schema-name": "SchemaName", "table-name": "TableName", "table-state": "TableState"}


@dataclass
class Tasks:
    """The calls on tasks: checked here, carried out by `TaskLifecycle`."""

    _region: Region
    _instances: ReplicationInstances
    _connections: Connections
    _lifecycle: TaskLifecycle

    def create_replication_task(self, parameters: Parameters) -> dict[str, Any]:
        """CreateReplicationTask."""
        asked = parameters["ReplicationTaskIdentifier"]
        identifier = free_identifier("ReplicationTaskIdentifier", asked, self._region.tasks)
        instance = self._instances.available(parameters["ReplicationInstanceArn"])
        source = self._endpoint(parameters["SourceEndpointArn"], "source")
        target = self._endpoint(parameters["TargetEndpointArn"], "target")
        _check_mapping(parameters["TableMappings"])
        _check_position(parameters)
        task = Task(
            arn=self._region.new_arn("task", parameters.get("ResourceIdentifier")),
            identifier=identifier,
            source_arn=source.arn,
            target_arn=target.arn,
            instance_arn=instance.arn,
            migration_type=parameters["MigrationType"],
            mappings=parameters["TableMappings"],
            settings=task_settings.merge(parameters.get("ReplicationTaskSettings"), creating=True),
            cdc_start_position=parameters.get("CdcStartPosition"),
        )
        self._name_log(task)
        self._region.tags[task.arn] = tags(parameters)
        self._region.tasks[task.arn] = task
        self._lifecycle.enter(task, "creating", "task_ready", "ready", ("creation", "Replication task created."))
        return {"ReplicationTask": task.describe()}

    def describe_replication_tasks(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeReplicationTasks."""
        without = bool(parameters.get("WithoutSettings"))
        described = (task.describe(without_settings=without) for task in self._region.tasks.values())
        return matching_page("ReplicationTasks", described, parameters, _FILTERS)

    def modify_replication_task(self, parameters: Parameters) -> dict[str, Any]:
        """ModifyReplicationTask: "The task must be stopped before you can modify it."

        https://docs.aws.amazon.com/dms/latest/APIReference/API_ModifyReplicationTask.html
        """
        task = self.idle(parameters, "modified")
        _check_position(parameters)
        mappings = parameters.get("TableMappings", task.mappings)
        _check_mapping(mappings)
        settings = task_settings.merge(parameters.get("ReplicationTaskSettings"), over=task.settings)
        asked = parameters.get("ReplicationTaskIdentifier", task.identifier)
        task.identifier = free_identifier("ReplicationTaskIdentifier", asked, self._region.tasks, but_for=task)
        task.migration_type = parameters.get("MigrationType", task.migration_type)
        task.mappings = mappings
        task.settings = settings
        task.cdc_start_position = parameters.get("CdcStartPosition", task.cdc_start_position)
        self._name_log(task)
        self._lifecycle.enter(
            task, "modifying", "task_modify", task.status, ("configuration change", "Replication task modified.")
        )
        return {"ReplicationTask": task.describe()}

    def start_replication_task(self, parameters: Parameters) -> dict[str, Any]:
        """StartReplicationTask, by the rules of each start type for a task that replicates changes only.

        https://docs.aws.amazon.com/dms/latest/APIReference/API_StartReplicationTask.html
        """
        task = self.require(parameters["ReplicationTaskArn"])
        if task.status not in _IDLE:
            raise InvalidResourceStateError(f"Replication Task cannot be started, invalid state: {task.status}")
        self._instances.available(task.instance_arn)
        if task.migration_type != "cdc":
            raise InvalidParameterCombinationError(
                f"task {task.identifier} is of type {task.migration_type}; the rehearsal replicates changes only (cdc)"
            )
        _check_position(parameters)
        kind = parameters["StartReplicationTaskType"]
        if kind == "reload-target":
            raise InvalidParameterCombinationError("Start Type : RELOAD_TARGET, not valid for tasks of type cdc")
        if kind == "resume-processing" and task.started is None:
            raise InvalidParameterCombinationError(
                "Start Type : RESUME_PROCESSING, valid only for tasks that have run before"
            )
        if kind == "resume-processing" and parameters.get("CdcStartPosition"):
            raise InvalidParameterCombinationError(
                "CdcStartPosition cannot be used with RESUME_PROCESSING, which continues where the task stopped"
            )
        start = "resume" if kind == "resume-processing" else self._fresh_start(task, parameters)
        self._connections.require_tested(task.instance_arn, task.endpoint_arns)
        self._lifecycle.start(task, start)
        return {"ReplicationTask": task.describe()}

    def stop_replication_task(self, parameters: Parameters) -> dict[str, Any]:
        """StopReplicationTask."""
        task = self.require(parameters["ReplicationTaskArn"])
        if task.status != "running":
            raise InvalidResourceStateError(f"Replication task is not running: it is {task.status}")
        self._lifecycle.stop(task)
        return {"ReplicationTask": task.describe()}

    def delete_replication_task(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteReplicationTask: a task that runs has to be stopped first."""
        task = self.idle(parameters, "deleted")
        self._lifecycle.delete(task)
        return {"ReplicationTask": task.describe()}

    def move_replication_task(self, parameters: Parameters) -> dict[str, Any]:
        """MoveReplicationTask; `failed-move` if the other instance is gone or not available by then."""
        task = self.idle(parameters, "moved")
        target = self._instances.available(parameters["TargetReplicationInstanceArn"])
        if target.arn == task.instance_arn:
            raise InvalidResourceStateError(f"Replication task {task.identifier} is on {target.identifier} already.")
        self._lifecycle.move(task, target)
        return {"ReplicationTask": task.describe()}

    def reload_tables(self, parameters: Parameters) -> dict[str, Any]:
        """ReloadTables: never allowed, because a task that did not load has nothing to reload."""
        task = self.require(parameters["ReplicationTaskArn"])
        raise InvalidParameterCombinationError(
            f"task {task.identifier} replicates changes only (cdc): its tables cannot be reloaded"
        )

    def describe_table_statistics(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeTableStatistics."""
        task = self.require(parameters["ReplicationTaskArn"])
        tables = apply_filters(task.table_statistics(), parameters, _TABLE_FILTERS)
        return {"ReplicationTaskArn": task.arn} | page("TableStatistics", tables, parameters, most=500)

    def _fresh_start(self, task: Task, parameters: Parameters) -> str:
        """`fresh`, or the LSN to begin at. SlotName and CdcStartPosition need each other, says the guide:

        https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
        """
        position = parameters.get("CdcStartPosition") or task.cdc_start_position
        slot = self._region.endpoints[task.source_arn].settings.get("SlotName")
        if bool(position) != bool(slot):
            raise InvalidParameterCombinationError(
                f"CdcStartPosition is {position or 'not given'} and the source endpoint's SlotName is"
                f" {slot or 'not given'}; to begin at a position, give both"
            )
        return start_lsn(position) if position else "fresh"

    def _endpoint(self, arn: str, kind: str) -> Endpoint:
        endpoint = self._region.active_endpoint(arn)
        if endpoint.attributes["EndpointType"] != kind:
            raise InvalidParameterValueError(
                f"endpoint {endpoint.identifier} is a {endpoint.attributes['EndpointType']} endpoint, not a {kind}"
            )
        if (endpoint.engine == "oracle") != (kind == "target"):
            raise InvalidParameterValueError(
                f"the rehearsal replicates from PostgreSQL to Oracle: {endpoint.identifier}, the {kind}, is"
                f" {endpoint.engine}"
            )
        return endpoint

    def require(self, arn: str) -> Task:
        """The task of that ARN. Raises ResourceNotFoundError."""
        if arn not in self._region.tasks:
            raise ResourceNotFoundError(f"Replication task not found: {arn}")
        return self._region.tasks[arn]

    def idle(self, parameters: Parameters, participle: str) -> Task:
        """The task that the call names, which is at rest. Raises InvalidResourceStateError."""
        task = self.require(parameters["ReplicationTaskArn"])
        if task.status not in _IDLE:
            raise InvalidResourceStateError(
                f"Replication task {task.identifier} is {task.status}; it cannot be {participle} now."
            )
        return task

    def _name_log(self, task: Task) -> None:
        """DMS fills in where the log is: the two settings can be read, not chosen."""
        group, stream = log_names(self._region.instances[task.instance_arn].identifier, task)
        logging = task.settings["Logging"]
        logging["CloudWatchLogGroup"] = group if logging["EnableLogging"] else None
        logging["CloudWatchLogStream"] = stream if logging["EnableLogging"] else None


def _check_mapping(text: str) -> None:
    try:
        TableMapping.parse(text, "TableMappings")
    except MappingError as error:
        raise InvalidParameterValueError(f"Invalid json for table mappings: {error}") from error


def _check_position(parameters: Parameters) -> None:
    """Raises where DMS or the rehearsal cannot begin or end as asked."""
    if parameters.get("CdcStartTime"):
        raise InvalidParameterCombinationError(
            f"CdcStartTime {parameters['CdcStartTime']:%Y-%m-%dT%H:%M:%SZ} cannot be used: a PostgreSQL source has no"
            " start times, only positions (CdcStartPosition)"
        )
    if parameters.get("CdcStopPosition"):
        raise InvalidParameterValueError(
            "the rehearsal's tasks run until they are stopped: CdcStopPosition cannot be used"
        )
    if parameters.get("CdcStartPosition"):
        start_lsn(parameters["CdcStartPosition"])
