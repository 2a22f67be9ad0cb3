"""One run of the DAG, from trigger to report, told line by line."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests

from rehearsal.airflow.client import Client
from rehearsal.layout import PROJECT, Layout

DAG_ID = "flightspecials_reverse_sync"
_OVER = {"success", "failed", "skipped", "upstream_failed", "removed"}


class RunError(RuntimeError):
    """The DAG cannot be run; the message says why."""


def rehearse(client: Client, layout: Layout, timeout_s: float = 900) -> bool:
    """Trigger the DAG, print a line for each task and then the report; whether the row was proved in Oracle.

    Raises RunError when Airflow does not have the DAG, or the run is not over after ``timeout_s`` seconds.
    """
    run_id = trigger(client)
    print(f"\n{DAG_ID}, run {run_id}", flush=True)
    state = follow(client, run_id, timeout_s)
    print(f"  the run's state: {state}\n", flush=True)
    proved = report(layout, run_id)
    if state != "success" or not proved:
        print(f"Task logs: {os.path.relpath(layout.part_home('airflow') / 'logs')}", flush=True)
    return state == "success" and proved


def trigger(client: Client, conf: dict[str, Any] | None = None, timeout_s: float = 60) -> str:
    """Unpause the DAG and start a run with ``conf``; returns the run's id. Raises RunError."""
    deadline = time.monotonic() + timeout_s
    while not _unpause(client):
        if time.monotonic() > deadline:
            errors = [error["stack_trace"] for error in client.get("importErrors")["import_errors"]]
            reasons = "\n".join(errors) or "no import error is known"
            raise RunError(f"Airflow does not have the DAG {DAG_ID} after {timeout_s:.0f} s: {reasons}")
        time.sleep(0.2)
    return str(client.post(f"dags/{DAG_ID}/dagRuns", {"logical_date": None, "conf": conf or {}})["dag_run_id"])


def follow(client: Client, run_id: str, timeout_s: float) -> str:
    """Print a line for each task when it is over; returns the run's final state. Raises RunError."""
    run = f"dags/{DAG_ID}/dagRuns/{run_id}"
    deadline = time.monotonic() + timeout_s
    told: set[tuple[str, int]] = set()
    while True:
        state = str(client.get(run)["state"])  # before the tasks, so that none of a finished run is missed
        for task in task_instances(client, run_id):
            key = (task["task_id"], task["map_index"])
            if task["state"] in _OVER and key not in told:
                told.add(key)
                print(_line(task), flush=True)
        if state in {"success", "failed"}:
            return state
        if time.monotonic() > deadline:
            raise RunError(f"the run {run_id} is still {state} after {timeout_s:.0f} s")
        time.sleep(0.5)


def task_instances(client: Client, run_id: str) -> list[dict[str, Any]]:
    """The run's task instances as Airflow's REST API gives them, in the order in which they ended."""
    found = client.get(f"dags/{DAG_ID}/dagRuns/{run_id}/taskInstances", limit=1000)["task_instances"]
    return sorted(found, key=lambda task: task["end_date"] or "9")


def report(layout: Layout, run_id: str) -> bool:
    """Print the record that the run left; whether it says that the row was proved."""
    file = evidence_file(layout, run_id)
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


def evidence_file(layout: Layout, run_id: str) -> Path | None:
    """The newest record of the run."""
    timestamp = run_id.replace(":", "-").replace("+", "-")
    files = sorted(layout.evidence.glob(f"{DAG_ID}/{timestamp}*.json"), key=lambda file: file.stat().st_mtime)
    return files[-1] if files else None


def _unpause(client: Client) -> bool:
    try:
        client.patch(f"dags/{DAG_ID}", {"is_paused": False})
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
