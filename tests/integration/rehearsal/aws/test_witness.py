"""An independent witness: rows that AWS prints, or that follow by hand, go through the worker into Oracle and back.

The worker and the product read mappings with the same module, so a wrong reading would prove itself; here nothing is
computed by it. The rows are in tests/data/witness.yaml.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.support.aws_tables import caught_up, exceptions, run_sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.aws_stage import Stage

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[4]
CASES: list[dict[str, Any]] = yaml.safe_load((ROOT / "tests/data/witness.yaml").read_text())
TO_TRAVELBUDDY = {
    "rule-type": "transformation", "rule-id": "999", "rule-name": "999", "rule-target": "schema",
    "object-locator": {"schema-name": "%"}, "rule-action": "rename", "value": "TRAVELBUDDY",
}  # fmt: skip


@pytest.fixture
def case(request: pytest.FixtureRequest, oracle: Stage, stage: Stage) -> Iterator[dict[str, Any]]:
    """One case, its tables on both sides."""
    found: dict[str, Any] = request.param
    schemas = {name.rpartition(".")[0] for name in found.get("postgres", {})} - {"public"}
    run_sql(stage, *(f"CREATE SCHEMA {schema}" for schema in schemas))
    run_sql(stage, *(f"CREATE TABLE {name} ({columns})" for name, columns in found.get("postgres", {}).items()))
    oracle.oracle_run(*(f"CREATE TABLE {name} ({columns})" for name, columns in found.get("oracle", {}).items()))
    oracle.oracle_run(*found.get("prepare", {}).get("oracle", []))
    yield found
    stage.clean()
    run_sql(stage, *(f"DROP TABLE {name} CASCADE" for name in found.get("postgres", {})))
    run_sql(stage, *(f"DROP SCHEMA {schema}" for schema in schemas), *found.get("tidy", {}).get("postgres", []))
    oracle.oracle_run(*(f"DROP TABLE {name}" for name in found.get("oracle", {})))
    oracle.oracle_run(*found.get("tidy", {}).get("oracle", []))


def mapping(case: dict[str, Any]) -> dict[str, Any]:
    """The case's rules, or those of a file; and one that names Oracle's schema."""
    if "rules_of" in case:
        found: dict[str, Any] = json.loads((ROOT / case["rules_of"]).read_text())
        return found
    return {"rules": [*case["rules"], TO_TRAVELBUDDY]}


def exact(value: object) -> object:
    """A value of the file, or of Oracle's, so that both compare exactly."""
    if isinstance(value, int | float):
        return Decimal(str(value))
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value


def rows(stage: Stage, query: str) -> list[list[object]]:
    """What genuine python-oracledb finds."""
    with stage.oracle() as connection, connection.cursor() as cursor:
        cursor.execute(query, fetch_decimals=True, fetch_lobs=False)
        return [[exact(value) for value in row] for row in cursor]


@pytest.mark.parametrize("case", CASES, indirect=True, ids=lambda case: case["name"].replace(" ", "-"))
def test_rows_arrive_as_the_page_says(case: dict[str, Any], stage: Stage) -> None:
    arn = stage.task(mapping=mapping(case), source={"PostgreSQLSettings": case.get("source", {})})
    stage.start(arn)
    run_sql(stage, *case["changes"])
    caught_up(stage)
    for look in case["finds"]:
        assert rows(stage, look["select"]) == [[exact(value) for value in row] for row in look["rows"]]
    errors, wanted = [error for _, error in exceptions(stage, arn)], case.get("errors", [])
    assert len(errors) == len(wanted), errors
    assert all(text in error for error, text in zip(errors, wanted, strict=True)), errors


def test_every_case_says_where_its_rows_come_from() -> None:
    assert len(CASES) >= 20
    assert all(("page" in case) != ("by_hand" in case) for case in CASES)
    assert len({case["name"] for case in CASES}) == len(CASES)
