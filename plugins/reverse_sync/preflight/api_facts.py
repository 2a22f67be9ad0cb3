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
        self.read_path = canary.fill_get_path(canary.id) or canary.path.partition("{")[0].rstrip("/?&=") or "/"
        self._headers = canary.fill_headers(canary.id, canary.text)

    @read_once
    def read_status(self) -> int:
        """The status of a GET: of `canary.get_path`, or else of the collection that the canary's row belongs to.

        The collection may hold a whole table, so its body is left unread: the connection ends after the headers.
        """
        address = self.base_url + self.read_path
        with self._session.get(
            address, headers=self._headers, timeout=TIMEOUT_S, allow_redirects=False, stream=True
        ) as answer:
            return answer.status_code

    @read_once
    def allowed_methods(self) -> frozenset[str] | None:
        """What OPTIONS, or else a 405, says of the canary's path; None where neither says anything."""
        address = self.base_url + self.path
        answer = self._ask("OPTIONS", address)
        if "Allow" not in answer.headers:
            answer = self._ask("TRACE", address)
        allowed = answer.headers.get("Allow")
        return frozenset(method.strip().upper() for method in allowed.split(",")) if allowed else None

    def _ask(self, method: str, address: str) -> requests.Response:
        return self._session.request(method, address, headers=self._headers, timeout=TIMEOUT_S, allow_redirects=False)
