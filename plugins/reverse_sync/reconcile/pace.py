"""How fast a table is read: no faster than allowed, and not while replication falls behind."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from reverse_sync.reconcile.replication import known_slot, lag_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from reverse_sync.pipeline import Pipeline

_MEGABYTE = 2**20


# Asking PostgreSQL takes a connection, and a person reads no faster.
_EVERY_S = 1.0


class Pace:
    """Called again and again: reports how far the comparison is, and pauses where it must.

    :param tell: takes rows compared, rows expected, and rows a second
    """

    def __init__(self, pipeline: Pipeline, tell: Callable[[int, int, float], None]) -> None:
        self._settings = pipeline.reconciliation
        self._primary = pipeline.postgres.connection
        self._slot = known_slot(pipeline)
        self._tell = tell
        self._started = time.monotonic()
        self._last = self._started - _EVERY_S

    def __call__(self, rows: int, expected: int) -> None:
        """Pause as long as the limits ask for."""
        if self._settings.rows_per_s:
            time.sleep(max(0.0, rows / self._settings.rows_per_s - (time.monotonic() - self._started)))
        now = time.monotonic()
        if now - self._last >= _EVERY_S:
            self._last = now
            self._tell(rows, max(expected, rows), self._rate(rows))
            self._let_replication_catch_up()

    def ended(self, rows: int) -> None:
        """Report that nothing is left."""
        self._tell(rows, rows, self._rate(rows))

    def _rate(self, rows: int) -> float:
        elapsed = time.monotonic() - self._started
        return rows / elapsed if elapsed else 0.0

    def _let_replication_catch_up(self) -> None:
        until = time.monotonic() + self._settings.lag_timeout_s
        pause_s = 1.0
        most = self._settings.lag_limit_mb * _MEGABYTE
        while time.monotonic() < until and lag_bytes(self._primary, self._slot) > most:
            time.sleep(pause_s)
            pause_s = min(pause_s * 1.5, 15)
