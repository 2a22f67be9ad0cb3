"""A mail server of the tests' own."""

from __future__ import annotations

import json
import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage


def text_of(message: EmailMessage) -> str:
    """Its HTML."""
    body = message.get_body(("html",))
    assert body is not None
    text: str = body.get_content()
    return text


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as a client needs to leave a message; RFC 5321."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.raw: list[bytes] = []

    @property
    def connection(self) -> dict[str, Any]:
        """Airflow's connection to it."""
        extra = json.dumps({"disable_ssl": True, "disable_tls": True})
        return {"conn_type": "smtp", "host": "127.0.0.1", "port": self.server_address[1], "extra": extra}

    @property
    def messages(self) -> list[EmailMessage]:
        """What was left."""
        return [message_from_bytes(one, policy=policy.default) for one in self.raw]


class Dialogue(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            if line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                self.server.raw.append(b"".join(iter(self.rfile.readline, b".\r\n")))  # type: ignore[attr-defined]
            self.wfile.write(b"250 ok\r\n")


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """The server, while it is needed."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
