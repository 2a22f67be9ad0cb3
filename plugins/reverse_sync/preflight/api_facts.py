"""What the service's API says, without changing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight.read_once import read_once

if TYPE_CHECKING:
    import requests

    from reverse_sync.pipeline import HttpCanary

TIMEOUT_S = (5, 10)


class ApiFacts:
    """One session with the API."""

    def __init__(self, session: requests.Session, base_url: str, canary: HttpCanary) -> None:
        self._session = session
        self.canary = canary
        self.base_url = base_url
        self.path = canary.fill_path(canary.id)
        self.list_path = canary.path.partition("{")[0].rstrip("/") or "/"

    @read_once
    def list_status(self) -> int:
        """The status of a GET of the collection that the canary's row belongs to.

        The collection may hold a whole table, so its body is left unread: the connection ends after the headers.
        """
        address = self.base_url + self.list_path
        with self._session.get(address, timeout=TIMEOUT_S, allow_redirects=False, stream=True) as answer:
            return answer.status_code

    @read_once
    def allowed_methods(self) -> frozenset[str] | None:
        """What OPTIONS, or else a 405, says of the canary's path; None where neither says anything."""
        address = self.base_url + self.path
        answer = self._session.options(address, timeout=TIMEOUT_S, allow_redirects=False)
        if "Allow" not in answer.headers:
            answer = self._session.request("TRACE", address, timeout=TIMEOUT_S, allow_redirects=False)
        allowed = answer.headers.get("Allow")
        return frozenset(method.strip().upper() for method in allowed.split(",")) if allowed else None
