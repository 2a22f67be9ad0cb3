"""Whether the size that a change-data-type rule gives has room for each value of the source column.

AWS says which sizes a rule may give (precision, scale, length), and nothing of what DMS makes of a value beyond them:
whether it rounds, cuts or refuses it. So what such a column holds is known only where every value has room.
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reverse_sync.table_mapping.grammar import DataType
    from reverse_sync.table_mapping.schema import Column

_WHOLE_NUMBERS = {"boolean": 1, "smallint": 5, "integer": 10, "bigint": 19}
_MONEY = (17, 2)
# DMS takes a numeric without a precision for NUMERIC(28,6), PostgreSQL a timestamp without one for timestamp(6):
# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html#CHAP_Source-PostgreSQL-DataTypes
_UNBOUNDED = (22, 6)
_DIGITS_OF_A_SECOND = 6
_LONGEST = {"boolean": len("false"), "uuid": 36}
_SIZED_BY_LENGTH = frozenset({"string", "wstring", "bytes", "clob", "nclob", "blob"})


def without_room(given: DataType, source: Column) -> str | None:
    """That the rule's type may have no room for a value of the column, and what that is; None where it always has."""
    if given.type == "numeric":
        fits = _number_fits(given, source)
    elif given.type in ("datetime", "time"):
        fits = _moment_fits(given, source)
    elif given.type in _SIZED_BY_LENGTH:
        fits = _text_fits(given, source)
    else:
        fits = True
    return None if fits else f"the rule's {shown(given)} has no room for every {_declared(source)}"


def shown(given: DataType) -> str:
    """`numeric(10,2)`; what is not given is left out."""
    sizes = [str(size) for size in (given.length, given.precision, given.scale) if size is not None]
    return f"{given.type}({','.join(sizes)})" if sizes else given.type


def _number_fits(given: DataType, source: Column) -> bool:
    if given.precision is None and given.scale is None:
        return True
    needed = _digits(source)
    if needed is None:
        return False
    whole, fraction = needed
    scale = given.scale or 0
    return fraction <= scale and (given.precision is None or whole <= given.precision - scale)


def _moment_fits(given: DataType, source: Column) -> bool:
    digits = given.scale if given.precision is None else given.precision
    if digits is None or source.type == "date":
        return True
    needed = _DIGITS_OF_A_SECOND if source.scale is None else source.scale
    return source.type.startswith("time") and needed <= digits


def _text_fits(given: DataType, source: Column) -> bool:
    if given.length is None:
        return True
    longest = source.length or _LONGEST.get(source.type) or _longest_number(source)
    return longest is not None and longest <= given.length


def _digits(source: Column) -> tuple[int, int] | None:
    """The most digits before and behind the point; None where the column holds no exact number."""
    if source.type == "numeric":
        scale = source.scale or 0
        return (max(source.precision - scale, 0), max(scale, 0)) if source.precision else _UNBOUNDED
    if source.type == "money":
        return _MONEY
    whole = _WHOLE_NUMBERS.get(source.type)
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
