"""Rows that need a longer statement than DMS has for Oracle, unless it applies changes in batches."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reverse_sync.preflight.source_facts import LongestRow
from reverse_sync.table_mapping import Column, Table
from tests.support.columns import IDENTITY, column_values
from tests.support.cutovers import changed, find, source

if TYPE_CHECKING:
    from reverse_sync.preflight import Finding


def _found(
    longest: LongestRow | None, most_bytes: int, *, batch_apply: bool = False, columns: int = 3
) -> list[Finding]:
    made = (Column("id", "bigint", nullable=False), *(Column(f"c{n}", "character varying") for n in range(columns)))
    table = Table("s", "t", made, ("id",))
    values = {("s", "t", column.name): column_values(most_bytes=most_bytes) for column in made}
    facts = source(tables=(table,), values=values, longest_row=lambda *_: longest)
    pipeline = changed("dms.task", batch_apply=batch_apply)
    found = find(json.dumps({"rules": IDENTITY}), pipeline, source=facts)
    return [one for one in found if one.code == "statement-too-long"]


@pytest.mark.parametrize(
    ("longest", "severity", "what"),
    [
        (LongestRow(33_000, 60_000), "error", "the longest row of s.t has 33000 bytes without its large objects, and a statement has room for 32768"),
        (LongestRow(32_768, 32_769), "warning", "the longest row of s.t has 32769 bytes with its large objects, and a statement has room for 32768"),
    ],
)  # fmt: skip
def test_a_row_of_more_than_32_kb(longest: LongestRow, severity: str, what: str) -> None:
    [found] = _found(longest, 20_000)
    assert (str(found.severity), found.what) == (severity, what)
    assert found.do.startswith("set dms.task.batch_apply to true")


@pytest.mark.parametrize(
    ("longest", "most_bytes", "batch_apply"),
    [
        (LongestRow(32_768, 32_768), 20_000, False),
        (LongestRow(99_999, 99_999), 8_000, False),
        (LongestRow(99_999, 99_999), 20_000, True),
        (None, 20_000, False),
    ],
)
def test_no_row_of_more_than_32_kb(longest: LongestRow | None, most_bytes: int, batch_apply: bool) -> None:
    """Where the longest values together fit no row needs to be read; a large table is said to be one elsewhere."""
    assert _found(longest, most_bytes, batch_apply=batch_apply) == []


def test_a_table_with_too_many_columns_for_batches() -> None:
    [found] = _found(LongestRow(33_000, 33_000), 20_000, batch_apply=True, columns=499)
    assert "so many columns is applied row by row" in found.do
