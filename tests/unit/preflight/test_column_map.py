"""Each column from its source to its target, as the preflight keeps it for the page and the record."""

from __future__ import annotations

import json
from typing import Any

from reverse_sync.preflight.column_map import different_rules, mapped_tables
from reverse_sync.table_mapping import Column
from tests.support.cutovers import TARGET, cutover, dms, source, target
from tests.support.mappings import FLIGHTSPECIAL, SEED_MAPPING, SHIPPED_MAPPING


def columns(mapping_text: str | None = None, **parts: Any) -> dict[str, dict[str, Any]]:
    parts = {"source": source(tables=(FLIGHTSPECIAL,)), "target": target()} | parts
    [table] = mapped_tables(cutover(mapping_text, **parts))
    return {str(column["source"] or column["target"]): dict(column) for column in table["columns"]}


def test_what_becomes_of_each_column_is_told_with_both_types() -> None:
    found = columns()
    assert found["origin_code"] == {
        "source": "origin_code",
        "source_type": "character varying(6)",
        "target": "ORIGINCODE",
        "target_type": "VARCHAR2(6 BYTE)",
        "state": "renamed",
        "rules": [{"rule": "40", "does": "rename ORIGINCODE on origin_code"}],
    }
    assert (found["expiry_date"]["state"], found["expiry_date"]["target"]) == ("removed", None)
    assert (found["EXPIRYDATE"]["state"], found["EXPIRYDATE"]["target_type"]) == ("added", "NUMBER")
    assert "strftime" in found["EXPIRYDATE"]["expression"]


def test_a_beaten_rule_names_the_one_that_beats_it() -> None:
    rules = columns(SEED_MAPPING.read_text(encoding="utf-8"))["origin_code"]["rules"]
    assert [(rule["rule"], rule.get("beaten_by")) for rule in rules] == [
        ("555867091", None),
        ("555920505", "555867091"),
    ]


def test_what_nothing_writes_is_there_too() -> None:
    legacy = (*TARGET.columns, Column("LEGACY", "DATE"))
    wider = target(type(TARGET)(TARGET.schema, TARGET.name, legacy, TARGET.primary_key))
    found = columns(target=wider)
    assert (found["LEGACY"]["state"], found["LEGACY"]["target_type"]) == ("never written", "DATE")


def test_without_a_target_its_types_are_not_known() -> None:
    [table] = mapped_tables(cutover(source=source(tables=(FLIGHTSPECIAL,))))
    assert table["target_found"] is False
    assert {column["target_type"] for column in table["columns"]} == {None}
    assert mapped_tables(cutover(target=target())) == []


def test_the_rules_that_dms_has_otherwise_are_named() -> None:
    document = json.loads(SHIPPED_MAPPING.read_text(encoding="utf-8"))
    next(rule for rule in document["rules"] if rule["rule-id"] == "40")["value"] = "OLD"
    other = cutover(dms=dms(task={"TableMappings": json.dumps(document), "Status": "running"}))
    found = different_rules(other)
    assert found is not None
    assert [(one["key"], one["in_dms"], one["in_file"]) for one in found] == [("value", "OLD", "ORIGINCODE")]
    assert different_rules(cutover(dms=dms(task=None))) is None
    assert different_rules(cutover()) is None
