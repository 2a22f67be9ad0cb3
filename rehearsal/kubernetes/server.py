"""One ingress, as the API of networking.k8s.io/v1 shows it, and what the rehearsal may do with it.

https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/
"""

import re
import ssl
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path

from rehearsal.json_http import BadRequestError, JsonHandler
from rehearsal.ports import LISTEN

NAMESPACE = "flightspecials"
INGRESS = "flightspecials-ingress"
USER = "system:serviceaccount:airflow:reverse-sync"
_PATH = re.compile(r"/apis/networking\.k8s\.io/v1/namespaces/([^/]+)/([^/]+)/([^/?]+)$")
_REASONS = {HTTPStatus.UNAUTHORIZED: "Unauthorized", HTTPStatus.FORBIDDEN: "Forbidden"}


class KubernetesServer(ThreadingHTTPServer):
    """Serves until it is shut down; ``hosts`` is what the load balancer was given, nothing at first."""

    daemon_threads = True

    def __init__(self, port: int, token: str, certificate: Path, key: Path) -> None:
        super().__init__((LISTEN, port), KubernetesHandler)
        self.token = token
        self.hosts: list[str] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        # The handshake is the handling thread's: a client that begins none holds up nobody else.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)


class KubernetesHandler(JsonHandler):
    """Answers one request."""

    server: KubernetesServer

    def do_GET(self) -> None:
        """The ingress, to the user whose role lets it get just this one."""
        if self.headers.get("Authorization") != f"Bearer {self.server.token}":
            self._refuse(HTTPStatus.UNAUTHORIZED, "Unauthorized")
        elif not (asked := _PATH.match(self.path)):
            self._refuse(HTTPStatus.FORBIDDEN, f'User "{USER}" cannot get path "{self.path}"')
        elif asked.groups() != (NAMESPACE, "ingresses", INGRESS):
            namespace, kind, name = asked.groups()
            self._refuse(
                HTTPStatus.FORBIDDEN,
                f'{kind}.networking.k8s.io "{name}" is forbidden: User "{USER}" cannot get resource "{kind}" in API '
                f'group "networking.k8s.io" in the namespace "{namespace}"',
            )
        else:
            self.answer(HTTPStatus.OK, self._ingress())

    def do_PUT(self) -> None:
        """`PUT /rehearsal/hosts`: give the load balancer these hostnames or IPs, none for not yet."""
        try:
            hosts = self.read_json_object().get("hosts")
        except BadRequestError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, str(error))
            return
        if self.path != "/rehearsal/hosts" or not isinstance(hosts, list):
            self._refuse(HTTPStatus.BAD_REQUEST, 'PUT /rehearsal/hosts takes {"hosts": [...]}')
            return
        self.server.hosts = [str(host) for host in hosts]
        self.answer(HTTPStatus.OK, {"hosts": self.server.hosts})

    def _ingress(self) -> dict[str, object]:
        entries = [{"ip" if re.fullmatch(r"[\d.]+", host) else "hostname": host} for host in self.server.hosts]
        return {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": {"name": INGRESS, "namespace": NAMESPACE},
            "spec": {"ingressClassName": "alb"},
            "status": {"loadBalancer": {"ingress": entries} if entries else {}},
        }

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        """A `Status` object, as every error of Kubernetes is one."""
        self.answer(
            status,
            {
                "kind": "Status",
                "apiVersion": "v1",
                "status": "Failure",
                "message": message,
                "reason": _REASONS.get(status, "BadRequest"),
                "code": status.value,
            },
        )
