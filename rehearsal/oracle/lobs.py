"""Temporary LOBs of one session: CLOBs that were fetched or made, under locators of 40 bytes."""

import itertools

from rehearsal.oracle.errors import OracleError, unlisted
from rehearsal.oracle.requests import LOCATOR_BYTES, LobAction, LobOperation
from rehearsal.oracle.wire import clr, ub

_CHUNK_BYTES = 8132
_CHARSET = 873
_CLOB = 112
_ID_AT = 10


class Lobs:
    """The CLOBs of a session. Offsets are characters and begin at 1."""

    def __init__(self) -> None:
        self._texts: dict[bytes, str] = {}
        self._numbers = itertools.count(1)

    def keep(self, text: str) -> bytes:
        """Keep a text and return its locator."""
        number = next(self._numbers).to_bytes(8, "big")
        # 38 bytes follow; version 4; no BLOB; initialized; UTF-8; temporary, so that the client frees it
        head = b"\x00\x26\x00\x04\x00\x08\x00\x01\x00\x00"
        locator = (head + number).ljust(LOCATOR_BYTES, b"\x00")
        self._texts[number] = text
        return locator

    def in_row(self, text: bytes | None) -> bytes:
        """A CLOB's column in a row: its locator, length and chunk size."""
        if text is None:
            return b"\x00"
        decoded = text.decode()
        return ub(LOCATOR_BYTES) + ub(len(decoded)) + ub(_CHUNK_BYTES) + clr(self.keep(decoded))

    def text(self, locator: bytes) -> str:
        """The text behind a locator. Raises ORA-22275."""
        try:
            return self._texts[locator[_ID_AT : _ID_AT + 8]]
        except KeyError:
            raise OracleError(22275, "invalid LOB locator specified") from None

    def free(self, locators: list[bytes]) -> None:
        """Forget these."""
        for locator in locators:
            self._texts.pop(locator[_ID_AT : _ID_AT + 8], None)

    def operate(self, request: LobOperation) -> bytes:  # one branch an operation
        """Do what a client asks with a locator; the messages that answer it."""
        if request.action == LobAction.CREATE:
            if request.offset != _CLOB:
                raise unlisted("temporary BLOB")
            return b"\x08" + self.keep("") + ub(_CHARSET) + b"\x00"
        text, number = self.text(request.locator), request.locator[_ID_AT : _ID_AT + 8]
        answer, at = b"", max(request.offset - 1, 0)
        match request.action:
            case LobAction.LENGTH:
                answer = ub(len(text))
            case LobAction.CHUNK_SIZE:
                answer = ub(_CHUNK_BYTES)
            case LobAction.READ:
                piece = text[at : at + request.amount]
                return b"\x0e" + clr(piece.encode()) + b"\x08" + request.locator + ub(len(piece))
            case LobAction.WRITE:
                data = request.data.decode(errors="replace")
                self._texts[number] = text[:at].ljust(at) + data + text[at + len(data) :]
                answer = ub(request.amount) if request.has_amount else b""
            case LobAction.FREE:
                self.free([request.locator])
            case _:
                raise unlisted(f"LOB operation {request.action}")
        return b"\x08" + request.locator + answer
