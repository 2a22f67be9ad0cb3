"""Airflow's REST API, as far as the rehearsal uses it."""

from typing import Any

import requests

from rehearsal.airflow.environment import USER
from rehearsal.ports import LOOPBACK

_TIMEOUT_S = 60


class Client:
    """One Airflow on loopback, logged in on first use. Methods raise requests.HTTPError when Airflow refuses."""

    def __init__(self, port: int, password: str):
        self._address = f"http://{LOOPBACK}:{port}"
        self._password = password
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy stands before the loopback

    def healthy(self) -> bool:
        """Whether all four components report that they are healthy."""
        try:
            health = self._session.get(f"{self._address}/api/v2/monitor/health", timeout=5).json()
        except (requests.RequestException, ValueError):
            return False
        parts = ("metadatabase", "scheduler", "triggerer", "dag_processor")
        return all(health.get(part, {}).get("status") == "healthy" for part in parts)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON behind /api/v2/``path``."""
        return self._call("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The JSON that POST /api/v2/``path`` answers."""
        return self._call("POST", path, json=body)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        """The JSON that PATCH /api/v2/``path`` answers."""
        return self._call("PATCH", path, json=body)

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        answer = self._session.request(method, f"{self._address}/api/v2/{path}", timeout=_TIMEOUT_S, **arguments)
        if answer.status_code == requests.codes.unauthorized:  # not logged in yet, or Airflow was started again
            self._session.headers["Authorization"] = f"Bearer {self._token()}"
            answer = self._session.request(method, f"{self._address}/api/v2/{path}", timeout=_TIMEOUT_S, **arguments)
        answer.raise_for_status()
        return answer.json()

    def _token(self) -> str:
        answer = self._session.post(
            f"{self._address}/auth/token", json={"username": USER, "password": self._password}, timeout=_TIMEOUT_S
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])
