"""The ranges in which a table, or a part of it, is read; each under one snapshot."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.reconcile.key_order import follows_index
from reverse_sync.reconcile.parts import cut
from reverse_sync.reconcile.plan import Order
from reverse_sync.reconcile.queries import ALL_HASHES, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.reconcile.parts import Part
    from reverse_sync.reconcile.plan import Plan
    from reverse_sync.reconcile.sides import Source, Target

# So small that one row that differs costs little; so many that their sums cost little to carry.
_BUCKET_ROWS = 64
_FEWEST_BUCKETS = 1024


class Range(NamedTuple):
    """Rows of both sides, and the positions among them."""

    source: Source
    target: Target
    span: Span


def ranges(plan: Plan, both: tuple[Source, Target], part: Part, expected: int, range_rows: int) -> Iterator[Range]:
    """The ranges of a part, in order.

    Where an index does not follow the key there is one, because each would cost a look at all rows.

    :param expected: about how many rows the part has
    :param range_rows: about how many rows a range is to have
    """
    source, target = both
    count = ceil(max(expected, 1) / range_rows)
    if plan.order is Order.KEY:
        for span in _spans(both, part, expected, count):
            yield Range(source, target, span)
        return
    pieces = [part]
    if plan.order is Order.KEY_HASH and count > 1 and follows_index(plan.key):
        pieces = cut(part, source.within(part).boundaries(count))
    width = ceil(ALL_HASHES.high / max(_FEWEST_BUCKETS, expected // len(pieces) // _BUCKET_ROWS))
    for piece in pieces:
        yield Range(source.within(piece), target.within(piece), ALL_HASHES._replace(width=width))


def _spans(both: tuple[Source, Target], part: Part, expected: int, count: int) -> Iterator[Span]:
    bounds = [bound for side in both if (bound := side.bounds())]
    if not bounds:
        return
    low, high = part.within(min(low for low, _ in bounds), max(high for _, high in bounds) + 1)
    if low >= high:
        return
    step = ceil((high - low) / count)
    width = max(1, ceil((high - low) / max(_FEWEST_BUCKETS, expected // _BUCKET_ROWS)))
    for start in range(low, high, step):
        yield Span(start, min(start + step, high), width)
