"""`python -m rehearsal fault NAME [KEY=VALUE ...]` and `heal [NAME]`: what can go wrong, on demand, in what `up` left.

Faults of AWS are the AWS stand-in's own; those of the databases and the API are done to their processes here.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from functools import partial
from typing import TYPE_CHECKING, Any

import psutil

from rehearsal.aws.faults import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rehearsal.layout import Layout, State

VERBS = ("fault", "heal")
_STOPPED_S, _RUNNING_S = 0.45, 0.05
_BRAKE = [sys.executable, "-m", "rehearsal.faults"]


class FaultError(RuntimeError):
    """The fault cannot be had or healed; the message says why."""


def list_faults() -> dict[str, str]:
    """Every fault's name, with what it does and the keys that it takes."""
    aws = {
        name: f"{kind.summary}; {' '.join(f'{key}={value}' for key, value in kind.defaults.items())}"
        for name, kind in KINDS.items()
    }
    parts = {"postgres": "PostgreSQL", "oracle": "Oracle", "api": "the FlightSpecials API"}
    down = {f"{part}-down": f"{title} cannot be reached" for part, title in parts.items()}
    slow = {f"{part}-slow": f"{title} works about ten times slower" for part, title in parts.items()}
    return aws | down | slow


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `fault` and `heal` to the command line."""
    names = "\n".join(f"  {name:<28} {text}" for name, text in list_faults().items())
    fault = verbs.add_parser(
        "fault",
        help="let something go wrong",
        epilog=f"faults:\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    fault.add_argument("name", choices=list_faults(), metavar="NAME")
    fault.add_argument("settings", nargs="*", metavar="KEY=VALUE", help="as the list below shows them")
    heal = verbs.add_parser("heal", help="take back one fault, or all")
    heal.add_argument("name", nargs="?", choices=list_faults(), metavar="NAME")


def do(arguments: argparse.Namespace, layout: Layout) -> int:
    """Do `fault` or `heal`. Raises FaultError."""
    state = layout.read_state()
    if state is None or not layout.in_use():
        raise FaultError("nothing is up that could have a fault; start it with `make up`")
    if arguments.verb == "fault":
        _fault(arguments.name, _settings(arguments.settings), state)
        print(_told(arguments.name))
    else:
        for name in [arguments.name] if arguments.name else [*list_faults()]:
            _heal(name, state)
        print(f"{arguments.name or 'everything'} is healed{_what_stays(state)}")
    return 0


def _told(name: str) -> str:
    if name in KINDS and KINDS[name].at_once:
        return f"{name} is done; `python -m rehearsal heal` tells what of it stays"
    return f"{name} is on; `python -m rehearsal heal {name}` takes it back"


def _what_stays(state: State) -> str:
    """What healing did not correct, by looking."""
    ports = {"Oracle": state.ports.oracle, "PostgreSQL": state.ports.postgres}
    stays = [f"{title} does not answer on port {port}" for title, port in ports.items() if not _comes_back(port)]
    stays += _call("GET", f"http://127.0.0.1:{state.ports.aws}/rehearsal/damage")
    if not stays:
        return "; nothing else is wrong with the databases and tasks"
    return "; what no healing takes back:" + "".join(f"\n- {sentence}" for sentence in stays)


def _comes_back(port: int, timeout_s: float = 10) -> bool:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
        time.sleep(0.1)
    return False


def _settings(texts: list[str]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise FaultError(f"{text} is not KEY=VALUE")
        with contextlib.suppress(ValueError):
            settings[key] = json.loads(value)
        settings.setdefault(key, value)
    return settings


def _fault(name: str, settings: dict[str, Any], state: State) -> None:
    if name in KINDS:
        _call("PUT", f"http://127.0.0.1:{state.ports.aws}/rehearsal/faults/{name}", settings)
        return
    if settings:
        raise FaultError(f"{name} takes no settings, not {', '.join(settings)}")
    _of_parts(state)[name][0]()


def _heal(name: str, state: State) -> None:
    if name in KINDS:
        _call("DELETE", f"http://127.0.0.1:{state.ports.aws}/rehearsal/faults/{name}")
    else:
        _of_parts(state)[name][1]()


def _of_parts(state: State) -> Mapping[str, tuple[Callable[[], None], Callable[[], None]]]:
    """Each fault of a part, and its healing."""
    pids, control = state.part_pids, f"http://127.0.0.1:{state.ports.postgres_control}"
    if down := [part for part in ("postgres", "oracle", "flightspecials_api") if part not in pids]:
        raise FaultError(f"{' and '.join(down)} ended and stays down; `make status` tells why")
    oracle, api = pids["oracle"], pids["flightspecials_api"]
    slow = {
        f"{part}-slow": (partial(_slow_down, pid), partial(_speed_up, pid))
        for part, pid in {"postgres": pids["postgres"], "oracle": oracle, "api": api}.items()
    }
    return slow | {
        "postgres-down": (partial(_call, "POST", f"{control}/stop"), partial(_call, "POST", f"{control}/start")),
        "oracle-down": (partial(os.kill, oracle, signal.SIGUSR1), partial(os.kill, oracle, signal.SIGUSR2)),
        "api-down": (partial(os.kill, api, signal.SIGSTOP), partial(os.kill, api, signal.SIGCONT)),
    }


def _call(method: str, url: str, body: dict[str, Any] | None = None) -> Any:
    request = urllib.request.Request(url, method=method, data=json.dumps(body or {}).encode())  # noqa: S310  # loopback
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise FaultError(str(json.loads(error.read() or b"{}").get("error", error.reason))) from error
    except OSError as error:
        raise FaultError(f"{url} does not answer: {error}") from error


def _slow_down(pid: int) -> None:
    """Start what slows the part down; it ends with the part, or when the fault is healed."""
    _speed_up(pid)
    nothing = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
    os.posix_spawn(sys.executable, [*_BRAKE, str(pid)], os.environ, file_actions=nothing, setsid=True)


def _speed_up(pid: int) -> None:
    """End what slows the part down, if anything does."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cmdline()[1:] == [*_BRAKE[1:], str(pid)]:
                process.terminate()
                process.wait(5)


def _brake(pid: int) -> None:
    """Let the part and all below it run a tenth of the time only, until it is gone or this process is told to end."""
    told_to_end: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: told_to_end.append(number))
    while not told_to_end and psutil.pid_exists(pid):
        for number, duration_s in ((signal.SIGSTOP, _STOPPED_S), (signal.SIGCONT, _RUNNING_S)):
            with contextlib.suppress(psutil.NoSuchProcess):
                part = psutil.Process(pid)
                for process in [part, *part.children(recursive=True)]:
                    process.send_signal(number)
            time.sleep(duration_s)


if __name__ == "__main__":
    _brake(int(sys.argv[1]))
