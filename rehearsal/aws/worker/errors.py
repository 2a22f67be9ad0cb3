"""What can go wrong in a worker, and what DMS does about each.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ErrorHandling.html
"""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

IGNORE, LOG, SUSPEND, STOP, UPSERT = "IGNORE_RECORD", "LOG_ERROR", "SUSPEND_TABLE", "STOP_TASK", "UPSERT"
_ALIASES = {"INSERT_RECORD": UPSERT, "UPDATE_RECORD": UPSERT}


class RecoverableError(Exception):
    """The environment failed (network, a database that is down): DMS tries again after a while."""


class FatalError(Exception):
    """The task cannot go on: it fails and waits for a person."""


class ErrorPolicies:
    """The task's ErrorBehavior: what to do about an error, and when errors become too many."""

    def __init__(self, behavior: dict[str, Any]) -> None:
        self._behavior = behavior
        self._counts: Counter[tuple[str, str]] = Counter()

    def action(self, kind: str, table: str) -> str:
        """What to do about one more error of ``kind`` in ``table``.

        The kinds are those of the settings: Data, DataTruncation, Table, ApplyErrorInsert and so on.
        """
        policy = str(self._behavior[f"{kind}Policy" if kind.startswith("Apply") else f"{kind}ErrorPolicy"])
        group = "ApplyError" if kind.startswith("Apply") else "TableError" if kind == "Table" else "DataError"
        self._counts[group, table] += 1
        limit = self._behavior[f"{group}EscalationCount"]
        if limit and self._counts[group, table] >= limit:
            policy = str(self._behavior[f"{group}EscalationPolicy"])
        return _ALIASES.get(policy, policy)


class Retries:
    """When to try again after a recoverable error: longer and longer, up to a limit; a success begins again."""

    def __init__(self, behavior: dict[str, Any], second_s: float) -> None:
        self._behavior = behavior
        self._second_s = second_s
        self.failures = 0
        self._failing_since = 0.0

    def succeeded(self) -> None:
        """The task runs again."""
        self.failures = 0

    def failing_s(self) -> float:
        """Seconds since the first of the failures."""
        return time.monotonic() - self._failing_since

    def wait_s(self) -> float | None:
        """Seconds until the next attempt, or None where DMS gives up.

        RecoverableErrorCount -1 stands for "for ever"; RecoverableErrorStopRetryAfterThrottlingMax ends that once the
        interval has grown to its maximum. That the interval doubles is this stand-in's choice: DMS only says it grows.
        """
        behavior = self._behavior
        if not self.failures:
            self._failing_since = time.monotonic()
        self.failures += 1
        if 0 <= behavior["RecoverableErrorCount"] < self.failures:
            return None
        interval, most = behavior["RecoverableErrorInterval"], behavior["RecoverableErrorThrottlingMax"]
        if behavior["RecoverableErrorThrottling"]:
            interval *= 2 ** min(self.failures - 1, 30)
            if interval >= most and behavior["RecoverableErrorStopRetryAfterThrottlingMax"] and self.failures > 1:
                return None
            interval = min(interval, most)
        return float(interval) * self._second_s
