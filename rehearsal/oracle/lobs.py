"""Temporary LOBs of one session: CLOBs, NCLOBs and BLOBs that were fetched or made, under locators of 40 bytes."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.oracle.errors import OracleError, unlisted
from rehearsal.oracle.requests import LOCATOR_BYTES, NATIONAL, LobAction, LobOperation
from rehearsal.oracle.values import Code
from rehearsal.oracle.wire import clr, ub

_CHUNK_BYTES = 8132
_ID_AT = 10
_UTF_8, _UTF_16 = 873, 2000


@dataclass
class _Lob:
    """What a locator stands for: bytes, or a text in UTF-16, in which Oracle keeps and counts every one.

    https://python-oracledb.readthedocs.io/en/latest/api_manual/lob.html#oracledb.LOB.read
    """

    content: bytes
    unit: int
    is_open: bool = False

    def __len__(self) -> int:
        return len(self.content) // self.unit

    def piece(self, at: int, amount: int) -> bytes:
        """So many units from an offset on."""
        return self.content[at * self.unit : (at + amount) * self.unit]

    def write(self, at: int, data: bytes) -> None:
        """Write at an offset; what lies before it is filled up, with zero bytes or with blanks."""
        blank = b"\x00" if self.unit == 1 else b"\x00 "
        head = self.piece(0, at) + blank * (at - len(self))
        self.content = head + data + self.content[len(head) + len(data) :]


class Lobs:
    """The LOBs of a session. Offsets are UTF-16 code units, or bytes of a BLOB, and begin at 1."""

    def __init__(self) -> None:
        self._lobs: dict[bytes, _Lob] = {}
        self._numbers = itertools.count(1)

    def _keep(self, lob: _Lob) -> bytes:
        """Keep a LOB and return its locator."""
        number = next(self._numbers).to_bytes(8, "big")
        # 38 bytes follow; version 4; whether a BLOB; initialized; in UTF-16; temporary, so that the client frees it
        head = bytes((0, 0x26, 0, 4, lob.unit == 1, 8, 0x80 * (lob.unit == 2), 1, 0, 0))
        self._lobs[number] = lob
        return (head + number).ljust(LOCATOR_BYTES, b"\x00")

    def in_row(self, code: int) -> Callable[[bytes | None], bytes]:
        """Writes a LOB's column of a row: locator, length and chunk size."""

        def write(text: bytes | None) -> bytes:
            if text is None:
                return b"\x00"
            if code == Code.BLOB:
                lob = _Lob(bytes.fromhex(text[2:].decode()), 1)
            else:
                lob = _Lob(text.decode().encode("utf-16-be"), 2)
            return ub(LOCATOR_BYTES) + ub(len(lob)) + ub(_CHUNK_BYTES) + clr(self._keep(lob))

        return write

    def _find(self, locator: bytes) -> _Lob:
        try:
            return self._lobs[locator[_ID_AT : _ID_AT + 8]]
        except KeyError:
            raise OracleError(22275, "invalid LOB locator specified") from None

    def content(self, locator: bytes) -> bytes:
        """The bytes behind a locator, a text's in UTF-8. Raises ORA-22275."""
        lob = self._find(locator)
        return lob.content if lob.unit == 1 else lob.content.decode("utf-16-be", errors="replace").encode()

    def free(self, locators: list[bytes]) -> None:
        """Forget these."""
        for locator in locators:
            self._lobs.pop(locator[_ID_AT : _ID_AT + 8], None)

    def operate(self, request: LobOperation) -> bytes:
        """Do what a client asks with a locator; the messages that answer it."""
        if request.action == LobAction.CREATE:
            is_text, form = request.kind != Code.BLOB, request.offset
            charset = ub(_UTF_16 if form == NATIONAL else _UTF_8) if is_text else ub(0)
            return b"\x08" + self._keep(_Lob(b"", 1 + is_text)) + charset + b"\x00"
        lob, at, data = self._find(request.locator), max(request.offset - 1, 0), b""
        answer = ub(request.amount) if request.has_amount else b""
        match request.action:
            case LobAction.LENGTH:
                answer = ub(len(lob))
            case LobAction.CHUNK_SIZE:
                answer = ub(_CHUNK_BYTES)
            case LobAction.READ:
                piece = lob.piece(at, request.amount)
                data, answer = b"\x0e" + clr(piece), ub(len(piece) // lob.unit)
            case LobAction.WRITE:
                lob.write(at, request.data)
            case LobAction.TRIM:
                lob.content = lob.piece(0, request.amount)
            case LobAction.OPEN | LobAction.CLOSE:
                lob.is_open = request.action == LobAction.OPEN
            case LobAction.IS_OPEN:
                answer = bytes((lob.is_open,))
            case LobAction.FREE:
                self.free([request.locator])
            case _:
                raise unlisted(f"LOB operation {request.action}")
        return data + b"\x08" + request.locator + answer
