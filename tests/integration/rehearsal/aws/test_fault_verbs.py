"""`python -m rehearsal fault` and `heal`, and what happens to workers when the stand-in itself dies."""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import timeit
from typing import TYPE_CHECKING

import oracledb
import psutil
import psycopg
import pytest
import requests
from botocore.exceptions import ClientError

from rehearsal import faults
from rehearsal.layout import Layout, Ports, State
from tests.support.aws_stage import QUICK, Stage, eventually
from tests.support.parts import free_port, part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration


@pytest.fixture
def api(tmp_path: Path) -> Iterator[tuple[psutil.Process, int]]:
    """A web server that stands for the API, and its port."""
    port = free_port()
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(tmp_path), str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    eventually(lambda: listens(port))
    yield psutil.Process(process.pid), port
    process.kill()
    process.wait()


def listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def layout(oracle: Stage, stage: Stage, api: tuple[psutil.Process, int], tmp_path: Path) -> Iterator[Layout]:
    """A rehearsal as `up` leaves it, made of the test's own parts."""
    layout = Layout(tmp_path)
    control = int(stage.control.rpartition(":")[2])
    assert stage.postgres_process is not None
    assert oracle.oracle_process is not None
    pids = {
        "postgres": stage.postgres_process.pid,
        "oracle": oracle.oracle_process.pid,
        "flightspecials_api": api[0].pid,
    }
    with layout.held():
        layout.write_state(
            State(os.getpid(), Ports(0, 0, stage.postgres_port, control, stage.oracle_port, stage.aws_port), pids, {})
        )
        yield layout


def do(layout: Layout, *words: str) -> None:
    parser = argparse.ArgumentParser()
    faults.add_verbs(parser.add_subparsers(dest="verb"))
    faults.do(parser.parse_args(words), layout)


def test_a_fault_of_aws(layout: Layout, stage: Stage) -> None:
    do(layout, "fault", "throttle", "calls=1", "operation=DescribeEndpoints")
    with pytest.raises(ClientError, match=r"Rate exceeded"):
        stage.client("dms").describe_endpoints()
    with pytest.raises(
        faults.FaultError, match=r"fault throttle does not take cals; it takes calls, operation, service"
    ):
        do(layout, "fault", "throttle", "cals=1")
    with pytest.raises(faults.FaultError, match=r"calls is not KEY=VALUE"):
        do(layout, "fault", "throttle", "calls")


def test_databases_go_down_and_come_back(layout: Layout, oracle: Stage, stage: Stage) -> None:
    do(layout, "fault", "postgres-down")
    with pytest.raises(psycopg.OperationalError, match=r"refused"):
        stage.postgres()
    do(layout, "fault", "oracle-down")
    eventually(lambda: not answers(stage))
    do(layout, "heal")
    stage.postgres().close()
    eventually(lambda: answers(stage))


def answers(stage: Stage) -> bool:
    try:
        stage.oracle().close()
    except oracledb.Error:
        return False
    return True


def test_the_api_stops_and_comes_back(layout: Layout, api: tuple[psutil.Process, int]) -> None:
    do(layout, "fault", "api-down")
    eventually(lambda: api[0].status() == psutil.STATUS_STOPPED)
    do(layout, "heal", "api-down")
    eventually(lambda: api[0].status() == psutil.STATUS_SLEEPING)
    with pytest.raises(faults.FaultError, match=r"api-slow takes no settings, not by"):
        do(layout, "fault", "api-slow", "by=2")


@pytest.mark.parametrize("slow", ["postgres", "oracle", "api"])
def test_a_part_answers_late_until_it_is_healed(
    layout: Layout, stage: Stage, api: tuple[psutil.Process, int], slow: str
) -> None:
    with stage.postgres() as postgres, stage.oracle() as oracle, oracle.cursor() as cursor:
        ask: dict[str, Callable[[], object]] = {
            "postgres": lambda: postgres.execute("SELECT 1"),
            "oracle": lambda: cursor.execute("SELECT 1 FROM DUAL"),
            "api": lambda: requests.get(f"http://127.0.0.1:{api[1]}/", timeout=10),
        }

        def slowest_s() -> float:
            return max(timeit.repeat(ask[slow], number=1, repeat=50))

        do(layout, "fault", f"{slow}-slow")
        eventually(slowest_s, lambda seconds: seconds >= 0.4)
        do(layout, "heal", f"{slow}-slow")
        eventually(slowest_s, lambda seconds: seconds < 0.2)


def test_nothing_is_up(tmp_path: Path) -> None:
    with pytest.raises(faults.FaultError, match=r"nothing is up that could have a fault; start it with `make up`"):
        do(Layout(tmp_path), "fault", "throttle")


def test_every_fault_is_listed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with contextlib.suppress(SystemExit):
        do(Layout(tmp_path), "fault", "--help")
    shown = capsys.readouterr().out
    assert [name for name in faults.list_faults() if f"  {name} " not in shown] == []


def test_workers_end_with_the_stand_in_however_it_dies(tables: Stage, tmp_path: Path) -> None:
    port = free_port()
    other = Stage(tables.postgres_port, tables.oracle_port, port, tables.control)
    arguments = ["--port", port, "--postgres-port", other.postgres_port, "--postgres-control", other.control]
    durations = [f"--duration={name}={seconds}" for name, seconds in QUICK.items()]
    with part(
        "aws", "--home", tmp_path, *arguments, "--oracle-port", other.oracle_port, *durations, log=tmp_path / "log"
    ) as process:
        other.start(other.task("short-lived"))
        workers = psutil.Process(process.pid).children()
        assert ["rehearsal.aws.worker" in worker.cmdline() for worker in workers] == [True]
        process.kill()
        process.wait()
        assert psutil.wait_procs(workers, timeout=5)[1] == []
