"""When a value of PostgreSQL, taken through the table mapping, and a value of Oracle are the same."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any


def same(expected: object, found: object) -> bool:
    """Whether Oracle's value is what PostgreSQL's became.

    - '' is NULL in Oracle, and DMS may write one space for it:
      https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Oracle.html
    - numbers are compared by value, whatever their type or trailing zeros; floats as far as Oracle's NUMBER keeps them
    - moments are compared in UTC, to the second where Oracle's value has no fraction (DATE)
    - booleans travel as 'true' and 'false': https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
    """
    if _is_empty(expected):
        return _is_empty(found) or (expected == "" and found == " ")
    if _is_empty(found):
        return False
    if isinstance(expected, bool):
        return str(found).lower() == str(expected).lower()
    if isinstance(expected, float) or isinstance(found, float):
        return _same_float(expected, found)
    if isinstance(expected, int | Decimal) or isinstance(found, int | Decimal):
        return _same_number(expected, found)
    if isinstance(expected, date) and isinstance(found, datetime):
        return _same_moment(expected, found)
    if isinstance(expected, bytes | bytearray | memoryview):
        return bytes(expected) == found
    return str(expected) == found


def _is_empty(value: object) -> bool:
    return value is None or value == ""


def _same_number(expected: object, found: object) -> bool:
    try:
        return Decimal(str(expected)) == Decimal(str(found))
    except InvalidOperation:
        return False


def _same_float(expected: object, found: object) -> bool:
    try:
        return math.isclose(float(str(expected)), float(str(found)), rel_tol=1e-15)
    except ValueError:
        return False


def _same_moment(expected: date, found: datetime) -> bool:
    moment = _utc(expected if isinstance(expected, datetime) else datetime(expected.year, expected.month, expected.day))  # noqa: DTZ001
    found = _utc(found)
    return moment.replace(microsecond=0) == found if not found.microsecond else moment == found


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def shown(value: Any) -> Any:
    """The value as JSON keeps it and a person reads it."""
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return str(value)
