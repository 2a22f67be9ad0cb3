"""Mappings and tables that the tests of table mapping and preflight share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reverse_sync.table_mapping import Column, Table, TableMapping

ROOT = Path(__file__).resolve().parents[2]
SEED_MAPPING = ROOT / "tests/data/seed-table-mapping.json"
SHIPPED_MAPPING = ROOT / "include/mappings/flightspecials.json"

FLIGHTSPECIAL = Table(
    "travelbuddy",
    "flightspecial",
    (
        Column("id", "bigint", nullable=False, precision=64, scale=0, identity=True),
        Column("header", "character varying", nullable=False, length=255),
        Column("body", "character varying", length=255),
        Column("origin", "character varying", length=255),
        Column("origin_code", "character varying", length=6),
        Column("destination", "character varying", length=255),
        Column("destination_code", "character varying", length=6),
        Column("cost", "integer", precision=32, scale=0),
        Column("expiry_date", "timestamp with time zone"),
        Column("expiry_date_num", "numeric", precision=38, scale=10),
    ),
    ("id",),
)


def include(schema: str = "test", table: str = "%", **more: Any) -> dict[str, Any]:
    """A selection rule."""
    return {
        "rule-type": "selection",
        "rule-id": "1",
        "rule-name": "Select",
        "object-locator": {"schema-name": schema, "table-name": table},
        "rule-action": "include",
        **more,
    }


def transformation(rule_id: int, target: str, locator: tuple[str, ...], action: str, **more: Any) -> dict[str, Any]:
    """A transformation rule; underscores in the names of further keys stand for dashes."""
    keys = ("schema-name", "table-name", "column-name")
    return {
        "rule-type": "transformation",
        "rule-id": str(rule_id),
        "rule-name": f"Rule{rule_id}",
        "rule-target": target,
        "object-locator": dict(zip(keys, locator, strict=False)),
        "rule-action": action,
        **{key.replace("_", "-"): value for key, value in more.items()},
    }


def mapping(*rules: dict[str, Any]) -> TableMapping:
    """The rules, parsed."""
    return TableMapping.parse(json.dumps({"rules": rules}), "m.json")


def table(name: str, *columns: str, schema: str = "test", key: tuple[str, ...] = ()) -> Table:
    """A table of text columns; `name:type` gives a column another type."""
    made = []
    for column in columns:
        column_name, _, type_name = column.partition(":")
        made.append(Column(column_name, type_name or "character varying"))
    return Table(schema, name, tuple(made), key)
