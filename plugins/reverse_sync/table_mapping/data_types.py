"""The DMS data types, what PostgreSQL's types become, and values of a type.

Sources: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Reference.DataTypes.html and, for PostgreSQL,
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html#CHAP_Source-PostgreSQL-DataTypes
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

DataTypeName = Literal[
    "string", "wstring", "bytes", "boolean", "date", "time", "datetime", "numeric", "real4", "real8",
    "int1", "int2", "int4", "int8", "uint1", "uint2", "uint4", "uint8", "blob", "clob", "nclob",
]  # fmt: skip

FROM_POSTGRES: dict[str, DataTypeName] = {
    "smallint": "int2",
    "integer": "int4",
    "bigint": "int8",
    "numeric": "numeric",
    "money": "numeric",
    "real": "real4",
    "double precision": "real8",
    "character": "wstring",
    "character varying": "wstring",
    "uuid": "string",
    "text": "nclob",
    "json": "nclob",
    "jsonb": "nclob",
    "xml": "nclob",
    "bytea": "blob",
    "boolean": "string",
    "date": "date",
    "time without time zone": "time",
    "time with time zone": "time",
    "timestamp without time zone": "datetime",
    "timestamp with time zone": "datetime",
}
"""PostgreSQL type name without size -> DMS type."""


def as_data_type(value: object, type_name: DataTypeName) -> object:
    """`value` as a Python value of that DMS type; ValueError where it is none.

    NULL stays NULL, and LOBs stay as they are.
    """
    return None if value is None else _CONVERTERS.get(type_name, _unchanged)(value)


def _unchanged(value: object) -> object:
    return value


def _number(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None


def _integer(value: object) -> int:
    number = _number(value)
    if not number.is_finite() or number != number.to_integral_value():
        raise ValueError(f"{value!r} is not a whole number")
    return int(number)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


_CONVERTERS: dict[str, Callable[[object], object]] = {
    **{f"{sign}int{size}": _integer for sign in ("", "u") for size in (1, 2, 4, 8)},
    "numeric": _number,
    "real4": lambda value: float(str(value)),
    "real8": lambda value: float(str(value)),
    "string": str,
    "wstring": str,
    "bytes": _bytes,
    "boolean": lambda value: str(value).lower() in {"1", "true", "t"},
    "date": lambda value: date.fromisoformat(str(value)[:10]),
    "datetime": lambda value: datetime.fromisoformat(str(value)),
}
