"""Values on their way: from a logical decoding plugin's text to Python, and from Python to Oracle.

How DMS takes PostgreSQL's types: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from reverse_sync.table_mapping import Column

LOB_TYPES = {"text", "bytea", "json", "jsonb", "xml"}
_INTEGERS = {"smallint", "integer", "bigint", "oid"}
_FLOATS = {"real", "double precision"}
_SIX_PLACES = Decimal("0.000001")


def reader(column: Column) -> Callable[[Any], object]:
    """What makes a column's value of what a plugin sent, None excepted; raises ValueError for a strange value."""
    if column.type in _INTEGERS:
        return int
    if column.type in _FLOATS:
        return float
    if column.type == "numeric":
        return Decimal if column.precision is not None else _unbounded_numeric
    return _READERS.get(column.type, _text)


def limited_lob(value: object, most_kb: int) -> tuple[object, bool]:
    """A LOB's value cut to ``most_kb`` KB, and whether it was cut (limited LOB mode)."""
    most = most_kb * 1024
    if isinstance(value, bytes) and len(value) > most:
        return value[:most], True
    if isinstance(value, str) and len(value.encode()) > most:
        return value.encode()[:most].decode(errors="ignore"), True
    return value, False


def for_oracle(value: object) -> object:
    """A value as python-oracledb binds it: times in UTC, booleans as the text that DMS makes of them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _unbounded_numeric(value: Any) -> Decimal:
    """NUMERIC without precision travels as NUMERIC(28,6)."""
    number = Decimal(value)
    try:
        return number.quantize(_SIX_PLACES) if number.is_finite() else number
    except InvalidOperation:
        raise ValueError(f"{number} does not fit NUMERIC(28,6)") from None


def _timestamp(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else moment


def _bytes(value: str) -> bytes:
    return bytes.fromhex(value.removeprefix("\\x"))


def _boolean(value: Any) -> bool:
    return value in (True, "t", "true")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


_READERS: dict[str, Callable[[Any], object]] = {
    "timestamp with time zone": _timestamp,
    "timestamp without time zone": _timestamp,
    "date": date.fromisoformat,
    "bytea": _bytes,
    "boolean": _boolean,
}
