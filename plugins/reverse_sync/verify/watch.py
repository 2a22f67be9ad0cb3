"""A short watch on Oracle, to measure a replication that is quick; the sensor waits for a slower one."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from reverse_sync.catalog.database import fetch_all
from reverse_sync.errors import ReverseSyncError
from reverse_sync.oracle.sensors import is_text
from reverse_sync.oracle.session import oracle_session, readable_oracle_errors

if TYPE_CHECKING:
    import oracledb

    from reverse_sync.verify.canary_row import CanaryRow

# Short enough to hold no worker.
WATCH_ORACLE_S = 2
WATCH_EVERY_S = 0.02


class OracleWatch:
    """Watches the canary's column over one session.

    It is opened before the change is made, so that no login is part of the latency. An Oracle that does not answer
    is no failure of the change: the watch then sees nothing.
    """

    def __init__(self, row: CanaryRow) -> None:
        self._conn_id = row.pipeline.oracle.connection
        self._row = row
        self._query = row.text_query()
        self._key: list[object] = []
        self._open = ExitStack()
        self._session: oracledb.Connection | None = None

    def __enter__(self) -> Self:
        with suppress(ReverseSyncError):
            session = self._open.enter_context(oracle_session(self._conn_id))
            self._key = list(self._row.target_key_as_held(session).values())
            self._session = session
        return self

    def __exit__(self, *_raised: object) -> None:
        with suppress(ReverseSyncError):
            self._open.close()

    def seconds_until(self, text: str, since: datetime) -> float | None:
        """Seconds from then until Oracle shows the text; None where that takes longer than a moment."""
        if self._session is None:
            return None
        try:
            with readable_oracle_errors(self._conn_id):
                return self._watch(self._session, text, since)
        except ReverseSyncError:
            return None

    def _watch(self, session: oracledb.Connection, text: str, since: datetime) -> float | None:
        while (waited_s := (datetime.now(UTC) - since).total_seconds()) < WATCH_ORACLE_S:
            found = fetch_all(session, self._query, self._key)
            if found and is_text(found[0][0], text):
                return round((datetime.now(UTC) - since).total_seconds(), 3)
            time.sleep(min(WATCH_EVERY_S, WATCH_ORACLE_S - waited_s))
        return None
