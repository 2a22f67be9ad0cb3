"""A fact is read once, also where that fails."""

from __future__ import annotations

import pytest

from reverse_sync.preflight.read_once import read_once


class Facts:
    """Counts how often it is asked."""

    reads = 0

    @read_once
    def answer(self) -> int:
        """The answer."""
        self.reads += 1
        return 42

    @read_once
    def trouble(self) -> int:
        """Trouble."""
        self.reads += 1
        raise PermissionError("no")


def test_an_answer_is_read_once() -> None:
    facts = Facts()
    assert [facts.answer, facts.answer, facts.reads] == [42, 42, 1]


def test_a_failure_is_met_once_and_raised_each_time() -> None:
    facts = Facts()
    for _ in range(2):
        with pytest.raises(PermissionError, match="no"):
            _ = facts.trouble
    assert facts.reads == 1
