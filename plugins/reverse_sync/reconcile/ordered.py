"""Two streams of the same order read side by side, each batch in a thread while the one before it is worked on."""

from __future__ import annotations

from concurrent.futures import wait
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from concurrent.futures import Executor

    from reverse_sync.reconcile.plan import Plan
    from reverse_sync.reconcile.sides import Number

T = TypeVar("T")
_BATCH_ROWS = 2000
# Bounds what a batch holds where a row may have megabytes.
_BATCH_LARGE_ROWS = 20


def rows_at_a_time(plan: Plan) -> int:
    """How many rows are fetched, and held, at once."""
    return _BATCH_LARGE_ROWS if plan.has_large_objects else _BATCH_ROWS


def ahead(rows: Generator[T, None, None], pool: Executor, at_a_time: int = _BATCH_ROWS) -> Iterator[T]:
    """The rows; the first batch is asked for at once, so that two databases work at the same time."""

    def batch() -> list[T]:
        return list(islice(rows, at_a_time))

    coming = pool.submit(batch)

    def consumed() -> Iterator[T]:
        nonlocal coming
        try:
            while found := coming.result():
                coming = pool.submit(batch)
                yield from found
        finally:
            coming.cancel()
            wait([coming])
            rows.close()

    return consumed()


def side_by_side(
    left: Iterator[tuple[Number, T]], right: Iterator[tuple[Number, T]]
) -> Iterator[tuple[Number, list[T], list[T]]]:
    """Each position that either stream has, in order, with what both streams hold there."""
    marked = (((position, 0, row) for position, row in left), ((position, 1, row) for position, row in right))
    for position, group in groupby(merge(*marked, key=itemgetter(0)), key=itemgetter(0)):
        both: tuple[list[T], list[T]] = ([], [])
        for _, side, row in group:
            both[side].append(row)
        yield position, *both
