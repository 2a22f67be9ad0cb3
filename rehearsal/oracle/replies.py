"""What the server answers: each TTC message as the bytes that the clients read."""

from dataclasses import dataclass

from rehearsal.oracle.errors import OracleError
from rehearsal.oracle.values import Code
from rehearsal.oracle.wire import clr, dalc, ub

_FIELD_VERSION = 7  # 12.1: the level at which 12c verifiers are natural, see the README
_CHARSET_UTF8, _CHARSET_UTF16 = 873, 2000
_TRANSACTION_OPEN = 2
NO_DATA_FOUND = 1403
_BATCH_ERRORS = 24381


@dataclass(frozen=True)
class Column:
    """One column of a result, as it is described to the client. ``size`` is bytes, ``chars`` characters."""

    name: str
    code: int
    precision: int = 0
    scale: int = 0
    size: int = 0
    chars: int = 0
    nullable: bool = True
    national: bool = False


def protocol() -> bytes:
    """The answer to the protocol message: character sets and capabilities."""
    compile_capabilities = bytearray(42)
    compile_capabilities[7] = _FIELD_VERSION
    runtime_capabilities = bytearray(11)
    runtime_capabilities[6] = 4  # 32K strings
    field_descriptions = bytes(9) + (2000).to_bytes(2, "big")
    return (
        b"\x01\x06\x00server/linux\x00"
        + _CHARSET_UTF8.to_bytes(2, "little")
        + b"\x01\x00\x00"
        + len(field_descriptions).to_bytes(2, "big")
        + field_descriptions
        + clr(bytes(compile_capabilities))
        + clr(bytes(runtime_capabilities))
    )


def data_types() -> bytes:
    """The answer to the data types message: nothing differs."""
    return b"\x02\x00\x00"


def status(in_transaction: bool) -> bytes:
    """The end of a call without a result."""
    return b"\x09" + ub(_TRANSACTION_OPEN * in_transaction) + b"\x00"


def end_of_call(
    in_transaction: bool,
    *,
    cursor: int = 0,
    rows: int = 0,
    error: OracleError | None = None,
    batch: list[tuple[int, OracleError]] | None = None,
    invalid: bool = False,
) -> bytes:
    """The end of a call: counts, the error if there is one, and the failed rows of an array statement."""
    if batch:
        error = OracleError(_BATCH_ERRORS, "error(s) in array DML")
    number, position = ub(error.number if error else 0), ub(error.position if error else 0)
    state = ub(_TRANSACTION_OPEN * in_transaction)
    parts = [b"\x04", state, b"\x00", ub(rows), number, b"\x00\x00", ub(cursor), position]
    parts += [bytes(5), bytes((0x20 if invalid else 0,)), bytes(5), bytes(5), _batch_errors(batch or [])]
    parts += [number, ub(rows)]
    if error:
        parts.append(clr(f"{error}\n".encode()))
    return b"".join(parts)


def end_of_rows(in_transaction: bool, cursor: int, rows: int) -> bytes:
    """The end of a call that sent a result's last row."""
    return end_of_call(in_transaction, cursor=cursor, rows=rows, error=OracleError(NO_DATA_FOUND, "no data found"))


def describe(columns: list[Column]) -> bytes:
    """The description of a result."""
    parts = [b"\x10", bytes((7,)), bytes(7), ub(sum(column.size for column in columns)), ub(len(columns)), b"\x00"]
    parts += [_column(at, column) for at, column in enumerate(columns, 1)]
    return b"".join(parts) + bytes(6)


def row_header(columns: int, rows: int) -> bytes:
    """What comes before the rows of a reply."""
    return b"\x06\x00" + ub(columns) + b"\x00" + ub(rows) + bytes(3)


def out_binds(directions: list[int], executions: list[list[list[bytes]]]) -> bytes:
    """The binds' directions, and what each execution returned: for each bind that comes back its values."""
    head = b"\x0b\x00" + ub(len(directions)) + bytes(5) + bytes(directions)
    values = (b"".join(ub(len(column)) + b"".join(column) for column in columns) for columns in executions)
    return head + b"".join(b"\x07" + each for each in values)


def row_counts(counts: list[int]) -> bytes:
    """The rows that each execution of an array statement touched."""
    return b"\x08" + bytes(4) + ub(len(counts)) + b"".join(map(ub, counts))


def _batch_errors(batch: list[tuple[int, OracleError]]) -> bytes:
    if not batch:
        return bytes(4)
    codes = ub(len(batch)) + b"\x00" + b"".join(ub(error.number) for _, error in batch)
    offsets = ub(len(batch)) + b"\x00" + b"".join(ub(row) for row, _ in batch)
    texts = [f"{error}\n".encode() for _, error in batch]
    return (
        b"\x00" + codes + offsets + ub(len(batch)) + b"\x00" + b"".join(ub(len(t)) + clr(t) + bytes(2) for t in texts)
    )


def _column(position: int, column: Column) -> bytes:
    is_text = column.code in (Code.VARCHAR, Code.CHAR, Code.CLOB, Code.LONG)
    parts = [bytes((column.code, 0, column.precision, column.scale & 0xFF)), ub(column.size), b"\x00\x00", b"\x00\x00"]
    charset = _CHARSET_UTF16 if column.national else _CHARSET_UTF8 if is_text else 0
    parts += [ub(charset), bytes((is_text + column.national,)), ub(column.chars), bytes((column.nullable,))]
    name = column.name.encode()
    return b"".join(parts) + bytes((min(len(name), 255),)) + dalc(name) + b"\x00\x00" + ub(position) + b"\x00"
