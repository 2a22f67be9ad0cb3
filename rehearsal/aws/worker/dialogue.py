"""Worker and stand-in talk in lines of JSON: commands come on stdin, events go out on stdout."""

from __future__ import annotations

import json
import os
import select
import sys
import time
from typing import Any

_STDIN = 0


class Commands:
    """The lines of stdin, waited for together with a connection. Ends the process when nobody is left to command it."""

    def __init__(self) -> None:
        self._buffer = b""

    def next(self, timeout_s: float, connection: Any = None) -> dict[str, Any] | None:
        """The next command; None when ``timeout_s`` is over or ``connection`` has something to read."""
        while b"\n" not in self._buffer:
            sources = [_STDIN] if connection is None else [_STDIN, connection]
            ready, _, _ = select.select(sources, [], [], timeout_s)
            if _STDIN not in ready:
                return None
            chunk = os.read(_STDIN, 1 << 20)
            if not chunk:
                sys.exit(0)
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        command: dict[str, Any] = json.loads(line)
        return command


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
