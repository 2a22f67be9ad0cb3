"""A client's cursor: its statement, how its columns go over the wire, and the rows still to send."""

from dataclasses import dataclass, field
from itertools import repeat
from typing import NamedTuple

from psycopg.pq.abc import PGresult

from rehearsal.oracle.backend import Rows, Stream
from rehearsal.oracle.engine import Engine, Known
from rehearsal.oracle.errors import shown, unlisted
from rehearsal.oracle.lobs import Lobs
from rehearsal.oracle.replies import Column
from rehearsal.oracle.requests import Descriptor
from rehearsal.oracle.values import Code, Encoder, as_utf_16, column_encoder, each, number_text

_ROW = b"\x07"
_STRINGS = (Code.VARCHAR, Code.CHAR, Code.LONG)
_LOBS = (Code.CLOB, Code.BLOB)
_AS_LONG = {Code.BLOB: Code.LONG_RAW, Code.CLOB: Code.LONG}
_SIZES = {Code.BINARY_FLOAT: 4, Code.BINARY_DOUBLE: 8, Code.DATE: 7, Code.TIMESTAMP_TZ: 13}
_UNLIMITED = -127


@dataclass
class Cursor:
    """What the server remembers under a cursor's number."""

    number: int
    sql: str
    binds: list[Descriptor]
    known: Known
    columns: list[Column] = field(default_factory=list)
    defines: list[Descriptor] = field(default_factory=list)
    sent: int = 0
    _encoders: list[Encoder] = field(default_factory=list)
    _stream: Stream | None = None
    _ahead: Rows | None = None
    _rows: list[bytes] = field(default_factory=list)

    @property
    def needs_defines(self) -> bool:
        """Whether the client must say first how it wants its LOBs."""
        return not self.defines and any(column.code in _LOBS for column in self.columns)

    def start(self, stream: Stream, lobs: Lobs) -> None:
        """Begin to send a new result."""
        self.close()
        self._stream, self._rows, self.sent = stream, [], 0
        self.define(self.defines, lobs)

    def define(self, wanted: list[Descriptor], lobs: Lobs) -> None:
        """Send the LOBs as these types from now on; the clients convert all other columns themselves."""
        self.defines = wanted
        own = [Descriptor(column.code, 0, False, column.national) for column in self.columns]
        self._encoders = [
            encoder(column, how if column.code in _LOBS else as_it_is, lobs)
            for column, as_it_is, how in zip(self.columns, own, wanted or own, strict=True)
        ]

    def look(self) -> None:
        """Have the first rows, so that an error of theirs comes now and not at the first fetch."""
        if self._stream and self._ahead is None:
            self._ahead = next(self._stream, None)

    def take(self, count: int) -> tuple[list[bytes], bool]:
        """Up to ``count`` rows, and whether they are the last."""
        self._read_beyond(count)
        taken, self._rows = self._rows[:count], self._rows[count:]
        self.sent += len(taken)
        return taken, not self._rows and self._stream is None

    def _read_beyond(self, count: int) -> None:
        while self._stream and len(self._rows) <= count:
            piece, self._ahead = self._ahead or next(self._stream, None), None
            if piece is None:
                self._stream = None
            else:
                columns = [
                    encode(texts) for encode, texts in zip(self._encoders, zip(*piece, strict=True), strict=True)
                ]
                self._rows += map(b"".join, zip(repeat(_ROW), *columns))

    def close(self) -> None:
        """Leave the rest of the result."""
        if self._stream:
            self._stream.close()
        self._stream, self._ahead, self._rows = None, None, []


def describe(engine: Engine, shape: PGresult, types: dict[int, tuple[Code, bool]]) -> list[Column]:
    """The columns of a result. ``types`` are Oracle's by PostgreSQL's type number, and whether they are national."""
    sources = {(shape.ftable(at), shape.ftablecol(at)) for at in range(shape.nfields) if shape.ftable(at)}
    facts: dict[tuple[int, int], _Facts] = {}
    if sources:
        found = engine.columns(f"(relid, f.attnum) IN ({', '.join(map(str, sources))})")
        for row in range(found.ntuples):
            relation, number, length, chars, required, kind, precision = (
                found.get_value(row, at) or b"0" for at in range(7)
            )
            facts[int(relation), int(number)] = _Facts(int(length), int(chars), required == b"f", kind, int(precision))
    return [
        _column(shape, at, types, facts.get((shape.ftable(at), shape.ftablecol(at)), _Facts()))
        for at in range(shape.nfields)
    ]


class _Facts(NamedTuple):
    """What is known of a table's column."""

    length: int = 4000
    chars: int = 4000
    nullable: bool = True
    data_type: bytes = b""
    precision: int = 0


def _column(shape: PGresult, at: int, types: dict[int, tuple[Code, bool]], facts: _Facts) -> Column:
    name, modifier = shown((shape.fname(at) or b"").decode()), shape.fmod(at)
    if shape.ftype(at) not in types:
        raise unlisted(f"a result of the type of {name}")
    code, national = types[shape.ftype(at)]
    precision, scale, size, chars = 0, 0, _SIZES.get(code, facts.length), 0
    if code == Code.NUMBER:
        precision, scale, size = facts.precision if facts.data_type == b"FLOAT" else 0, _UNLIMITED, 22
        if modifier >= 0:
            precision, scale = (modifier - 4) >> 16 & 0xFFFF, ((modifier - 4 & 0x7FF) ^ 1024) - 1024
    elif code in (Code.TIMESTAMP, Code.TIMESTAMP_TZ, Code.TIMESTAMP_LTZ):
        scale, size = modifier if modifier >= 0 else 6, _SIZES.get(code, 11)
    elif code in _STRINGS:
        chars = facts.chars or size
    elif code in _LOBS:
        size = 4000
    national = national or facts.data_type == b"NCLOB"
    return Column(name, code, precision, scale, size, chars, facts.nullable, national)


def encoder(column: Column, wanted: Descriptor, lobs: Lobs) -> Encoder:
    """How a column's values go over the wire as this type. Raises ORA-03001."""
    code, national = wanted.code, wanted.is_national
    if column.code in _LOBS and code == column.code:
        write = lobs.in_row(code)
        return lambda texts: map(write, texts)
    if _AS_LONG.get(Code(column.code)) == code:
        return column_encoder(code, national=national)
    if code in _STRINGS and column.code == Code.NUMBER:
        return each(lambda text: as_utf_16(number_text(text)) if national else number_text(text))
    if code == Code.TIMESTAMP and column.code == Code.DATE:
        return column_encoder(code)
    if column.code == code or (column.code in _STRINGS and code in _STRINGS):
        return column_encoder(column.code, national=national)
    raise unlisted(f"fetching {column.name} as type {code}")
