"""The AWS calls that the stand-in received: what tests count, and what a person looks at."""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

_KEPT = 100_000
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True)
class Target:
    """What a request is for, as far as its signature and headers say."""

    service: str
    operation: str
    region: str

    @classmethod
    def of(cls, request: Request) -> Target:
        """The target of any AWS request; its parts are empty where they cannot be known."""
        scope = _SCOPE.search(request.headers.get("Authorization", ""))
        region, service = scope.groups() if scope else ("", "")
        operation = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        if not operation and "/operation/" in request.path:
            operation = request.path.rpartition("/")[2]
        return cls(service, operation or request.values.get("Action", "") or request.method, region)


@dataclass(frozen=True)
class Call:
    """One call; `outcome` is `ok` or the code of the error that was answered."""

    time: str
    service: str
    operation: str
    region: str
    outcome: str
    duration_s: float


class CallLog:
    """The newest calls, oldest first. Holds no parameter of any call, so no secret either."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def add(self, target: Target, outcome: str, duration_s: float) -> None:
        """Remember a call that has just been answered."""
        now = datetime.now(UTC).isoformat()
        with self._lock:
            self._calls.append(
                Call(now, target.service, target.operation, target.region, outcome, round(duration_s, 6))
            )

    def as_list(self) -> list[dict[str, Any]]:
        """The calls as JSON can hold them."""
        with self._lock:
            return [asdict(call) for call in self._calls]

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._calls.clear()
