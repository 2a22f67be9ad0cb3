"""One run of the DAG, from trigger to report, told line by line."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from rehearsal.airflow.client import Client
from rehearsal.layout import PROJECT, Layout

DAG_ID = "flightspecials_reverse_sync"
_OVER = {"success", "failed", "skipped", "upstream_failed", "removed"}


class RunError(RuntimeError):
    """The DAG cannot be run; the message says why."""


def rehearse(
    client: Client, layout: Layout, watch: Callable[[], None], dag_id: str = DAG_ID, timeout_s: float = 900
) -> bool:
    """Trigger the DAG, print a line for each task and then the report; whether the run did what it is for.

    ``watch`` is called again and again meanwhile.

    Raises RunError when Airflow does not have the DAG, or the run is not over after ``timeout_s`` seconds.
    """
    run_id = trigger(client, dag_id=dag_id)
    return finish(client, layout, run_id, watch, dag_id, timeout_s)


def finish(
    client: Client, layout: Layout, run_id: str, watch: Callable[[], None], dag_id: str, timeout_s: float = 900
) -> bool:
    """Tell of a run until it is over, and print its report; whether it did what it is for. Raises RunError."""
    print(f"\n{dag_id}, run {run_id}", flush=True)
    state = follow(client, run_id, timeout_s, watch, dag_id)
    print(f"  the run's state: {state}\n", flush=True)
    proved = report(layout, run_id, dag_id)
    if state != "success" or not proved:
        print(f"Task logs: {os.path.relpath(layout.part_home('airflow') / 'logs')}", flush=True)
    return state == "success" and proved


def trigger(client: Client, conf: dict[str, Any] | None = None, timeout_s: float = 60, dag_id: str = DAG_ID) -> str:
    """Unpause the DAG and start a run with ``conf``; returns the run's id. Raises RunError."""
    deadline = time.monotonic() + timeout_s
    while not unpause(client, dag_id):
        if time.monotonic() > deadline:
            errors = [error["stack_trace"] for error in client.get("importErrors")["import_errors"]]
            reasons = "\n".join(errors) or "no import error is known"
            raise RunError(f"Airflow does not have the DAG {dag_id} after {timeout_s:.0f} s: {reasons}")
        time.sleep(0.2)
    return str(client.post(f"dags/{dag_id}/dagRuns", {"logical_date": None, "conf": conf or {}})["dag_run_id"])


def follow(
    client: Client, run_id: str, timeout_s: float, watch: Callable[[], None] = lambda: None, dag_id: str = DAG_ID
) -> str:
    """Print a line for each task when it is over; returns the run's final state. Raises RunError.

    ``watch`` is called between looks; an API server that is busy or being started again is waited for.
    """
    deadline = time.monotonic() + timeout_s
    told: set[tuple[str, int]] = set()
    state = "queued"
    while True:
        watch()
        with contextlib.suppress(requests.ConnectionError, requests.Timeout):
            state = _look(client, dag_id, run_id, told)
        if state in {"success", "failed"}:
            return state
        if time.monotonic() > deadline:
            raise RunError(f"the run {run_id} is still {state} after {timeout_s:.0f} s")
        time.sleep(1)


def _look(client: Client, dag_id: str, run_id: str, told: set[tuple[str, int]]) -> str:
    """Print a line for each task that is over and not ``told`` yet; the run's state."""
    run = client.get(f"dags/{dag_id}/dagRuns/{run_id}")  # before the tasks, so that none of a finished run is missed
    for task in task_instances(client, run_id, dag_id):
        key = (task["task_id"], task["map_index"])
        if task["state"] in _OVER and key not in told:
            told.add(key)
            print(_line(task), flush=True)
    return str(run["state"])


def task_instances(client: Client, run_id: str, dag_id: str = DAG_ID) -> list[dict[str, Any]]:
    """The run's task instances as Airflow's REST API gives them, in the order in which they ended."""
    found = client.get(f"dags/{dag_id}/dagRuns/{run_id}/taskInstances", limit=1000)["task_instances"]
    return sorted(found, key=lambda task: task["end_date"] or "9")


def report(layout: Layout, run_id: str, dag_id: str = DAG_ID) -> bool:
    """Print the record that the run left; whether it says that the run did what it is for."""
    file = evidence_file(layout, run_id, dag_id)
    if file is None:
        print(f"The run left no record below {os.path.relpath(layout.evidence)}.", flush=True)
        return False
    # In a process of its own: the rehearsal knows of the product only what a user sees.
    rendered = subprocess.run(
        [sys.executable, "-m", "reverse_sync.evidence", file],
        env=os.environ | {"PYTHONPATH": f"{PROJECT}/plugins"},
        check=False,
    )
    print(f"\nThe record: {os.path.relpath(file)}", flush=True)
    return rendered.returncode == 0


def evidence_file(layout: Layout, run_id: str, dag_id: str = DAG_ID) -> Path | None:
    """The newest record of the run."""
    timestamp = run_id.replace(":", "-").replace("+", "-")
    files = sorted(layout.evidence.glob(f"{dag_id}/{timestamp}*.json"), key=lambda file: file.stat().st_mtime)
    return files[-1] if files else None


def unpause(client: Client, dag_id: str = DAG_ID) -> bool:
    """Let the DAG run; whether Airflow has it."""
    try:
        client.patch(f"dags/{dag_id}", {"is_paused": False})
    except requests.HTTPError as error:
        if error.response.status_code == requests.codes.not_found:
            return False
        raise
    return True


def _line(task: dict[str, Any]) -> str:
    name = task["task_id"]
    if task["map_index"] >= 0:
        name += f" [{task['rendered_map_index'] or task['map_index']}]"
    seconds = "" if task["duration"] is None else f"{task['duration']:8.2f} s"
    return f"  {name:<60} {task['state']:<16} {seconds}".rstrip()
