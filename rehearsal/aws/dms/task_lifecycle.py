"""What happens to a task over time: its states, and what its worker reports."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from rehearsal.aws.dms import monitoring
from rehearsal.aws.dms.endpoint import Endpoint, SecretUnusableError, UnreachableError
from rehearsal.aws.dms.region import GONE, Region
from rehearsal.aws.dms.replication import Replication
from rehearsal.aws.dms.resources import ReplicationInstance
from rehearsal.aws.dms.task import Task
from rehearsal.postgres.slots import drop_slot

if TYPE_CHECKING:
    from rehearsal.aws.dms.resources import Resource


def accept_faults(region: Region) -> None:
    """Let the faults of tasks happen to this region's, and have their names looked up in it."""
    faults = region.transitions.faults
    strikes = {"kill-worker": _kill_worker, "suspend-table": _suspend_table, "lose-slot": _lose_slot}
    faults.at_once.update({name: partial(strike, region) for name, strike in strikes.items()})
    kinds: dict[str, type[Resource]] = {"task": Task, "endpoint": Endpoint, "instance": ReplicationInstance}
    for key, kind in kinds.items():
        faults.names[key] = partial(_identifiers, region, kind)
    faults.names["resource"] = partial(_identifiers, region, *kinds.values())


def start(region: Region, task: Task, start: str) -> None:
    """Start the task's worker: ``start`` is `fresh`, `resume` or an LSN."""
    task.status = "starting"
    task.next_start = start
    task.started = datetime.now(UTC)
    task.stopped = None
    task.members |= {"StopReason": None, "LastFailureMessage": None}
    if start != "resume":
        task.freshly_started, task.tables, task.recovery_lsn = task.started, {}, None
    started = time.monotonic()
    if fault := region.transitions.faults.take("fail-start", task=task.identifier):
        message = fault["message"] or "Failed to start the replication task on demand"
        region.enter(task, "starting", "task_start", lambda: _fail(region, task, message))
        return
    try:
        job = _job(region, task, start)
    except SecretUnusableError as error:
        _fail(region, task, str(error))
        return
    interval_s = task.settings["ErrorBehavior"]["RecoverableErrorInterval"]
    task.replication = Replication(
        job,
        lambda event: _on_worker_event(region, task, event, started),
        interval_s * region.transitions.durations["retry_second"],
    )


def come_to_rest(task: Task) -> None:
    """The task has come to rest."""
    task.status, task.stopped = "stopped", datetime.now(UTC)
    task.members["StopReason"] = "Stop Reason NORMAL"


def delete(region: Region, task: Task) -> None:
    """Delete the task, and its slot if the policy says so."""

    def let_go() -> None:
        if region.policies["slot_on_task_deletion"] == "dropped" and task.started:
            with contextlib.suppress(ValueError):  # PostgreSQL may be down: the slot stays then
                _drop_slot(region, task)

    event = ("deletion", "Replication task deleted.")
    region.enter(task, "deleting", "task_delete", GONE, event, let_go)


def _job(region: Region, task: Task, start: str) -> dict[str, Any]:
    """Everything that a worker needs to know. Raises SecretUnusableError."""
    source, target = region.endpoints_of(task)
    settings = source.settings
    return {
        "task": task.resource_id,
        "source": source.login(region.name),
        "target": target.login(region.name),
        "plugin": settings.get("PluginName") or "pglogical",
        "map_booleans": str(settings.get("MapBooleanAsBoolean")).lower() == "true",
        "blank_for_empty": str(target.settings.get("alwaysReplaceEmptyString")).lower() not in ("false", "n"),
        "slot": settings.get("SlotName") or task.slot,
        "start": start,
        "mapping": task.members["TableMappings"],
        "settings": task.settings,
        "policies": region.policies.as_dict(),
        "retry_second": region.transitions.durations["retry_second"],
    }


def _on_worker_event(region: Region, task: Task, event: dict[str, Any], started: float) -> None:
    """One event of the task's worker, in the thread that reads them."""
    if event["event"] == "log":
        monitoring.write_log(region, task, event["lines"])
        return
    if event["event"] == "running" and task.status == "starting":
        region.transitions.wait("task_start", "starting", task.identifier, started)
    if event["event"] == "stopped":
        region.transitions.wait("task_stop", "stopping", task.identifier, time.monotonic())
    with region.lock:
        _take_in(region, task, event)
    if event["event"] != "progress":
        region.transitions.changed()
    if "metrics" in event:
        monitoring.put_metrics(region, task, event["metrics"])


def _take_in(region: Region, task: Task, event: dict[str, Any]) -> None:
    task.recovery_lsn = event.get("lsn") or task.recovery_lsn
    task.tables |= event.get("tables", {})
    match event["event"]:
        case "running" if task.status == "starting":
            task.status, task.next_start = "running", "resume"
            region.note(task, "state change", "Replication task has started.")
        case "error" | "died":
            message = event.get("message", "the replication engine ended unexpectedly")
            task.members["LastFailureMessage"] = failure(message, "RECOVERABLE_ERROR", "RECOVERABLE")
        case "failed":
            _fail(region, task, event["message"], event["stop_reason"])
        case "stopped":
            come_to_rest(task)
            region.note(task, "state change", "Replication task has stopped.")


def _fail(region: Region, task: Task, message: str, reason: str = "FATAL_ERROR") -> str:
    """Let the task have failed; returns its status."""
    level = "FATAL" if reason == "FATAL_ERROR" else "RECOVERABLE"
    task.status, task.stopped = "failed", datetime.now(UTC)
    task.members["StopReason"] = f"Stop Reason {reason} Error Level {level}"
    task.members["LastFailureMessage"] = failure(message, reason, level)
    region.note(task, "failure", "Replication task has failed.")
    monitoring.write_log(region, task, [("TASK_MANAGER", "E", f"Task '{task.resource_id}' failed: {message}")])
    return task.status


def _named(region: Region, arguments: dict[str, Any]) -> list[Task]:
    """The tasks that a fault is for: the one that it names, or all."""
    with region.lock:
        return [one for one in region.of(Task) if arguments["task"] in (None, one.identifier)]


def _running(region: Region, arguments: dict[str, Any]) -> list[Task]:
    """Those that run of the tasks that a fault is for. Raises ValueError if there is none."""
    named = _named(region, arguments)
    running = [task for task in named if task.status in ("starting", "running")]
    if not running:
        states = ", ".join(f"{task.identifier} is {task.status}" for task in named)
        raise ValueError(f"no replication task is running that the fault could strike: {states or 'there is none'}")
    return running


def _kill_worker(region: Region, arguments: dict[str, Any]) -> None:
    killed = [task.replication.kill() for task in _running(region, arguments) if task.replication]
    if not any(killed):
        raise ValueError("the task's worker is just being started again; try once more")


def _suspend_table(region: Region, arguments: dict[str, Any]) -> None:
    tasks, table = _running(region, arguments), arguments["table"]
    if not any(table in task.tables for task in tasks):
        known = ", ".join(sorted({name for task in tasks for name in task.tables}))
        raise ValueError(f"no running task replicates the table {table}; there are {known or 'none yet'}")
    for task in tasks:
        if task.replication and table in task.tables:
            task.replication.send({"do": "suspend", "table": table})


def _lose_slot(region: Region, arguments: dict[str, Any]) -> None:
    tasks = [task for task in _named(region, arguments) if task.started]
    if not tasks:
        raise ValueError("no replication task has a slot yet: none was started that the fault could strike")
    for task in tasks:
        _drop_slot(region, task)


def _drop_slot(region: Region, task: Task) -> None:
    """Drop the task's slot at the source, its reader disconnected. Raises ValueError."""
    source, _ = region.endpoints_of(task)
    slot = source.settings.get("SlotName") or task.slot
    try:
        with source.connected(region.name) as session:
            drop_slot(session, slot)
    except UnreachableError as error:
        raise ValueError(f"the slot {slot} cannot be dropped: {error}") from error


def _identifiers(region: Region, *kinds: type[Resource]) -> set[str]:
    with region.lock:
        return {one.identifier for kind in kinds for one in region.of(kind)}


def failure(message: str, reason: str, level: str) -> str:
    """A LastFailureMessage in DMS's form: https://repost.aws/knowledge-center/dms-task-not-retrying"""
    return (
        f"Last Error {message} Task error notification received from subtask 0, thread 0"
        f" [reptask/replicationtask.c:2673] [1022502] Stop Reason {reason} Error Level {level}"
    )
