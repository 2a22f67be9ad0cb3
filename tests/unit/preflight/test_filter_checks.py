"""Filters: the tables and columns that AWS DMS can filter by, and bounds that say what they seem to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reverse_sync.table_mapping import Column, Table
from tests.support.cutovers import find, source
from tests.support.mappings import include

KEY = (
    Column("id", "integer", nullable=False),
    Column("day", "date", nullable=False),
    Column("at", "timestamp with time zone", nullable=False),
    Column("code", "text", nullable=False),
    Column("made", "integer", nullable=False, generated=True),
    Column("שם", "integer", nullable=False),
    Column("flag", "boolean", nullable=False),
    Column("price", "numeric", nullable=False, precision=8, scale=2),
    Column("sku", "character varying", nullable=False, length=9),
)
TABLE = Table("shop", "order_item", (*KEY, Column("note", "character varying")), tuple(column.name for column in KEY))
NOT_KEY = "a filter on note of shop.order_item: it is not part of the primary key"


def said(column: str, *conditions: dict[str, Any], table: str = "order_item") -> list[str]:
    """What is found of a filter on the column, by code and in words."""
    filters = [{"filter-type": "source", "column-name": column, "filter-conditions": conditions}]
    text = json.dumps({"rules": [include("shop", table, filters=filters)]})
    found = find(text, source=source(tables=(TABLE,)))
    assert all(item.severity == "error" for item in found if item.code.startswith("filter"))
    return [item.what for item in found if item.code.startswith("filter")]


def condition(operator: str, *values: str) -> dict[str, Any]:
    names = ("start-value", "end-value") if len(values) > 1 else ("value",)
    return {"filter-operator": operator, **dict(zip(names, values, strict=False))}


@pytest.mark.parametrize(
    ("column", "what"),
    [
        ("id", []),
        ("idd", ["a filter on idd of shop.order_item: no such column; did you mean id?"]),
        ("note", [NOT_KEY]),
        ("code", ["a filter on code of shop.order_item: it is text and travels as a LOB"]),
        ("made", ["a filter on made of shop.order_item: it is a generated column"]),
        ("שם", ["a filter on שם of shop.order_item: its name is in a right-to-left script"]),
    ],
)
def test_the_column(column: str, what: list[str]) -> None:
    assert said(column, condition("notnull")) == what


@pytest.mark.parametrize("pattern", ["order%", "order[_]item"])
def test_tables_of_a_pattern_are_not_filtered(pattern: str) -> None:
    assert said("id", condition("gte", "5"), table=pattern) == [
        f"rule 1 filters the tables of a pattern, shop.{pattern}"
    ]


@pytest.mark.parametrize(
    ("column", "given", "fault"),
    [
        ("id", condition("between", "-5", "-1"), None),
        ("id", condition("notbetween", "9", "10"), None),
        ("id", condition("between", "9", "1"), "no value lies between 9 and 1"),
        ("id", condition("eq", "2026-01-01"), "'2026-01-01' is no number, and the column is integer"),
        ("price", condition("ste", "-0.50"), None),
        ("price", condition("noteq", "1,000"), "'1,000' is no number, and the column is numeric"),
        ("day", condition("gte", "2026-01-31"), None),
        ("day", condition("gte", "01/31/2026"), "'01/31/2026' is not written as YYYY-MM-DD"),
        ("day", condition("between", "2026-02-01", "2026-01-01"), "no value lies between 2026-02-01 and 2026-01-01"),
        ("at", condition("lte", "2026-01-31 00:00:00"), None),
        ("at", condition("lte", "2026-01-31T00:00:00Z"),
         "'2026-01-31T00:00:00Z' is not written as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS"),
        ("flag", condition("eq", "true"), None),
    ],
)  # fmt: skip
def test_the_bounds(column: str, given: dict[str, Any], fault: str | None) -> None:
    where = f"a filter on {column} of shop.order_item ({given['filter-operator']})"
    assert said(column, given) == ([f"{where}: {fault}"] if fault else [])


def _together(*conditions: tuple[str, dict[str, Any]]) -> list[tuple[str, str]]:
    filters = [
        {"filter-type": "source", "column-name": column, "filter-conditions": [given]} for column, given in conditions
    ]
    found = find(
        json.dumps({"rules": [include("shop", "order_item", filters=filters)]}), source=source(tables=(TABLE,))
    )
    return [(str(item.severity), item.what) for item in found if item.code == "filters-contradict"]


@pytest.mark.parametrize(
    ("first", "second", "possible"),
    [
        (condition("gte", "10"), condition("ste", "5"), False),
        (condition("gte", "5"), condition("ste", "10"), True),
        (condition("eq", "7"), condition("eq", "8"), False),
        (condition("between", "1", "5"), condition("between", "5", "9"), True),
        (condition("between", "1", "5"), condition("gte", "6"), False),
        (condition("gte", "9"), condition("noteq", "9"), True),
        (condition("gte", "9"), condition("notnull"), True),
    ],
)
def test_filters_that_no_value_passes_together(first: dict[str, Any], second: dict[str, Any], possible: bool) -> None:
    said = [("error", "no value of id passes the 2 filters of rule 1 on it together")]
    assert _together(("id", first), ("id", second)) == ([] if possible else said)
    assert _together(("id", first), ("price", second)) == []


@pytest.mark.parametrize(
    ("conditions", "what"),
    [
        ([condition("gte", "100")], ["gte 100"]),
        ([condition("between", "1", "20")], ["between 1 and 20"]),
        ([condition("ste", "A9"), condition("lte", "0100")], ["lte 0100"]),
        ([condition("eq", "100"), condition("notnull"), condition("gte", "A100")], []),
    ],
)
def test_a_range_of_texts_that_is_written_with_numbers(conditions: list[dict[str, Any]], what: list[str]) -> None:
    filters = [{"filter-type": "source", "column-name": "sku", "filter-conditions": conditions}]
    text = json.dumps({"rules": [include("shop", "order_item", filters=filters)]})
    found = [one for one in find(text, source=source(tables=(TABLE,))) if one.code == "letters-compared"]
    assert {str(one.severity) for one in found} <= {"warning"}
    assert [one.what for one in found] == [
        f"a filter on sku of shop.order_item ({said}) compares texts: the column is character varying" for said in what
    ]
