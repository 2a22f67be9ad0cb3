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

    from reverse_sync.table_mapping.schema import Column

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
    "boolean": "string",
    "character": "wstring",
    "character varying": "wstring",
    "text": "nclob",
    "citext": "nclob",
    "json": "nclob",
    "jsonb": "nclob",
    "hstore": "nclob",
    "xml": "clob",
    "tsvector": "clob",
    "tsquery": "clob",
    "path": "clob",
    "polygon": "clob",
    "bytea": "blob",
    **dict.fromkeys(
        ("uuid", "inet", "cidr", "macaddr", "bit", "bit varying", "point", "line", "lseg", "box", "circle", "interval"),
        "string",
    ),
    "date": "date",
    "time without time zone": "time",
    "time with time zone": "time",
    "timestamp without time zone": "datetime",
    "timestamp with time zone": "datetime",
}
"""PostgreSQL type name without size -> DMS type."""
FROM_CATEGORIES: dict[str, DataTypeName] = {"enum": "string", "range": "string", "array": "nclob", "composite": "nclob"}
"""Kind of type that users name -> DMS type."""
_MOST_NUMERIC_DIGITS = 38


def dms_type(column: Column) -> DataTypeName | None:
    """The DMS type of a PostgreSQL column; None where AWS lists none for its type."""
    if column.category:
        return FROM_CATEGORIES.get(column.category)
    if column.type == "numeric" and (column.precision or 0) > _MOST_NUMERIC_DIGITS:
        return "string"
    return FROM_POSTGRES.get(name_of_type(column))


def name_of_type(column: Column) -> str:
    """The name of a PostgreSQL column's type, without the schema of an extension: `hstore` of `public.hstore`."""
    return column.type.rpartition(".")[2].strip('"')


def as_data_type(value: object, type_name: DataTypeName) -> object:
    """`value` as a Python value of that DMS type; ValueError where it is none.

    NULL stays NULL, and LOBs stay as they are.
    """
    return None if value is None else _CONVERTERS.get(type_name, _unchanged)(value)


def _unchanged(value: object) -> object:
    return value


def _number(value: object) -> Decimal:
    if isinstance(value, bool):
        return Decimal(int(value))
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None


def _integer(value: object) -> int:
    number = _number(value)
    if not number.is_finite() or number != number.to_integral_value():
        raise ValueError(f"{value!r} is not a whole number")
    return int(number)


def _real(value: object) -> float:
    return float(value if isinstance(value, bool) else str(value))


def _string(value: object) -> str:
    """A boolean is what DMS makes of it without a rule, 'true' or 'false'; a BLOB of SQLite is the text of its bytes.

    https://www.sqlite.org/lang_expr.html#castexpr
    """
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


_CONVERTERS: dict[str, Callable[[object], object]] = {
    **{f"{sign}int{size}": _integer for sign in ("", "u") for size in (1, 2, 4, 8)},
    "numeric": _number,
    "real4": _real,
    "real8": _real,
    "string": _string,
    "wstring": _string,
    "bytes": _bytes,
    "boolean": lambda value: str(value).lower() in {"1", "true", "t"},
    "date": lambda value: date.fromisoformat(str(value)[:10]),
    "datetime": lambda value: datetime.fromisoformat(str(value)),
}
