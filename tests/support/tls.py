"""A part of the rehearsal that speaks plain text, behind a server that speaks TLS."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, NamedTuple

from rehearsal.certificates import write_certificates
from rehearsal.tls import relay, server_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from pathlib import Path


class Secured(NamedTuple):
    """Where the part is reached by TLS, and the authority that vouches for it."""

    port: int
    authority: Path


@contextlib.contextmanager
def secured(port: int, folder: Path) -> Iterator[Secured]:
    """The part of ``port`` behind TLS, for the block; a client that trusts another authority is turned away."""
    made = write_certificates(folder, "secured")
    context = server_context(made)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, context, port), daemon=True).start()
        yield Secured(server.getsockname()[1], made.authority)
        server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with contextlib.suppress(OSError):
        while True:
            client, _ = server.accept()
            threading.Thread(target=_connect, args=(client, context, port), daemon=True).start()


def _connect(client: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with contextlib.suppress(OSError), client:
        secure = context.wrap_socket(client, server_side=True)
        relay(secure, socket.create_connection(("127.0.0.1", port)))
