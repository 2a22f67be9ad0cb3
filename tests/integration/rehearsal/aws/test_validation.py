"""DMS's validation of tables with LOBs, and with rows that Oracle cannot hold: it says what is missing, and goes on.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Validating.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.aws_stage import MAPPING, Stage, eventually
from tests.support.aws_tables import LOGGED, run_sql

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

VALIDATED = LOGGED | {"ValidationSettings": {"EnableValidation": True}}


@pytest.fixture
def odd(tables: Stage) -> Iterator[Stage]:
    """A table with a LOB, and one whose key is a day."""
    run_sql(
        tables,
        "CREATE TABLE stage.odd (id bigint PRIMARY KEY, day date, n numeric, note text)",
        "CREATE TABLE stage.day (day date PRIMARY KEY)",
    )
    tables.oracle_run(
        "CREATE TABLE ODD (ID NUMBER PRIMARY KEY, DAY DATE, N NUMBER, NOTE CLOB)",
        "CREATE TABLE DAY (DAY DATE PRIMARY KEY)",
    )
    yield tables
    tables.clean()
    tables.oracle_run("DROP TABLE ODD", "DROP TABLE DAY")


@pytest.mark.parametrize("lobs", [True, False])
def test_rows_that_oracle_cannot_hold_are_missing_there(odd: Stage, lobs: bool) -> None:
    arn = odd.task(settings=VALIDATED | {"TargetMetadata": {"SupportLobs": lobs}}, mapping=MAPPING)
    odd.start(arn)
    run_sql(
        odd,
        "INSERT INTO stage.odd VALUES (1, '2026-01-01', 1.5, 'a text'), (2, '-infinity', 1, 'b'), (3, NULL, 'NaN', 'c')",
        "INSERT INTO stage.day VALUES ('2026-01-01'), ('-infinity')",
    )

    def states() -> list[tuple[str, int]]:
        found = [odd.statistics(arn, table) for table in ("odd", "day")]
        return [(table["ValidationState"], table["ValidationFailedRecords"]) for table in found]

    eventually(states, lambda found: found == [("Mismatched records", 2), ("Mismatched records", 1)])
    query = 'SELECT "TASK_NAME", "KEY", "FAILURE_TYPE" FROM "DMSUSER"."awsdms_validation_failures_v1"'
    failures = {
        (*json.loads(key).values(), kind)
        for task, key, kind in odd.oracle_rows(query, user="dmsuser")
        if task == arn.rpartition(":")[2]
    }
    assert failures == {(key, "MISSING_TARGET") for key in ("2", "3", "-infinity")}
    run_sql(odd, "DELETE FROM stage.odd WHERE id > 1", "DELETE FROM stage.day WHERE day = '-infinity'")
    eventually(states, lambda found: found == [("Validated", 0)] * 2)
    odd.oracle_run("DROP TABLE DAY")
    eventually(states, lambda found: found == [("Validated", 0), ("Error", 0)])
    odd.oracle_run("CREATE TABLE DAY (DAY DATE PRIMARY KEY)", "INSERT INTO DAY VALUES (DATE '2026-01-01')")
    eventually(states, lambda found: found == [("Validated", 0)] * 2)
    assert "LastFailureMessage" not in odd.describe(arn)
