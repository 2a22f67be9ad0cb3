"""When two values are the same, a kind of value at a time.

Each takes the mapping's value, Oracle's, and both ends of the pair; neither value is empty.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reverse_sync.type_pairs import values
from reverse_sync.type_pairs.target_types import Store, decimal_digits, fraction_digits, store_of

if TYPE_CHECKING:
    from reverse_sync.type_pairs.pairs import Sides


def is_empty(value: object) -> bool:
    """NULL, or what Oracle takes for it: an empty text, empty bytes."""
    return value is None or value in ("", b"")


def same_number(expected: object, found: object, sides: Sides) -> bool:
    """By value, as the column rounds it."""
    wanted, is_now = values.number(expected), values.number(found)
    if wanted is None or is_now is None:
        return False
    if sides.source.unbounded:
        wanted, is_now = values.rounded(wanted, 6), values.rounded(is_now, 6)
    if store_of(sides.column) is Store.NUMBER and sides.column.precision:
        wanted = values.rounded(wanted, sides.column.scale or 0)
    return wanted == is_now


def same_float_column(expected: object, found: object, sides: Sides) -> bool:
    """To the column's binary precision."""
    wanted, is_now = values.number(expected), values.number(found)
    digits = decimal_digits(sides.column)
    if wanted is None or is_now is None or digits is None:
        return False
    return values.significant(wanted, digits) == is_now


def same_single(expected: object, found: object, _sides: Sides) -> bool:
    """In single precision."""
    return _same_floats(values.single(expected), values.single(found), 0)


def same_double(expected: object, found: object, _sides: Sides) -> bool:
    """To fifteen digits, which are sure to come through a decimal number (C's DBL_DIG)."""
    return _same_floats(values.double(expected), values.double(found), 1e-15)


def same_binary(expected: object, found: object, _sides: Sides) -> bool:
    """Exactly: binary digits stay as they are."""
    return _same_floats(values.double(expected), values.double(found), 0)


def _same_floats(wanted: float | None, is_now: float | None, tolerance: float) -> bool:
    if wanted is None or is_now is None:
        return False
    if math.isnan(wanted):
        return math.isnan(is_now)
    return math.isclose(wanted, is_now, rel_tol=tolerance)


def same_text(expected: object, found: object, sides: Sides) -> bool:
    """Letter by letter; where one side is a CHAR, without trailing blanks."""
    if sides.source.padded or store_of(sides.column) is Store.CHAR:
        return str(expected).rstrip(" ") == str(found).rstrip(" ")
    return str(expected) == str(found)


def same_raw(expected: object, found: object, _sides: Sides) -> bool:
    """Byte by byte."""
    wanted = values.raw(expected)
    return wanted is not None and wanted == values.raw(found)


def same_boolean_number(expected: object, found: object, _sides: Sides) -> bool:
    """True is 1, false is 0."""
    return values.number(expected) == values.number(found)


def same_boolean_text(expected: object, found: object, _sides: Sides) -> bool:
    """'true' or '1', 'false' or '0'."""
    return str(found).rstrip(" ").lower() in (("true", "1") if str(expected).lower() == "true" else ("false", "0"))


def same_moment(expected: object, found: object, sides: Sides) -> bool:
    """In UTC, to the digits of a second that the column keeps: cut or rounded, no document says which."""
    wanted, is_now = values.moment(expected), values.moment(found)
    return wanted is not None and is_now in values.to_digits(wanted, fraction_digits(sides.column))


def same_time(expected: object, found: object, sides: Sides) -> bool:
    """The time of day alone."""
    wanted, is_now = values.time_of_day(expected), values.time_of_day(found)
    if wanted is None or is_now is None:
        return False
    digits = fraction_digits(sides.column) if store_of(sides.column) in (Store.DATE, Store.TIMESTAMP) else 6
    day = "2000-01-01 "
    return day + is_now in values.to_digits(day + wanted, digits)


def same_interval(expected: object, found: object, _sides: Sides) -> bool:
    """By months, days and seconds."""
    wanted = values.interval(expected)
    return wanted is not None and wanted == values.interval(found)
