"""Whether the type that a change-data-type rule gives has room for each value of the source column.

AWS says which types and sizes a rule may give, and nothing of what DMS makes of a value beyond them: whether it rounds,
cuts or refuses it. So what such a column holds is known only where every value has room. What a text says no
declaration tells; its values themselves do.
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from reverse_sync.table_mapping.data_types import as_data_type, dms_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from reverse_sync.table_mapping.grammar import DataType
    from reverse_sync.table_mapping.schema import Column

# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Reference.DataTypes.html
WHOLE_NUMBERS = {
    **{f"int{size}": (-(2 ** (8 * size - 1)), 2 ** (8 * size - 1) - 1) for size in (1, 2, 4, 8)},
    **{f"uint{size}": (0, 2 ** (8 * size) - 1) for size in (1, 2, 4, 8)},
}
"""DMS's whole numbers, with the least and the largest value."""
_DIGITS = {"boolean": 1, "smallint": 5, "integer": 10, "bigint": 19}
_RANGES = {"boolean": (0, 1), "smallint": WHOLE_NUMBERS["int2"], "integer": WHOLE_NUMBERS["int4"],
           "bigint": WHOLE_NUMBERS["int8"]}  # fmt: skip
_MONEY = (17, 2)
# DMS takes a numeric without a precision for NUMERIC(28,6), PostgreSQL a timestamp without one for timestamp(6):
# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html#CHAP_Source-PostgreSQL-DataTypes
_UNBOUNDED = (22, 6)
_DIGITS_OF_A_SECOND = 6
_DIGITS_OF_A_DOUBLE = 15
_LONGEST = {
    "boolean": len("false"),
    "uuid": 36,
    "date": len("5874897-12-31"),
    **dict.fromkeys(("timestamp without time zone", "timestamp with time zone"), len("4713-01-01 00:00:00.123456 BC")),
    "time without time zone": len("12:34:56.123456"),
}
_SIZED_BY_LENGTH = frozenset({"string", "wstring", "bytes", "clob", "nclob", "blob"})
_TEXTS = frozenset({"string", "wstring", "clob", "nclob", None})
"""The DMS types that are texts; one that AWS does not list is streamed as text."""


def without_room(given: DataType, source: Column) -> str | None:
    """That the rule's type may have no room for a value of the column, and what that is; None where it always has."""
    fits = _FITS.get(given.type) or (_text_fits if given.type in _SIZED_BY_LENGTH else None)
    if fits is None or fits(given, source):
        return None
    return f"the rule's {shown(given)} has no room for every {_declared(source)}"


def holds(given: DataType, value: object) -> bool:
    """Whether the rule's type has room for this value; ValueError where it can't be made of it at all.

    Digits behind the point that a numeric's scale lacks are no matter of room: they are rounded.
    """
    made = as_data_type(value, given.type)
    if made is None:
        return True
    if given.type in WHOLE_NUMBERS:
        least, largest = WHOLE_NUMBERS[given.type]
        return isinstance(made, int) and least <= made <= largest
    if given.type == "numeric" and given.precision is not None and isinstance(made, Decimal):
        return not made.is_finite() or abs(made) < Decimal(10) ** (given.precision - (given.scale or 0))
    return given.length is None or not isinstance(made, str | bytes) or len(made) <= given.length


def shown(given: DataType) -> str:
    """`numeric(10,2)`; what is not given is left out."""
    sizes = [str(size) for size in (given.length, given.precision, given.scale) if size is not None]
    return f"{given.type}({','.join(sizes)})" if sizes else given.type


def _is_text(source: Column) -> bool:
    return dms_type(source) in _TEXTS and source.type != "boolean"


def _is_moment(source: Column) -> bool:
    return source.type == "date" or source.type.startswith("time")


def _number_fits(given: DataType, source: Column) -> bool:
    if given.precision is None and given.scale is None:
        return not _is_moment(source)
    needed = _digits(source)
    if needed is None:
        return False
    whole, fraction = needed
    scale = given.scale or 0
    return fraction <= scale and (given.precision is None or whole <= given.precision - scale)


def _whole_number_fits(given: DataType, source: Column) -> bool:
    least, largest = WHOLE_NUMBERS[given.type]
    needed = _digits(source)
    if needed is None:
        return _is_text(source)
    whole, fraction = needed
    lowest, highest = _RANGES.get(source.type, (-(10**whole) + 1, 10**whole - 1))
    return not fraction and least <= lowest and highest <= largest


def _moment_fits(given: DataType, source: Column) -> bool:
    if given.type == "time":
        is_one = source.type.startswith("time ")
    else:
        is_one = source.type == "date" or source.type.startswith("timestamp")
    digits = given.scale if given.precision is None else given.precision
    if digits is None or source.type == "date":
        return is_one or _is_text(source)
    needed = _DIGITS_OF_A_SECOND if source.scale is None else source.scale
    return is_one and needed <= digits


def _binary_fits(given: DataType, source: Column) -> bool:
    if _is_text(source) or source.type in ("real", "smallint"):
        return True
    if given.type == "real4":
        return False
    needed = _digits(source)
    return source.type == "double precision" or (needed is not None and sum(needed) <= _DIGITS_OF_A_DOUBLE)


def _text_fits(given: DataType, source: Column) -> bool:
    if given.length is None:
        return True
    longest = source.length or _LONGEST.get(source.type) or _longest_number(source)
    return longest is not None and longest <= given.length


_FITS: dict[str, Callable[[DataType, Column], bool]] = {
    **dict.fromkeys(WHOLE_NUMBERS, _whole_number_fits),
    "numeric": _number_fits,
    "boolean": lambda _, source: source.type == "boolean",
    "date": lambda _, source: source.type == "date" or _is_text(source),
    "datetime": _moment_fits,
    "time": _moment_fits,
    "real4": _binary_fits,
    "real8": _binary_fits,
}


def _digits(source: Column) -> tuple[int, int] | None:
    """The most digits before and behind the point; None where the column holds no exact number."""
    if source.type == "numeric":
        scale = source.scale or 0
        return (max(source.precision - scale, 0), max(scale, 0)) if source.precision else _UNBOUNDED
    if source.type == "money":
        return _MONEY
    whole = _DIGITS.get(source.type)
    return None if whole is None else (whole, 0)


def _longest_number(source: Column) -> int | None:
    needed = _digits(source)
    if needed is None:
        return None
    whole, fraction = needed
    return len("-") + max(whole, 1) + (len(".") + fraction if fraction else 0)


def _declared(source: Column) -> str:
    sizes = (source.length, source.precision, source.scale) if source.type in _WITH_SIZES else ()
    given = ",".join(str(size) for size in sizes if size is not None)
    return f"{source.type}({given})" if given else source.type


_WITH_SIZES = frozenset({"numeric", "character", "character varying"})
