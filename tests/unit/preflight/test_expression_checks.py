"""What an expression reads that DMS has no value of, or another than its writer thinks."""

from __future__ import annotations

import json

import pytest

from reverse_sync.table_mapping import Column, Table
from tests.support.cutovers import find, source
from tests.support.mappings import include, transformation

TABLE = Table(
    "shop",
    "item",
    (
        Column("id", "bigint", nullable=False),
        Column("price", "integer"),
        Column("total", "integer", default="(price * 2)", generated=True),
        Column("body", "text"),
        Column("paid", "boolean"),
        Column("made", "timestamp with time zone"),
    ),
    ("id",),
)


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("$price * 2", []),
        ("$price || \"x\"", []),
        ("'\"price\"' || $price", []),
        ("$total + 1", [("error", "the expression of MADE reads total, which is a generated column", "write in it what total is made of: (price * 2)")]),
        ("substr($body, 1, 10)", [("warning", "the expression of MADE reads body, which is text and travels as a LOB",
          "change such a column on a test row and look at the target before the cutover")]),
        ("$paid || ''", []),
        ("strftime('%s', $made)", []),
        ("date($made)", [("note", "the expression of MADE reads made, which is a timestamp with time zone",
          "add the offset where readers expect local time: datetime($made, '+9 hours')")]),
        ("CASE $paid WHEN 'true' THEN 'Y' END", []),
        *(
            (judged, [("warning", "the expression of MADE reads paid, which is a boolean, and names neither 'true' nor 'false'",
             "write CASE $paid WHEN 'true' THEN ... WHEN 'false' THEN ... END")])
            for judged in ("CASE WHEN $paid = 1 THEN 'Y' ELSE 'N' END", "CASE WHEN $paid THEN 'Y' ELSE 'N' END", "$paid = 't'", "iif($paid, 1, 0)")
        ),
        ("\"price\" * 2", [("error", "the expression of MADE has \"price\" in double quotes: to SQLite that is the text 'price', not the column", "write $price")]),
        ("'$price' || 'x'", [("error", "the expression of MADE has $price in single quotes: to SQLite that is the text '$price', not the column", "write $price")]),
        ("'$' || $price || '$price now' || '$nothing'", []),
    ],
)  # fmt: skip
def test_what_an_expression_reads(expression: str, found: list[tuple[str, str, str]]) -> None:
    rule = transformation(
        5, "column", ("shop", "item"), "add-column", value="MADE", data_type={"type": "string"}, expression=expression
    )
    text = json.dumps({"rules": [include("shop", "item"), rule]})
    said = find(text, source=source(tables=(TABLE,)))
    assert [(str(item.severity), item.what, item.do) for item in said if item.code == "expression-input"] == found
