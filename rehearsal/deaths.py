"""Processes of the rehearsal that ended though nobody asked them to: kept on disk, and how often each may come back."""

from __future__ import annotations

import json
import signal
import textwrap
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MOST_RESTARTS = 3
WITHIN_S = 120.0
_LAST_LINES = 15
_LINES_OF_RESTARTED = 4
_WIDTH = 200


@dataclass(frozen=True)
class Death:
    """One such end; `restarted` tells whether the process was started again."""

    time: str
    name: str
    reason: str
    log: str
    last_lines: list[str]
    restarted: bool

    def __str__(self) -> str:
        """What happened, and the end of the process's log."""
        then = "and was started again" if self.restarted else "and stays down"
        shown = self.last_lines[-_LINES_OF_RESTARTED:] if self.restarted else self.last_lines
        lines = "".join(f"\n    {textwrap.shorten(line, _WIDTH, placeholder=' …')}" for line in shown)
        return f"{self.time}  {self.name} ended ({self.reason}) {then}; the end of {self.log}:{lines}"


class Deaths:
    """The deaths among the processes that one process watches over, in a file of its folder."""

    def __init__(self, folder: Path):
        self._file = folder / "deaths.jsonl"
        self._times: defaultdict[str, list[float]] = defaultdict(list)

    def note(self, name: str, exit_status: int, log: Path, *, restartable: bool = True) -> Death:
        """Keep a death; the process may be started again unless it has been `MOST_RESTARTS` times in `WITHIN_S`."""
        now = time.monotonic()
        recent = self._times[name] = [moment for moment in self._times[name] if now - moment < WITHIN_S]
        restarted = restartable and len(recent) < MOST_RESTARTS
        recent.append(now)
        lines = log.read_text(errors="replace").splitlines()[-_LAST_LINES:] if log.exists() else []
        death = Death(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", name, _reason(exit_status), str(log), lines, restarted)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a") as file:
            file.write(json.dumps(asdict(death), ensure_ascii=False) + "\n")
        return death

    def all(self) -> list[Death]:
        """Every death that was kept, oldest first."""
        try:
            lines = self._file.read_text().splitlines()
        except FileNotFoundError:
            return []
        return [Death(**json.loads(line)) for line in lines]

    def forget(self) -> None:
        """Begin a new life: earlier deaths tell nothing about it."""
        self._file.unlink(missing_ok=True)
        self._times.clear()


def _reason(exit_status: int) -> str:
    if exit_status < 0:
        return f"killed by {signal.Signals(-exit_status).name}"
    return f"exit {exit_status}"
