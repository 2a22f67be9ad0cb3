"""What the preflight says of large objects."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reverse_sync.table_mapping import Column, Table
from tests.support.columns import IDENTITY, column_values, found_between
from tests.support.cutovers import changed, find, source

RENAMED = "lob-transformed"


@pytest.mark.parametrize(
    ("type_name", "to", "size", "needed_kb"),
    [
        ("text", "CLOB", {"most_bytes": 120_000, "most_characters": 40_000}, 118),
        ("jsonb", "NCLOB", {"most_bytes": 17_000, "most_characters": 17_000}, 34),
        ("xml", "CLOB", {"most_bytes": 32_769, "most_characters": 32_769}, 33),
        ("bytea", "BLOB", {"most_bytes": 40_000, "most_characters": 80_002}, 40),
        ("text", "VARCHAR2", {"most_bytes": 120_000, "most_characters": 40_000}, 118),
        ("public.citext", "CLOB", {"most_bytes": 40_000, "most_characters": 40_000}, 79),
    ],
)
def test_a_value_beyond_the_limit_is_an_error(type_name: str, to: str, size: dict[str, int], needed_kb: int) -> None:
    found = found_between([Column("a", type_name)], [Column("A", to)], values=column_values(**size))
    assert [item for item in found if item[1] != RENAMED] == [
        (
            "error",
            "lob-truncated",
            (
                f"the longest value of a ({type_name}) has {size['most_bytes']} bytes in {size['most_characters']} "
                f"characters and needs {needed_kb} KB, limited_lob_max_kb is 32"
            ),
        )
    ]


@pytest.mark.parametrize(
    ("attributes", "length", "size", "said"),
    [
        ("", None, {"most_bytes": 8000}, []),
        ("", 20_000, {"most_bytes": 8001}, []),
        ("unboundedVarcharMaxSize=9000", None, {"most_bytes": 9000}, []),
        (
            "", None, {"most_bytes": 8001},
            [("error", "a is a character varying without a length, of which DMS takes 8000 bytes; the longest now has 8001 bytes")],
        ),
        (
            "UnboundedVarcharMaxSize=9000;", None, {"most_bytes": 9001},
            [("error", "a is a character varying without a length, of which DMS takes 9000 bytes; the longest now has 9001 bytes")],
        ),
        (
            "", None, None,
            [("warning", "a is a character varying without a length, of which DMS takes 8000 bytes; the table is large")],
        ),
    ],
)  # fmt: skip
def test_a_varchar_without_a_length_keeps_to_dms_s_own_limit(
    attributes: str, length: int | None, size: dict[str, int] | None, said: list[tuple[str, str]]
) -> None:
    table = Table("s", "t", (Column("id", "bigint"), Column("a", "character varying", length=length)), ("id",))
    values = {("s", "t", "a"): column_values(**size) if size else None}
    found = find(
        json.dumps({"rules": IDENTITY}),
        changed("dms.source_endpoint", extra_connection_attributes=attributes),
        source=source(tables=(table,), values=values),
    )
    assert [(str(one.severity), one.what) for one in found if one.code == "varchar-without-length"] == said


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"bulk-max-size": 1},
            [
                (
                    "the longest value of a (text) has 2000 bytes in 2000 characters and needs 4 KB, the bulk-max-size of its "
                    "table-settings is 1"
                )
            ],
        ),
        ({"mode": "unlimited"}, []),
        ({"mode": "none"}, []),
    ],
)
def test_the_lob_settings_of_a_table_override_the_tasks(settings: dict[str, Any], said: list[str]) -> None:
    rule = {
        "rule-type": "table-settings",
        "rule-id": "9",
        "rule-name": "9",
        "object-locator": {"schema-name": "s", "table-name": "t"},
        "lob-settings": settings,
    }
    size = column_values(most_bytes=2000, most_characters=2000)
    found = found_between([Column("a", "text")], [Column("A", "CLOB")], *IDENTITY, rule, values=size)
    assert [what for _, code, what in found if code == "lob-truncated"] == said


@pytest.mark.parametrize(
    ("type_name", "size"),
    [
        ("text", {"most_bytes": 32_768, "most_characters": 10_922}),
        ("xml", {"most_bytes": 32_768, "most_characters": 32_768}),
    ],
)
def test_a_value_within_the_limit(type_name: str, size: dict[str, int]) -> None:
    found = found_between([Column("a", type_name)], [Column("A", "CLOB")], values=column_values(**size))
    assert [code for _, code, _ in found if code != RENAMED] == []


def test_a_table_that_is_too_large_to_be_read() -> None:
    columns, to = [Column("a", "text"), Column("b", "bytea")], [Column("A", "CLOB"), Column("B", "BLOB")]
    found = found_between(columns, to, values=None, estimated_rows=2_000_000)
    [what] = [what for _, code, what in found if code == "lob-truncated"]
    assert what == (
        "the table is too large to be read, so the longest value of a, b is not known; limited_lob_max_kb is 32"
    )


@pytest.mark.parametrize(
    ("column", "to", "found"),
    [
        (Column("a", "text"), Column("A", "CLOB"), [("error", "the key column a (text) becomes A (CLOB)")]),
        (Column("a", "character varying", length=9), Column("A", "CLOB"), [("error", "the key column a (character varying) becomes A (CLOB)")]),
        (Column("a", "text"), Column("A", "VARCHAR2", length=9), [("warning", "the key column a (text) becomes A (VARCHAR2(9 CHAR))")]),
        (Column("a", "character varying", length=9), Column("A", "VARCHAR2", length=9), []),
    ],
)  # fmt: skip
def test_a_key_of_a_lob(column: Column, to: Column, found: list[tuple[str, str]]) -> None:
    everything = found_between([column], [to], key=("id", "a"), values=column_values())
    assert [(severity, what) for severity, code, what in everything if code == "key-becomes-lob"] == found
