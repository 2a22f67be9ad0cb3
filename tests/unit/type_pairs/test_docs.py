"""`docs/types.md` is the table."""

from __future__ import annotations

import re

from reverse_sync.table_mapping.data_types import FROM_CATEGORIES, FROM_POSTGRES
from reverse_sync.type_pairs.docs import page
from tests.support.mappings import ROOT


def test_the_page_is_up_to_date() -> None:
    """If not: `make docs`."""
    assert (ROOT / "docs/types.md").read_text(encoding="utf-8") == page()


def signs() -> dict[str, dict[str, str]]:
    """The matrix: PostgreSQL's type -> Oracle's -> sign."""
    lines = [line.strip("|\n ").split(" | ") for line in page().splitlines() if line.startswith("|")]
    start = next(place for place, cells in enumerate(lines) if cells[0] == "PostgreSQL")
    head, rows = lines[start], lines[start + 2 :]
    return {row[0]: dict(zip(head[2:], row[2:], strict=True)) for row in rows if len(row) == len(head)}


def test_every_type_of_awss_source_list_has_a_row() -> None:
    named = {re.sub(r"\(p,s\)|[()]", "", title) for title in signs()}
    assert set(FROM_POSTGRES) | set(FROM_CATEGORIES) <= named


def test_what_people_ask_first() -> None:
    found = signs()
    assert found["boolean"]["NUMBER(1)"] == "x"
    assert found["boolean, by `change-data-type`"]["NUMBER(1)"] == "="
    assert found["uuid"]["RAW"] == "x"
    assert found["an expression's text"]["RAW"] == "="
    assert found["timestamp with time zone"]["DATE"] == "~"
    assert found["timestamp with time zone"]["TIMESTAMP WITH LOCAL TIME ZONE"] == "="
    assert found["timestamp without time zone"]["VARCHAR2, NVARCHAR2"] == "?"
    assert found["jsonb"]["CLOB, NCLOB"] == "="
    assert found["(enum)"]["VARCHAR2, NVARCHAR2"] == "="
    assert found["integer"]["INTERVAL"] == "x"
