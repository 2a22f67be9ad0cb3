"""`python -m rehearsal up|down|fresh|status|run|preflight|fault|heal|exec`."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from rehearsal import faults
from rehearsal.kept import KeptError
from rehearsal.layout import DEFAULT_HOME, AlreadyRunningError, Layout, NothingUpError
from rehearsal.orchestrator import PartError
from rehearsal.pipeline_file import SelectionError
from rehearsal.ports import PortTakenError
from rehearsal.rehearse import RunError
from rehearsal.selection import Selection, add_arguments
from rehearsal.verbs import down, execute, fresh, preflight, run, status, supervise, up

VERBS: dict[str, Callable[[Layout], int]] = {"down": down, "fresh": fresh, "status": status}
STARTING: dict[str, Callable[[Layout, Selection], int]] = {
    "up": up,
    "run": run,
    "supervise": supervise,
    "preflight": preflight,
}
_TOLD = (
    AlreadyRunningError,
    NothingUpError,
    KeptError,
    faults.FaultError,
    PartError,
    PortTakenError,
    RunError,
    SelectionError,
)


def main() -> int:
    """Do one verb; errors that a user can meet are one message, never a traceback."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description="The rehearsal of the reverse sync.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, verb in VERBS.items():
        verbs.add_parser(name, help=(verb.__doc__ or "").splitlines()[0])
    for name, starting in STARTING.items():
        add_arguments(verbs.add_parser(name, help=(starting.__doc__ or "").splitlines()[0]))
    faults.add_verbs(verbs)
    command = verbs.add_parser("exec", help="Run a command with the connections of what is up").add_argument
    command("command", nargs="+", metavar="COMMAND")
    parser.add_argument(
        "--home", type=Path, default=Path(os.environ.get("REHEARSAL_HOME") or DEFAULT_HOME), help="folder for all files"
    )
    arguments = parser.parse_args()
    layout = Layout(arguments.home.resolve())
    try:
        if arguments.verb in STARTING:
            return STARTING[arguments.verb](layout, Selection.of(arguments))
        if arguments.verb == "exec":
            execute(layout, arguments.command)
        return faults.do(arguments, layout) if arguments.verb in faults.VERBS else VERBS[arguments.verb](layout)
    except _TOLD as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
