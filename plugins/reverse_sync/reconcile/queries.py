"""The SQL of a comparison: one shape for both databases, but for how each computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.reconcile.hashing import POSITIONS
from reverse_sync.reconcile.plan import Order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reverse_sync.reconcile.hashing import Hashing

# Oracle's limit for one list: https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/IN-Condition.html
_LONGEST_LIST = 1000
_LARGEST_BIGINT = 2**63 - 1


class Span(NamedTuple):
    """Positions from `low` up to, but not including, `high`, in buckets of `width`."""

    low: int
    high: int
    width: int

    @property
    def zero(self) -> int:
        """Where bucket 0 begins: at 0 where it can, because to subtract costs each row a tenth of its hash."""
        return 0 if self.low >= 0 and self.high <= _LARGEST_BIGINT else self.low

    @property
    def is_wide(self) -> bool:
        """Whether PostgreSQL's bigint can't hold what is computed of the positions."""
        return self.high - self.zero > _LARGEST_BIGINT

    def part(self, bucket: int) -> tuple[int, int]:
        """The positions of one bucket: from the first up to, but not including, the second."""
        start = self.zero + bucket * self.width
        return max(start, self.low), min(start + self.width, self.high)


ALL_HASHES = Span(0, POSITIONS, POSITIONS)


class Dialect(NamedTuple):
    """What is peculiar to one side.

    :param columns: what is selected of a row
    :param condition: which rows count at all; empty where all do
    """

    table: str
    hashing: Hashing
    columns: tuple[str, ...]
    condition: str
    is_postgres: bool
    order: Order | None

    def buckets(self, span: Span, ranges: Sequence[tuple[int, int]] = ()) -> str:
        """A line a bucket, in order: its number, how many rows, the sum of their hashes.

        :param ranges: only rows of these positions; of the whole span where there are none
        """
        bucket = self._bucket(self._position(span), span)
        where = self.where(self._within(span, ranges))
        inner = f"SELECT {bucket} AS bucket, {self.hashing.hash} AS row_hash FROM {self.table}{where}{self._apart}"  # noqa: S608
        return f"SELECT bucket, COUNT(*), SUM(row_hash) FROM ({inner}) q GROUP BY bucket ORDER BY bucket"  # noqa: S608

    def rows(self, span: Span, buckets: Sequence[int] | None = None) -> str:
        """The rows of a span, or of some buckets of it, in order of their positions."""
        columns = [f"{column} AS c{n}" for n, column in enumerate(self.columns)]
        by_key = self.order is Order.KEY
        where = self.where(self._within(span, ranges_of(span, buckets) if buckets else ()))
        inner = f"SELECT {', '.join([f'{self.hashing.position} AS place', *columns])} FROM {self.table}{where}"  # noqa: S608
        names = ", ".join(["place", *(f"c{n}" for n in range(len(columns)))])
        chosen = "" if by_key or buckets is None else f" WHERE {self._one_of(self._bucket('place', span), buckets)}"
        return f"SELECT {names} FROM ({inner}) q{chosen} ORDER BY place"  # noqa: S608

    def probe(self) -> str:
        """One row's position and hash, to see whether Oracle computes them."""
        return f"SELECT {self.hashing.position}, {self.hashing.hash} FROM {self.table} WHERE ROWNUM = 1"  # noqa: S608

    def matching(self, condition: str) -> str:
        """The rows that fulfil a condition."""
        where = self.where(f"({condition})" if condition else "")
        return f"SELECT {', '.join(self.columns)} FROM {self.table}{where}"  # noqa: S608

    def _position(self, span: Span) -> str:
        if not self.is_postgres or self.order is not Order.KEY:
            return self.hashing.position
        return f"{self.hashing.position}::{'numeric' if span.is_wide else 'bigint'}"

    def _bucket(self, position: str, span: Span) -> str:
        from_zero = f"({position} - ({span.zero}))" if span.zero else position
        if not self.is_postgres:
            return f"TRUNC({from_zero} / {span.width})"
        return f"div({from_zero}, {span.width})" if span.is_wide else f"{from_zero} / {span.width}"

    @property
    def _apart(self) -> str:
        """Has PostgreSQL hash before it groups: it expects a group a row and would sort whole rows by their bucket."""
        return " OFFSET 0" if self.is_postgres else ""

    def _within(self, span: Span, ranges: Sequence[tuple[int, int]]) -> str:
        if self.order is not Order.KEY:
            return ""
        position = self.hashing.position
        parts = [f"{position} >= {low} AND {position} < {high}" for low, high in ranges or [(span.low, span.high)]]
        return f"({' OR '.join(parts)})"

    def where(self, *conditions: str) -> str:
        """The clause that rows which count at all fulfil, and these conditions."""
        given = [condition for condition in (*conditions, self.condition) if condition]
        return f" WHERE {' AND '.join(given)}" if given else ""

    def _one_of(self, number: str, wanted: Sequence[int]) -> str:
        if self.is_postgres:
            return f"{number} = ANY (ARRAY[{', '.join(map(str, wanted))}]::bigint[])"
        lists = (wanted[n : n + _LONGEST_LIST] for n in range(0, len(wanted), _LONGEST_LIST))
        return "(" + " OR ".join(f"{number} IN ({', '.join(map(str, some))})" for some in lists) + ")"


def ranges_of(span: Span, buckets: Sequence[int]) -> list[tuple[int, int]]:
    """The buckets as ranges of positions; neighbours are one."""
    return list(_ranges(span, buckets))


def _ranges(span: Span, buckets: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = end = None
    for low, high in map(span.part, sorted(buckets)):
        if end is not None and start is not None and low > end:
            yield start, end
            start = None
        start = low if start is None else start
        end = high
    if start is not None and end is not None:
        yield start, end
