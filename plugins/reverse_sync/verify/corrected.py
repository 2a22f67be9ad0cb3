"""What a repair has done so far: how many rows, and which it left alone."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reverse_sync.reconcile.keys import Key
    from reverse_sync.reconcile.repair import Statement
    from reverse_sync.reconcile.results import RowDifference


@dataclass
class Corrected:
    """What was done so far, also by earlier attempts of the task.

    :param repaired: how many rows
    :param skipped: the rows that were left alone, and why
    """

    repaired: int = 0
    skipped: dict[Key, str] = field(default_factory=dict)

    def unchanged(
        self, approved: Iterable[RowDifference], now: Iterable[RowDifference], statements: Iterable[Statement]
    ) -> list[Statement]:
        """The statements for rows that are, on both sides, what they were when a person saw them.

        A row that is the same by now needs none; one that differs otherwise by now is skipped.
        """
        as_seen = set()
        current = {row.key: row for row in now}
        for row in approved:
            found = current.get(row.key)
            if found is None:
                continue
            if (found.seen, found.held) == (row.seen, row.held):
                as_seen.add(row.key)
            else:
                self.skipped[row.key] = "it has changed since it was seen"
        return [statement for statement in statements if statement.key in as_seen]

    def as_json(self) -> str:
        """As Airflow's task state store keeps it."""
        return json.dumps([self.repaired, [[list(key), why] for key, why in self.skipped.items()]], ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> Corrected:
        """The reverse."""
        repaired, skipped = json.loads(kept)
        return cls(repaired, {tuple(key): why for key, why in skipped})
