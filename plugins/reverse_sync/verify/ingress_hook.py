"""HTTP by an Airflow connection whose host is an ingress's; imported where it is used, as every provider."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from airflow.providers.http.hooks.http import HttpHook

if TYPE_CHECKING:
    from requests import Session


class IngressHttpHook(HttpHook):
    """Scheme, port, login and extras are the connection's, the host is not.

    :param host: the ingress's address
    """

    def __init__(self, *, host: str, http_conn_id: str, method: str = "GET") -> None:
        super().__init__(method, http_conn_id)
        self.host = host

    def get_conn(
        self, headers: dict[str, object] | None = None, extra_options: dict[str, object] | None = None
    ) -> Session:
        """The session; `base_url` names the ingress from then on."""
        session: Session = super().get_conn(headers, extra_options)
        of_connection = urlsplit(self.base_url)
        port = f":{of_connection.port}" if of_connection.port else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        self.base_url = of_connection._replace(netloc=host + port).geturl()
        return session
