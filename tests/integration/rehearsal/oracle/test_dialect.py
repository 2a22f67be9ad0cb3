"""The list of what the stand-in knows, against the answers of Oracle's documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.oracle_dialect import CASES, STATEMENTS, Case, Steps

if TYPE_CHECKING:
    import oracledb

    from tests.support.oracle import Oracle


@pytest.fixture(scope="module")
def shared(oracle: Oracle) -> oracledb.Connection:
    """One connection for all cases."""
    return oracle.connect()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.group}: {case.construct}")
def test_answers_as_the_documentation_says(shared: oracledb.Connection, case: Case) -> None:
    assert shared.cursor().execute(case.query, fetch_decimals=True).fetchall() == case.rows


@pytest.mark.parametrize("steps", STATEMENTS, ids=lambda steps: f"{steps.group}: {steps.construct}")
def test_statements_do_what_the_documentation_says(oracle: Oracle, steps: Steps) -> None:
    with oracle.connect() as connection:
        cursor = connection.cursor()
        try:
            for statement in steps.statements:
                cursor.execute(statement)
            assert cursor.execute(steps.query).fetchall() == steps.rows
        finally:
            connection.rollback()
            for statement in steps.undo:
                cursor.execute(statement)
