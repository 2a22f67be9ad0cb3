"""What an operator of an expression does in SQLite, and hardly was meant."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reverse_sync.table_mapping import Column, Table
from tests.support.cutovers import find, source
from tests.support.mappings import include, transformation

TABLE = Table(
    "shop",
    "item",
    (
        Column("id", "bigint", nullable=False),
        Column("price", "numeric", precision=10, scale=2),
        Column("weight", "double precision"),
        Column("name", "character varying", length=20),
        Column("sold", "date"),
        Column("paid", "boolean"),
        Column("code", "uuid"),
        Column("at", "timestamp without time zone"),
        Column("minute", "timestamp without time zone", scale=0),
    ),
    ("id",),
)


def said(expression: str, data_type: dict[str, Any], code: str = "operator-means-else") -> list[str]:
    rule = transformation(
        5, "column", ("shop", "item"), "add-column", value="MADE", data_type=data_type, expression=expression
    )
    text = json.dumps({"rules": [include("shop", "item"), rule]})
    found = [one for one in find(text, source=source(tables=(TABLE,))) if one.code == code]
    assert {str(one.severity) for one in found} <= {"note" if code == "form-in-text" else "warning"}
    return [one.what.removeprefix("the expression of MADE ") for one in found]


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        ("$name + ' won'", ["calculates $name + ' won', and $name (character varying) is no number"]),
        ("$price + ' won'", ["calculates $price + ' won', and ' won' is no number"]),
        ("$sold + 1", ["calculates $sold + 1, and $sold (date) is no number"]),
        ("-$code", ["calculates 0 - $code, and $code (uuid) is no number"]),
        ("upper($name) || ($sold - 7)", ["calculates $sold - 7, and $sold (date) is no number"]),
        ("$id / 2", ["divides $id (bigint) by 2, which may both be whole numbers"]),
        ("round($price / 3, 2)", ["divides $price (numeric) by 3, which may both be whole numbers"]),
        ("(coalesce($id, 0) + 1) / $price", ["divides $id + 1 by $price (numeric), which may both be whole numbers"]),
        ("CASE WHEN $id > '100' THEN 'Y' ELSE 'N' END", ["compares $id (bigint), a number, with '100', a text"]),
        ("$price BETWEEN '1' AND 9", ["compares $price (numeric), a number, with '1', a text"]),
        ("CASE $name WHEN 1 THEN 'one' END", ["compares 1, a number, with $name (character varying), a text"]),
        ("$id IN ('1', '2', '3')", [f"compares $id (bigint), a number, with '{n}', a text" for n in (1, 2, 3)]),
        ("nullif($weight, '0')", ["compares $weight (double precision), a number, with '0', a text"]),
        ("strftime('%Y', $sold) = 2026", ["compares 2026, a number, with strftime(...), a text"]),
        ("$name < $price", ["compares $price (numeric), a number, with $name (character varying), a text"]),
        ("CASE WHEN $name LIKE 'k%' THEN 'Y' END", ["asks $name LIKE 'k%'"]),
        ("$name NOT LIKE '%-K'", ["asks $name LIKE '%-K'"]),
        ("CASE WHEN $name THEN 'Y' ELSE 'N' END", ["takes $name (character varying) for true or false"]),
        ("NOT $name", ["takes $name (character varying) for true or false"]),
        ("iif($sold AND $id > 1, 1, 0)", ["takes $sold (date) for true or false"]),
    ],
)
def test_what_is_hardly_meant(expression: str, what: list[str]) -> None:
    assert said(expression, {"type": "string"}) == what


@pytest.mark.parametrize(
    "expression",
    [
        "$name || ' won'", "$id || ''", "$price * 2", "$price + $id - 1", "$weight / 2", "$id * 1.0 / 2", "CAST($id AS REAL) / 2",
        "$name + 0", "$name * 1", "CAST($name AS INTEGER) > 5", "CAST($name AS INTEGER) > '5'", "$id > 100", "$name = 'a'",
        "$name IN ('a', 'b', 'c')", "$id IN (1, 2, 3)", "$id BETWEEN 1 AND 9", "date($sold, '+1 day')", "julianday($sold) + 1",
        "strftime('%Y', $sold) + 0", "strftime('%Y', $sold) = '2026'", "CASE $paid WHEN 'true' THEN 1 ELSE 0 END", "$paid",
        "CASE WHEN $id > 1 AND $name = 'a' OR NOT $price > 2 THEN 'Y' END", "CASE WHEN $id THEN 'Y' END", "coalesce($name, $id)",
        "(CASE WHEN $id > 1 THEN 1 ELSE 'x' END) = 1", "abs($id) > 1", "$sold > '2026-01-15'", "$name IS NULL", "$name LIKE '서울%'", "$name GLOB 'K*'", "lower($name) LIKE 'k%'",
        "substr($name, 1, $id - 1)", "length($name) > 5", "max($id, $price)", "$id % 2", "$code = 'x'", "operation_indicator('D', 'U', 'I')",
    ],
)  # fmt: skip
def test_what_means_what_it_says(expression: str) -> None:
    assert said(expression, {"type": "string"}) == []


def test_whole_numbers_may_be_divided_for_a_whole_column() -> None:
    assert said("$id / 2", {"type": "int8"}) == []
    assert said("$id / 2", {"type": "numeric", "precision": 10, "scale": 2}) != []


def test_a_long_expression_is_looked_at_to_its_end() -> None:
    terms = " + ".join(["$id", *map(str, range(900))])
    assert said(f"({terms}) / 2", {"type": "string"}) == ["divides ... by 2, which may both be whole numbers"]
    branches = " ".join(f"WHEN {number} THEN {number}" for number in range(900))
    assert said(f"(CASE $id {branches} END) / 2.0", {"type": "string"}) == []


@pytest.mark.parametrize(
    ("expression", "joined"),
    [
        ("$price || ' won'", ["$price (numeric)"]),
        ("$name || ' at ' || $at || $weight", ["$at (timestamp without time zone)", "$weight (double precision)"]),
        ("$name || $id || $sold || $minute || $code || round($price)", []),
        ("$price * 2", []),
    ],
)
def test_what_may_have_a_fraction_and_is_joined_to_a_text(expression: str, joined: list[str]) -> None:
    assert said(expression, {"type": "string"}, "form-in-text") == [f"joins {one} to a text" for one in joined]
