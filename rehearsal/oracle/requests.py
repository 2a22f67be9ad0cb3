"""What a client asks for: each TTC request as a dataclass, read to its very end."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from rehearsal.oracle.packets import ProtocolError
from rehearsal.oracle.wire import Reader

LOCATOR_BYTES = 40
NATIONAL = 2  # the character set form of NVARCHAR2, NCHAR and NCLOB

_MAX_DESCRIPTORS = 65535
_LATE_VALUE_BYTES = 32767  # values with larger buffers come after the others in a row


class Function(IntEnum):
    """The codes of calls (03) and piggybacks (11)."""

    REEXECUTE = 4
    FETCH = 5
    LOGOFF = 9
    COMMIT = 14
    ROLLBACK = 15
    REEXECUTE_AND_FETCH = 78
    EXECUTE = 94
    LOB_OPERATION = 96
    CLOSE_CURSORS = 105
    AUTHENTICATE = 115
    CHALLENGE = 118
    END_TO_END = 135
    PING = 147
    SET_SCHEMA = 152
    APPLICATION_CONTEXT = 154
    SESSION_STATE = 176


class Option:
    """The bits of an execute's options."""

    PARSE, BIND, DEFINE, EXECUTE, FETCH, COMMIT = 1, 8, 0x10, 0x20, 0x40, 0x100
    DESCRIBE, BATCH_ERRORS = 0x20000, 0x80000
    ROW_COUNTS, SCROLLABLE = 0x4000, 2  # in the ninth word of the array


class LobAction:
    """The codes of LOB operations."""

    LENGTH, READ, TRIM, WRITE, CHUNK_SIZE, CREATE, FREE = 1, 2, 0x20, 0x40, 0x4000, 0x110, 0x111
    OPEN, CLOSE, IS_OPEN = 0x8000, 0x10000, 0x11000


@dataclass(frozen=True)
class Descriptor:
    """How a bind comes or a column is wanted."""

    code: int
    size: int
    is_lob: bool
    is_national: bool = False  # in the national character set, AL16UTF16


Row = list[bytes | None]


@dataclass
class Execute:
    """Execute a statement, new or (without ``sql``) known with its remembered binds, or define a cursor's columns."""

    options: int
    cursor: int
    sql: str
    iterations: int
    wants_row_counts: bool = False
    is_scrollable: bool = False
    descriptors: list[Descriptor] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


@dataclass
class LobOperation:
    """Something done with a LOB locator."""

    action: int
    locator: bytes
    offset: int
    kind: int
    has_amount: bool
    amount: int
    data: bytes


@dataclass
class Piggyback:
    """What travels before a call: cursors to close, LOBs to free, a current schema, a module; mostly nothing."""

    cursors: list[int] = field(default_factory=list)
    locators: list[bytes] = field(default_factory=list)
    schema: str = ""
    module: str = ""


@dataclass
class Login:
    """One round of authentication."""

    user: str
    parameters: dict[str, bytes]

    def text(self, name: str) -> str:
        """A parameter as a text; of C it ends with a NUL."""
        return self.parameters.get(name, b"").rstrip(b"\0").decode(errors="replace")


def read_protocol(reader: Reader) -> None:
    """The first message: versions and the driver's name."""
    if reader.u8() != 1:
        raise ProtocolError("no protocol message")
    for _ in range(2):
        while reader.u8():
            pass


def read_data_types(reader: Reader) -> None:
    """The second message: everything is taken as the client proposes it."""
    if reader.u8() != 2:
        raise ProtocolError("no data types message")
    reader.raw(5)
    reader.clr()
    reader.clr()
    while reader.raw(2) != b"\x00\x00":
        if reader.raw(2) != b"\x00\x00":
            reader.raw(4)


def read_login(reader: Reader) -> Login:
    """The body of both authentication calls."""
    has_user = reader.u8()
    reader.skip(0, 0, 1)
    count = reader.ub()
    reader.raw(2)
    user = (reader.clr() or b"").decode(errors="replace") if has_user else ""
    return Login(user, _pairs(reader, count))


def read_execute(reader: Reader, returning: Callable[[str, int], int]) -> Execute:
    """The body of an execute; ``returning`` says how many binds of a statement, or cursor, send no value."""
    options, cursor, has_sql = reader.ub(), reader.ub(), reader.u8()
    reader.skip(0, 1, 0, 1, 1, 0)
    iterations = reader.ub()
    reader.skip(0, 1)
    binds = reader.ub()
    reader.skip(6)
    defines = reader.ub()
    reader.skip(0, 1, 1, 1, 0, 1, 0, 0, 1, 0, 1)
    sql = (reader.clr() or b"").decode(errors="replace") if has_sql else ""
    words = [reader.ub() for _ in range(13)]
    request = Execute(options, cursor, sql, iterations, bool(words[9] & Option.ROW_COUNTS))
    request.is_scrollable = bool(words[9] & Option.SCROLLABLE)
    if options & Option.DEFINE:
        request.descriptors = _descriptors(reader, defines)
    elif binds:
        request.descriptors = _descriptors(reader, binds)
        sent = request.descriptors[: len(request.descriptors) - returning(sql, cursor)]
        if sent and options & Option.EXECUTE:
            request.rows = _rows(reader, sent, 1 if words[7] else words[1])
    if not words[7]:
        request.iterations = max(words[1], len(request.rows))
    return request


def read_reexecute(reader: Reader, fetch: bool, binds_of: Callable[[int], list[Descriptor]]) -> Execute:
    """The body of a re-execute; ``binds_of`` tells a cursor's remembered bind descriptors."""
    cursor, iterations = reader.ub(), reader.ub()
    reader.ub()
    options = Option.EXECUTE | Option.COMMIT * (reader.ub() & 1) | Option.FETCH * fetch
    descriptors = binds_of(cursor)
    rows = _rows(reader, descriptors, 1 if fetch else iterations) if descriptors else []
    return Execute(options, cursor, "", iterations, rows=rows)


def read_lob_operation(reader: Reader) -> LobOperation:
    """The body of a LOB operation."""
    reader.u8()
    length = reader.ub()
    reader.skip(1, 0, 0, 0, 3)
    action = reader.ub()
    reader.raw(2)
    offset, kind = reader.ub(), reader.ub()  # to create one: its form and type
    has_amount = reader.u8()
    reader.raw(6)
    locator = reader.raw(length)
    if action == LobAction.CREATE:
        reader.ub()
    data = b""
    if action == LobAction.WRITE:
        reader.u8()
        data = reader.clr() or b""
    return LobOperation(action, locator, offset, kind, bool(has_amount), reader.ub() if has_amount else 0, data)


def read_piggyback(reader: Reader, code: int) -> Piggyback:
    """The body of a piggyback."""
    if code == Function.CLOSE_CURSORS:
        reader.u8()
        return Piggyback(cursors=[reader.ub() for _ in range(reader.ub())])
    if code == Function.LOB_OPERATION:
        reader.u8()
        size = reader.ub()
        reader.skip(1, 0, 0, 0, 3, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 1, 0)
        return Piggyback(locators=[reader.raw(LOCATOR_BYTES) for _ in range(size // LOCATOR_BYTES)])
    if code == Function.SET_SCHEMA:
        reader.u8()
        return Piggyback(schema=reader.dalc().decode(errors="replace"))
    if code == Function.END_TO_END:
        return Piggyback(module=_read_module(reader))
    if code == Function.SESSION_STATE:
        reader.ub()
    elif code == Function.APPLICATION_CONTEXT:
        reader.skip(1, 0, 1)
        count = reader.ub()
        reader.skip(0, 1)
        reader.clr()
        _pairs(reader, count)
    else:
        raise ProtocolError(f"piggyback {code}")
    return Piggyback()


def connect_target(data: str) -> tuple[str, str]:
    """The kind (SERVICE_NAME or SID, or nothing) and the name that a connect string asks for."""
    found = re.search(r"\((SERVICE_NAME|SID)\s*=\s*([^)\s]*)\s*\)", data, re.IGNORECASE)
    return (found[1].upper(), found[2].upper()) if found else ("", "")


def _pairs(reader: Reader, count: int) -> dict[str, bytes]:
    values = {}
    for _ in range(count):
        key, value = reader.dalc(), reader.dalc()
        reader.ub()
        values[key.decode(errors="replace")] = value
    return values


def _read_module(reader: Reader) -> str:
    """MODULE, of the five attributes with which a client says what it is about."""
    reader.skip(2, 0)
    lengths = []
    for fillers in ((), (), (1, 0, 1, 0), (1, 0, 1, 0), ()):
        reader.u8()
        lengths.append(reader.ub())
        reader.skip(*fillers)
    _, module, *_ = [reader.clr() if length else b"" for length in lengths]
    return (module or b"").decode(errors="replace")


def _descriptors(reader: Reader, count: int) -> list[Descriptor]:
    if count > _MAX_DESCRIPTORS:
        raise ProtocolError(f"{count} binds")
    return [_descriptor(reader) for _ in range(count)]


def _descriptor(reader: Reader) -> Descriptor:
    code = reader.u8()
    reader.raw(3)
    size = reader.ub()
    reader.skip(0, 0)
    reader.dalc()
    reader.skip(0, 0)
    form = reader.u8()
    reader.skip(0)
    return Descriptor(code, size, code in (112, 113), form == NATIONAL)


def _rows(reader: Reader, descriptors: list[Descriptor], count: int) -> list[Row]:
    order = sorted(range(len(descriptors)), key=lambda at: descriptors[at].size > _LATE_VALUE_BYTES)
    in_order = order == list(range(len(order)))
    with_lobs = any(descriptor.is_lob for descriptor in descriptors)
    rows = []
    for _ in range(count):
        if reader.u8() != 7:
            raise ProtocolError("no row where the binds' values should be")
        values: Row
        if with_lobs:
            values = [(reader.dalc() if descriptors[at].is_lob else reader.clr()) or None for at in order]
        else:
            values = reader.clrs(len(order))
        rows.append(values if in_order else [values[order.index(at)] for at in range(len(order))])
    return rows
