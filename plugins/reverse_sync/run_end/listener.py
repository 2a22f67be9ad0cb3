"""The hooks that Airflow calls; a DAG without an evidence task is none of our business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.listeners import hookimpl

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun
    from airflow.models.taskinstance import TaskInstance

# How the API server says that a person chose the state; the scheduler gives other reasons.
BY_HAND = "manually set"


@hookimpl
def on_task_instance_success(previous_state: object, task_instance: TaskInstance) -> None:
    """A person marked a task as success."""
    _task_ended(previous_state, task_instance, "success")


@hookimpl
def on_task_instance_failed(previous_state: object, task_instance: TaskInstance) -> None:
    """A person marked a task as failed."""
    _task_ended(previous_state, task_instance, "failed")


@hookimpl
def on_task_instance_skipped(previous_state: object, task_instance: TaskInstance) -> None:
    """A person marked a task as skipped."""
    _task_ended(previous_state, task_instance, "skipped")


@hookimpl
def on_dag_run_running(dag_run: DagRun) -> None:
    """A run begins, or goes on after a clear."""
    from reverse_sync.run_end.ended_run import Run

    if dag_run.clear_number and (run := Run.of(dag_run)):
        run.end_again()


@hookimpl
def on_dag_run_success(dag_run: DagRun, msg: str) -> None:
    """A run ended green, or a person marked it so."""
    _run_ended(dag_run, msg, "success")


@hookimpl
def on_dag_run_failed(dag_run: DagRun, msg: str) -> None:
    """A run ended red, or a person marked it so."""
    _run_ended(dag_run, msg, "failed")


def _task_ended(previous_state: object, task_instance: TaskInstance, state: str) -> None:
    # A worker names the state before, and so does the scheduler where it gives a task up; a mark has none.
    if previous_state is None:
        from reverse_sync.run_end.marking import mark_task

        mark_task(task_instance, state)


def _run_ended(dag_run: DagRun, reason: str, state: str) -> None:
    from reverse_sync.run_end.ended_run import Run

    if run := Run.of(dag_run):
        run.mark(state) if BY_HAND in reason else run.conclude(reason)
