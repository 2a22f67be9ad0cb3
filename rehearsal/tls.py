"""The server's side of TLS for parts that themselves speak plain text."""

import select
import socket
import ssl
import threading
from contextlib import suppress

from rehearsal.certificates import Certificates

_HANDSHAKE = b"\x16"  # the first byte of a ClientHello: https://www.rfc-editor.org/rfc/rfc8446#section-5.1
_CHUNK = 65536


def server_context(certificates: Certificates) -> ssl.SSLContext:
    """What a server shows to its clients."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    return context


def plain(client: socket.socket, context: ssl.SSLContext) -> socket.socket:
    """The connection in plain text: itself, or behind a relay where the client begins with a handshake.

    Raises OSError where the handshake fails.
    """
    if client.recv(1, socket.MSG_PEEK) != _HANDSHAKE:
        return client
    secure = context.wrap_socket(client, server_side=True)
    secure.settimeout(None)
    near, far = socket.socketpair()
    threading.Thread(target=relay, args=(secure, far), daemon=True).start()
    return near


def relay(secure: ssl.SSLSocket, other: socket.socket) -> None:
    """Carry bytes both ways until one side ends."""
    with secure, other, suppress(OSError):
        while True:
            ready = [secure] if secure.pending() else select.select([secure, other], [], [])[0]
            for one, to in ((secure, other), (other, secure)):
                if one in ready:
                    data = one.recv(_CHUNK)
                    if not data:
                        return
                    to.sendall(data)
