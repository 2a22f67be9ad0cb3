"""A table cut into parts by its key, so that several tasks, on any workers, share its comparison."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reverse_sync.reconcile.keys import Key


class Part(NamedTuple):
    """The rows whose key is at least `low` and below `high`; None where that end is open.

    The outer parts are open, so every row that there is or will be belongs to exactly one part.

    :param number: counted from 1
    :param of: how many parts the table has
    """

    low: Key | None = None
    high: Key | None = None
    number: int = 1
    of: int = 1

    def within(self, low: int, high: int) -> tuple[int, int]:
        """What of the whole numbers from `low` up to, but not including, `high` belongs to this part."""
        return (
            low if self.low is None else max(low, int(self.low[0])),
            high if self.high is None else min(high, int(self.high[0])),
        )

    def __str__(self) -> str:
        return f"part {self.number} of {self.of}" if self.of > 1 else ""


WHOLE = Part()


def cut(part: Part, at: Sequence[Key]) -> list[Part]:
    """The part cut at these keys of it, which are in order."""
    edges = list(pairwise([part.low, *at, part.high]))
    return [Part(low, high, number, len(edges)) for number, (low, high) in enumerate(edges, start=1)]
