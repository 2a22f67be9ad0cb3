"""One run of the DAG that meets trouble: the databases, AWS and the API are new for it, and tell what they saw."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import psutil
import psycopg

from rehearsal import rehearse
from rehearsal.airflow.client import Client
from rehearsal.airflow.environment import password
from rehearsal.orchestrator import Orchestrator
from rehearsal.parts import PARTS, Part
from tests.support.aws_stage import Stage, eventually
from tests.support.parts import call
from tests.support.processes import command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from rehearsal.layout import Layout, Ports

_AIRFLOW, *_OTHERS = PARTS
# What may happen once only, however often the tasks were killed.
ONCE = {"RebootDBInstance": 1, "CreateEndpoint": 2, "CreateReplicationTask": 1, "StartReplicationTask": 1}


class MortalAirflowPart(Part):
    """Airflow as `tests.support.mortal_airflow` starts it."""

    def command(self, layout: Layout, ports: Ports) -> list[str]:
        """What starts it."""
        return [sys.executable, "-m", "tests.support.mortal_airflow", *map(str, self.arguments(layout, ports))]


@contextlib.contextmanager
def mortal_airflow(layout: Layout, ports: Ports) -> Iterator[MortalAirflow]:
    """Airflow alone, for one trial after the other."""
    kills = layout.home / "kills"
    kills.mkdir(parents=True)
    os.environ["REVERSE_SYNC_KILLS"] = str(kills)
    part = Orchestrator(layout, ports, [MortalAirflowPart("airflow", _AIRFLOW.arguments)])
    try:
        part.start(tell=lambda _line: None)
        yield MortalAirflow(layout, ports, kills, part.pids["airflow"])
    finally:
        part.stop()
        del os.environ["REVERSE_SYNC_KILLS"]


@dataclass(frozen=True)
class MortalAirflow:
    """The running Airflow, and how to let it die."""

    layout: Layout
    ports: Ports
    kills: Path
    pid: int

    @property
    def client(self) -> Client:
        """Its REST API."""
        return Client(self.ports.airflow, password(self.layout.part_home("airflow")))

    def plan(self, points: dict[str, str]) -> None:
        """From now on kill each of these tasks once, at its point; forget about earlier kills."""
        for file in self.kills.iterdir():
            file.unlink()
        (self.kills / "plan.json").write_text(json.dumps(points), encoding="utf-8")

    def marked(self, mark: str) -> set[str]:
        """The tasks that were `killed`, or `deferred`."""
        return {file.stem for file in self.kills.glob(f"*.{mark}")}

    def have_deferred(self, tasks: set[str]) -> bool:
        """Whether all of these tasks came to their deferral."""
        return tasks <= self.marked("deferred")

    def kill(self, component: str) -> None:
        """Kill a component and all that it started, as the end of its container does."""
        [root] = [one for one in psutil.Process(self.pid).children() if command(one).startswith(f"airflow {component}")]
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def evidence(self, run_id: str) -> dict[str, Any]:
        """The record of a run."""
        file = rehearse.evidence_file(self.layout, run_id)
        assert file is not None, f"the run {run_id} left no evidence"
        record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return record


@dataclass
class Trial:
    """The parts of one trial."""

    airflow: MortalAirflow
    stage: Stage
    pids: dict[str, int]
    control: str

    def start(self, **conf: Any) -> str:
        """Trigger a run; its id."""
        return rehearse.trigger(self.airflow.client, conf)

    def finish(self, run_id: str, timeout_s: float = 240) -> str:
        """Wait for the end of a run; its state."""
        return rehearse.follow(self.airflow.client, run_id, timeout_s)

    def wait_for_task(self, run_id: str, task_id: str, states: set[str], timeout_s: float = 120) -> None:
        """Return once the task is in one of the states."""
        path = f"dags/{rehearse.DAG_ID}/dagRuns/{run_id}/taskInstances/{task_id}"
        eventually(lambda: self.airflow.client.get(path)["state"], lambda state: state in states, timeout_s, 0.2)

    def steps(self, run_id: str) -> dict[str, dict[str, Any]]:
        """The steps of the run's evidence, by task; of a mapped task the one with most attempts."""
        steps = sorted(self.airflow.evidence(run_id)["steps"], key=lambda step: int(step["attempts"]))
        return {step["task"]: step for step in steps}

    def outcomes(self, operation: str) -> Counter[str]:
        """How the calls of an operation ended."""
        return Counter(one["outcome"] for one in self.stage.rehearsal("GET", "calls") if one["operation"] == operation)

    def require_converged(self, reboots: int = 1) -> None:
        """Everything was done exactly once, as AWS and PostgreSQL saw it."""
        done = {operation: self.outcomes(operation)["ok"] for operation in ONCE}
        assert done == ONCE | {"RebootDBInstance": reboots}
        with self.stage.postgres() as connection:
            assert len(connection.execute("SELECT slot_name FROM pg_replication_slots").fetchall()) == 1

    def restart_task(self) -> None:
        """Stop the replication task and start it again, as a person does in the console."""
        [task] = self.stage.client("dms").describe_replication_tasks()["ReplicationTasks"]
        self.stage.stop(task["ReplicationTaskArn"])
        self.stage.start(task["ReplicationTaskArn"])

    @contextlib.contextmanager
    def away(self, part: str) -> Iterator[None]:
        """A part cannot be reached in the block, or (`... hanging`) takes connections and says nothing."""
        leave, come_back = self._outages[part]
        leave()
        try:
            yield
        finally:
            come_back()

    @property
    def _outages(self) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
        oracle = psutil.Process(self.pids["oracle"])
        return {
            "postgres": (lambda: call(f"{self.control}/stop", "POST"), lambda: call(f"{self.control}/start", "POST")),
            "oracle": (lambda: oracle.send_signal(signal.SIGUSR1), lambda: oracle.send_signal(signal.SIGUSR2)),
            **{
                f"{part} hanging": (
                    partial(self._each_process, part, "suspend"),
                    partial(self._each_process, part, "resume"),
                )
                for part in ("postgres", "oracle", "flightspecials_api")
            },
        }

    def _each_process(self, part: str, what: str) -> None:
        process = psutil.Process(self.pids[part])
        for one in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                getattr(one, what)()

    @contextlib.contextmanager
    def replication_paused(self) -> Iterator[None]:
        """Nothing is replicated in the block, and DMS knows no reason."""
        workers = [
            process
            for process in psutil.Process(self.pids["aws"]).children(recursive=True)
            if "rehearsal.aws.worker" in command(process)
        ]
        for worker in workers:
            worker.suspend()
        try:
            yield
        finally:
            for worker in workers:
                worker.resume()


@contextlib.contextmanager
def trial(airflow: MortalAirflow, layout: Layout) -> Iterator[Trial]:
    """New parts, on the ports that Airflow's connections name."""
    ports = airflow.ports
    parts = Orchestrator(layout, ports, _OTHERS)
    control = f"http://127.0.0.1:{ports.postgres_control}"
    airflow.plan({})
    try:
        parts.start(tell=lambda _line: None)
        yield Trial(airflow, Stage(ports.postgres, ports.oracle, ports.aws, control), parts.pids, control)
    finally:
        parts.stop()


@dataclass
class Traffic:
    """Users of the service: they commit a new row now and then, from the moment that the slot is there."""

    stage: Stage
    committed: set[int] = field(default_factory=set)
    server_starts: set[str] = field(default_factory=set)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def require_arrived(self) -> None:
        """Every committed row is in Oracle."""
        assert len(self.committed) > 3
        eventually(
            lambda: self.committed - {int(row[0]) for row in self.stage.oracle_rows(_ARRIVED)}, lambda lost: not lost
        )

    def _go_on(self) -> None:
        while not self._over.wait(0.5):
            with contextlib.suppress(psycopg.OperationalError), self.stage.postgres() as connection:
                while not self._over.wait(0.2):
                    self._commit_one(connection)

    def _commit_one(self, connection: psycopg.Connection) -> None:
        [(started,)] = connection.execute("SELECT pg_postmaster_start_time()::text").fetchall()
        self.server_starts.add(started)
        if connection.execute("SELECT 1 FROM pg_replication_slots WHERE confirmed_flush_lsn IS NOT NULL").fetchone():
            [(row_id,)] = connection.execute(_COMMIT, (f"부산행 {time.time():.3f}",)).fetchall()
            self.committed.add(row_id)


_COMMIT = """
    INSERT INTO travelbuddy.flightspecial (header, body, origin, origin_code, destination, destination_code, cost,
        expiry_date, expiry_date_num)
    SELECT %s, body, origin, origin_code, destination, destination_code, cost, expiry_date, expiry_date_num
    FROM travelbuddy.flightspecial WHERE id = 2 RETURNING id
"""
_ARRIVED = "SELECT ID FROM TRAVELBUDDY.FLIGHTSPECIAL WHERE HEADER LIKE '부산행%'"
