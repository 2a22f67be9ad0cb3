"""The README lists what the tests test."""

from __future__ import annotations

from rehearsal.oracle.dialect.functions import FUNCTIONS, NO_PARENTHESES
from tests.support.oracle_dialect import CASES, STATEMENTS
from tests.support.oracle_readme import README, render

# Need a large object, or a right: `tests/integration/rehearsal/oracle/test_hashes.py` has both.
OF_PACKAGES = {"DBMS_CRYPTO.HASH", "DBMS_LOB.GETLENGTH"}


def test_every_function_of_the_list_is_tested() -> None:
    tested = " ".join(case.query for case in CASES) + " ".join(steps.query for steps in STATEMENTS)
    known = {*FUNCTIONS, *NO_PARENTHESES} - OF_PACKAGES
    assert [name for name in known if name not in tested] == []


def test_the_readme_is_up_to_date() -> None:
    assert README.read_text() == render(), "run `python -m tests.support.oracle_readme`"
