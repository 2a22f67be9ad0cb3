"""An Airflow whose tasks run in Celery's workers: with a PostgreSQL and a Redis, as several machines need them."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rehearsal import ports
from rehearsal.airflow.environment import Neighbours, environment, password
from rehearsal.layout import Layout, Ports
from rehearsal.orchestrator import Orchestrator
from rehearsal.parts import Part
from rehearsal.port_choice import choose_ports
from rehearsal.postgres.cluster import SUPERUSER_PASSWORD, Cluster
from tests.support.mortal_airflow.__main__ import SOONER
from tests.support.trial import MortalAirflow
from tests.support.workers import Worker, start_worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUCKET = "records"
_SETTINGS = SOONER | {
    "CELERY__OPERATION_TIMEOUT": 20,
    "CELERY__WORKER_CONCURRENCY": 2,
    "CORE__EXECUTOR": "CeleryExecutor",
    "LOGGING__REMOTE_BASE_LOG_FOLDER": f"s3://{BUCKET}/logs",
    "LOGGING__REMOTE_LOGGING": True,
    "LOGGING__REMOTE_LOG_CONN_ID": "aws_default",
    "SCHEDULER__TASK_QUEUED_TIMEOUT": 30,
    "SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": 5,
}


@dataclass(frozen=True)
class CeleryAirflow(MortalAirflow):
    """The running Airflow, and the workers that it has at the moment."""

    variables: dict[str, str]
    include: Path
    workers: list[Worker] = field(default_factory=list)

    def add_worker(self) -> None:
        """Have one more worker."""
        home = self.layout.home / f"worker-{len(list(self.layout.home.glob('worker-*')))}"
        self.workers.append(start_worker(home, self.variables, self.include))

    def lose(self, *workers: Worker) -> None:
        """Kill workers with all that they run."""
        for worker in workers:
            worker.kill()
            self.workers.remove(worker)


@contextmanager
def celery_airflow(home: Path, include: Path) -> Iterator[CeleryAirflow]:
    """Airflow without workers yet, for one trial after the other."""
    layout, chosen = Layout(home / "rehearsal"), choose_ports({})
    with ExitStack() as stack:
        variables = _variables(layout, chosen) | {"REVERSE_SYNC_INCLUDE": str(include)}
        variables["AIRFLOW__CELERY__BROKER_URL"] = stack.enter_context(_broker(home))
        variables["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = stack.enter_context(_metadata(home))
        migration = [sys.executable, "-m", "airflow", "db", "migrate"]
        subprocess.run(migration, env=variables, check=True, capture_output=True)
        file = home / "variables.json"
        file.write_text(json.dumps(variables))
        part = Orchestrator(layout, chosen, [_CeleryAirflowPart("airflow", lambda *_: ["--variables", file])])
        stack.callback(part.stop)
        part.start(tell=lambda _line: None)
        (kills := home / "kills").mkdir()
        up = CeleryAirflow(layout, chosen, kills, part.pids["airflow"], variables, include)
        stack.callback(lambda: up.lose(*up.workers))
        yield up


def _variables(layout: Layout, chosen: Ports) -> dict[str, str]:
    home = layout.part_home("airflow")
    home.mkdir(parents=True)
    password(home)
    neighbours = Neighbours(chosen.postgres, chosen.oracle, chosen.aws, chosen.flightspecials_api)
    settings = {f"AIRFLOW__{name}": str(value) for name, value in _SETTINGS.items()}
    return environment(home, chosen.airflow, neighbours) | settings


@contextmanager
def _broker(home: Path) -> Iterator[str]:
    """The address of a Redis of one's own."""
    port = ports.choose(None, set())
    command = ["redis-server", "--bind", ports.LOOPBACK, "--port", str(port), "--save", "", "--dir", str(home)]
    with (home / "redis.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            yield f"redis://{ports.LOOPBACK}:{port}/0"
        finally:
            server.kill()


@contextmanager
def _metadata(home: Path) -> Iterator[str]:
    """The address of a PostgreSQL for Airflow: several machines cannot share a file."""
    cluster = Cluster(home / "metadata", ports.choose(None, set()))
    cluster.create()
    try:
        cluster.start()
        yield f"postgresql+psycopg2://postgres:{SUPERUSER_PASSWORD}@{ports.LOOPBACK}:{cluster.port}/postgres"
    finally:
        cluster.stop()
        cluster.remove()


class _CeleryAirflowPart(Part):
    """Airflow as `tests.support.celery_airflow` starts it."""

    def command(self, layout: Layout, ports: Ports) -> list[str]:
        """What starts it."""
        places = ["--home", layout.part_home("airflow"), "--port", ports.airflow]
        return [
            *(sys.executable, "-m", "tests.support.celery_airflow"),
            *map(str, [*places, *self.arguments(layout, ports)]),
        ]
