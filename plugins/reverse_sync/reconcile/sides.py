"""What the walk along a table asks of either database; the answers come in one form, so that it need not know which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from decimal import Decimal

    from reverse_sync.reconcile.keys import Key
    from reverse_sync.reconcile.parts import Part
    from reverse_sync.reconcile.queries import Span
    from reverse_sync.reconcile.rows import Row

Number: TypeAlias = "int | Decimal"
"""A whole number: PostgreSQL's are int, Oracle's Decimal."""
Bucket: TypeAlias = tuple[Number, tuple[Number, Number]]
"""A bucket's number, its count of rows, and the sum of their hashes."""


class Side(Protocol):
    """One table of one database, its rows under the names that the Oracle table has."""

    def bounds(self) -> tuple[int, int] | None:
        """The lowest and the highest key; None where there are no rows."""

    def buckets(self, span: Span, ranges: Sequence[tuple[int, int]] = ()) -> Generator[Bucket, None, None]:
        """Of each bucket of the span, or of ranges of it, in order, its number, and its count and sum of hashes."""

    def rows(self, span: Span, buckets: Sequence[int] | None = None) -> Generator[tuple[Number, Row], None, None]:
        """The rows of the span, or of some buckets of it, by their positions, in order."""

    def within(self, part: Part) -> Self:
        """The same table as if it had only the rows of this part."""

    def by_keys(self, keys: Sequence[Key]) -> list[Row]:
        """The rows of these keys."""

    def matching(self, condition: str) -> Iterator[Row]:
        """The rows that fulfil a condition; every row where it is empty."""


class Source(Side, Protocol):
    """The side whose rows are right."""

    def size(self) -> tuple[int, int]:
        """How many rows the planner expects, and how many bytes the table has."""

    def boundaries(self, count: int) -> list[Key]:
        """The keys at which `count` pieces with about as many rows each begin, but for the first; by a sample."""

    def lsn(self) -> str:
        """The position up to which everything that was read is written."""


class Target(Side, Protocol):
    """The side that should hold the same."""

    def refuses_hashes(self) -> str:
        """Why it can't compute the hashes; empty where it can."""

    def rows_without_key(self) -> list[Row]:
        """The rows that no key of the source can be."""
