"""The DAG run's wall time: against AWS-like durations, and against a plain script that makes the same calls."""

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from bench import plain_script
from rehearsal.airflow.client import Client
from rehearsal.airflow.environment import password
from rehearsal.layout import Layout, Ports
from rehearsal.orchestrator import Orchestrator
from rehearsal.part import part_process
from rehearsal.parts import PARTS
from rehearsal.port_choice import choose_ports
from rehearsal.rehearse import follow, task_instances, trigger

AWS_LIKE_S = {"reboot": 60.0, "test_connection": 20.0, "task_ready": 20.0, "task_start": 40.0}
# The target's connection is tested beside the reboot; the source's only after it, and the rest after that.
CRITICAL_PATH_S = sum(AWS_LIKE_S.values())
_SAMPLE_S = 0.25


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
    nothing = dict.fromkeys(AWS_LIKE_S, 0.0)
    with _fresh_world(layout, ports, nothing):
        _timed_run(client)  # warms Airflow up
    with _fresh_world(layout, ports, nothing):
        plain_s = plain_script.run(ports)
    with _fresh_world(layout, ports, nothing):
        run_s, busy = _timed_run(client)
    print(
        f"no durations: plain script {plain_s:.1f} s, DAG run {run_s:.1f} s   "
        f"{run_s / plain_s:.1f} times (aim: at most 5)"
    )
    with _fresh_world(layout, ports, AWS_LIKE_S):
        long_s, long_busy = _timed_run(client)
    print(
        f"AWS-like durations: critical path {CRITICAL_PATH_S:.0f} s, DAG run {long_s:6.1f} s   "
        f"{long_s / CRITICAL_PATH_S:.2f} times (aim: at most 1.15)"
    )
    # A task that waits in its worker is `running` for longer when the waits are longer.
    held_s = sum(max(0.0, seconds - busy[task] - 2 * _SAMPLE_S) for task, seconds in long_busy.items())
    print(f"a worker was held while waiting: {held_s:.1f} s (aim: 0)")


@contextmanager
def _fresh_world(layout: Layout, ports: Ports, durations_s: dict[str, float]) -> Iterator[None]:
    """Everything but Airflow, in the starting state."""
    world = Orchestrator(layout, ports, [part for part in PARTS if part.name != "airflow"])
    try:
        world.start(tell=lambda _: None)
        requests.put(
            f"http://127.0.0.1:{ports.aws}/rehearsal/durations", json=durations_s, timeout=10
        ).raise_for_status()
        yield
    finally:
        world.stop()


def _timed_run(client: Client) -> tuple[float, Counter[str]]:
    """The run's wall time in seconds, and for how many seconds each task was seen running in a worker."""
    run_id = trigger(client)
    started = time.monotonic()
    busy: Counter[str] = Counter()
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(client, run_id, busy, over))
    watcher.start()
    try:
        state = follow(client, run_id, timeout_s=600, tell=lambda _: None)
    finally:
        over.set()
        watcher.join()
    if state != "success":
        failed = [task["task_id"] for task in task_instances(client, run_id) if task["state"] == "failed"]
        raise RuntimeError(f"the run ended as {state}: {', '.join(failed)}")
    return time.monotonic() - started, busy


def _watch(client: Client, run_id: str, busy: Counter[str], over: threading.Event) -> None:
    while not over.wait(_SAMPLE_S):
        for task in task_instances(client, run_id):
            if task["state"] == "running":
                busy[task["task_id"]] += _SAMPLE_S  # type: ignore[assignment]


if __name__ == "__main__":
    main()
