"""The primitives of a TTC stream: lengths, byte strings, key-value pairs."""

from collections.abc import Callable

from rehearsal.oracle.packets import BrokenOffError, ProtocolError

LONGEST_SHORT = 252
_CHUNKED = 0xFE
_ESCAPE = 0xFD  # the NULL of a BOOLEAN, with one more byte
_NULLS = (0, 0xFF)
_CHUNK_BYTES = 32767
_MAX_REQUEST_BYTES = 256 * 1024 * 1024


class Reader:
    """Reads one request; asks for the next packet whenever a field needs more bytes than have come."""

    def __init__(self, next_packet: Callable[[], bytes]):
        self._next_packet = next_packet
        self._data = b""
        self._at = 0

    def wait(self) -> bool:
        """Wait for the next request; False when a break came in its place."""
        self._data, self._at = self._next_packet(), 0
        return bool(self._data)

    def drop(self) -> None:
        """Leave what has come of a request that nothing here can read."""
        self._at = len(self._data)

    def raw(self, size: int) -> bytes:
        """The next ``size`` bytes."""
        end = self._at + size
        if end > len(self._data):
            self._pull(size)
            end = self._at + size
        value = self._data[self._at : end]
        self._at = end
        return value

    def u8(self) -> int:
        """One byte."""
        at = self._at
        if at >= len(self._data):
            return self.raw(1)[0]
        self._at = at + 1
        return self._data[at]

    def skip(self, *lengths: int) -> None:
        """Skip fields: a positive number is that many bytes, 0 one integer of any width."""
        for length in lengths:
            if length:
                self.raw(length)
            else:
                self.ub()

    def ub(self) -> int:
        """An unsigned integer: a length byte, then that many bytes, the highest first."""
        size = self.u8() & 0x7F
        if size > 8:
            raise ProtocolError(f"an integer of {size} bytes")
        return int.from_bytes(self.raw(size), "big") if size else 0

    def clr(self) -> bytes | None:
        """A byte string, in one piece or in chunks; None for null."""
        at = self._at
        data = self._data
        if at < len(data) and (size := data[at]) <= LONGEST_SHORT and at + size < len(data):
            self._at = at + 1 + size
            return data[at + 1 : at + 1 + size] if size else None
        size = self.u8()
        if size in _NULLS:
            return None
        if size == _ESCAPE:
            return self.raw(1) and None
        if size == _CHUNKED:
            return b"".join(iter(lambda: self.raw(self.ub()), b""))
        if size > LONGEST_SHORT:
            raise ProtocolError(f"a byte string with the length byte {size}")
        return self.raw(size)

    def clrs(self, count: int) -> list[bytes | None]:
        """So many byte strings one after the other; arrays of rows are read with this."""
        values: list[bytes | None] = []
        data, at = self._data, self._at
        for _ in range(count):
            if at < len(data) and (size := data[at]) <= LONGEST_SHORT and at + size < len(data):
                values.append(data[at + 1 : at + 1 + size] or None)
                at += 1 + size
            else:
                self._at = at
                values.append(self.clr() or None)
                data, at = self._data, self._at
        self._at = at
        return values

    def dalc(self) -> bytes:
        """A byte string behind a second length; empty for null."""
        return (self.clr() or b"") if self.ub() else b""

    def _pull(self, size: int) -> None:
        if size > _MAX_REQUEST_BYTES:
            raise ProtocolError(f"a field of {size} bytes")
        pieces = [self._data[self._at :]]
        have = len(pieces[0])
        while have < size:
            piece = self._next_packet()
            if not piece:
                raise BrokenOffError
            pieces.append(piece)
            have += len(piece)
        self._data, self._at = b"".join(pieces), 0


def ub(value: int) -> bytes:
    """An integer as the clients write it, in the least of 0, 1, 2, 4 and 8 bytes; negative ones carry a mark."""
    if value == 0:
        return b"\x00"
    size = (abs(value).bit_length() + 7) // 8
    size = 4 if size == 3 else 8 if size > 4 else size
    return bytes((size | (0x80 if value < 0 else 0),)) + abs(value).to_bytes(size, "big")


SHORT = [bytes((size,)) for size in range(LONGEST_SHORT + 1)]


def clr(value: bytes | None) -> bytes:
    """A byte string; None and the empty one are null."""
    if not value:
        return b"\x00"
    if len(value) <= LONGEST_SHORT:
        return SHORT[len(value)] + value
    chunks = (value[at : at + _CHUNK_BYTES] for at in range(0, len(value), _CHUNK_BYTES))
    return b"\xfe" + b"".join(ub(len(chunk)) + chunk for chunk in chunks) + b"\x00"


def dalc(value: bytes) -> bytes:
    """A byte string behind a second length."""
    return ub(len(value)) + clr(value) if value else b"\x00"


def pairs(values: dict[str, str], flags: dict[str, int] | None = None) -> bytes:
    """Key-value pairs, each with its flags, as a parameter message (08)."""
    return (
        b"\x08"
        + ub(len(values))
        + b"".join(
            dalc(key.encode()) + dalc(value.encode()) + ub((flags or {}).get(key, 0)) for key, value in values.items()
        )
    )
