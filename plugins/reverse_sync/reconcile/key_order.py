"""The order of keys that both databases share, whatever their collations: what lies in a part of a table.

Numbers, dates and timestamps are in their own order; a uuid, and any other key, in that of the bytes of the text which
both databases write of it. PostgreSQL's index follows the first three and the uuid.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reverse_sync.reconcile.filters import literal
from reverse_sync.reconcile.oracle_literals import LONGEST_LITERAL, oracle_literal
from reverse_sync.sql import quoted
from reverse_sync.type_pairs import Store, values
from reverse_sync.type_pairs.source_types import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reverse_sync.reconcile.keys import Key
    from reverse_sync.reconcile.parts import Part
    from reverse_sync.reconcile.plan import ComparedColumn

_OWN_ORDER = frozenset({Store.NUMBER, Store.DATE, Store.TIMESTAMP})
_TEXTS = frozenset({Kind.TEXT, Kind.BOOLEAN_AS_TEXT})
_ORDERED_KINDS = frozenset({Kind.INTEGER, Kind.NUMERIC, Kind.DATE, Kind.DATETIME})
# Years that both databases write alike; in the last one is what stands for infinity.
_BOUNDING_MOMENT = re.compile(r"(?!9999)\d{4}-.*")


def follows_index(key: Sequence[ComparedColumn]) -> bool:
    """Whether PostgreSQL's primary key finds the rows of a part."""
    source = key[0].source
    return source is not None and postgres_order(key[0]) == quoted(source.name)


def postgres_order(column: ComparedColumn) -> str:
    """What PostgreSQL orders by; never NULL."""
    source = column.source
    if source is None or column.texts is None:
        raise ValueError(f"{column.target.name} has no order that both databases share")
    name = quoted(source.name)
    if _in_own_order(column):
        scale = _rounded_to(column)
        return name if scale is None else f"round({name}, {scale})"
    return name if source.type == "uuid" else f"coalesce({column.texts.postgres}, '') COLLATE \"C\""


def may_bound(key: Sequence[ComparedColumn], values_of_key: Key) -> bool:
    """Whether both databases have literals of such a key, and put it at the same place; no number that is a text."""
    return all(map(_may_bound, key, values_of_key))


def postgres_part(key: Sequence[ComparedColumn], part: Part) -> str:
    """PostgreSQL's condition that a row belongs to the part; empty where every row does."""
    bounds = [(sign, bound) for sign, bound in ((">=", part.low), ("<", part.high)) if bound]
    row = ", ".join(map(postgres_order, key)) if bounds else ""
    return " AND ".join(f"({row}) {sign} ({', '.join(map(literal, bound))})" for sign, bound in bounds)


def oracle_part(key: Sequence[ComparedColumn], part: Part) -> str:
    """Oracle's condition. A column that is NULL lies before every other value."""
    low = _from(list(zip(key, part.low, strict=True))) if part.low else ""
    high = _below(list(zip(key, part.high, strict=True))) if part.high else ""
    return " AND ".join(filter(None, (low, high)))


def _from(bounds: Sequence[tuple[ComparedColumn, str]]) -> str:
    """Oracle compares no rows, so column by column; the first condition is what an index finds."""
    (column, value), *rest = bounds
    name, bound = _oracle_order(column), oracle_literal(column, value)
    return f"({name} >= {bound} AND ({name} > {bound} OR {_from(rest)}))" if rest else f"{name} >= {bound}"


def _below(bounds: Sequence[tuple[ComparedColumn, str]]) -> str:
    (column, value), *rest = bounds
    name, bound = _oracle_order(column), oracle_literal(column, value)
    is_null = f" OR {name} IS NULL" if column.target.nullable else ""
    if not rest:
        return f"({name} < {bound}{is_null})"
    return f"(({name} <= {bound}{is_null}) AND ({name} < {bound}{is_null} OR {_below(rest)}))"


def _oracle_order(column: ComparedColumn) -> str:
    name = quoted(column.target.name)
    if _in_own_order(column):
        scale = _rounded_to(column)
        return name if scale is None else f"ROUND({name}, {scale})"
    return column.texts.oracle if column.texts else name


def _in_own_order(column: ComparedColumn) -> bool:
    return column.pair.store in _OWN_ORDER and column.pair.kind in _ORDERED_KINDS


def _rounded_to(column: ComparedColumn) -> int | None:
    """To how many digits a number has to be rounded so that both sides are the same; None where they are."""
    scale = column.pair.rounded_to
    if column.pair.kind is not Kind.NUMERIC or scale is None or column.source is None:
        return None
    own = column.source.scale or 0
    return scale if column.pair.sides.source.unbounded or own > scale else None


def _may_bound(column: ComparedColumn, text: str) -> bool:
    if not _in_own_order(column):
        return column.pair.kind in _TEXTS and 0 < len(text) <= LONGEST_LITERAL
    if column.pair.kind in (Kind.DATE, Kind.DATETIME):
        return _BOUNDING_MOMENT.fullmatch(text) is not None
    number = values.number(text)
    return number is not None and number.is_finite()
