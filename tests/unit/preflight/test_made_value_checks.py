"""What rules make of the values that are there: room in the rule's own type, and in the target column."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.table_mapping import Column, Table
from tests.support.columns import IDENTITY
from tests.support.cutovers import TRAITS, find, source, target
from tests.support.mappings import transformation

if TYPE_CHECKING:
    from reverse_sync.preflight import Finding

TABLE = Table(
    "s",
    "t",
    (
        Column("id", "bigint", nullable=False),
        Column("name", "character varying", length=30),
        Column("price", "numeric", precision=8, scale=2),
    ),
    ("id",),
)
TARGET = Table(
    "S",
    "T",
    (Column("ID", "NUMBER", nullable=False), Column("NAME", "VARCHAR2", length=120), Column("PRICE", "NUMBER")),
    ("ID",),
)
CODES = {"rule-value", "made-value-too-large", "rule-lacks-room", "made-null"}


def _found(rule: dict[str, Any], to: Column, *rows: dict[str, object], large: bool = False) -> list[Finding]:
    facts = source(tables=(TABLE,), rows=rows, traits={("s", "t"): replace(TRAITS, estimated_rows=11)})
    if large:
        facts.made = lambda _projection: None
    there = replace(TARGET, columns=(*TARGET.columns, to))
    text = json.dumps({"rules": [*IDENTITY, rule]})
    found = find(text, source=facts, target=target(there, triggers=(), sequences=(), constraints=()))
    return [item for item in found if item.code in CODES]


def _added(expression: str, **data_type: Any) -> dict[str, Any]:
    return transformation(9, "column", ("s", "t"), "add-column", value="X", expression=expression, data_type=data_type)


ROW = {"id": 1, "name": "가나다라마바사", "price": "1234.50"}
SHORT = Column("X", "VARCHAR2", length=10, length_in_bytes=True)


@pytest.mark.parametrize(
    ("data_type", "rows", "severity", "known"),
    [
        ({"type": "wstring", "length": 30}, [ROW], "error", "makes wstring(30), X is VARCHAR2(10 BYTE) and takes 10 bytes, the largest now has 21"),
        ({"type": "wstring"}, [ROW | {"name": "ab"}], "note", "makes wstring, X is VARCHAR2(10 BYTE) and takes 10 bytes, the largest now has 2"),
    ],
)  # fmt: skip
def test_a_text_of_an_expression_against_a_short_column(
    data_type: dict[str, Any], rows: list[dict[str, object]], severity: str, known: str
) -> None:
    [found] = _found(_added("upper($name)", **data_type), SHORT, *rows)
    assert (str(found.severity), found.code, found.what) == (
        severity, "made-value-too-large", f"the expression of X {known}",
    )  # fmt: skip


def test_what_a_large_table_makes_is_not_known() -> None:
    [found] = _found(_added("upper($name)", type="string"), SHORT, large=True)
    assert (str(found.severity), found.what.endswith("takes 10 bytes, the table is large")) == ("warning", True)


def test_a_number_of_an_expression_against_a_column_with_fewer_digits() -> None:
    number = Column("X", "NUMBER", precision=4, scale=1)
    [larger, rounded] = _found(_added("$price * 10", type="numeric", precision=9, scale=3), number, ROW)
    assert str(larger.severity) == "error"
    assert larger.what == (
        "the expression of X makes numeric(9,3), X is NUMBER(4,1) and takes 3 digits before the point, the largest now "
        "has 5"
    )
    assert (str(rounded.severity), "digits behind the point, the largest now has 0" in rounded.what) == ("note", True)


def test_a_boolean_is_no_number_of_digits() -> None:
    rule = transformation(0, "column", ("s", "t", "name"), "change-data-type", data_type={"type": "boolean"})
    assert [one.code for one in _found(rule, Column("X", "CLOB"), ROW | {"name": True})] == ["rule-lacks-room"]


@pytest.mark.parametrize(
    ("rule", "to"),
    [
        (_added("$price * 100", type="int4"), Column("X", "NUMBER", precision=10)),
        (_added("$price * 1.1", type="numeric", precision=8, scale=2), Column("X", "NUMBER", precision=8, scale=2)),
        (_added("substr($name, 1, 2)", type="wstring", length=2), SHORT),
        (_added("$price", type="string"), Column("X", "CLOB")),
        (_added("datetime('now')", type="string"), SHORT),
    ],
)
def test_what_fits_is_not_said(rule: dict[str, Any], to: Column) -> None:
    assert _found(rule, to, ROW) == []


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (_added("$name", type="string", length=5), "string(5) of its expression for X, which has no room for 1 of 2 rows now, such as '가나다라마바사'"),
        (_added("$price * 100", type="int2"), "int2 of its expression for X, which has no room for 1 of 2 rows now, such as 123450.0"),
        (_added("$name", type="int8"), "int8 of its expression for X, which has no room for 1 of 2 rows now, such as '가나다라마바사'"),
        (
            transformation(0, "column", ("s", "t", "name"), "change-data-type", data_type={"type": "date"}),
            "date of name (character varying) for name, which has no room for 1 of 2 rows now, such as '가나다라마바사'",
        ),
    ],
)  # fmt: skip
def test_a_value_that_the_rule_s_type_can_t_hold(rule: dict[str, Any], said: str) -> None:
    empty = dict.fromkeys(ROW)
    found = _found(rule, Column("X", "NUMBER" if "int" in said else "CLOB"), ROW, empty)
    assert [(str(one.severity), one.code, one.what) for one in found] == [
        ("error", "rule-value", f"rule {rule['rule-id']} makes {said}")
    ]


def test_a_type_without_room_for_every_value_says_how_many_are_beyond_it_now() -> None:
    rule = transformation(0, "column", ("s", "t", "id"), "change-data-type", data_type={"type": "int1"})
    [found] = _found(rule, Column("X", "CLOB"), ROW | {"id": 127}, ROW | {"id": 128})
    assert found.what == (
        "id, of the key, is carried by rule 0, but the rule's int1 has no room for every bigint: 1 of 2 rows now, such "
        "as 128"
    )


@pytest.mark.parametrize(("nullable", "row"), [(False, ROW), (True, ROW | {"name": None})])
def test_a_null_that_oracle_takes(nullable: bool, row: dict[str, object]) -> None:
    to = Column("X", "VARCHAR2", length=120, nullable=nullable)
    assert _found(_added("upper($name)", type="wstring", length=30), to, row) == []


def test_a_null_that_an_expression_makes_for_a_not_null() -> None:
    to = Column("X", "VARCHAR2", length=120, nullable=False)
    [found] = _found(_added("upper($name)", type="wstring", length=30), to, ROW, ROW | {"name": None})
    assert (str(found.severity), found.what) == (
        "error", "the expression of X makes NULL of 1 of 2 rows now, and X is VARCHAR2(120 CHAR) NOT NULL",
    )  # fmt: skip
