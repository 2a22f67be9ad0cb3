"""Parts that start in order and end together, with two real ones."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest

from rehearsal.deaths import MOST_RESTARTS, Deaths
from rehearsal.layout import Layout
from rehearsal.orchestrator import Orchestrator, PartError, clear
from rehearsal.parts import PARTS, Part
from rehearsal.port_choice import choose_ports
from tests.support.aws_stage import eventually
from tests.support.processes import command, tree, wait_until_gone

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys, time
from pathlib import Path
from rehearsal.layout import Layout
from rehearsal.orchestrator import Orchestrator, PartError
from rehearsal.part import part_process
from rehearsal.parts import PARTS
from rehearsal.port_choice import choose_ports
parts = [part for part in PARTS if part.name in ("postgres", "flightspecials_api")]
with part_process(exit_status=130):
    layout, ports = Layout(Path(sys.argv[1])), choose_ports({})
    orchestrator = Orchestrator(layout, ports, parts, keep="keep" in sys.argv)
    try:
        orchestrator.start(tell=print)
        print("all", ports.postgres, ports.flightspecials_api, flush=True)
        while True:
            time.sleep(0.05)
            for death in orchestrator.tend():
                print(death, flush=True)
    except PartError as error:
        sys.exit(f"PartError: {error}")
    finally:
        orchestrator.stop()
"""


@contextlib.contextmanager
def orchestrator(home: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, home, *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


def wait_until_up(process: subprocess.Popen[str]) -> tuple[list[psutil.Process], tuple[int, int]]:
    """What was started, and the ports of PostgreSQL and the API."""
    assert process.stdout is not None
    told = [process.stdout.readline().split() for _ in range(3)]
    assert [words[0] for words in told] == ["postgres", "flightspecials_api", "all"]
    started = tree(process.pid)
    assert len(started) > 3
    return started, (int(told[2][1]), int(told[2][2]))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_whatever_ends_it_nothing_is_left(tmp_path: Path, number: signal.Signals) -> None:
    with orchestrator(tmp_path) as process:
        started, _ = wait_until_up(process)
        process.send_signal(number)
        process.wait(15)
        assert wait_until_gone(started) == []
    assert process.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 130)


def kill(process: subprocess.Popen[str], part: str) -> str:
    """Kill a part, and what is told of that."""
    eventually(lambda: _processes(process, part), lambda found: len(found) == 1)
    [victim] = _processes(process, part)
    victim.kill()
    assert process.stdout is not None
    return next(line for line in process.stdout if "ended (" in line)


def _processes(process: subprocess.Popen[str], part: str) -> list[psutil.Process]:
    found = psutil.Process(process.pid).children()
    return [one for one in found if f"rehearsal.{part}" in command(one)]


def test_a_killed_database_is_started_again_with_its_data(tmp_path: Path) -> None:
    with orchestrator(tmp_path, "keep") as process:
        port, _ = wait_until_up(process)[1]
        login = f"host=127.0.0.1 port={port} dbname=dso user=postgres password=sesame-7391"
        with psycopg.connect(login, autocommit=True) as connection:
            connection.execute("CREATE TABLE own AS SELECT '부산' AS name")
        told = kill(process, "postgres")
        assert f"postgres ended (killed by SIGKILL) and was started again; the end of {tmp_path}/logs/postgres" in told
        assert eventually(lambda: rows(login, "TABLE own")) == [("부산",)]
        started = tree(process.pid)
        process.send_signal(signal.SIGTERM)
        process.wait(15)
        assert wait_until_gone(started) == []
    with orchestrator(tmp_path, "keep") as process:
        port, _ = wait_until_up(process)[1]
        assert rows(f"host=127.0.0.1 port={port} dbname=dso user=postgres password=sesame-7391", "TABLE own") == [
            ("부산",)
        ]
        process.terminate()
        process.wait(15)
    clear(Layout(tmp_path))


def rows(login: str, query: str) -> list[tuple[object, ...]]:
    try:
        with psycopg.connect(login) as connection:
            return connection.execute(query.encode()).fetchall()
    except psycopg.OperationalError:
        return []


def test_a_part_that_keeps_ending_stays_down_and_the_others_go_on(tmp_path: Path) -> None:
    with orchestrator(tmp_path) as process:
        _, (_, port) = wait_until_up(process)
        told = [kill(process, "flightspecials_api") for _ in range(MOST_RESTARTS + 1)]
        assert [line.split(" and ")[1].split(";")[0] for line in told] == ["was started again"] * MOST_RESTARTS + [
            "stays down"
        ]
        assert len(_processes(process, "postgres")) == 1
        assert [death.restarted for death in Deaths(tmp_path).all()] == [True] * MOST_RESTARTS + [False]
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=2)
        process.terminate()
        process.wait(15)


def test_killed_while_it_starts_nothing_is_left(tmp_path: Path) -> None:
    with orchestrator(tmp_path) as process:
        while not (tmp_path / "postgres").exists():
            time.sleep(0.01)
        started = tree(process.pid)
        process.kill()
        process.wait()
        assert wait_until_gone(started) == []


def test_a_part_that_does_not_start_is_told_with_its_own_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = replace(choose_ports({}), flightspecials_api=port)
        api = [Part("flightspecials_api", part.arguments) for part in PARTS if part.name == "flightspecials_api"]
        parts = Orchestrator(Layout(tmp_path), ports, api)
        with pytest.raises(
            PartError, match=f"flightspecials_api ended .*\nport {port} on 127.0.0.1, asked for by the F"
        ):
            parts.start(tell=print)
        parts.stop()
        assert parts.pids == {}
        [death] = Deaths(tmp_path).all()
        assert (death.name, death.reason, death.restarted) == ("flightspecials_api", "exit 1", False)
