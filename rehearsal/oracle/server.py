"""The listener: a thread a connection, on 127.0.0.1 only."""

import socket
import threading
from contextlib import suppress

from rehearsal.oracle.instance import Instance
from rehearsal.oracle.packets import Packets
from rehearsal.oracle.session import Session

_LOGIN_TIMEOUT_S = 60


class Server:
    """Accepts clients until it is closed."""

    def __init__(self, port: int, instance: Instance):
        self._instance = instance
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._listener.getsockname()[1]

    def serve_forever(self) -> None:
        """Accept clients; returns when the listener is closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Accept no more clients; those that are served stay until the process ends."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self, client: socket.socket) -> None:
        with client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.settimeout(_LOGIN_TIMEOUT_S)
            Session(Packets(client), self._instance).serve()
