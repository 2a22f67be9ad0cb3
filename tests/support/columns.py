"""A table whose columns meet those of a table in Oracle, and what the preflight finds about them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reverse_sync.preflight.source_facts import ColumnValues
from reverse_sync.table_mapping import Column, Table
from tests.support.cutovers import PIPELINE, TRAITS, find, source, target
from tests.support.mappings import include, transformation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.preflight import Finding

IDENTITY = (
    include("s", "t"),
    transformation(2, "schema", ("s",), "convert-uppercase"),
    transformation(3, "table", ("s", "t"), "convert-uppercase"),
    transformation(4, "column", ("s", "t", "%"), "convert-uppercase"),
)


_IDS = (Column("id", "bigint", nullable=False), Column("ID", "NUMBER", nullable=False))


def found_between(columns: list[Column], to: list[Column], *rules: Any, **more: Any) -> list[tuple[str, str, str]]:
    """Severity, code and what was found of :func:`findings_between`."""
    return [(str(item.severity), item.code, item.what) for item in findings_between(columns, to, *rules, **more)]


def findings_between(
    columns: list[Column],
    to: list[Column],
    *rules: dict[str, Any],
    values: Any = None,
    key: tuple[str, ...] = ("id",),
    id_columns: tuple[Column, Column] = _IDS,
    pipeline: Pipeline = PIPELINE,
    target_facts: Mapping[str, Any] | None = None,
    **traits: Any,
) -> list[Finding]:
    """The findings about columns of `s.t` that meet those of `S.T`."""
    source_id, target_id = id_columns
    table = Table("s", "t", (source_id, *columns), key)
    facts = source(
        tables=(table,),
        traits={("s", "t"): replace(TRAITS, **traits)},
        values={("s", "t", column.name): values for column in columns},
    )
    target_table = Table("S", "T", (target_id, *to), ("ID",))
    text = json.dumps({"rules": rules or IDENTITY})
    there: dict[str, Any] = {"triggers": (), "sequences": (), "constraints": (), **(target_facts or {})}
    return find(text, pipeline, source=facts, target=target(target_table, **there))


def column_values(**more: int) -> ColumnValues:
    """What a column holds: three characters and digits, unless said otherwise."""
    return ColumnValues(**{"nulls": 0, "empty": 0, "most_bytes": 3, "most_characters": 3, "most_digits": 3} | more)
