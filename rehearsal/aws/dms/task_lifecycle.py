"""What happens to a task over time: its states, and what its worker reports."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg

from rehearsal.aws.dms import monitoring
from rehearsal.aws.dms.replication import Replication
from rehearsal.aws.dms.resources import SecretUnusableError
from rehearsal.postgres.slots import drop_slot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rehearsal.aws.dms.region import Region
    from rehearsal.aws.dms.resources import ReplicationInstance
    from rehearsal.aws.dms.task import Task


class TaskLifecycle:
    """Moves tasks from state to state. The caller of its public methods holds the region's lock."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._metrics_due: dict[str, float] = {}

    def accept_faults(self) -> None:
        """Let the faults of tasks happen to this region's, and have their names looked up in it."""
        faults, region = self._region.transitions.faults, self._region
        faults.at_once.update(
            {"kill-worker": self._kill_worker, "suspend-table": self._suspend_table, "lose-slot": self._lose_slot}
        )
        resources: dict[str, Mapping[str, Any]] = {
            "task": region.tasks,
            "endpoint": region.endpoints,
            "instance": region.instances,
        }
        for key, found in resources.items():
            faults.names[key] = partial(_identifiers, region, found)
        faults.names["resource"] = partial(_identifiers, region, *resources.values())

    def enter(
        self,
        task: Task,
        status: str,
        duration: str,
        after: str,
        event: tuple[str, str] | None = None,
        also: Callable[[], None] = lambda: None,
    ) -> None:
        """Put the task in ``status`` and, once ``duration`` is over and ``also`` done, in ``after``."""
        task.status = status

        def then() -> None:
            also()
            with self._region.lock:
                task.status = after
                if event:
                    self._event(task, *event)

        self._region.transitions.after(duration, status, task.identifier, then)

    def start(self, task: Task, start: str) -> None:
        """Start the task's worker: ``start`` is `fresh`, `resume` or an LSN."""
        task.status = "starting"
        task.next_start = start
        task.started = datetime.now(UTC)
        task.stopped = task.stop_reason = task.last_failure = None
        if start != "resume":
            task.freshly_started, task.tables, task.recovery_lsn = task.started, {}, None
        started = time.monotonic()
        if fault := self._region.transitions.faults.take("fail-start", task=task.identifier):
            message = fault["message"] or "Failed to start the replication task on demand"

            def fail() -> None:
                with self._region.lock:
                    self._failed(task, {"message": message, "stop_reason": "FATAL_ERROR"})

            self._region.transitions.after("task_start", "starting", task.identifier, fail)
            return
        try:
            job = self._job(task, start)
        except SecretUnusableError as error:
            self._failed(task, {"message": str(error), "stop_reason": "FATAL_ERROR"})
            return
        interval_s = task.settings["ErrorBehavior"]["RecoverableErrorInterval"]
        task.replication = Replication(
            job,
            lambda event: self._on_worker_event(task, event, started),
            interval_s * self._region.transitions.durations["retry_second"],
        )

    def stop(self, task: Task) -> None:
        """Stop the task's worker."""
        task.status = "stopping"
        if task.replication:
            task.replication.stop()

    def delete(self, task: Task) -> None:
        """Delete the task, and its slot if the policy says so."""
        task.status = "deleting"

        def deleted() -> None:
            if self._region.policies["slot_on_task_deletion"] == "dropped" and task.started:
                with contextlib.suppress(ValueError):  # PostgreSQL may be down: the slot stays then
                    self._drop_slot(task)
            with self._region.lock:
                self._region.remove(task.arn)
                self._event(task, "deletion", "Replication task deleted.")

        self._region.transitions.after("task_delete", "deleting", task.identifier, deleted)

    def move(self, task: Task, target: ReplicationInstance) -> None:
        """Move the task to another replication instance."""
        before, task.status = task.status, "moving"

        def moved() -> None:
            with self._region.lock:
                if target.arn in self._region.instances and self._region.instance_status(target) == "available":
                    task.instance_arn, task.status = target.arn, "stopped" if task.started else before
                else:
                    task.status = "failed-move"

        self._region.transitions.after("task_move", "moving", task.identifier, moved)

    def _job(self, task: Task, start: str) -> dict[str, Any]:
        """Everything that a worker needs to know. Raises SecretUnusableError."""
        source, target = (self._region.endpoints[arn] for arn in task.endpoint_arns)
        settings = source.settings
        return {
            "task": task.resource_id,
            "source": source.login(self._region.name),
            "target": target.login(self._region.name),
            "plugin": settings.get("PluginName") or "pglogical",
            "map_booleans": str(settings.get("MapBooleanAsBoolean")).lower() == "true",
            "blank_for_empty": str(target.settings.get("alwaysReplaceEmptyString")).lower() not in ("false", "n"),
            "slot": settings.get("SlotName") or task.slot,
            "start": start,
            "mapping": task.mappings,
            "settings": task.settings,
            "policies": self._region.policies.as_dict(),
            "retry_second": self._region.transitions.durations["retry_second"],
        }

    def _on_worker_event(self, task: Task, event: dict[str, Any], started: float) -> None:
        """One event of the task's worker, in the thread that reads them."""
        if event["event"] == "log":
            monitoring.write_log(self._region.name, self._instance(task), task, event["lines"])
            return
        if event["event"] == "running" and task.status == "starting":
            self._region.transitions.wait("task_start", "starting", task.identifier, started)
        if event["event"] == "stopped":
            self._region.transitions.wait("task_stop", "stopping", task.identifier, time.monotonic())
        with self._region.lock:
            self._take_in(task, event)
        if event["event"] != "progress":
            self._region.transitions.changed()
        if "metrics" in event:
            self._put_metrics(task, event["metrics"])

    def _take_in(self, task: Task, event: dict[str, Any]) -> None:
        task.recovery_lsn = event.get("lsn") or task.recovery_lsn
        task.tables |= event.get("tables", {})
        match event["event"]:
            case "running" if task.status == "starting":
                task.status, task.next_start = "running", "resume"
                self._event(task, "state change", "Replication task has started.")
            case "error":
                task.last_failure = failure(event["message"], "RECOVERABLE_ERROR", "RECOVERABLE")
            case "died":
                task.last_failure = failure(
                    "the replication engine ended unexpectedly", "RECOVERABLE_ERROR", "RECOVERABLE"
                )
            case "failed":
                self._failed(task, event)
            case "stopped":
                task.status, task.stop_reason = "stopped", "Stop Reason NORMAL"
                task.stopped = datetime.now(UTC)
                self._event(task, "state change", "Replication task has stopped.")

    def _failed(self, task: Task, event: dict[str, Any]) -> None:
        reason = event["stop_reason"]
        task.status = "failed"
        task.stopped = datetime.now(UTC)
        task.stop_reason = f"Stop Reason {reason} Error Level {'FATAL' if reason == 'FATAL_ERROR' else 'RECOVERABLE'}"
        task.last_failure = failure(event["message"], reason, task.stop_reason.rpartition(" ")[2])
        self._event(task, "failure", "Replication task has failed.")
        line = ("TASK_MANAGER", "E", f"Task '{task.resource_id}' failed: {event['message']}")
        monitoring.write_log(self._region.name, self._instance(task), task, [line])

    def _put_metrics(self, task: Task, metrics: dict[str, float]) -> None:
        now = time.monotonic()
        if now >= self._metrics_due.get(task.arn, 0):
            self._metrics_due[task.arn] = now + self._region.transitions.durations["metrics"]
            monitoring.put_metrics(self._region.name, self._instance(task), task, metrics)

    def _instance(self, task: Task) -> str:
        return self._region.instances[task.instance_arn].identifier

    def _event(self, task: Task, category: str, message: str) -> None:
        self._region.events.add("replication-task", task.identifier, category, message)

    def _named(self, arguments: dict[str, Any]) -> list[Task]:
        """The tasks that a fault is for: the one that it names, or all."""
        with self._region.lock:
            return [one for one in self._region.tasks.values() if arguments["task"] in (None, one.identifier)]

    def _running(self, arguments: dict[str, Any]) -> list[Task]:
        """Those that run of the tasks that a fault is for. Raises ValueError if there is none."""
        named = self._named(arguments)
        running = [task for task in named if task.status in ("starting", "running")]
        if not running:
            states = ", ".join(f"{task.identifier} is {task.status}" for task in named)
            raise ValueError(f"no replication task is running that the fault could strike: {states or 'there is none'}")
        return running

    def _kill_worker(self, arguments: dict[str, Any]) -> None:
        killed = [task.replication.kill() for task in self._running(arguments) if task.replication]
        if not any(killed):
            raise ValueError("the task's worker is just being started again; try once more")

    def _suspend_table(self, arguments: dict[str, Any]) -> None:
        tasks, table = self._running(arguments), arguments["table"]
        if not any(table in task.tables for task in tasks):
            known = ", ".join(sorted({name for task in tasks for name in task.tables}))
            raise ValueError(f"no running task replicates the table {table}; there are {known or 'none yet'}")
        for task in tasks:
            if task.replication and table in task.tables:
                task.replication.send({"do": "suspend", "table": table})

    def _lose_slot(self, arguments: dict[str, Any]) -> None:
        tasks = [task for task in self._named(arguments) if task.started]
        if not tasks:
            raise ValueError("no replication task has a slot yet: none was started that the fault could strike")
        for task in tasks:
            self._drop_slot(task)

    def _drop_slot(self, task: Task) -> None:
        """Drop the task's slot at the source, its reader disconnected. Raises ValueError."""
        source = self._region.endpoints[task.source_arn]
        slot = source.settings.get("SlotName") or task.slot
        try:
            with psycopg.connect(**source.login(self._region.name), autocommit=True) as connection:
                drop_slot(connection, slot)
        except psycopg.Error as error:
            raise ValueError(f"the slot {slot} cannot be dropped: {' '.join(str(error).split())}") from error


def _identifiers(region: Region, *resources: Mapping[str, Any]) -> set[str]:
    with region.lock:
        return {one.identifier for found in resources for one in found.values()}


def failure(message: str, reason: str, level: str) -> str:
    """A LastFailureMessage in DMS's form: https://repost.aws/knowledge-center/dms-task-not-retrying"""
    return (
        f"Last Error {message} Task error notification received from subtask 0, thread 0"
        f" [reptask/replicationtask.c:2673] [1022502] Stop Reason {reason} Error Level {level}"
    )
