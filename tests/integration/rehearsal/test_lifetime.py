"""Nothing outlives a part: not its children, and not those that opened sessions of their own."""

import signal
import subprocess
import sys

import psutil
import pytest

from tests.support.processes import tree, wait_until_gone

pytestmark = pytest.mark.integration

# A child whose own child opens a session of its own and ignores SIGTERM, as a stubborn worker would.
PART = """
import subprocess, sys, time
from rehearsal.part import announce_ready, part_process
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)
CHILD = (
    "import subprocess, sys, time;"
    f"subprocess.Popen([sys.executable, '-c', {STUBBORN!r}], start_new_session=True); time.sleep(600)"
)
with part_process():
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE)
    child.stdout.readline()
    announce_ready()
    time.sleep(600)
"""


@pytest.fixture
def part() -> "subprocess.Popen[str]":
    process = subprocess.Popen([sys.executable, "-c", PART], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout as output:
        assert output.readline() == "ready\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_part_and_all_below_it(part: "subprocess.Popen[str]", number: signal.Signals) -> None:
    started = tree(part.pid)
    assert len(started) == 3
    part.send_signal(number)
    assert part.wait(10) == 0
    assert wait_until_gone(started) == []


def test_a_killed_child_leaves_no_orphan_when_the_part_ends(part: "subprocess.Popen[str]") -> None:
    _, child, stubborn = started = tree(part.pid)
    child.kill()
    assert wait_until_gone([child]) == []
    assert stubborn.ppid() == part.pid
    part.terminate()
    part.wait(10)
    assert wait_until_gone(started) == []


def test_a_part_ends_with_whoever_started_it() -> None:
    starter = (
        f"import subprocess, sys; part = subprocess.Popen([sys.executable, '-c', {PART!r}], stdout=subprocess.PIPE);"
        "part.stdout.readline(); print('ready', flush=True); part.wait()"
    )
    process = subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout as output:
        assert output.readline() == "ready\n"
    started = [one for one in tree(process.pid) if one != psutil.Process(process.pid)]
    assert len(started) == 3
    process.kill()
    process.wait()
    assert wait_until_gone(started) == []
