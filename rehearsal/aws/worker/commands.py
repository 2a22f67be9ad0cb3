"""What the stand-in tells the worker: one JSON object a line on stdin."""

from __future__ import annotations

import json
import os
import select
import sys
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
