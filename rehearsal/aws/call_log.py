"""The AWS calls that the stand-in received: what tests count, and what a person looks at."""

from __future__ import annotations

import re
import threading
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from rehearsal.aws.aws_request import AwsRequest

_KEPT = 100_000
_XML_CODE = re.compile(r"<Code>([^<]+)</Code>")


class CallLog:
    """The newest calls, oldest first. Holds no parameter of any call, so no secret either."""

    def __init__(self) -> None:
        self._calls: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def add(self, asked: AwsRequest, response: Response, duration_s: float) -> None:
        """Remember a call that has just been answered, and how: `ok` or the code of the error."""
        call = {
            "time": datetime.now(UTC).isoformat(),
            "service": asked.service,
            "operation": asked.operation,
            "region": asked.region,
            "outcome": _outcome(response),
            "duration_s": round(duration_s, 6),
        }
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


def _outcome(response: Response) -> str:
    if response.status_code < 400:
        return "ok"
    named = response.headers.get("x-amzn-ErrorType")
    found = _XML_CODE.search(response.get_data(as_text=True))
    return str(named or (found and found[1]) or response.status_code)
