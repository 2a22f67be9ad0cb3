"""The README lists what the tests test."""

from __future__ import annotations

from tests.support.oracle_readme import README, render


def test_the_readme_is_up_to_date() -> None:
    assert README.read_text() == render(), "run `python -m tests.support.oracle_readme`"
