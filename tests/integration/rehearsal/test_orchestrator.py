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

import pytest

from rehearsal.layout import Layout
from rehearsal.orchestrator import Orchestrator, PartError
from rehearsal.parts import PARTS, Part
from rehearsal.port_choice import choose_ports
from tests.support.processes import tree, wait_until_gone

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psutil

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
    orchestrator = Orchestrator(Layout(Path(sys.argv[1])), choose_ports({}), parts)
    try:
        orchestrator.start(tell=print)
        print("all up", flush=True)
        while True:
            time.sleep(0.05)
            orchestrator.require_running()
    except PartError as error:
        sys.exit(f"PartError: {error}")
    finally:
        orchestrator.stop()
"""


@contextlib.contextmanager
def orchestrator(home: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, home], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        yield process
        process.kill()


def wait_until_up(process: subprocess.Popen[str]) -> list[psutil.Process]:
    assert process.stdout is not None
    told = [process.stdout.readline().split()[0] for _ in range(3)]
    assert told == ["postgres", "flightspecials_api", "all"]
    started = tree(process.pid)
    assert len(started) > 3
    return started


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_whatever_ends_it_nothing_is_left(tmp_path: Path, number: signal.Signals) -> None:
    with orchestrator(tmp_path) as process:
        started = wait_until_up(process)
        process.send_signal(number)
        process.wait(15)
        assert wait_until_gone(started) == []
    assert process.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 130)


@pytest.mark.parametrize("part", ["postgres", "flightspecials_api"])
def test_a_killed_part_ends_the_others_and_is_named(tmp_path: Path, part: str) -> None:
    with orchestrator(tmp_path) as process:
        started = wait_until_up(process)
        [victim] = [one for one in started if f"rehearsal.{part}" in one.cmdline()]
        victim.kill()
        _, errors = process.communicate(timeout=15)
        assert process.returncode == 1
        assert f"PartError: the rehearsal's {part} ended (exit -9); the end of {tmp_path}/logs/{part}.log:" in errors
        assert wait_until_gone(started) == []
    assert list(tmp_path.glob("*/cluster")) == []


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
