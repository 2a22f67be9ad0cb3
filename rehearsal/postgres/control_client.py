"""The other side of `control`: calls of the rehearsal's PostgreSQL."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any


class PostgresControlError(RuntimeError):
    """The rehearsal's PostgreSQL refused or did not answer; the message says what and why."""


class PostgresControl:
    """The loopback control of `rehearsal.postgres`."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def call(self, method: str, path: str, body: dict[str, str] | None = None, timeout_s: float = 90) -> dict[str, Any]:
        """One call's answer. Raises PostgresControlError."""
        request = urllib.request.Request(  # noqa: S310  # the URL is the rehearsal's own
            self.url + path, method=method, data=json.dumps(body).encode() if body is not None else None
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout_s) as answer:  # noqa: S310
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            reason = json.loads(error.read() or b"{}").get("error", error.reason)
            raise PostgresControlError(str(reason)) from error
        except OSError as error:
            raise PostgresControlError(f"the control of PostgreSQL at {self.url} does not answer: {error}") from error
