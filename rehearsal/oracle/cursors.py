"""A client's cursor: its statement, how its columns go over the wire, and the rows still to send."""

from collections.abc import Callable
from dataclasses import dataclass, field

from psycopg.pq.abc import PGresult

from rehearsal.oracle.backend import Rows, Stream
from rehearsal.oracle.engine import Engine, Known
from rehearsal.oracle.errors import shown, unlisted
from rehearsal.oracle.lobs import Lobs
from rehearsal.oracle.replies import Column
from rehearsal.oracle.requests import Descriptor
from rehearsal.oracle.values import Code, column_encoder, number_text
from rehearsal.oracle.wire import clr

_ROW = b"\x07"
_STRINGS = (Code.VARCHAR, Code.CHAR, Code.LONG)
_UNLIMITED = -127


@dataclass
class Cursor:
    """What the server remembers under a cursor's number."""

    number: int
    sql: str
    binds: list[Descriptor]
    known: Known
    columns: list[Column] = field(default_factory=list)
    defines: list[int] = field(default_factory=list)
    sent: int = 0
    _encoders: list[Callable[[bytes | None], bytes]] = field(default_factory=list)
    _stream: Stream | None = None
    _ahead: Rows | None = None
    _rows: list[bytes] = field(default_factory=list)

    @property
    def needs_defines(self) -> bool:
        """Whether the client must say first how it wants its LOBs."""
        return not self.defines and any(column.code == Code.CLOB for column in self.columns)

    def start(self, stream: Stream, lobs: Lobs) -> None:
        """Begin to send a new result."""
        self.close()
        self._stream, self._rows, self.sent = stream, [], 0
        self.define(self.defines, lobs)

    def define(self, codes: list[int], lobs: Lobs) -> None:
        """Send the columns as these types from now on; none: as they are."""
        self.defines = codes
        wanted = codes or [column.code for column in self.columns]
        self._encoders = [_encoder(column, code, lobs) for column, code in zip(self.columns, wanted, strict=True)]

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
                    map(encode, values) for encode, values in zip(self._encoders, zip(*piece, strict=True), strict=True)
                ]
                self._rows += [_ROW + b"".join(values) for values in zip(*columns, strict=True)]

    def close(self) -> None:
        """Leave the rest of the result."""
        if self._stream:
            self._stream.close()
        self._stream, self._ahead, self._rows = None, None, []


def describe(engine: Engine, shape: PGresult, types: dict[int, Code]) -> list[Column]:
    """The columns of a result. ``types`` are Oracle's by PostgreSQL's type number."""
    sources = {(shape.ftable(at), shape.ftablecol(at)) for at in range(shape.nfields) if shape.ftable(at)}
    facts: dict[tuple[int, int], tuple[int, int, bool]] = {}
    if sources:
        found = engine.columns(f"(relid, f.attnum) IN ({', '.join(map(str, sources))})")
        for row in range(found.ntuples):
            relation, number, length, chars, required = (found.get_value(row, at) or b"" for at in range(5))
            facts[int(relation), int(number)] = (int(length), int(chars), required == b"t")
    return [
        _column(shape, at, types, facts.get((shape.ftable(at), shape.ftablecol(at)))) for at in range(shape.nfields)
    ]


def _column(shape: PGresult, at: int, types: dict[int, Code], facts: tuple[int, int, bool] | None) -> Column:
    name, modifier = shown((shape.fname(at) or b"").decode()), shape.fmod(at)
    code = types.get(shape.ftype(at))
    if code is None:
        raise unlisted(f"a result of the type of {name}")
    length, chars, required = facts or (4000, 4000, False)
    match code:
        case Code.NUMBER if modifier < 0:
            return Column(name, code, 0, _UNLIMITED, 22, nullable=not required)
        case Code.NUMBER:
            precision, scale = (modifier - 4) >> 16 & 0xFFFF, ((modifier - 4 & 0x7FF) ^ 1024) - 1024
            return Column(name, code, precision, scale, 22, nullable=not required)
        case Code.TIMESTAMP | Code.TIMESTAMP_TZ:
            return Column(
                name,
                code,
                0,
                modifier if modifier >= 0 else 6,
                13 if code == Code.TIMESTAMP_TZ else 11,
                nullable=not required,
            )
        case Code.DATE:
            return Column(name, code, 0, 0, 7, nullable=not required)
        case Code.CLOB:
            return Column(name, code, 0, 0, 4000, nullable=not required)
        case Code.RAW:
            return Column(name, code, 0, 0, length, nullable=not required)
        case _:
            return Column(name, code, 0, 0, length, chars or length, nullable=not required)


def _encoder(column: Column, wanted: int, lobs: Lobs) -> Callable[[bytes | None], bytes]:
    if column.code == Code.CLOB and wanted == Code.CLOB:
        return lobs.in_row
    if wanted == Code.LONG and column.code in (*_STRINGS, Code.CLOB):
        return column_encoder(Code.LONG)
    if wanted in _STRINGS and column.code == Code.NUMBER:
        return lambda value: clr(value and number_text(value))
    if column.code == wanted or (column.code in _STRINGS and wanted in _STRINGS):
        return column_encoder(column.code)
    raise unlisted(f"fetching {column.name} as type {wanted}")
