"""The canary against the mapping: what it changes has to be what the mapping carries to Oracle."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from reverse_sync.preflight.runner import examine
from reverse_sync.table_mapping import Column, Table
from tests.support.cutovers import changed, cutover, source, target
from tests.support.mappings import FLIGHTSPECIAL, SHIPPED_MAPPING, include, transformation

ORDERS = Table(
    "shop",
    "orders",
    (Column("id", "bigint", nullable=False), Column("note", "text"), Column("memo", "text"), Column("country", "text")),
    ("id",),
)
LINES = Table("shop", "lines", (Column("a", "bigint"), Column("b", "bigint"), Column("note", "text")), ("a", "b"))
LOG = Table("shop", "log", (Column("note", "text"),))
SHOP = json.dumps({"rules": [include("shop"), transformation(2, "column", ("shop", "%", "memo"), "remove-column")]})


def found(code: str, mapping_text: str | None = None, canary: dict[str, Any] | None = None, **parts: Any) -> list[str]:
    findings = examine(cutover(mapping_text, changed("canary", **(canary or {})), **parts))
    assert all(item.severity == "error" for item in findings if item.code == code)
    return [item.what for item in findings if item.code == code]


def test_the_shipped_canary_is_carried() -> None:
    assert found("canary-carried", source=source()) == []
    assert found("canary-carried", canary={"column": "expiry_date_num"}, source=source()) == [
        "canary.column is expiry_date_num, but mappings/flightspecials.json does not carry that column to Oracle"
    ]


def test_a_table_that_the_mapping_does_not_select_needs_no_connection_to_be_found() -> None:
    said = ["canary.table is shop.orders, but mappings/flightspecials.json does not select it"]
    assert found("canary-carried", canary={"table": "shop.orders"}) == said
    assert (
        found("canary-carried", canary={"table": "shop.orders"}, source=source(tables=(FLIGHTSPECIAL, ORDERS))) == said
    )


@pytest.mark.parametrize(
    ("canary", "said"),
    [
        ({"table": "shop.orders", "column": "note"}, []),
        (
            {"table": "shop.baskets", "column": "note"},
            ["canary.table is shop.baskets, but the source has no such table"],
        ),
        ({"table": "shop.orders", "column": "nota"}, ["canary.column is nota, but shop.orders has no such column"]),
        (
            {"table": "shop.orders", "column": "memo"},
            ["canary.column is memo, but mappings/flightspecials.json does not carry that column to Oracle"],
        ),
        (
            {"table": "shop.lines", "column": "note"},
            ["canary.id is 1, but the primary key of shop.lines is a, b"],
        ),
        ({"table": "shop.lines", "column": "note", "id": {"b": 2, "a": 1}, "body": {"k": "{a}{b}", "n": "{text}"}}, []),
        (
            {"table": "shop.log", "column": "note"},
            ["the canary needs a table whose primary key the mapping keeps; shop.log has no primary key"],
        ),
    ],
)
def test_a_canary_in_tables_of_ones_own(canary: dict[str, Any], said: list[str]) -> None:
    assert found("canary-carried", SHOP, canary, source=source(tables=(ORDERS, LINES, LOG))) == said


def test_a_key_of_which_only_dms_knows_what_becomes() -> None:
    narrower = transformation(2, "column", ("shop", "orders", "id"), "change-data-type", data_type={"type": "int4"})
    text = json.dumps({"rules": [include("shop"), narrower]})
    canary, row = {"table": "shop.orders", "column": "note"}, {"id": 1, "note": "", "memo": "", "country": ""}
    parts = {"source": source(tables=(ORDERS,), row=lambda _table, _key: row), "target": target(row=lambda *_: row)}
    said = ["the canary's row is found in Oracle by its key, but only DMS knows what becomes of id"]
    assert found("canary-carried", text, canary, **parts) == said
    assert found("canary-row", text, canary, **parts) == []


def test_a_row_that_a_filter_leaves_out() -> None:
    rules = json.loads(SHIPPED_MAPPING.read_text())
    [selection] = [rule for rule in rules["rules"] if rule["rule-type"] == "selection"]
    selection["filters"] = [
        {
            "filter-type": "source",
            "column-name": "cost",
            "filter-conditions": [{"filter-operator": "gte", "value": "100"}],
        }
    ]
    row = dict.fromkeys(column.name for column in FLIGHTSPECIAL.columns) | {"id": 7, "cost": 99}
    parts = {"source": source(row=lambda _table, _key: row), "target": target(row=lambda *_: None)}
    said = found("canary-row", json.dumps(rules), {"id": 7}, **parts)
    assert said == ["a filter of the mapping leaves out row 7 of travelbuddy.flightspecial"]
    row["cost"] = 100
    assert found("canary-row", json.dumps(rules), {"id": 7}, **parts) == [
        "row 7 of travelbuddy.flightspecial is missing in the target"
    ]


TEXTS = Table(
    "shop",
    "texts",
    (
        Column("id", "varchar", nullable=False),
        Column("short", "character varying", length=18),
        Column("long", "character varying", length=60),
        Column("grade", "character", length=10),
        Column("paid", "boolean"),
        Column("any", "public.citext"),
    ),
    ("id",),
)
OF_TEXTS = json.dumps({
    "rules": [
        include("shop", "texts"),
        transformation(2, "schema", ("shop",), "convert-uppercase"),
        transformation(3, "table", ("shop", "%"), "convert-uppercase"),
        transformation(4, "column", ("shop", "%", "%"), "convert-uppercase"),
    ]
})  # fmt: skip


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("short", "Pusan", ["canary.column short takes 18 characters, and canary.text has 19 with the run's own suffix"]),
        ("short", "부산", []),
        ("long", "Busan", []),
        ("any", "Busan", []),
        ("grade", "A", ["canary.column grade takes 10 characters, and canary.text has 15 with the run's own suffix"]),
        ("paid", "A", ["canary.column is paid, which is boolean, and a canary writes a text"]),
        ("id", "A", ["canary.column is id, a column of the primary key, and AWS DMS ignores changes of a key"]),
        ("long", "가나다라마바사아자차카타파하", ["canary.text has 56 bytes with the run's own suffix, and LONG is VARCHAR2(40 BYTE)"]),
    ],
)  # fmt: skip
def test_a_column_that_takes_no_such_text(column: str, text: str, said: list[str]) -> None:
    canary = {"table": "shop.texts", "column": column, "text": text, "id": "A"}
    columns = (Column("ID", "VARCHAR2"), Column("LONG", "VARCHAR2", length=40, length_in_bytes=True))
    parts = {"source": source(tables=(TEXTS,)), "target": target(Table("SHOP", "TEXTS", columns, ("ID",)))}
    assert found("canary-text", OF_TEXTS, canary, **parts) == said


def test_an_id_that_is_no_value_of_the_key() -> None:
    def row(_table: Table, _key: object) -> None:
        raise psycopg.errors.InvalidTextRepresentation('invalid input syntax for type uuid: "nope"')

    canary = {"table": "shop.texts", "column": "long", "id": "nope"}
    columns = (Column("ID", "VARCHAR2"), Column("LONG", "VARCHAR2", length=240))
    parts = {"source": source(tables=(TEXTS,), row=row), "target": target(Table("SHOP", "TEXTS", columns, ("ID",)))}
    assert found("canary-row", OF_TEXTS, canary, **parts) == [
        'canary.id is nope, which is no key of shop.texts: invalid input syntax for type uuid: "nope"'
    ]
