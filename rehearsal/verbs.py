"""What `python -m rehearsal` can do."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

from rehearsal.addresses import addresses, status_table
from rehearsal.airflow.client import Client
from rehearsal.airflow.environment import Neighbours, environment, password
from rehearsal.layout import PROJECT, AlreadyRunningError, Layout, NothingUpError, State
from rehearsal.lifetime import outlive_parent
from rehearsal.orchestrator import Orchestrator, clear
from rehearsal.part import part_process
from rehearsal.port_choice import WELL_KNOWN, choose_ports
from rehearsal.rehearse import rehearse

_INTERRUPTED = 130


def run(layout: Layout) -> int:
    """Start everything, run the DAG once, print its report, stop everything."""
    with layout.held(), part_process(exit_status=_INTERRUPTED):
        ports = choose_ports({})
        orchestrator = Orchestrator(layout, ports)
        try:
            orchestrator.start(tell=_tell)
            client = Client(ports.airflow, password(layout.part_home("airflow")))
            return 0 if rehearse(client, layout) else 1
        finally:
            orchestrator.stop()


def up(layout: Layout) -> int:
    """Start everything, leave it running, and print where it is."""
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "rehearsal", "--home", layout.home, "supervise"],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while supervisor.poll() is None:
            state = layout.read_state()
            if state is not None and state.pid == supervisor.pid:
                print(addresses(layout, state.ports))
                return 0
            time.sleep(0.1)
    except KeyboardInterrupt:
        supervisor.terminate()
        supervisor.wait()
        return _INTERRUPTED
    return supervisor.returncode


def supervise(layout: Layout) -> int:
    """What `up` leaves running: the parent of all parts. Until they are ready it ends with `up`."""
    with layout.held(), part_process():
        ports = choose_ports(WELL_KNOWN)
        orchestrator = Orchestrator(layout, ports)
        try:
            orchestrator.start(tell=_tell)
            _print_to(layout.log("supervisor"))
            outlive_parent()
            layout.write_state(State(os.getpid(), ports, orchestrator.pids))
            while True:
                time.sleep(1)
                orchestrator.require_running()
        finally:
            orchestrator.stop()
            layout.forget_state()


def down(layout: Layout) -> int:
    """Stop what `up` left running; nothing running is fine."""
    state = layout.read_state()
    if not layout.in_use():
        print("Nothing is up.")
    elif state is None:
        raise AlreadyRunningError("a rehearsal is starting or runs in the foreground: end it with Ctrl-C there")
    else:
        _end(state.pid, layout)
        print("Everything is down.")
    clear(layout)
    layout.forget_state()
    return 0


def status(layout: Layout) -> int:
    """Tell which parts run, and where."""
    state = layout.read_state()
    if state is None or not layout.in_use():
        print("Nothing is up; start it with `make up`.")
        return 1
    print(status_table(layout, state))
    return 0


def execute(layout: Layout, command: list[str]) -> NoReturn:
    """Run a command as Airflow's tasks run: with the connections of what is up, and the plugins.

    Raises NothingUpError.
    """
    state = layout.read_state()
    if state is None or not layout.in_use():
        raise NothingUpError("nothing is up whose connections the command could use; start it with `make up`")
    ports = state.ports
    neighbours = Neighbours(ports.postgres, ports.oracle, ports.aws, ports.flightspecials_api)
    variables = environment(layout.part_home("airflow"), ports.airflow, neighbours) | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(PROJECT / "plugins"),
    }
    os.execvpe(command[0], command, variables)  # noqa: S606  # no shell is wanted


def _end(pid: int, layout: Layout, grace_s: float = 20) -> None:
    deadline = time.monotonic() + grace_s
    ending = signal.SIGTERM
    while layout.in_use():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, ending)
        if time.monotonic() > deadline:
            ending = signal.SIGKILL  # its parts end with it
        time.sleep(0.1)


def _tell(line: str) -> None:
    print(line, flush=True)


def _print_to(log: Path) -> None:
    """From now on print into ``log``: the terminal may go."""
    with log.open("ab") as output:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            os.dup2(output.fileno(), stream.fileno())
