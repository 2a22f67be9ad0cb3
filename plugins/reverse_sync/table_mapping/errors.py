"""What is wrong with a mapping: one Problem a fault, all of them in one MappingError."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: a stable `code`, a sentence, the rule (None: the whole document) and the key that it lies in."""

    code: str
    message: str
    rule_id: str | None = None
    key: str | None = None

    def __str__(self) -> str:
        where = f"rule {self.rule_id}: " if self.rule_id else ""
        return where + self.message


class MappingError(ValueError):
    """A table mapping that cannot be used; `problems` has every reason, the message lists them."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        lines = [f"{source}: {problem}" for problem in self.problems]
        super().__init__("\n".join(lines))
