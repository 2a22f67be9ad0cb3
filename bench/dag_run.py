"""The DAG run's wall time: against AWS-like durations, and against a plain script that makes the same calls."""

import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import requests

from bench import plain_script
from bench.sessions import told_sessions
from rehearsal.airflow.client import Client
from rehearsal.airflow.environment import database_file, password
from rehearsal.layout import Layout, Ports
from rehearsal.orchestrator import Orchestrator
from rehearsal.part import part_process
from rehearsal.parts import PARTS
from rehearsal.port_choice import choose_ports
from rehearsal.rehearse import trigger

AWS_LIKE_S = {"reboot": 60.0, "test_connection": 20.0, "task_ready": 20.0, "task_start": 40.0}
# The task is made beside the reboot; only after it the source is tested, and only then the task starts.
CRITICAL_PATH_S = AWS_LIKE_S["reboot"] + AWS_LIKE_S["test_connection"] + AWS_LIKE_S["task_start"]
_SAMPLE_S = 0.1
_NOISE_S = 1.0  # a task may be that much slower for other reasons
_RUNNING = "SELECT task_id FROM task_instance WHERE run_id = ? AND state = 'running'"


def main() -> None:
    """Print the wall times beside their aims."""
    with tempfile.TemporaryDirectory() as folder, part_process():
        layout, ports = Layout(Path(folder)), choose_ports({})
        airflow = Orchestrator(layout, ports, [part for part in PARTS if part.name == "airflow"])
        try:
            airflow.start(tell=lambda _: None)
            measure(layout, ports, Client(ports.airflow, password(layout.part_home("airflow"))))
        finally:
            airflow.stop()


def measure(layout: Layout, ports: Ports, client: Client) -> None:
    """Each run starts in the seed's state, with the same, warm Airflow."""
    database = database_file(layout.part_home("airflow"))
    nothing = dict.fromkeys(AWS_LIKE_S, 0.0)
    with _fresh_parts(layout, ports, nothing), told_sessions(layout):
        _timed_run(client, database)  # warms Airflow up
    with _fresh_parts(layout, ports, nothing):
        plain_s = plain_script.run(ports)
    with _fresh_parts(layout, ports, nothing):
        run_s, busy = _timed_run(client, database)
    print(
        f"no durations: plain script {plain_s:.1f} s, DAG run {run_s:.1f} s   "
        f"{run_s / plain_s:.1f} times (aim: at most 8)"
    )
    with _fresh_parts(layout, ports, AWS_LIKE_S):
        long_s, long_busy = _timed_run(client, database)
    print(
        f"AWS-like durations: critical path {CRITICAL_PATH_S:.0f} s, DAG run {long_s:6.1f} s   "
        f"{long_s / CRITICAL_PATH_S:.2f} times (aim: at most 1.15)"
    )
    # A task that waits in its worker is `running` for longer when the waits are longer.
    held_s = sum(max(0.0, seconds - busy.get(task, 0) - _NOISE_S) for task, seconds in long_busy.items())
    print(f"a worker was held while waiting: {held_s:.1f} s (aim: 0)")


@contextmanager
def _fresh_parts(layout: Layout, ports: Ports, durations_s: dict[str, float]) -> Iterator[None]:
    """Everything but Airflow, in the starting state."""
    running = Orchestrator(layout, ports, [part for part in PARTS if part.name != "airflow"])
    try:
        running.start(tell=lambda _: None)
        requests.put(
            f"http://127.0.0.1:{ports.aws}/rehearsal/durations", json=durations_s, timeout=10
        ).raise_for_status()
        yield
    finally:
        running.stop()


def _timed_run(client: Client, database: Path) -> tuple[float, dict[str, float]]:
    """The run's wall time in seconds, and for how many seconds each task was seen running in a worker.

    It looks into Airflow's database: asking the API server four times a second would take a good part of a core.
    """
    run_id = trigger(client)
    started = time.monotonic()
    busy: Counter[str] = Counter()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        while True:
            [(state,)] = connection.execute("SELECT state FROM dag_run WHERE run_id = ?", [run_id])
            if state in {"success", "failed"}:
                break
            busy.update(task for (task,) in connection.execute(_RUNNING, [run_id]))
            time.sleep(_SAMPLE_S)
        wall_s = time.monotonic() - started
        if state != "success":
            failed = connection.execute(
                "SELECT task_id FROM task_instance WHERE run_id = ? AND state = 'failed'", [run_id]
            )
            raise RuntimeError(f"the run failed in {', '.join(task for (task,) in failed)}")
    return wall_s, {task: times * _SAMPLE_S for task, times in busy.items()}


if __name__ == "__main__":
    main()
