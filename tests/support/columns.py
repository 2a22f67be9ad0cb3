"""A table whose columns meet those of a table in Oracle, and what the preflight finds about them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from reverse_sync.preflight.source_facts import ColumnValues
from reverse_sync.table_mapping import Column, Table
from tests.support.cutovers import TRAITS, find, source, target
from tests.support.mappings import include, transformation

IDENTITY = (
    include("s", "t"),
    transformation(2, "schema", ("s",), "convert-uppercase"),
    transformation(3, "table", ("s", "t"), "convert-uppercase"),
    transformation(4, "column", ("s", "t", "%"), "convert-uppercase"),
)


_IDS = (Column("id", "bigint", nullable=False), Column("ID", "NUMBER", nullable=False))


def found_between(
    columns: list[Column],
    to: list[Column],
    *rules: dict[str, Any],
    values: Any = None,
    key: tuple[str, ...] = ("id",),
    id_columns: tuple[Column, Column] = _IDS,
    **traits: Any,
) -> list[tuple[str, str, str]]:
    """The findings about columns of `s.t` that meet those of `S.T`: severity, code and what was found."""
    source_id, target_id = id_columns
    table = Table("s", "t", (source_id, *columns), key)
    facts = source(
        tables=(table,),
        traits={("s", "t"): replace(TRAITS, **traits)},
        values={("s", "t", column.name): values for column in columns},
    )
    target_table = Table("S", "T", (target_id, *to), ("ID",))
    text = json.dumps({"rules": rules or IDENTITY})
    found = find(text, source=facts, target=target(target_table, triggers=(), sequences=(), constraints=()))
    return [(str(item.severity), item.code, item.what) for item in found]


def column_values(**more: int) -> ColumnValues:
    """What a column holds: three characters and digits, unless said otherwise."""
    return ColumnValues(**{"nulls": 0, "empty": 0, "most_bytes": 3, "most_characters": 3, "most_digits": 3} | more)
