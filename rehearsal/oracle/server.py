"""The listener: a thread a connection, on 127.0.0.1 only."""

import os
import socket
import ssl
import threading
import time
from contextlib import suppress

from rehearsal.oracle.instance import Instance
from rehearsal.oracle.packets import Packets
from rehearsal.oracle.session import Session
from rehearsal.tls import plain

_LOGIN_TIMEOUT_S = float(os.environ.get("ORACLE_LOGIN_TIMEOUT_S", "60"))


class Server:
    """Accepts clients until it is closed."""

    def __init__(self, port: int, instance: Instance, context: ssl.SSLContext):
        """``context``: TCP and TCPS are served on one port, each as its client begins."""
        self._instance = instance
        self._context = context
        self._away = False
        self._clients: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._listener.getsockname()[1]

    def serve_forever(self) -> None:
        """Accept clients; returns when the listener is closed for good."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                if not self._away:
                    return
                time.sleep(0.02)
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def go_away(self) -> None:
        """Be down, as a fault: nobody can connect, and every client loses its connection."""
        self._away = True
        self.close()
        for client in list(self._clients):
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def come_back(self) -> None:
        """Be there again."""
        if self._away:
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
            self._away = False

    def close(self) -> None:
        """Accept no more clients; those that are served stay until the process ends."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self, client: socket.socket) -> None:
        with client:
            self._clients.add(client)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.settimeout(_LOGIN_TIMEOUT_S)
            try:
                with plain(client, self._context) as peer:
                    peer.settimeout(_LOGIN_TIMEOUT_S)
                    Session(Packets(peer), self._instance).serve()
            except OSError:
                return  # a client that does not trust the certificate, or ends before it says anything
            finally:
                self._clients.discard(client)
