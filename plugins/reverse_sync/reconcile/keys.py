"""A row's key as one text a column: the same for both sides, kept in JSON, and bound to either database."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

from reverse_sync.sql import quoted
from reverse_sync.type_pairs import Store, readers, values
from reverse_sync.type_pairs.source_types import Kind
from reverse_sync.type_pairs.target_types import filled_up, has_zone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reverse_sync.reconcile.plan import ComparedColumn

Key = tuple[str, ...]
_BOOLEANS = frozenset({Kind.BOOLEAN, Kind.BOOLEAN_AS_TEXT})
_MOMENT = "YYYY-MM-DD HH24:MI:SS"


def key_of(columns: Sequence[ComparedColumn], row: Mapping[str, object]) -> Key:
    """The key of a row of either side, by the Oracle columns' names."""
    return tuple(_text(column, row[column.target.name]) for column in columns)


def _text(column: ComparedColumn, value: object) -> str:
    kind = column.pair.kind
    if kind in _BOOLEANS:
        return "true" if str(value).strip().lower() in ("true", "1") else "false"
    if kind in (Kind.INTEGER, Kind.NUMERIC) and (number := values.number(value)) is not None:
        scale = column.pair.rounded_to
        exact = number if scale is None else values.rounded(number, scale)
        return f"{exact.normalize(values.EXACT):f}"
    if kind in (Kind.DATE, Kind.DATETIME):
        return values.moment(value) or str(value)
    text = "" if value is None else str(value)
    return text.rstrip(" ") if column.pair.blanks_mean_nothing else text


def postgres_condition(columns: Sequence[ComparedColumn], keys: Sequence[Key]) -> tuple[str, list[str]]:
    """The condition that a row has one of the keys, and its values; PostgreSQL gives each the column's own type."""
    names = [quoted(column.source.name) for column in columns if column.source]
    one = f"({', '.join(['%s'] * len(names))})"
    wanted = [spelled for key in keys for spelled in product(*map(_spellings, columns, key))]
    condition = f"({', '.join(names)}) IN ({', '.join([one] * len(wanted))})".replace("()", "")
    return condition, [text for key in wanted for text in key]


def _spellings(column: ComparedColumn, text: str) -> tuple[str, ...]:
    """How PostgreSQL writes what has this text: DMS makes a moment of infinity, and a minus of BC."""
    if column.pair.kind not in (Kind.DATE, Kind.DATETIME):
        return (text,)
    if text == readers.INFINITY:
        return (text, "infinity")
    if text == readers.MINUS_INFINITY:
        return ("-infinity",)
    return (f"{text[1:]} BC",) if text.startswith("-") else (text,)


def oracle_condition(columns: Sequence[ComparedColumn], keys: Sequence[Key]) -> tuple[str, list[object]]:
    """The same for Oracle."""
    bound: list[object] = []

    def alternatives() -> Iterator[str]:
        for key in keys:
            parts = []
            for column, text in zip(columns, key, strict=True):
                bound.append(_bindable(column, text))
                parts.append(_equals(column, len(bound)))
            yield f"({' AND '.join(parts)})"

    return " OR ".join(alternatives()), bound


def _equals(column: ComparedColumn, number: int) -> str:
    name = quoted(column.target.name)
    if column.pair.store is Store.DATE:
        return f"{name} = TO_DATE(:{number}, '{_MOMENT}')"
    if column.pair.store is Store.TIMESTAMP:
        instant = f"SYS_EXTRACT_UTC({name})" if has_zone(column.target) else name
        return f"{instant} = TO_TIMESTAMP(:{number}, '{_MOMENT}.FF')"
    return f"{name} = :{number}"


def _bindable(column: ComparedColumn, text: str) -> Decimal | str:
    match column.pair.store:
        case Store.NUMBER if column.pair.kind in _BOOLEANS:
            return Decimal(text == "true")
        case Store.NUMBER:
            return Decimal(text)
        case Store.CHAR:
            return filled_up(column.target, text)
        case Store.TIMESTAMP:
            return text if "." in text else f"{text}.0"
        case _:
            return text
