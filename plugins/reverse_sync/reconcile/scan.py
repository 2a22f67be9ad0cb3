"""One table walked from end to end: what differs, found by hashes where both databases can compute them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.reconcile.lookup import extra_rows, looked_up
from reverse_sync.reconcile.ordered import ahead, rows_at_a_time, side_by_side
from reverse_sync.reconcile.parts import WHOLE, Part
from reverse_sync.reconcile.plan import Order
from reverse_sync.reconcile.queries import Span, ranges_of
from reverse_sync.reconcile.ranges import ranges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reverse_sync.reconcile.plan import Plan
    from reverse_sync.reconcile.ranges import Range
    from reverse_sync.reconcile.results import RowDifference
    from reverse_sync.reconcile.rows import RowComparison
    from reverse_sync.reconcile.sides import Source, Target

ROW_LIMIT = "reconciliation.row_limit"

# A bucket with more rows (keys come in clusters) is divided again, not read.
_LARGEST_BUCKET_ROWS = 4096
_DIVIDED_INTO = 1024
_BUCKETS_A_QUERY = 500


class Limits(NamedTuple):
    """When the walk ends early, and how large its steps are.

    :param rows: of PostgreSQL; None for all
    :param differences: after so many the table is out of step, and to name more would help nobody
    :param range_rows: about how many rows are read under one snapshot, where an index finds them
    """

    rows: int | None
    differences: int
    range_rows: int


class Scan:
    """The walk along one table, or along a part of it.

    :param before_range: called again and again with the rows compared so far, and how many are expected: before each
        range, and between batches of rows that are compared by value
    :param part: which rows
    """

    def __init__(
        self,
        plan: Plan,
        source: Source,
        target: Target,
        comparison: RowComparison,
        limits: Limits,
        before_range: Callable[[int, int], None],
        part: Part = WHOLE,
    ) -> None:
        self._plan = plan
        self._source = source
        self._target = target
        self._comparison = comparison
        self._limits = limits
        self._before_range = before_range
        self._part = part
        self._expected = source.size()[0] // part.of
        self.rows = 0
        self.stopped = ""
        self.unresolved = False
        self.how: list[str] = [f"by value: {why}" for why in plan.by_value]
        if not plan.key:
            self.how.append(f"as a multiset of rows: {plan.keyless}")

    def differences(self) -> list[RowDifference]:
        """What differs at first sight, in the order of the walk."""
        return self._taken(self._walk())

    def matching(self, condition: str) -> list[RowDifference]:
        """What differs of the PostgreSQL rows that fulfil a condition."""
        if not self._plan.key:
            self.stopped = f"some rows can't be looked up, because {self._plan.keyless}: compare the whole table"
            return []
        chosen = " ".join(condition.split())
        self.how.append(f"only rows where {chosen}; rows that only Oracle has were not looked for")
        return self._taken(self._look_up(condition))

    def _taken(self, found: Iterator[RowDifference]) -> list[RowDifference]:
        with ThreadPoolExecutor(2, thread_name_prefix="reconcile") as self._pool:
            taken = list(islice(found, self._limits.differences))
            if len(taken) == self._limits.differences:
                self.stopped = f"it ended after {len(taken)} rows that differ"
                self.unresolved = True
            found.close()  # type: ignore[attr-defined]
        return taken

    def _walk(self) -> Iterator[RowDifference]:
        by_hashes = not self._plan.by_value
        if refused := self._target.refuses_hashes():
            self.how.append(f"by value: Oracle does not compute the hashes ({refused})")
            by_hashes = False
        if self._plan.order is None or (refused and self._plan.order is Order.KEY_HASH):
            yield from self._look_up("")
            yield from extra_rows(self._source, self._target, self._plan, self._comparison)
        elif refused and self._plan.order is Order.ROW_HASH:
            self.stopped = "it can't be compared: it has no usable key, and Oracle does not compute the hashes"
        else:
            yield from self._in_order(by_hashes=by_hashes)

    def _in_order(self, *, by_hashes: bool) -> Iterator[RowDifference]:
        if self._part.low is None:
            yield from map(self._comparison.only_in_oracle, self._target.rows_without_key())
        both = self._source, self._target
        for found in ranges(self._plan, both, self._part, self._expected, self._limits.range_rows):
            if self._at_limit():
                return
            self._before_range(self.rows, self._expected)
            if by_hashes:
                yield from self._resolved(found, self._differing(found, count=True))
            else:
                yield from self._by_value(found, None)

    def _at_limit(self) -> bool:
        limit = self._limits.rows
        if limit is None or self.rows < limit:
            return False
        self.stopped = f"it ended after {self.rows} rows: {ROW_LIMIT} is {limit}"
        return True

    def _differing(
        self, found: Range, some: Sequence[tuple[int, int]] = (), *, count: bool = False
    ) -> list[tuple[int, int]]:
        """The numbers of the buckets whose sums differ, and how many rows the larger side has there.

        :param some: only these positions
        :param count: whether the rows were not counted yet
        """
        differing = []
        source, target = found.source.buckets(found.span, some), found.target.buckets(found.span, some)
        for bucket, mine, theirs in side_by_side(ahead(source, self._pool), ahead(target, self._pool)):
            self.rows += int(mine[0][0]) if mine and count else 0
            if mine != theirs:
                differing.append((int(bucket), max(int(rows) for rows, _ in mine + theirs)))
        return differing

    def _resolved(self, found: Range, differing: Sequence[tuple[int, int]]) -> Iterator[RowDifference]:
        """What differs in these buckets.

        Where positions are keys, an index finds them: buckets with many rows are divided, those with few are hashed
        again row by row, and only rows that differ are read.
        """
        span, small = found.span, []
        for bucket, rows in differing:
            if rows > _LARGEST_BUCKET_ROWS and span.width > 1 and self._plan.order is Order.KEY:
                narrow = Span(*span.part(bucket), ceil(span.width / _DIVIDED_INTO))
                divided = found._replace(span=narrow)
                yield from self._resolved(divided, self._differing(divided))
            else:
                small.append(bucket)
        for start in range(0, len(small), _BUCKETS_A_QUERY):
            some = small[start : start + _BUCKETS_A_QUERY]
            if span.width == 1 or self._plan.order is not Order.KEY:
                yield from self._by_value(found, some)
            else:
                each_row = found._replace(span=span._replace(width=1))
                yield from self._resolved(each_row, self._differing(each_row, ranges_of(span, some)))

    def _by_value(self, found: Range, buckets: Sequence[int] | None) -> Iterator[RowDifference]:
        few = rows_at_a_time(self._plan)
        source, target = found.source.rows(found.span, buckets), found.target.rows(found.span, buckets)
        both = side_by_side(ahead(source, self._pool, few), ahead(target, self._pool, few))
        for number, (place, mine, theirs) in enumerate(both, start=1):
            yield from self._comparison.differences(mine, theirs, place)
            self.rows += len(mine) if buckets is None else 0
            if buckets is None and number % few == 0:
                self._before_range(self.rows, self._expected)

    def _look_up(self, condition: str) -> Iterator[RowDifference]:
        for rows, differences in looked_up(self._source, self._target, self._plan, self._comparison, condition):
            self.rows += rows
            yield from differences
            if self._at_limit():
                return
            self._before_range(self.rows, self._expected)
