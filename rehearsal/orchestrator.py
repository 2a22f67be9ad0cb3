"""Starts the parts, watches over them, and ends them together."""

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Sequence

from rehearsal.layout import PROJECT, Layout, Ports
from rehearsal.parts import PARTS, Part
from rehearsal.ports import LOOPBACK
from rehearsal.postgres.cluster import remove_place

_READY = b"ready"


class PartError(RuntimeError):
    """A part did not start, or ended by itself; the message has the end of its log."""


class Orchestrator:
    """The parts as children of the calling thread: they end when it does (see `rehearsal.part`)."""

    def __init__(self, layout: Layout, ports: Ports, parts: Sequence[Part] = PARTS):
        self._layout = layout
        self._ports = ports
        self._parts = parts
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def pids(self) -> dict[str, int]:
        """The process of each part."""
        return {name: process.pid for name, process in self._processes.items()}

    def start(self, tell: Callable[[str], None], timeout_s: float = 180) -> None:
        """Start every part as soon as those before it are ready; return when all are.

        ``tell`` gets a line for each part. Raises PartError.
        """
        clear(self._layout)
        started = time.monotonic()
        ready: set[str] = set()
        while len(ready) < len(self._parts):
            for part in self._parts:
                if part.name not in self._processes and ready.issuperset(part.after):
                    self._processes[part.name] = self._spawn(part)
            self.require_running()
            for name in self._processes.keys() - ready:
                if _READY in self._layout.log(name).read_bytes().splitlines():
                    ready.add(name)
                    tell(f"{name:<20} ready {time.monotonic() - started:6.1f} s")
            if time.monotonic() - started > timeout_s:
                missing = ", ".join(part.name for part in self._parts if part.name not in ready)
                raise PartError(f"not ready after {timeout_s:.0f} s: {missing}; see {self._layout.home}/logs")
            time.sleep(0.05)

    def require_running(self) -> None:
        """Raise PartError when a part has ended by itself."""
        for name, process in self._processes.items():
            if process.poll() is not None:
                log = self._layout.log(name)
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
                raise PartError(f"the rehearsal's {name} ended (exit {process.returncode}); the end of {log}:\n{tail}")

    def stop(self, grace_s: float = 5) -> None:
        """Ask every part to end, and kill those that do not within ``grace_s`` seconds."""
        for process in self._processes.values():
            process.terminate()
        deadline = time.monotonic() + grace_s
        for process in self._processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0, deadline - time.monotonic()))
            process.kill()
            process.wait()
        self._processes.clear()
        clear(self._layout)  # a killed part could not clear up after itself

    def _spawn(self, part: Part) -> subprocess.Popen[bytes]:
        log = self._layout.log(part.name)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            return subprocess.Popen(
                part.command(self._layout, self._ports),
                cwd=PROJECT,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


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
    """Remove what an earlier rehearsal left outside its folder: clusters that lie in a temporary directory."""
    for place in layout.home.glob("*/cluster"):
        remove_place(place)
