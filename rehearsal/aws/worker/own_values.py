"""Values that no row tells: of DMS's clock, dice or headers, of random digits, of a rule's size without room."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING

from reverse_sync.table_mapping import HEADERS, Expressions, as_data_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reverse_sync.table_mapping import ProjectedColumn, Projection

_MOST_DIGITS = 200
_OPERATIONS = {"I": "INSERT", "U": "UPDATE", "D": "DELETE"}


def own_values(projection: Projection, operation: str, row: Mapping[str, object]) -> dict[str, object]:
    """The columns whose values only DMS knows; of its headers, operation and moment are told, the rest is ""."""
    unforeseen = [column for column in projection.columns if column.known_only_to_dms]
    return {column.name: _value(column, projection, operation, row) for column in unforeseen if _is_told(column, row)}


def _is_told(column: ProjectedColumn, row: Mapping[str, object]) -> bool:
    return all(name in row for name in ([column.source.name] if column.source else column.inputs))


def _fitted(column: ProjectedColumn, value: object) -> object:
    """A number rounded, a text or the digits of a second cut: a guess, because no document says what DMS does."""
    size = column.data_type
    if size is None or value is None:
        return value
    value = as_data_type(value, size.type)
    if isinstance(value, Decimal) and size.type == "numeric" and value.is_finite():
        return value.quantize(Decimal(1).scaleb(-(size.scale or 0)), ROUND_HALF_UP, Context(prec=_MOST_DIGITS))
    kept = size.scale if size.precision is None else size.precision
    if isinstance(value, datetime) and kept is not None:
        unit = 10 ** max(0, 6 - kept)
        return value.replace(microsecond=value.microsecond // unit * unit)
    return value[: size.length] if isinstance(value, str | bytes) else value


def _value(column: ProjectedColumn, projection: Projection, operation: str, row: Mapping[str, object]) -> object:
    if column.source:
        value = row[column.source.name]
        if column.lacks_room:
            return _fitted(column, value)
        return None if value is None else re.sub(r"\d", lambda _digit: str(random.randrange(10)), str(value))  # noqa: S311  # no secret
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    headers = dict.fromkeys(HEADERS, "") | {
        "AR_H_OPERATION": _OPERATIONS[operation],
        "AR_H_TIMESTAMP": now,
        "AR_H_COMMIT_TIMESTAMP": now,
    }
    names = {"AR_M_SOURCE_SCHEMA": projection.source.schema, "AR_M_SOURCE_TABLE_NAME": projection.source.name}
    [value] = Expressions([column.expression or "NULL"], headers | names).evaluate(row)
    return as_data_type(value, column.data_type.type) if column.data_type else value
