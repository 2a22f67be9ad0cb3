"""One form for a value of either side, a kind at a time, so that equal values are equal in Python.

None stands for NULL, and so does '': Oracle knows no empty text.
https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Nulls.html
"""

from __future__ import annotations

import re
import struct
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

# Enough for every number of both databases; PostgreSQL's own go further, but not through DMS.
EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
_TIME = re.compile(r"(?:.* )?(\d\d:\d\d:\d\d)(\.\d+)?(?:[+-]\d\d(?::\d\d)*)?")
_UNITS = {"year": 12, "mon": 1, "day": 1}
_INTERVAL_PART = re.compile(
    r"([+-]?\d+(?:\.\d+)?) (year|mon|day|hour|minute|second)s?|([+-]?)(\d+):(\d\d):(\d\d(?:\.\d+)?)"
)


def number(value: object) -> Decimal | None:
    """A number; True and False are 1 and 0. None where it is none."""
    try:
        return Decimal(int(value)) if isinstance(value, bool) else Decimal(str(value).strip())
    except InvalidOperation:
        return None


def rounded(value: Decimal, scale: int) -> Decimal:
    """The number with so many digits behind the point, half away from zero, as Oracle rounds.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Data-Types.html, Table 2-2
    """
    return value.quantize(Decimal(1).scaleb(-scale), context=EXACT) if value.is_finite() else value


def significant(value: Decimal, digits: int) -> Decimal:
    """The number with so many significant digits, half away from zero."""
    return Context(prec=digits, rounding=ROUND_HALF_UP).plus(value) if value.is_finite() else value


def single(value: object) -> float | None:
    """The number in single precision; infinite where it is too large. None where it is none."""
    try:
        return float(struct.unpack("f", struct.pack("f", float(str(value))))[0])
    except OverflowError:
        return float("inf") if float(str(value)) > 0 else float("-inf")
    except ValueError:
        return None


def double(value: object) -> float | None:
    """The number in double precision. None where it is none."""
    try:
        return float(str(value))
    except ValueError:
        return None


def moment(value: object) -> str | None:
    """`2026-11-26 15:00:00.123456` in UTC, without trailing zeros; BC with a minus. None where it is none."""
    if isinstance(value, datetime):
        value = (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat(" ")
    elif isinstance(value, date):
        value = f"{value.isoformat()} 00:00:00"
    text = str(value).strip().replace("T", " ")
    if re.fullmatch(r"-?\d{4,}-\d\d-\d\d", text):
        text += " 00:00:00"
    if not re.fullmatch(r"-?\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?", text):
        return None
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_digits(value: str, digits: int) -> frozenset[str]:
    """The moment with so many digits of a second: cut, and rounded. Which of both is stored, no document says."""
    whole, _, fraction = value.partition(".")
    if len(fraction) <= digits:
        return frozenset({value})
    cut = f"{whole}.{fraction[:digits]}".rstrip("0").rstrip(".")
    try:
        at = datetime.fromisoformat(whole) + timedelta(microseconds=0)
    except ValueError:  # a year that Python does not know
        return frozenset({cut})
    micro = int(rounded(Decimal(f"0.{fraction}"), digits) * 1_000_000)
    up = moment(at + timedelta(microseconds=micro)) if at.year < 9999 or at.month < 12 else cut
    return frozenset({cut, up or cut})


def time_of_day(value: object) -> str | None:
    """`15:00:00.5`, whatever date it comes with. None where it is none."""
    found = _TIME.fullmatch(str(value).strip())
    return f"{found[1]}{(found[2] or '').rstrip('0').rstrip('.')}" if found else None


def interval(value: object) -> tuple[Decimal, Decimal, Decimal] | None:
    """Months, days and seconds of `1 year 2 mons 04:05:06` or `1 YEAR, 2 MONTHS`. None where it is none."""
    text = str(value).strip().lower().replace("months", "mons").replace("month", "mon").replace(",", "")
    months = days = seconds = Decimal(0)
    end = 0
    for part in _INTERVAL_PART.finditer(text):
        if text[end : part.start()].strip():
            return None
        end = part.end()
        amount, unit, sign, hours, minutes, rest = part.groups()
        if unit in ("year", "mon"):
            months += Decimal(amount) * _UNITS[unit]
        elif unit == "day":
            days += Decimal(amount)
        elif unit:
            seconds += Decimal(amount) * {"hour": 3600, "minute": 60, "second": 1}[unit]
        else:
            seconds += (-1 if sign == "-" else 1) * (int(hours) * 3600 + int(minutes) * 60 + Decimal(rest))
    return (months, days, seconds) if end and not text[end:].strip() else None


def raw(value: object) -> bytes | None:
    """Bytes; text is read as Oracle reads it for a RAW, as hexadecimal digits. None where it is neither."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    try:
        return bytes.fromhex(str(value))
    except ValueError:
        return None


def shown(value: object) -> object:
    """The value as JSON keeps it and a person reads it."""
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return str(value)
