"""The AWS calls that the stand-in received: what tests count, and what a person looks at."""

from __future__ import annotations

import threading
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rehearsal.aws.aws_request import AwsRequest

_KEPT = 100_000


class CallLog:
    """The newest calls, oldest first. Holds no parameter of any call, so no secret either."""

    def __init__(self) -> None:
        self._calls: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def add(self, asked: AwsRequest, outcome: str, duration_s: float) -> None:
        """Remember a call that has just been answered; `outcome` is `ok` or the code of the error."""
        call: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(),
            "service": asked.service,
            "operation": asked.operation,
        }
        call |= {"region": asked.region, "outcome": outcome, "duration_s": round(duration_s, 6)}
        with self._lock:
            self._calls.append(call)

    def as_list(self) -> list[dict[str, Any]]:
        """The calls as JSON can hold them."""
        with self._lock:
            return list(self._calls)

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._calls.clear()
