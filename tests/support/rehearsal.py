"""The whole rehearsal, as a user starts it, for tests that need all of it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import psycopg

from rehearsal import rehearse
from rehearsal.airflow.client import Client
from rehearsal.airflow.environment import password
from rehearsal.aws.moto_seams import ACCOUNT
from rehearsal.layout import Layout, Ports, State
from rehearsal.port_choice import choose_ports

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]


def _free_ports() -> dict[str, str]:
    """Ports of its own: several rehearsals may start at the same moment, and would all take the well-known ones."""
    return {f"REHEARSAL_{name.upper()}_PORT": str(port) for name, port in asdict(choose_ports({}, {})).items()}


def least_policy() -> str:
    """The shipped IAM policy, for the account of the stand-in."""
    return (ROOT / "docs" / "iam-policy.json").read_text(encoding="utf-8").replace("ACCOUNT", ACCOUNT)


@dataclass(frozen=True)
class Rehearsal:
    """A rehearsal in the folder ``home``: its verbs, and, while it is up, its parts."""

    home: Path

    def verb(self, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """`python -m rehearsal ...` to its end."""
        with self.start(*arguments, environment=environment) as process:
            output, errors = process.communicate(timeout=280)
            return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def start(self, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """`python -m rehearsal ...`, not waited for."""
        return subprocess.Popen(
            [sys.executable, "-m", "rehearsal", "--home", str(self.home), *arguments],
            cwd=ROOT,
            env={**os.environ, **_free_ports(), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def layout(self) -> Layout:
        """The rehearsal's files."""
        return Layout(self.home)

    @cached_property
    def ports(self) -> Ports:
        """Where the parts listen."""
        return self._state.ports

    @cached_property
    def airflow(self) -> Client:
        """Airflow's REST API."""
        return Client(self.ports.airflow, password(self.layout.part_home("airflow")))

    @property
    def supervisor(self) -> psutil.Process:
        """The process that `up` left running."""
        return psutil.Process(self._state.pid)

    def run(self, conf: dict[str, Any] | None = None, timeout_s: float = 180) -> tuple[str, str]:
        """Trigger the DAG and wait for the end: the run's id and state."""
        run_id = rehearse.trigger(self.airflow, conf)
        return run_id, rehearse.follow(self.airflow, run_id, timeout_s)

    def build(self) -> None:
        """Have the replication running: by an earlier run, or one now."""
        if not self.postgres("SELECT 1 FROM pg_replication_slots WHERE active"):
            assert self.run()[1] == "success"

    def tasks(self, run_id: str) -> dict[str, dict[str, Any]]:
        """The run's task instances by task id."""
        return {task["task_id"]: task for task in rehearse.task_instances(self.airflow, run_id)}

    @property
    def aws_control(self) -> str:
        """Where the AWS stand-in is told what a test needs."""
        return f"http://127.0.0.1:{self.ports.aws}/rehearsal"

    @property
    def postgres_login(self) -> str:
        """The source database's owner."""
        return f"host=127.0.0.1 port={self.ports.postgres} dbname=dso user=postgres password=sesame-7391"

    @property
    def pids(self) -> dict[str, int]:
        """The process of each part."""
        return self._state.part_pids

    def postgres(self, query: str) -> list[tuple[Any, ...]]:
        """What the source database answers."""
        with psycopg.connect(self.postgres_login) as connection:
            return connection.execute(query.encode()).fetchall()

    @property
    def _state(self) -> State:
        state = self.layout.read_state()
        if state is None:
            raise RuntimeError(f"nothing is up in {self.home}")
        return state
