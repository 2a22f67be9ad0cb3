"""What the worker tells the stand-in: one JSON object a line on stdout."""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def report(event: str, **content: Any) -> None:
    """Tell one event. Ends the process where nobody listens any more."""
    try:
        print(json.dumps({"event": event, **content}, ensure_ascii=False), flush=True)
    except OSError:
        sys.exit(0)


class Log:
    """Lines of the task's log, sent together."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, str, str]] = []

    def add(self, component: str, severity: str, text: str) -> None:
        """Note a line: ``severity`` is I, W or E."""
        self._lines.append((component, severity, text))
        if len(self._lines) >= 100:
            self.send()

    def send(self) -> None:
        """Send what was noted."""
        if self._lines:
            report("log", lines=self._lines)
            self._lines = []


class Pace:
    """Says when it is time again."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._next = 0.0

    def due(self) -> bool:
        """Whether the time has come; if so, it begins again."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._every_s
        return True
