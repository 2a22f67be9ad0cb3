"""What the service's API says, without changing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight.fact import fact

if TYPE_CHECKING:
    import requests

    from reverse_sync.pipeline import Canary

TIMEOUT_S = (5, 10)


class ApiFacts:
    """One session with the API."""

    def __init__(self, session: requests.Session, base_url: str, canary: Canary) -> None:
        self._session = session
        self.base_url = base_url
        self.path = canary.path.replace("{id}", str(canary.id))
        self.list_path = canary.path.partition("{id}")[0].rstrip("/") or "/"

    @fact
    def list_status(self) -> int:
        """The status of a GET of the collection that the canary's row belongs to."""
        return self._session.get(self.base_url + self.list_path, timeout=TIMEOUT_S, allow_redirects=False).status_code

    @fact
    def allowed_methods(self) -> frozenset[str] | None:
        """What OPTIONS, or else a 405, says of the canary's path; None where neither says anything."""
        address = self.base_url + self.path
        answer = self._session.options(address, timeout=TIMEOUT_S, allow_redirects=False)
        if "Allow" not in answer.headers:
            answer = self._session.request("TRACE", address, timeout=TIMEOUT_S, allow_redirects=False)
        allowed = answer.headers.get("Allow")
        return frozenset(method.strip().upper() for method in allowed.split(",")) if allowed else None
