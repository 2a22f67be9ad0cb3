"""How large values of a PostgreSQL column may become: digits, and characters as a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.table_mapping.data_types import name_of_type
from reverse_sync.table_mapping.masking import HASH_LENGTH

if TYPE_CHECKING:
    from reverse_sync.table_mapping import Column, ProjectedColumn

WITHOUT_LIMIT = 2**31
# Without a precision DMS takes a numeric for NUMERIC(28,6), and PostgreSQL a timestamp for timestamp(6).
DEFAULT_FRACTION_DIGITS = 6
MOST_DIGITS_BEFORE_POINT = 28 - DEFAULT_FRACTION_DIGITS
BYTES_A_CHARACTER, UNITS_A_CHARACTER = 4, 2
"""Of the largest characters, in UTF-8 and in UTF-16."""
EXACT_NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric", "money"})
_INTEGER_DIGITS = {"smallint": 5, "integer": 10, "bigint": 19}
_MONEY_DIGITS, _MONEY_SCALE = 17, 2
_MOMENT, _TIME = len("2026-11-26 12:34:56"), len("12:34:56")
_FIXED = {"boolean": len("false"), "date": len("2026-11-26"), "uuid": 36}
# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html#CHAP_Source-PostgreSQL-DataTypes
_LONGEST_TEXT = {
    **dict.fromkeys(("inet", "cidr"), 50),
    "macaddr": 18,
    "enum": 64,
    **dict.fromkeys(("point", "line", "lseg", "box", "circle", "range"), 255),
}
_LONGEST_INTERVAL = 128
_LONGEST_NUMBER = {
    "smallint": len("-32768"),
    "integer": len("-2147483648"),
    "bigint": len("-9223372036854775808"),
    "money": len("-92233720368547758.08"),
    "real": len("-3.4028235e+38"),
    "double precision": len("-1.7976931348623157e+308"),
}
_SPELLED_BY_POSTGRES = frozenset(
    {"uuid", "inet", "cidr", "macaddr", "macaddr8", "bit", "bit varying", "point", "line", "lseg", "box", "circle"}
    | {"path", "polygon", "range", "oid", "xid", "xid8", "cid", "tid", "pg_lsn"}
)
"""Types of text whose values PostgreSQL spells itself: in ASCII, with no blanks at the end, and only bits are empty."""


def is_masked_to_a_hash(projected: ProjectedColumn) -> bool:
    """Whether its values are hashes, all of one length."""
    return projected.mask is not None and projected.mask.rule_action == "data-masking-hash-mask"


def is_spelled_by_postgres(source: Column) -> bool:
    """Whether a text's values are PostgreSQL's own spelling of something, and not what somebody wrote."""
    return (source.category or name_of_type(source)) in _SPELLED_BY_POSTGRES


def is_never_empty(source: Column) -> bool:
    """Whether a text has a character at least, be it a bracket or a quotation mark."""
    return source.type in ("json", "jsonb") or source.category in ("array", "composite")


def digits_before_point(source: Column) -> int | None:
    """The most digits before the point; None where there is no limit, or the column holds no exact number.

    Of numeric(3,5) these are -2: its first digit that counts is the third behind the point.
    """
    if source.type == "numeric":
        return source.precision - (source.scale or 0) if source.precision else None
    return _MONEY_DIGITS if source.type == "money" else _INTEGER_DIGITS.get(source.type)


def digits(source: Column) -> int | None:
    """The most significant digits of an exact number; None where there is no limit."""
    if source.type == "numeric":
        return source.precision
    before = digits_before_point(source)
    return None if before is None else before + digits_behind_point(source)


def digits_behind_point(source: Column) -> int:
    """The most digits behind the point that DMS carries of an exact number."""
    if source.type == "numeric":
        return max(source.scale or 0, 0) if source.precision else DEFAULT_FRACTION_DIGITS
    return _MONEY_SCALE if source.type == "money" else 0


def fraction_of_a_second(source: Column) -> int:
    """How many digits of a second a timestamp or time keeps."""
    return source.scale if source.scale is not None else DEFAULT_FRACTION_DIGITS


def fixed_length(projected: ProjectedColumn) -> int | None:
    """The characters of every value, or of the longest where that is no matter of size; None for others."""
    if is_masked_to_a_hash(projected):
        return HASH_LENGTH
    source = projected.source
    if source is None:
        return None
    if source.type.startswith("timestamp"):
        return _MOMENT + _longest_fraction(source)
    return _FIXED.get(source.type)


def longest_text(source: Column) -> int | None:
    """The most characters of a text; None where there is no limit."""
    return source.length or _LONGEST_TEXT.get(source.category or name_of_type(source))


def longest_value(source: Column) -> int | None:
    """The most characters of a number, a time of day or an interval as a text, `WITHOUT_LIMIT` included; else None.

    An interval is a text of 128 in DMS: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html.
    """
    if source.type == "numeric":
        return _longest_numeric(source)
    if source.type == "interval":
        return _LONGEST_INTERVAL
    if source.type.startswith("time "):
        return _TIME + _longest_fraction(source)
    return _LONGEST_NUMBER.get(source.type)


def _longest_numeric(source: Column) -> int:
    if source.precision is None:
        return WITHOUT_LIMIT
    fraction = digits_behind_point(source)
    whole = source.precision - (source.scale or 0)
    return len("-") + max(whole, 1) + (len(".") + fraction if fraction else 0)


def _longest_fraction(source: Column) -> int:
    kept = fraction_of_a_second(source)
    return len(".") + kept if kept else 0
