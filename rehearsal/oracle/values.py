"""Oracle's data types on the wire, to and from PostgreSQL's text form."""

import struct
from binascii import unhexlify
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import IntEnum

from rehearsal.oracle.errors import OracleError
from rehearsal.oracle.wire import LONGEST_SHORT, SHORT, clr, ub


class Code(IntEnum):
    """Oracle's type numbers."""

    VARCHAR = 1
    NUMBER = 2
    BINARY_INTEGER = 3
    LONG = 8
    DATE = 12
    RAW = 23
    LONG_RAW = 24
    CHAR = 96
    BINARY_FLOAT = 100
    BINARY_DOUBLE = 101
    CLOB = 112
    BLOB = 113
    TIMESTAMP = 180
    TIMESTAMP_TZ = 181
    TIMESTAMP_LTZ = 231


# Two decimal digits a byte (as hexadecimal digits show them) to Oracle's base-100 digit, and back.
_BCD = bytes(int(f"{pair:02d}", 16) for pair in range(100))
_POSITIVE = bytes.maketrans(_BCD, bytes(range(1, 101)))
_NEGATIVE = bytes.maketrans(_BCD, bytes(range(101, 1, -1)))
_FROM_POSITIVE = bytes.maketrans(bytes(range(1, 101)), _BCD)
_FROM_NEGATIVE = bytes.maketrans(bytes(range(101, 1, -1)), _BCD)
_MAX_PAIRS = 20
_HEADS = [bytes((192 + pairs,)) for pairs in range(_MAX_PAIRS + 1)]
_ZERO = b"\x80"
_LEAST_EXPONENT, _GREATEST_EXPONENT = -130, 125


def encode_number(text: bytes) -> bytes:
    """A decimal number as NUMBER, rounded to 20 base-100 digits as Oracle does; ORA-01426 outside its range."""
    if text.isdigit() and len(text) <= 2 * _MAX_PAIRS and not text.startswith(b"0"):
        packed = unhexlify(b"0" + text if len(text) & 1 else text)
        return _HEADS[len(packed)] + packed.rstrip(b"\x00").translate(_POSITIVE)
    negative = text.startswith(b"-")
    whole, _, fraction = text.lstrip(b"-").partition(b".")
    if len(whole) & 1:
        whole = b"0" + whole
    if len(fraction) & 1:
        fraction += b"0"
    try:
        pairs = unhexlify(whole + fraction)
    except ValueError:
        raise OracleError(1426, "numeric overflow") from None
    significant = pairs.lstrip(b"\x00")
    exponent = len(whole) // 2 - (len(pairs) - len(significant))
    significant = significant.rstrip(b"\x00")
    if not significant:
        return _ZERO
    if len(significant) > _MAX_PAIRS:
        digits = 2 * _MAX_PAIRS - (significant[0] < 0x10)
        return encode_number(f"{Context(digits, ROUND_HALF_UP).create_decimal(text.decode()):f}".encode())
    if exponent < -64:
        return _ZERO
    if exponent > 63:
        raise OracleError(1426, "numeric overflow")
    if negative:
        return bytes((63 - exponent,)) + significant.translate(_NEGATIVE) + b"\x66" * (len(significant) < _MAX_PAIRS)
    return bytes((192 + exponent,)) + significant.translate(_POSITIVE)


def number_text(text: bytes) -> bytes:
    """A decimal number as Oracle prints it: no zero before the point, none at the end."""
    if b"." in text:
        text = text.rstrip(b"0").rstrip(b".")
    sign, digits = (b"-", text[1:]) if text.startswith(b"-") else (b"", text)
    return sign + (digits[1:] if digits.startswith(b"0.") else digits)


def decode_number(data: bytes) -> bytes:
    """A NUMBER as decimal text."""
    first = data[0]
    if data == _ZERO:
        return b"0"
    if first & 0x80:
        exponent, digits = first - 192, data[1:].translate(_FROM_POSITIVE).hex()
    else:
        exponent, digits = 63 - first, data[1:].rstrip(b"\x66").translate(_FROM_NEGATIVE).hex()
    point = 2 * exponent
    if point <= 0:
        text = "0." + "0" * -point + digits
    elif point >= len(digits):
        text = digits.ljust(point, "0")
    else:
        text = f"{digits[:point]}.{digits[point:]}"
    if not text.replace(".", "", 1).isdigit():
        raise OracleError(1722, "invalid number")
    return (text if first & 0x80 else "-" + text).encode()


def normalized(literal: str) -> str:
    """A number's literal with no more digits than a NUMBER has. Raises ORA-01426."""
    number = Decimal(literal)
    if number.adjusted() < _LEAST_EXPONENT:
        return "0"
    if number.adjusted() > _GREATEST_EXPONENT:
        raise OracleError(1426, "numeric overflow")
    return decode_number(encode_number(f"{number:f}".encode())).decode().lstrip("0") or "0"


def encode_date(text: bytes) -> bytes:
    """`YYYY-MM-DD HH:MM:SS` as DATE: 7 bytes."""
    if text[4:5] != b"-" or text.endswith(b"BC"):
        raise OracleError(1841, "(full) year must be between -4713 and +9999, and not be 0")
    century, year, month, day, *clock = (int(text[at : at + 2]) for at in (0, 2, 5, 8, 11, 14, 17))
    return bytes((century + 100, year + 100, month, day, *(part + 1 for part in clock)))


def encode_timestamp(text: bytes) -> bytes:
    """`YYYY-MM-DD HH:MM:SS[.ffffff]` as TIMESTAMP: 11 bytes."""
    return encode_date(text) + struct.pack(">I", int(text[20:].ljust(9, b"0")) if len(text) > 20 else 0)


def encode_timestamp_tz(text: bytes) -> bytes:
    """`("UTC timestamp",offset in minutes)` as TIMESTAMP WITH TIME ZONE: 13 bytes."""
    utc, _, minutes = text.strip(b"()").rpartition(b",")
    hours, minutes_left = divmod(abs(int(minutes)), 60)
    sign = -1 if minutes.startswith(b"-") else 1
    return encode_timestamp(utc.strip(b'"')) + bytes((20 + sign * hours, 60 + sign * minutes_left))


def decode_timestamp(data: bytes) -> bytes:
    """DATE or TIMESTAMP as `YYYY-MM-DD HH:MM:SS[.ffffff]`; digits below a microsecond are cut."""
    if len(data) not in (7, 11, 13):
        raise OracleError(1801, "date format is too long for internal buffer")
    century, year, month, day, hour, minute, second = data[:7]
    date = f"{(century - 100) * 100 + year - 100:04d}-{month:02d}-{day:02d}"
    text = f"{date} {hour - 1:02d}:{minute - 1:02d}:{second - 1:02d}"
    if len(data) > 7:
        text += f".{struct.unpack_from('>I', data, 7)[0] // 1000:06d}"
    return text.encode()


def decode_timestamp_tz(data: bytes) -> bytes:
    """TIMESTAMP WITH TIME ZONE as `("UTC timestamp",offset in minutes)`."""
    minutes = (data[11] - 20) * 60 + data[12] - 60 if len(data) == 13 else 0
    return b'("%s",%d)' % (decode_timestamp(data), minutes)


def encode_timestamp_ltz(text: bytes) -> bytes:
    """`YYYY-MM-DD HH:MM:SS[.ffffff]+HH[:MM]`, in the session's time zone, as TIMESTAMP WITH LOCAL TIME ZONE."""
    return encode_timestamp(text[: max(text.rfind(b"+"), text.rfind(b"-"))])


def _binary(layout: str) -> tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]:
    """To and from BINARY_FLOAT (`>f`) or BINARY_DOUBLE (`>d`): IEEE 754, turned to sort by its bytes."""
    size = struct.calcsize(layout)
    sign, every = 1 << 8 * size - 1, (1 << 8 * size) - 1

    def encode(text: bytes) -> bytes:
        bits = int.from_bytes(struct.pack(layout, float(text) + 0.0), "big")  # Oracle has no -0
        return (bits ^ (every if bits & sign else sign)).to_bytes(size, "big")

    def decode(data: bytes) -> bytes:
        if len(data) != size:
            raise OracleError(1722, "invalid number")
        bits = int.from_bytes(data, "big")
        number = struct.unpack(layout, (bits ^ (sign if bits & sign else every)).to_bytes(size, "big"))[0]
        return repr(number + 0.0).encode()

    return encode, decode


encode_float, decode_float = _binary(">f")
encode_double, decode_double = _binary(">d")


def _as_is(data: bytes) -> bytes:
    return data


# What a bind of each type becomes: the PostgreSQL type it is cast to, and how its bytes become that type's text.
BINDS: dict[int, tuple[str, Callable[[bytes], bytes]]] = {
    **dict.fromkeys((Code.VARCHAR, Code.LONG, Code.CLOB), ("text", _as_is)),
    Code.CHAR: ("bpchar", _as_is),
    Code.BINARY_FLOAT: ("float4", decode_float),
    Code.BINARY_DOUBLE: ("float8", decode_double),
    Code.NUMBER: ("numeric", decode_number),
    Code.BINARY_INTEGER: ("numeric", decode_number),
    Code.DATE: ('"SYS".date', decode_timestamp),
    Code.TIMESTAMP: ("timestamp", decode_timestamp),
    Code.TIMESTAMP_LTZ: ("timestamp", decode_timestamp),
    Code.TIMESTAMP_TZ: ('"SYS".timestamptz', decode_timestamp_tz),
    **dict.fromkeys((Code.RAW, Code.BLOB, Code.LONG_RAW), ("bytea", lambda data: b"\\x" + data.hex().encode())),
}


# And what binds of strings become that come in the national character set.
NATIONAL = {"text": '"SYS".nvarchar2', "bpchar": '"SYS".nchar'}

Encoder = Callable[[Sequence[bytes | None]], Iterable[bytes]]


def each(encode: Callable[[bytes], bytes]) -> Encoder:
    """A column's texts as a row's values, each with its length; what repeats itself is encoded once."""

    def column(texts: Sequence[bytes | None]) -> Iterable[bytes]:
        distinct = set(texts)
        distinct.discard(None)
        known = dict(zip(distinct, _strings([encode(text) for text in distinct if text is not None]), strict=True))
        known[None] = b"\x00"
        return map(known.__getitem__, texts)

    return column


def _strings(texts: Sequence[bytes | None]) -> Iterable[bytes]:
    return [SHORT[len(text)] + text if text and len(text) <= LONGEST_SHORT else clr(text) for text in texts]


def column_encoder(code: int, *, national: bool = False) -> Encoder:
    """How a column's texts become the bytes of rows: values with their lengths."""
    if code in _LONG:
        write = _raw if code == Code.LONG_RAW else as_utf_16 if national else _as_is
        return lambda texts: [clr(text and write(text)) + ub(0) + ub(0) for text in texts]
    encode = _ENCODERS.get(code, as_utf_16 if national else None)
    return each(encode) if encode else _strings


def _raw(text: bytes) -> bytes:
    return unhexlify(text[2:])


def as_utf_16(text: bytes) -> bytes:
    """A text in the national character set."""
    return text.decode().encode("utf-16-be")


_LONG = (Code.LONG, Code.LONG_RAW)
_ENCODERS: dict[int, Callable[[bytes], bytes]] = {
    Code.NUMBER: encode_number,
    Code.BINARY_FLOAT: encode_float,
    Code.BINARY_DOUBLE: encode_double,
    Code.DATE: encode_date,
    Code.TIMESTAMP: encode_timestamp,
    Code.TIMESTAMP_TZ: encode_timestamp_tz,
    Code.TIMESTAMP_LTZ: encode_timestamp_ltz,
    Code.RAW: _raw,
}
