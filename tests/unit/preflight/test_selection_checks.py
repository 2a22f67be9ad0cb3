"""Mappings that take in the wrong tables, or several into one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.table_mapping import Column, Table
from tests.support.cutovers import find, source
from tests.support.mappings import SHIPPED_MAPPING, include, transformation

if TYPE_CHECKING:
    from collections.abc import Sequence

ID = (Column("id", "bigint", nullable=False),)


def _tables(*names: str, schema: str = "s") -> tuple[Table, ...]:
    return tuple(Table(schema, name, ID, ("id",)) for name in names)


UPPER = (
    transformation(10, "schema", ("s",), "convert-uppercase"),
    transformation(11, "table", ("s", "%"), "convert-uppercase"),
    transformation(12, "column", ("s", "%", "%"), "convert-uppercase"),
)


def _exclude(table: str, rule_id: int = 2) -> dict[str, Any]:
    return {**include("s", table), "rule-id": str(rule_id), "rule-name": f"Exclude{rule_id}", "rule-action": "exclude"}


def _found(tables: Sequence[Table], *rules: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = find(json.dumps({"rules": rules}), source=source(tables=tuple(tables)))
    return [(str(item.severity), item.code, item.what) for item in found]


def test_the_shipped_mapping_with_its_table_excluded_selects_nothing() -> None:
    rules = json.loads(SHIPPED_MAPPING.read_text())["rules"]
    excluded = {
        **include("travelbuddy", "flightspecial"), "rule-id": "99", "rule-name": "Exclude", "rule-action": "exclude",
    }  # fmt: skip
    found = [
        item
        for item in find(json.dumps({"rules": [*rules, excluded]}), source=source())
        if item.code == "nothing-selected"
    ]
    assert [(str(item.severity), item.what) for item in found] == [
        ("error", "the selection rules take in none of the source's 1 tables: what they include, rule 99 excludes")
    ]


def test_only_views_are_selected() -> None:
    views = include("s", "%")
    views["object-locator"]["table-type"] = "view"
    codes = [(severity, code) for severity, code, _ in _found(_tables("a"), views, *UPPER)]
    assert codes == [("error", "nothing-selected"), ("note", "rule-without-effect")]


def test_two_tables_into_one() -> None:
    found = _found(
        _tables("actor", "film", "staff"),
        include("s", "%"),
        UPPER[0],
        transformation(11, "table", ("s", "%"), "rename", value="ONE"),
        UPPER[2],
    )
    assert found == [("error", "tables-collide", "s.actor, s.film and s.staff all become S.ONE")]


def test_two_schemas_into_one() -> None:
    found = _found(
        (*_tables("log", schema="a"), *_tables("log", schema="b"), *_tables("other", schema="b")),
        include("%", "%"),
        transformation(10, "schema", ("%",), "rename", value="ERP"),
        transformation(11, "table", ("%", "%"), "convert-uppercase"),
        transformation(12, "column", ("%", "%", "%"), "convert-uppercase"),
    )
    assert found == [("error", "tables-collide", "a.log and b.log all become ERP.LOG")]


@pytest.mark.parametrize(
    ("rule", "severity", "what"),
    [
        (
            transformation(20, "table", ("s", "flight"), "rename", value="FLIGHT"),
            "error", "rule 20 (rename FLIGHT on flight) is about s.flight, and no selection rule takes that in",
        ),
        (
            transformation(20, "column", ("s", "f%", "id"), "rename", value="NO"),
            "error", "rule 20 (rename NO on id) is about s.flight and s.fare, and no selection rule takes that in",
        ),
        (
            transformation(20, "column", ("s", "flight", "id"), "remove-column"),
            "note", "rule 20 (remove-column on id) is about s.flight, and no selection rule takes that in",
        ),
        (
            {
                "rule-type": "table-settings", "rule-id": "20", "rule-name": "LOBs",
                "object-locator": {"schema-name": "s", "table-name": "flight"}, "lob-settings": {"mode": "unlimited"},
            },
            "error", "rule 20 (table-settings) is about s.flight, and no selection rule takes that in",
        ),
    ],
)  # fmt: skip
def test_a_rule_on_a_table_that_is_there_but_not_selected(rule: dict[str, Any], severity: str, what: str) -> None:
    found = _found(_tables("special", "flight", "fare"), include("s", "special"), *UPPER, rule)
    assert (severity, "rule-on-unselected-table", what) in found


def test_a_wildcard_rule_may_mean_more_tables_than_are_selected() -> None:
    assert _found(_tables("special", "flight"), include("s", "special"), *UPPER) == []


def test_dms_own_tables_under_a_wildcard_are_left_out_and_that_is_said() -> None:
    tables = _tables("special", "awsdms_ddl_audit", "awsdms_heartbeat")
    assert _found(tables, include("s", "%"), *UPPER) == [
        (
            "note",
            "dms-own-table",
            "a wildcard selects DMS's own s.awsdms_ddl_audit and s.awsdms_heartbeat: left out here",
        )
    ]
    assert _found(tables, include("s", "%"), *UPPER, _exclude("awsdms[_]%")) == []


def test_a_table_of_dms_own_that_is_named_is_taken_in() -> None:
    found = _found(_tables("awsdms_ddl_audit"), include("s", "awsdms[_]ddl[_]audit"), *UPPER)
    assert found == []


@pytest.mark.parametrize(("name", "severity"), [("ordres", "warning"), ("tariff", "note")])
def test_what_an_exclude_rule_may_have_meant(name: str, severity: str) -> None:
    tables = (Table("s", "orders", (Column("id", "bigint"),), ("id",)),)
    rules = [include("s", "%"), _exclude(name)]
    found = find(json.dumps({"rules": rules}), source=source(tables=tables))
    assert [str(item.severity) for item in found if item.code == "rule-without-object"] == [severity]
