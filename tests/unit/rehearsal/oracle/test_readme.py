"""The README lists what the tests test."""

from __future__ import annotations

from rehearsal.oracle.dialect.functions import AGGREGATES, FUNCTIONS, NO_PARENTHESES, SPECIAL
from tests.support.oracle_dialect import CASES, STATEMENTS
from tests.support.oracle_readme import README, render


def test_every_function_of_the_list_is_tested() -> None:
    tested = " ".join(case.query for case in CASES) + " ".join(steps.query for steps in STATEMENTS)
    known = [*FUNCTIONS, *AGGREGATES, *SPECIAL, *NO_PARENTHESES]
    assert [name for name in known if name not in tested] == []


def test_the_readme_is_up_to_date() -> None:
    assert README.read_text() == render(), "run `python -m tests.support.oracle_readme`"
