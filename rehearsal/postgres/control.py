"""Loopback control of the rehearsal's PostgreSQL: what RDS does to an instance from outside."""

import json
import urllib.request
from http import HTTPStatus
from http.server import HTTPServer
from typing import Any

import psycopg

from rehearsal.json_http import BadRequestError, JsonHandler
from rehearsal.postgres.cluster import Cluster, PostgresUnavailableError
from rehearsal.postgres.parameters import pending_reboot, set_parameters


class ControlServer(HTTPServer):
    """`GET /health`, `PUT /parameters`, `POST /reboot`, `POST /stop`, `POST /start` for one cluster.

    One request at a time, in the thread that serves: the server process dies with the thread that starts it.
    """

    def __init__(self, port: int, cluster: Cluster):
        super().__init__(("127.0.0.1", port), ControlHandler)
        self.cluster = cluster


class ControlHandler(JsonHandler):
    """Answers one request."""

    server: ControlServer

    def do_GET(self) -> None:
        """Tell the state, the port and which parameters wait for a reboot."""
        self._serve({"/health": lambda: None})

    def do_PUT(self) -> None:
        """Change parameters."""
        self._serve({"/parameters": self._set_parameters})

    def do_POST(self) -> None:
        """Reboot, stop or start; the answer comes once that is done."""
        cluster = self.server.cluster
        self._serve({"/reboot": cluster.restart, "/stop": cluster.stop, "/start": self._start})

    def _serve(self, verbs: dict[str, Any]) -> None:
        verb = verbs.get(self.path)
        if verb is None:
            self.answer(HTTPStatus.NOT_FOUND, {"error": f"{self.command} {self.path} is none of {sorted(verbs)}"})
            return
        try:
            verb()
            self.answer(HTTPStatus.OK, self._health())
        except (BadRequestError, psycopg.ProgrammingError, psycopg.DataError) as error:
            self.answer(HTTPStatus.BAD_REQUEST, {"error": str(error).strip()})
        except (psycopg.Error, PostgresUnavailableError) as error:
            self.answer(HTTPStatus.CONFLICT, {"error": str(error).strip()})

    def _health(self) -> dict[str, Any]:
        cluster = self.server.cluster
        if not cluster.running:
            return {"status": "stopped", "port": cluster.port, "pending_reboot": []}
        return {"status": "available", "port": cluster.port, "pending_reboot": pending_reboot(cluster)}

    def _start(self) -> None:
        if not self.server.cluster.running:
            self.server.cluster.start()

    def _set_parameters(self) -> None:
        values = self.read_json_object()
        if strange := {name: value for name, value in values.items() if not isinstance(value, str)}:
            raise BadRequestError(f"parameter values are strings, not {json.dumps(strange)}")
        set_parameters(self.server.cluster, values)


def healthy(control_port: int, timeout_s: float = 5) -> bool:
    """Whether the PostgreSQL behind this control port accepts connections."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{control_port}/health", timeout=timeout_s) as answer:
            return bool(json.load(answer)["status"] == "available")
    except OSError:
        return False
