"""What `python -m rehearsal` can do."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from rehearsal.addresses import addresses, deaths_of, status_table
from rehearsal.airflow.client import Client
from rehearsal.airflow.environment import Neighbours, environment, password
from rehearsal.deaths import Death
from rehearsal.kept import begin, empty, empty_but_records, remember
from rehearsal.layout import PROJECT, AlreadyRunningError, Layout, NothingUpError, Ports, State
from rehearsal.lifetime import outlive_parent
from rehearsal.orchestrator import Orchestrator, clear
from rehearsal.own_tables import make_tables
from rehearsal.part import part_process
from rehearsal.port_choice import choose_ports
from rehearsal.rehearse import rehearse
from rehearsal.selection import Selection, arguments_of
from rehearsal.way_back import way_back

_INTERRUPTED = 130


def run(layout: Layout, selection: Selection) -> int:
    """Start everything from the starting state, run each DAG once, or a scenario, print its report, stop everything.

    What `up` keeps is not touched; the newest records of such runs stay in a folder of their own.
    """
    own = layout.rehearse
    with own.held(), part_process(exit_status=_INTERRUPTED):
        empty_but_records(own)
        os.environ |= selection.environment(own)
        ports = choose_ports({})
        orchestrator = Orchestrator(own, ports, keep=True)
        try:
            orchestrator.start(tell=_tell)
            make_tables(selection, own, ports)
            client = Client(ports.airflow, password(own.part_home("airflow")))

            def watch() -> None:
                _tell_deaths(orchestrator.tend())

            if selection.scenario == "way-back":
                return 0 if way_back(client, own, ports, watch) else 1
            done = [rehearse(client, own, watch, dag_id) for dag_id in selection.dag_ids]
            return 0 if all(done) else 1
        finally:
            orchestrator.stop()
            clear(own)


def up(layout: Layout, selection: Selection) -> int:
    """Start everything, leave it running, and print where it is."""
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "rehearsal", "--home", layout.home, "supervise", *arguments_of(selection)],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while supervisor.poll() is None:
            state = layout.read_state()
            if state is not None and state.pid == supervisor.pid:
                os.environ |= state.selection
                print(addresses(layout, state.ports, selection.dag_ids))
                return 0
            time.sleep(0.1)
    except KeyboardInterrupt:
        supervisor.terminate()
        supervisor.wait()
        return _INTERRUPTED
    return supervisor.returncode


def supervise(layout: Layout, selection: Selection) -> int:
    """What `up` leaves running: the parent of all parts. Until they are ready it ends with `up`."""
    with layout.held(), part_process():
        layout.forget_state()
        about = selection.environment(layout)
        os.environ |= about
        beginning = begin(layout)
        _tell(beginning.sentence)
        ports = choose_ports(beginning.ports)
        orchestrator = Orchestrator(layout, ports, keep=True)
        try:
            orchestrator.start(tell=_tell)
            make_tables(selection, layout, ports)
            remember(layout, ports)
            _print_to(layout.log("supervisor"))
            outlive_parent()
            _watch_over(orchestrator, layout, ports, about)
        finally:
            orchestrator.stop()
            layout.forget_state()


def _watch_over(orchestrator: Orchestrator, layout: Layout, ports: Ports, about: dict[str, str]) -> NoReturn:
    told: dict[str, int] = {}
    while True:
        if orchestrator.pids != told:
            told = orchestrator.pids
            layout.write_state(State(os.getpid(), ports, told, about))
        time.sleep(1)
        _tell_deaths(orchestrator.tend())


def down(layout: Layout) -> int:
    """Stop what `up` left running; nothing running is fine."""
    state = layout.read_state()
    if not layout.in_use():
        print("Nothing is up.")
    elif state is None:
        raise AlreadyRunningError("a rehearsal is starting or runs in the foreground: end it with Ctrl-C there")
    else:
        _end(state.pid, layout)
        print("Everything is down; `make up` goes on with its data, `make fresh` empties them.")
    layout.forget_state()
    return 0


def fresh(layout: Layout) -> int:
    """Empty what `up` keeps: the databases, AWS, Airflow's history, and the records of its runs."""
    with layout.held():
        records = empty(layout)
    with contextlib.suppress(AlreadyRunningError), layout.rehearse.held(patience_s=0):
        clear(layout.rehearse)  # what a `run` left that was killed
    went = f", {records} records of runs among it" if records else ""
    print(f"{os.path.relpath(layout.home)} is empty{went}: the next `make up` begins from the starting state.")
    return 0


def status(layout: Layout) -> int:
    """Tell which parts run and where, and which ended though nobody asked them to."""
    state, deaths = layout.read_state(), deaths_of(layout)
    if state is not None and layout.in_use():
        print("\n".join([status_table(layout, state), *map(str, deaths)]))
        return 0
    print("Nothing is up; start it with `make up`.")
    if state is not None:
        print(
            f"What was up did not end by `make down`: its supervisor, process {state.pid}, was killed, or the machine "
            f"was restarted, and every part ended with it; {layout.log('supervisor')} may tell more."
        )
    if deaths:
        print("\n".join(["Of what was up last:", *map(str, deaths)]))
    return 1


def execute(layout: Layout, command: list[str]) -> NoReturn:
    """Run a command as Airflow's tasks run: with the connections of what is up, and the plugins.

    Raises NothingUpError.
    """
    state = layout.read_state()
    if state is None or not layout.in_use():
        raise NothingUpError("nothing is up whose connections the command could use; start it with `make up`")
    os.environ |= state.selection
    ports = state.ports
    neighbours = Neighbours(ports.postgres, ports.oracle, ports.aws, ports.flightspecials_api)
    variables = environment(layout.part_home("airflow"), ports.airflow, neighbours) | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(PROJECT / "plugins"),
    }
    os.execvpe(command[0], command, variables)  # noqa: S606  # no shell is wanted


def preflight(layout: Layout, selection: Selection) -> NoReturn:
    """Run the preflight of what is up, or of one pipeline of it. Raises NothingUpError."""
    state = layout.read_state()
    up = state.selection.get("REVERSE_SYNC_INCLUDE", "") if state else ""
    for pipeline in selection.pipelines:
        if str(pipeline.path) not in (*up.split(os.pathsep), str(PROJECT / "include/pipelines/flightspecials.yaml")):
            raise NothingUpError(
                f"{pipeline.path} is not a part of what is up: start it with `make up PIPELINE=...`, after `make down`"
            )
    files = [str(pipeline.path) for pipeline in selection.pipelines]
    execute(layout, [sys.executable, "-m", "reverse_sync.preflight", *files])


def _end(pid: int, layout: Layout, grace_s: float = 20) -> None:
    deadline = time.monotonic() + grace_s
    ending = signal.SIGTERM
    while layout.in_use():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, ending)
        if time.monotonic() > deadline:
            ending = signal.SIGKILL  # its parts end with it
        time.sleep(0.1)


def _tell_deaths(deaths: Iterable[Death]) -> None:
    for death in deaths:
        _tell(str(death))


def _tell(line: str) -> None:
    print(line, flush=True)


def _print_to(log: Path) -> None:
    """From now on print into ``log``: the terminal may go."""
    with log.open("ab") as output:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            os.dup2(output.fileno(), stream.fileno())
