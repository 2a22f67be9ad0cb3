"""Source filters: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.Filters.html"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.support.mappings import include, mapping, table

EMPLOYEE = table("employee", "empid:bigint", "dept", "empstartdate:date", key=("empid",))


def _filter(column: str, *conditions: tuple[str, ...]) -> dict[str, Any]:
    made = []
    for operator, *values in conditions:
        keys = ("start-value", "end-value") if len(values) > 1 else ("value",)
        made.append({"filter-operator": operator, **dict(zip(keys, values, strict=False))})
    return {"filter-type": "source", "column-name": column, "filter-conditions": made}


SINGLE = [_filter("empid", ("gte", "100"))]
SEVERAL_OPERATORS = [_filter("empid", ("lte", "10"), ("between", "50", "75"), ("gte", "100"))]
SEVERAL_FILTERS = [_filter("empid", ("ste", "100")), _filter("dept", ("eq", "tech"))]
NULLS = [_filter("dept", ("null",))]
NOT_BETWEEN = [_filter("empid", ("notbetween", "50", "75"))]
SEVERAL_NOTS = [_filter("empid", ("noteq", "50")), _filter("dept", ("notnull",))]
DATES = [_filter("empstartdate", ("gte", "2002-01-01"))]


@pytest.mark.parametrize(
    ("filters", "row", "passes"),
    [
        pytest.param(SINGLE, {"empid": 100}, True, id="Single filter: 100"),
        pytest.param(SINGLE, {"empid": 20}, False, id="Single filter: numbers are not compared as text"),
        pytest.param(SINGLE, {"empid": Decimal("100.5")}, True, id="Single filter: decimal"),
        pytest.param(SEVERAL_OPERATORS, {"empid": 10}, True, id="Multiple operators: 10"),
        pytest.param(SEVERAL_OPERATORS, {"empid": 11}, False, id="Multiple operators: 11"),
        pytest.param(SEVERAL_OPERATORS, {"empid": 75}, True, id="Multiple operators: 75"),
        pytest.param(SEVERAL_FILTERS, {"empid": 1, "dept": "tech"}, True, id="Multiple filters: both"),
        pytest.param(SEVERAL_FILTERS, {"empid": 1, "dept": "law"}, False, id="Multiple filters: one"),
        pytest.param(NULLS, {"dept": None}, True, id="Filtering NULL values: NULL"),
        pytest.param(NULLS, {"dept": ""}, False, id="Filtering NULL values: empty"),
        pytest.param(NOT_BETWEEN, {"empid": 49}, True, id="NOT operators: outside"),
        pytest.param(NOT_BETWEEN, {"empid": 50}, False, id="NOT operators: bound"),
        pytest.param(NOT_BETWEEN, {"empid": None}, False, id="NOT operators: NULL is neither"),
        pytest.param(SEVERAL_NOTS, {"empid": 51, "dept": "x"}, True, id="Multiple NOT filters: both"),
        pytest.param(SEVERAL_NOTS, {"empid": 50, "dept": "x"}, False, id="Multiple NOT filters: 50"),
        pytest.param(SEVERAL_NOTS, {"empid": 51, "dept": None}, False, id="Multiple NOT filters: NULL"),
        pytest.param(DATES, {"empstartdate": date(2002, 1, 1)}, True, id="date"),
        pytest.param(DATES, {"empstartdate": datetime(2001, 12, 31, 23, 59, tzinfo=UTC)}, False, id="timestamp"),
        pytest.param([_filter("empid", ("lte", "many"))], {"empid": 5}, True, id="a number lies below every text"),
    ],
)
def test_filters(filters: list[dict[str, Any]], row: dict[str, Any], passes: bool) -> None:
    projection = mapping(include("test", "employee", filters=filters)).project(EMPLOYEE)
    assert projection
    assert projection.passes({"empid": 1, "dept": "x", "empstartdate": None, **row}) is passes


def test_a_second_rule_without_filters_lets_every_row_through() -> None:
    second = {**include("test", "%"), "rule-id": "2", "rule-name": "All"}
    projection = mapping(include("test", "employee", filters=SINGLE), second).project(EMPLOYEE)
    assert projection
    assert projection.passes({"empid": 1})
