"""Starts the parts, watches over them, and ends them together."""

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rehearsal.deaths import Death, Deaths
from rehearsal.layout import PROJECT, Layout, Ports
from rehearsal.lifetime import end_orphans
from rehearsal.parts import PARTS, Part
from rehearsal.ports import LOOPBACK
from rehearsal.postgres.cluster import remove_place

_READY = b"ready"


class PartError(RuntimeError):
    """A part did not start; the message has the end of its log."""


@dataclass
class _Running:
    """The process of a part, and where in the part's log its own words begin."""

    process: subprocess.Popen[bytes]
    log_start: int
    ready: bool = False


class Orchestrator:
    """The parts as children of the calling thread: they end when it does (see `rehearsal.part`)."""

    def __init__(self, layout: Layout, ports: Ports, parts: Sequence[Part] = PARTS, *, keep: bool = False):
        """``keep``: the parts go on with the data that they find, and leave theirs; otherwise data come and go."""
        self._layout = layout
        self._ports = ports
        self._parts = parts
        self._keep = keep
        self._deaths = Deaths(layout.home)
        self._running: dict[str, _Running] = {}
        self._given_up: set[str] = set()

    @property
    def pids(self) -> dict[str, int]:
        """The process of each part that runs."""
        return {name: running.process.pid for name, running in self._running.items()}

    def start(self, tell: Callable[[str], None], timeout_s: float = 180) -> None:
        """Start every part as soon as those before it are ready; return when all are.

        ``tell`` gets a line for each part. Raises PartError.
        """
        if not self._keep:
            clear(self._layout)
        self._deaths.forget()
        for part in self._parts:
            self._layout.log(part.name).unlink(missing_ok=True)
        started = time.monotonic()
        while len(self._ready()) < len(self._parts):
            self._start_waiting()
            self._require_running()
            for name in self._see_ready():
                tell(f"{name:<20} ready {time.monotonic() - started:6.1f} s")
            if time.monotonic() - started > timeout_s:
                missing = ", ".join(part.name for part in self._parts if part.name not in self._ready())
                raise PartError(f"not ready after {timeout_s:.0f} s: {missing}; see {self._layout.home}/logs")
            time.sleep(0.05)

    def tend(self) -> list[Death]:
        """Start again what ended by itself since the last call; the deaths that were found.

        A part that keeps ending stays down, and the others go on.
        """
        ended = {name: status for name, one in self._running.items() if (status := one.process.poll()) is not None}
        deaths = []
        for name, status in ended.items():
            del self._running[name]
            death = self._deaths.note(name, status, self._layout.log(name))
            if not death.restarted:
                self._given_up.add(name)
            deaths.append(death)
        if ended:
            end_orphans(but=set(self.pids.values()))
        self._start_waiting()
        self._see_ready()
        return deaths

    def stop(self, grace_s: float = 5) -> None:
        """Ask every part to end, and kill those that do not within ``grace_s`` seconds; databases end last."""
        needed = {name for part in self._parts for name in part.after}
        for names in (self._running.keys() - needed, self._running.keys() & needed):
            _end([self._running[name].process for name in names], grace_s)
        self._running.clear()
        if not self._keep:
            clear(self._layout)  # a killed part could not clear up after itself

    def _ready(self) -> set[str]:
        return {name for name, running in self._running.items() if running.ready}

    def _require_running(self) -> None:
        for name, running in self._running.items():
            status = running.process.poll()
            if status is not None:
                death = self._deaths.note(name, status, self._layout.log(name), restartable=False)
                lines = "\n".join(death.last_lines)
                raise PartError(f"the rehearsal's {name} ended ({death.reason}); the end of {death.log}:\n{lines}")

    def _start_waiting(self) -> None:
        for part in self._parts:
            waits = part.name not in self._running and part.name not in self._given_up
            if waits and self._ready().issuperset(part.after):
                self._running[part.name] = self._spawn(part)

    def _see_ready(self) -> list[str]:
        """The parts that became ready since the last call."""
        found = []
        for name, running in self._running.items():
            if not running.ready:
                with self._layout.log(name).open("rb") as log:
                    log.seek(running.log_start)
                    running.ready = _READY in log.read().splitlines()
                if running.ready:
                    found.append(name)
        return found

    def _spawn(self, part: Part) -> _Running:
        log = self._layout.log(part.name)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            log_start = output.tell()
            process = subprocess.Popen(
                [*part.command(self._layout, self._ports), *(["--keep"] if self._keep and part.has_data else [])],
                cwd=PROJECT,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            return _Running(process, log_start)


def _end(processes: Sequence[subprocess.Popen[bytes]], grace_s: float) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + grace_s
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0, deadline - time.monotonic()))
        process.kill()
        process.wait()


def _environment() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return inherited | {
        "PYTHONPATH": str(
            PROJECT / "plugins"
        ),  # the AWS stand-in reads the table mapping with the product's own module
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": LOOPBACK,
        "no_proxy": LOOPBACK,
    }


def clear(layout: Layout) -> None:
    """Remove the databases' data, which may lie in a temporary directory."""
    for place in layout.home.glob("*/cluster"):
        remove_place(place)
