"""Rows of one side looked up by their keys on the other: slower, and independent of any common order or hash."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from reverse_sync.reconcile.keys import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.reconcile.plan import Plan
    from reverse_sync.reconcile.results import RowDifference
    from reverse_sync.reconcile.rows import Row, RowComparison
    from reverse_sync.reconcile.sides import Source, Target

_KEYS_A_QUERY = 200


def looked_up(
    source: Source, target: Target, plan: Plan, comparison: RowComparison, condition: str
) -> Iterator[tuple[int, list[RowDifference]]]:
    """Batch by batch of PostgreSQL's rows: how many, and what differs in Oracle."""
    for rows in _batches(source.matching(condition)):
        found = target.by_keys([key_of(plan.key, row) for row in rows])
        yield len(rows), list(comparison.differences(rows, found))


def extra_rows(source: Source, target: Target, plan: Plan, comparison: RowComparison) -> Iterator[RowDifference]:
    """The rows that only Oracle has."""
    for rows in _batches(target.matching("")):
        keys = [key_of(plan.key, row) for row in rows]
        known = {key_of(plan.key, row) for row in source.by_keys(keys)}
        yield from (comparison.only_in_oracle(row) for key, row in zip(keys, rows, strict=True) if key not in known)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, _KEYS_A_QUERY)):
        yield batch
