"""What the mapping makes, against what the target has."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from reverse_sync.preflight.source_facts import ColumnValues
from reverse_sync.table_mapping import Column, Table
from tests.support.mappings import include, transformation
from tests.support.worlds import TRAITS, find, source, target

IDENTITY = (
    include("s", "t"),
    transformation(2, "schema", ("s",), "convert-uppercase"),
    transformation(3, "table", ("s", "t"), "convert-uppercase"),
    transformation(4, "column", ("s", "t", "%"), "convert-uppercase"),
)


def _found(
    columns: list[Column], to: list[Column], *rules: dict[str, Any], values: Any = None, **traits: Any
) -> list[tuple[str, str, str]]:
    table = Table("s", "t", (Column("id", "bigint", nullable=False), *columns), ("id",))
    facts = source(
        tables=(table,),
        traits={("s", "t"): replace(TRAITS, **traits)},
        values={("s", "t", column.name): values for column in columns},
    )
    target_table = Table("S", "T", (Column("ID", "NUMBER", nullable=False), *to), ("ID",))
    text = json.dumps({"rules": rules or IDENTITY})
    found = find(text, source=facts, target=target(target_table, triggers=(), sequences=(), constraints=()))
    return [(str(item.severity), item.code, item.what) for item in found]


def _values(**more: int) -> ColumnValues:
    return ColumnValues(**{"nulls": 0, "empty": 0, "most_bytes": 3, "most_characters": 3, "most_digits": 3} | more)


@pytest.mark.parametrize(
    ("column", "to", "values", "found"),
    [
        pytest.param(
            Column("a", "character varying", length=10), Column("A", "VARCHAR2", length=10), _values(), [], id="characters fit"
        ),
        pytest.param(
            Column("a", "character varying", length=10),
            Column("A", "VARCHAR2", length=10, length_in_bytes=True),
            _values(most_bytes=30),
            [("error", "text-too-long", "a takes 10 characters, A is VARCHAR2(10 BYTE), the longest now has 30")],
            id="ten Korean syllables in ten bytes",
        ),
        pytest.param(
            Column("a", "text"),
            Column("A", "VARCHAR2", length=4000),
            _values(most_characters=4000, most_bytes=12000),
            [("note", "text-too-long", "all texts fit today, but a longer one need not: a takes any length, A is VARCHAR2(4000 CHAR), the longest now has 4000")],
            id="characters count as characters",
        ),
        pytest.param(
            Column("a", "numeric", precision=12, scale=2),
            Column("A", "NUMBER", precision=8, scale=2),
            _values(most_digits=7),
            [("error", "number-too-large", "a takes 10 digits before the point, A is NUMBER(8,2) and takes 6; the largest now has 7")],
            id="number too large now",
        ),
        pytest.param(
            Column("a", "bigint"), Column("A", "NUMBER", precision=10), _values(),
            [("warning", "number-too-large", "a takes 19 digits before the point, A is NUMBER(10) and takes 10")],
            id="bigint in ten digits",
        ),
        pytest.param(
            Column("a", "numeric", precision=8, scale=4), Column("A", "NUMBER", precision=10, scale=2), _values(),
            [("warning", "fraction-lost", "a keeps 4 digits behind the point, A is NUMBER(10,2)")],
            id="fraction of a number",
        ),
        pytest.param(
            Column("a", "timestamp without time zone", scale=6), Column("A", "DATE"), _values(),
            [("warning", "fraction-lost", "a keeps 6 digits of a second, A (DATE) 0")],
            id="fraction of a second",
        ),
        pytest.param(
            Column("a", "timestamp with time zone", scale=3), Column("A", "TIMESTAMP", scale=6), _values(),
            [("note", "time-zone-lost", "a has a time zone, A (TIMESTAMP) has none")],
            id="time zone",
        ),
        pytest.param(
            Column("a", "timestamp with time zone", scale=3), Column("A", "TIMESTAMP WITH TIME ZONE", scale=6), _values(), [],
            id="time zone kept",
        ),
        pytest.param(
            Column("a", "timestamp with time zone"), Column("A", "NUMBER"), _values(),
            [("error", "type-clash", "a (timestamp with time zone) would be written to A (NUMBER)")],
            id="a moment is no number",
        ),
        pytest.param(
            Column("a", "boolean"), Column("A", "NUMBER", precision=1), _values(),
            [("error", "type-clash", "a (boolean) would be written to A (NUMBER(1))")],
            id="a boolean travels as text",
        ),
        pytest.param(
            Column("a", "point"), Column("A", "VARCHAR2", length=40), _values(),
            [("warning", "unsupported-type", "a is point, a type that DMS is not documented to replicate")],
            id="a type that DMS does not know",
        ),
        pytest.param(
            Column("a", "integer"), Column("A", "NUMBER", nullable=False), _values(nulls=2),
            [("error", "null-into-not-null", "a may be NULL in the source, A may not in the target (2 rows now)")],
            id="NULLs now",
        ),
        pytest.param(
            Column("a", "character varying", nullable=False, length=4), Column("A", "VARCHAR2", nullable=False, length=16), _values(empty=1),
            [("error", "empty-into-not-null", "a may be '' in the source, which is NULL in Oracle, and A may not be NULL (1 row now)")],
            id="'' now",
        ),
        pytest.param(
            Column("a", "integer", generated=True), Column("A", "NUMBER"), _values(),
            [("warning", "generated-column", "a is a generated column")],
            id="generated",
        ),
    ],
)  # fmt: skip
def test_one_column(column: Column, to: Column, values: ColumnValues, found: list[tuple[str, str, str]]) -> None:
    assert _found([column], [to], values=values) == found


def test_a_large_table_is_not_read_and_that_is_said() -> None:
    column = Column("a", "integer")
    assert _found([column], [Column("A", "NUMBER", nullable=False)], estimated_rows=2_000_000, values=None) == [
        ("warning", "null-into-not-null", "a may be NULL in the source, A may not in the target (not counted, the table is large)"),
        ("note", "large-table", "s.t has about 2000000 rows and was not read"),
    ]  # fmt: skip


def test_a_target_column_that_nothing_feeds() -> None:
    assert _found([], [Column("NEW", "NUMBER", nullable=False), Column("OLD", "NUMBER")]) == [
        ("error", "target-column-not-written", "nothing writes NEW, which is NOT NULL and has no default"),
        ("warning", "target-column-not-written", "nothing writes OLD"),
    ]


def test_a_column_that_the_target_lacks() -> None:
    assert _found([Column("origin_code", "text")], [Column("ORIGINCODE", "CLOB")]) == [
        ("error", "target-column-missing", "ORIGIN_CODE (from origin_code) is not in the target table; did you mean ORIGINCODE?"),
        ("warning", "target-column-not-written", "nothing writes ORIGINCODE"),
    ]  # fmt: skip


def test_an_added_column_of_the_wrong_kind() -> None:
    added = transformation(
        9, "column", ("s", "t"), "add-column", value="A", expression="1", data_type={"type": "datetime"}
    )  # fmt: skip
    assert _found([], [Column("A", "NUMBER")], *IDENTITY, added) == [
        ("error", "type-clash", "the added column A is datetime, the target's NUMBER")
    ]


@pytest.mark.parametrize(
    ("traits", "severity", "code", "what"),
    [
        ({"replica_identity": "n"}, "error", "replica-identity", "the replica identity of s.t is NOTHING"),
        ({"replica_identity": "f"}, "warning", "replica-identity", "the replica identity of s.t is FULL"),
        ({"key_immediate": False}, "error", "deferrable-key", "the primary key of s.t is DEFERRABLE"),
        ({"partitioned": True}, "warning", "partitioned-table", "s.t is a partitioned table"),
        ({"partition": True}, "warning", "partitioned-table", "s.t is a partition"),
        ({"unlogged": True}, "error", "unlogged-table", "s.t is UNLOGGED"),
        ({"row_security": True}, "warning", "row-security", "row security is on for s.t"),
    ],
)
def test_a_table_that_replicates_badly(traits: dict[str, Any], severity: str, code: str, what: str) -> None:
    assert _found([], [], **traits) == [(severity, code, what)]


def test_a_removed_key_column() -> None:
    removed = transformation(5, "column", ("s", "t", "id"), "remove-column")
    found = _found([], [], *IDENTITY[:3], removed)
    assert ("error", "key-differs", "the source's key (id) becomes (), the target has ID") in found


def test_a_table_that_the_target_lacks() -> None:
    assert _found([], [], *IDENTITY[:2], transformation(3, "table", ("s", "t"), "rename", value="TT")) == [
        ("error", "target-table-missing", "S.TT is not in the target; T is there"),
    ]
