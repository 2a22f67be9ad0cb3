"""Oracle Net packets: an 8-byte header, a type and a body; TTC travels inside DATA packets, cut anywhere."""

import select
import socket
import struct
from collections import deque

CONNECT, ACCEPT, REFUSE, DATA, MARKER = 1, 2, 4, 6, 12
INTERRUPT_MARKERS, RESET_MARKER = (1, 3), 2

_VERSION = 315  # the lowest that the clients accept, and the one with the fewest extras
_END_OF_FILE = 0x0040
_MAX_PACKET = 2 * 1024 * 1024
_SDU_LIMITS = (512, 65535)


class ProtocolError(Exception):
    """The peer sent what the protocol does not allow; the connection must be closed."""


class DisconnectedError(Exception):
    """The peer is gone."""


class BrokenOffError(Exception):
    """The client broke off in the middle of a request: what came of it counts for nothing."""


class Packets:
    """The packets of one connection. Reads block; `poll` looks for what arrives while a statement runs."""

    def __init__(self, peer: socket.socket):
        self.peer = peer
        self.interrupted = False
        self._sdu = 8192
        self._wide_length = False
        self._waiting: deque[bytes] = deque()

    def fileno(self) -> int:
        """The socket's descriptor, for select."""
        return self.peer.fileno()

    def receive(self) -> tuple[int, bytes]:
        """The next packet's type and body. Raises DisconnectedError or ProtocolError."""
        header = self._exactly(8)
        length = struct.unpack_from(">I" if self._wide_length else ">H", header)[0]
        if not 8 <= length <= _MAX_PACKET:
            raise ProtocolError(f"a packet of {length} bytes")
        return header[4], self._exactly(length - 8)

    def accept(self, sdu: int) -> None:
        """Accept the connection; both sides use 32-bit lengths from here on."""
        self._sdu = min(max(sdu, _SDU_LIMITS[0]), _SDU_LIMITS[1])
        fixed = struct.pack(">8H", _VERSION, 0, self._sdu, 65535, 1, 0, 41, 0x0404)
        self._send(ACCEPT, fixed + bytes(8) + struct.pack(">IIB", self._sdu, 65535, 0))
        self._wide_length = True

    def refuse(self, code: int) -> None:
        """Refuse the connection with a listener's error, such as 12514."""
        text = f"(DESCRIPTION=(TMP=)(VSNNUM=202375680)(ERR={code})(ERROR_STACK=(ERROR=(CODE={code})(EMFI=4))))"
        self._send(REFUSE, b"\x01\x00" + struct.pack(">H", len(text)) + text.encode())

    def next_data(self) -> bytes:
        """The payload of the next DATA packet; a break that comes while nothing runs is only noted."""
        if self._waiting:
            return self._waiting.popleft()
        while True:
            kind, body = self.receive()
            if kind == DATA and len(body) >= 2:
                if struct.unpack_from(">H", body)[0] & _END_OF_FILE:
                    raise DisconnectedError
                return body[2:]
            if kind != MARKER:
                raise ProtocolError(f"a packet of type {kind} in place of data")
            if body[2:3] and body[2] in INTERRUPT_MARKERS:
                self.interrupted = True
                return b""

    def send_data(self, stream: bytes) -> None:
        """Send a reply, cut into DATA packets of at most the negotiated size."""
        room = self._sdu - 10
        head = struct.Struct(">IBBHH").pack
        self._write(
            b"".join(
                head(10 + len(piece), DATA, 0, 0, 0) + piece
                for piece in (stream[at : at + room] for at in range(0, len(stream), room))
            )
        )

    def poll(self) -> None:
        """Look, without waiting, at what came while a statement runs: a break sets `interrupted`.

        Raises DisconnectedError when the peer is gone.
        """
        while select.select([self.peer], [], [], 0)[0]:
            kind, body = self.receive()
            if kind == MARKER and body[2:3] and body[2] in INTERRUPT_MARKERS:
                self.interrupted = True
            elif kind == DATA and len(body) >= 2:
                self._waiting.append(body[2:])

    def acknowledge_break(self) -> None:
        """Tell the client that its break arrived and wait for its answer; the next reply is the break's error."""
        self._send(MARKER, bytes((1, 0, RESET_MARKER)))
        self.interrupted = False
        self._waiting.clear()
        while True:
            kind, body = self.receive()
            if kind == MARKER and body[2:3] == bytes((RESET_MARKER,)):
                return

    def _send(self, kind: int, body: bytes) -> None:
        size = len(body) + 8
        length = struct.pack(">I", size) if self._wide_length else struct.pack(">HH", size, 0)
        self._write(length + bytes((kind, 0, 0, 0)) + body)

    def _write(self, data: bytes) -> None:
        try:
            self.peer.sendall(data)
        except OSError as error:
            raise DisconnectedError from error

    def _exactly(self, size: int) -> bytes:
        data = b""
        try:
            while len(data) < size:
                piece = self.peer.recv(size - len(data))
                if not piece:
                    raise DisconnectedError
                data += piece
        except OSError as error:
            raise DisconnectedError from error
        return data
