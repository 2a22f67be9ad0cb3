"""Values on their way: from PostgreSQL's text to Python, and from Python to Oracle.

How DMS takes PostgreSQL's types: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, and what
Oracle keeps: https://docs.oracle.com/database/121/SQLRF/sql_elements001.htm
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING, Any

from reverse_sync.table_mapping import dms_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from reverse_sync.table_mapping import Column

NO_VALUE = (ValueError, ArithmeticError, TypeError)
"""What reading and transforming a row raise where it holds something that Oracle cannot."""
_SIX_PLACES = Decimal("0.000001")
_MOST_NUMBER_DIGITS = 40
_NUMBER_EXPONENTS = (-130, 125)
_INFINITY = datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001  # as a TIMESTAMP without a zone keeps it
"""`Positive and negative infinity values are truncated to '9999-12-31 23:59:59' and '4713-01-01 00:00:00 BC'`: the
guide's page of PostgreSQL as a source, data types."""


def is_lob(column: Column) -> bool:
    """Whether DMS takes a PostgreSQL column for a LOB."""
    return dms_type(column) in ("blob", "clob", "nclob") or column.type.endswith("[]")


def reader(column: Column) -> Callable[[str], object]:
    """What makes a column's value of PostgreSQL's text; raises ValueError for one that Oracle cannot hold."""
    if column.type == "numeric":
        if column.precision is None:
            return _unbounded_numeric
        return Decimal if dms_type(column) == "numeric" else str
    return _READERS.get(column.type, str)


def limited_lob(value: object, most_kb: int) -> tuple[object, bool]:
    """A LOB's value cut to ``most_kb`` KB, and whether it was cut (limited LOB mode)."""
    most = most_kb * 1024
    if isinstance(value, bytes) and len(value) > most:
        return value[:most], True
    if isinstance(value, str) and len(value.encode()) > most:
        return value.encode()[:most].decode(errors="ignore"), True
    return value, False


def for_oracle(value: object) -> object:
    """A value as python-oracledb binds it: times in UTC, booleans as the text that DMS makes of them.

    Raises ValueError for a number that NUMBER cannot hold. The driver would find that out too, but of a large array
    DML only when half of it is sent.
    """
    convert = _CONVERTERS.get(type(value))
    return convert(value) if convert else value


def as_double(value: object) -> float:
    """A number for a BINARY_FLOAT or BINARY_DOUBLE, which hold every float, infinity and NaN too."""
    return float(value)  # type: ignore[arg-type]  # what is no number raises ValueError, or is the caller's mistake


def as_time_of_day(value: object) -> datetime:
    """A TIME for a column with a date: DMS makes it a TIMESTAMP, and no document says of which day.

    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Oracle.html, data types.
    """
    return datetime.combine(_FIRST_DAY, time.fromisoformat(str(value)))


_FIRST_DAY = date(1970, 1, 1)


def _unbounded_numeric(text: str) -> Decimal:
    """NUMERIC without precision travels as NUMERIC(28,6)."""
    number = Decimal(text)
    try:
        return number.quantize(_SIX_PLACES, ROUND_HALF_UP) if number.is_finite() else number
    except InvalidOperation:
        raise ValueError(f"{number} does not fit NUMERIC(28,6)") from None


def _moment(text: str, parse: Callable[[str], date]) -> date:
    try:
        return parse(text)
    except ValueError:
        return _beyond_python(text)  # a datetime for a date too: a DATE of Oracle's has a time of day


def _beyond_python(text: str) -> datetime:
    """A moment that `datetime` has no value for."""
    if text == "infinity":
        return _INFINITY
    if text == "-infinity":
        raise ValueError("-infinity, for DMS 4713-01-01 00:00:00 BC, lies before Oracle's first date, 4712-01-01 BC")
    if text.endswith("BC"):
        raise ValueError(f"{text} lies before the year 1: the rehearsal's driver, python-oracledb, cannot send it")
    raise ValueError(f"{text} lies behind Oracle's last date, 9999-12-31")


def _money(text: str) -> Decimal:
    """The text of `lc_monetary` C: `-$1,234.50`."""
    return Decimal(text.replace("$", "").replace(",", ""))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("\\x"))


def _boolean(text: str) -> bool:
    return text in ("t", "true")


_READERS: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("smallint", "integer", "bigint", "oid"), int),
    **dict.fromkeys(("real", "double precision"), float),
    "timestamp with time zone": partial(_moment, parse=datetime.fromisoformat),
    "timestamp without time zone": partial(_moment, parse=datetime.fromisoformat),
    "date": partial(_moment, parse=date.fromisoformat),
    "money": _money,
    "bytea": _bytes,
    "boolean": _boolean,
}


def _number(value: float | Decimal) -> float | Decimal:
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError(f"{value} is no value of Oracle's NUMBER")
    if not number:
        return 0  # whatever its exponent
    least, most = _NUMBER_EXPONENTS
    significant = bytes(number.as_tuple().digits).rstrip(b"\0")
    if not least <= number.adjusted() <= most or len(significant) > _MOST_NUMBER_DIGITS:
        raise ValueError(f"{value} is beyond Oracle's NUMBER: {_MOST_NUMBER_DIGITS} digits, 1E{least} to 1E{most + 1}")
    return value


_CONVERTERS: dict[type, Callable[[Any], object]] = {
    datetime: lambda value: value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value,
    bool: lambda value: "true" if value else "false",
    **dict.fromkeys((Decimal, float, int), _number),
}
