"""HTTP by an Airflow connection whose host is an ingress's; imported where it is used, as every provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow.providers.http.hooks.http import HttpHook

if TYPE_CHECKING:
    from requests import Session


class IngressHttpHook(HttpHook):
    """Scheme, port, login and extras are the connection's, the host is not.

    :param host: the ingress's address
    """

    def __init__(self, *, host: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.host = host

    def get_conn(self, *args: Any, **kwargs: Any) -> Session:
        """The session; `base_url` names the ingress from then on."""
        session: Session = super().get_conn(*args, **kwargs)
        of_connection = urlsplit(self.base_url)
        port = f":{of_connection.port}" if of_connection.port else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        self.base_url = of_connection._replace(netloc=host + port).geturl()
        return session
