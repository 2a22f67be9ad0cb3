"""What the mapping makes, against what the target has."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.catalog.postgres_server import Sequence
from reverse_sync.table_mapping import Column, Table
from tests.support.columns import IDENTITY, column_values, findings_between, found_between
from tests.support.cutovers import TRAITS, changed, find, source, target
from tests.support.mappings import include, transformation

if TYPE_CHECKING:
    from reverse_sync.preflight.source_facts import ColumnValues


@pytest.mark.parametrize(
    ("column", "to", "values", "found"),
    [
        pytest.param(
            Column("a", "character varying", length=10), Column("A", "VARCHAR2", length=10), column_values(), [], id="characters fit"
        ),
        pytest.param(
            Column("a", "character varying", length=10),
            Column("A", "VARCHAR2", length=10, length_in_bytes=True),
            column_values(most_bytes=30),
            [("error", "text-too-long", "a takes 10 characters, A is VARCHAR2(10 BYTE), the longest now has 30")],
            id="ten Korean syllables in ten bytes",
        ),
        pytest.param(
            Column("a", "text"),
            Column("A", "VARCHAR2", length=4000),
            column_values(most_characters=4000, most_bytes=12000),
            [("warning", "lob-transformed", "rules rename columns that travel as LOBs: a (text)"),
             ("note", "text-too-long", "all texts fit today, but a longer one need not: a takes any length, A is VARCHAR2(4000 CHAR), the longest now has 4000")],
            id="characters count as characters",
        ),
        pytest.param(
            Column("a", "numeric", precision=12, scale=2),
            Column("A", "NUMBER", precision=8, scale=2),
            column_values(most_digits=7),
            [("error", "number-too-large", "a takes 10 digits before the point, A is NUMBER(8,2) and takes 6; the largest now has 7")],
            id="number too large now",
        ),
        pytest.param(
            Column("a", "bigint"), Column("A", "NUMBER", precision=10), column_values(most_digits=11),
            [("error", "number-too-large", "a takes 19 digits before the point, A is NUMBER(10) and takes 10; the largest now has 11")],
            id="an id that outgrew ten digits",
        ),
        pytest.param(
            Column("a", "numeric", precision=3, scale=5), Column("A", "NUMBER", precision=3, scale=5), column_values(most_digits=0), [],
            id="the same scale beyond the precision",
        ),
        pytest.param(
            Column("a", "double precision"), Column("A", "NUMBER", precision=5, scale=2), column_values(most_digits=10),
            [("error", "number-too-large", "a takes any number of digits before the point, A is NUMBER(5,2) and takes 3; the largest now has 10"),
             ("warning", "fraction-lost", "a (double precision) keeps digits behind the point as they come, A is NUMBER(5,2)"),
             ("note", "value-loses", "A (NUMBER(5,2)) loses NaN, infinity, and 1e126 and more of a (double precision)")],
            id="a double in five digits",
        ),
        pytest.param(
            Column("a", "jsonb", nullable=False), Column("A", "CLOB", nullable=False), column_values(empty=0),
            [("warning", "lob-transformed", "rules rename columns that travel as LOBs: a (jsonb)")],
            id="a document is never empty",
        ),
        pytest.param(
            Column("a", "bigint"), Column("A", "NUMBER", precision=10), column_values(),
            [("note", "number-too-large", "a takes 19 digits before the point, A is NUMBER(10) and takes 10; the largest now has 3")],
            id="bigint in ten digits",
        ),
        pytest.param(
            Column("a", "numeric", precision=8, scale=4), Column("A", "NUMBER", precision=10, scale=2), column_values(),
            [("warning", "fraction-lost", "a keeps 4 digits behind the point, A is NUMBER(10,2)")],
            id="fraction of a number",
        ),
        pytest.param(
            Column("a", "timestamp without time zone", scale=6), Column("A", "DATE"), column_values(),
            [("warning", "fraction-lost", "a keeps 6 digits of a second, A (DATE) 0")],
            id="fraction of a second",
        ),
        pytest.param(
            Column("a", "timestamp with time zone", scale=3), Column("A", "TIMESTAMP", scale=6), column_values(),
            [("note", "time-zone-lost", "a has a time zone, A (TIMESTAMP) has none")],
            id="time zone",
        ),
        pytest.param(
            Column("a", "timestamp with time zone", scale=3), Column("A", "TIMESTAMP WITH TIME ZONE", scale=6), column_values(), [],
            id="time zone kept",
        ),
        pytest.param(
            Column("a", "timestamp with time zone"), Column("A", "NUMBER"), column_values(),
            [("error", "type-clash", "a (timestamp with time zone) would be written to A (NUMBER)")],
            id="a moment is no number",
        ),
        pytest.param(
            Column("a", "boolean"), Column("A", "NUMBER", precision=1), column_values(),
            [("error", "type-clash", "a (boolean) would be written to A (NUMBER(1))")],
            id="a boolean travels as text",
        ),
        pytest.param(
            Column("a", "pg_lsn"), Column("A", "VARCHAR2", length=40), column_values(),
            [("warning", "unsupported-type", "a is pg_lsn, a type that DMS is not documented to replicate")],
            id="a type that DMS does not know",
        ),
        pytest.param(
            Column("a", "integer"), Column("A", "NUMBER", nullable=False), column_values(nulls=2),
            [("error", "null-into-not-null", "a may be NULL in the source, A may not in the target (2 rows now)")],
            id="NULLs now",
        ),
        pytest.param(
            Column("a", "character varying", nullable=False, length=4), Column("A", "VARCHAR2", nullable=False, length=16), column_values(empty=1),
            [("warning", "empty-into-not-null", "a may be '' in the source, which is NULL in Oracle, and A may not be NULL (1 row now)")],
            id="'' now",
        ),
        pytest.param(
            Column("a", "integer", generated=True), Column("A", "NUMBER"), column_values(),
            [("warning", "generated-column", "a is a generated column")],
            id="generated",
        ),
    ],
)  # fmt: skip
def test_one_column(column: Column, to: Column, values: ColumnValues, found: list[tuple[str, str, str]]) -> None:
    assert found_between([column], [to], values=values) == found


def test_a_large_table_is_not_read_and_that_is_said() -> None:
    column = Column("a", "integer")
    assert found_between([column], [Column("A", "NUMBER", nullable=False)], estimated_rows=2_000_000, values=None) == [
        ("warning", "null-into-not-null", "a may be NULL in the source, A may not in the target (not counted, the table is large)"),
        ("note", "large-table", "s.t has about 2000000 rows and was not read"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "to", "values", "found"),
    [
        pytest.param(
            Column("a", "timestamp with time zone", scale=6), Column("A", "VARCHAR2", length=6, length_in_bytes=True), column_values(),
            [("error", "value-too-long", "a (timestamp with time zone) is a text of 26 characters, A is VARCHAR2(6 BYTE)"),
             ("warning", "values-not-compared", "a (timestamp with time zone) is written to A (VARCHAR2(6 BYTE)): no document says how DMS writes a moment as text")],
            id="a moment",
        ),
        pytest.param(
            Column("a", "timestamp without time zone", scale=0), Column("A", "VARCHAR2", length=19), column_values(),
            [("warning", "values-not-compared", "a (timestamp without time zone) is written to A (VARCHAR2(19 CHAR)): no document says how DMS writes a moment as text")],
            id="a moment that fits",
        ),
        pytest.param(
            Column("a", "date"), Column("A", "CHAR", length=8), column_values(),
            [("error", "value-too-long", "a (date) is a text of 10 characters, A is CHAR(8 CHAR)"),
             ("warning", "values-not-compared", "a (date) is written to A (CHAR(8 CHAR)): no document says how DMS writes a moment as text")], id="a date",
        ),
        pytest.param(
            Column("a", "integer"), Column("A", "VARCHAR2", length=4), column_values(most_characters=5),
            [("error", "value-too-long", "a (integer) takes up to 11 characters as a text, A is VARCHAR2(4 CHAR), the longest now has 5")],
            id="a number that is too long now",
        ),
        pytest.param(
            Column("a", "numeric", precision=6, scale=2), Column("A", "VARCHAR2", length=7), column_values(most_characters=7),
            [("note", "value-too-long", "a (numeric) takes up to 8 characters as a text, A is VARCHAR2(7 CHAR), the longest now has 7")],
            id="a sign that may come",
        ),
        pytest.param(
            Column("a", "numeric", precision=6, scale=2), Column("A", "VARCHAR2", length=8), column_values(), [], id="a number that fits",
        ),
        pytest.param(
            Column("a", "numeric"), Column("A", "VARCHAR2", length=40), None,
            [("warning", "value-too-long", "a (numeric) takes any number of characters as a text, A is VARCHAR2(40 CHAR), the table is large")],
            id="a number without limit",
        ),
        pytest.param(
            Column("a", "boolean"), Column("A", "VARCHAR2", length=1), column_values(),
            [("error", "value-too-long", "a (boolean) is a text of 5 characters, A is VARCHAR2(1 CHAR)")], id="a boolean",
        ),
        pytest.param(
            Column("a", "boolean"), Column("A", "VARCHAR2", length=5, length_in_bytes=True), column_values(), [], id="a boolean that fits",
        ),
        pytest.param(
            Column("a", "uuid"), Column("A", "VARCHAR2", length=36, length_in_bytes=True), column_values(most_bytes=36), [],
            id="a uuid that fits",
        ),
        pytest.param(
            Column("a", "uuid"), Column("A", "VARCHAR2", length=32), column_values(),
            [("error", "value-too-long", "a (uuid) is a text of 36 characters, A is VARCHAR2(32 CHAR)")], id="a uuid",
        ),
    ],
)  # fmt: skip
def test_a_value_that_becomes_a_text(
    column: Column, to: Column, values: ColumnValues | None, found: list[tuple[str, str, str]]
) -> None:
    assert found_between([column], [to], values=values) == found


@pytest.mark.parametrize(("length", "errors"), [(40, ["value-too-long"]), (64, [])])
def test_a_hash_has_64_characters(length: int, errors: list[str]) -> None:
    masked = transformation(5, "column", ("s", "t", "a"), "data-masking-hash-mask")
    column, to = Column("a", "character varying", length=40), Column("A", "VARCHAR2", length=length)
    found = found_between([column], [to], *IDENTITY, masked, values=column_values(most_characters=40))
    assert [code for _, code, _ in found] == errors


@pytest.mark.parametrize("default", ["''", "NULL", " null ", "('')\n", "N''"])
def test_a_default_that_is_none_in_oracle(default: str) -> None:
    [(severity, code, what)] = found_between([], [Column("NEW", "VARCHAR2", nullable=False, default=default)])
    assert (severity, code) == ("error", "target-column-not-written")
    assert (
        what
        == f"nothing writes NEW, which is NOT NULL and has no default (DEFAULT {default.strip()} is none in Oracle)"
    )


@pytest.mark.parametrize("default", ["' '", "0", "'NULL'", "SYSDATE"])
def test_a_default_that_fills_the_column(default: str) -> None:
    assert found_between([], [Column("NEW", "VARCHAR2", nullable=False, default=default)]) == [
        ("warning", "target-column-not-written", "nothing writes NEW")
    ]


def test_a_target_column_that_nothing_feeds() -> None:
    assert found_between([], [Column("NEW", "NUMBER", nullable=False), Column("OLD", "NUMBER")]) == [
        ("error", "target-column-not-written", "nothing writes NEW, which is NOT NULL and has no default"),
        ("warning", "target-column-not-written", "nothing writes OLD"),
    ]


def test_a_column_that_the_target_lacks() -> None:
    assert found_between([Column("origin_code", "text")], [Column("ORIGINCODE", "CLOB")]) == [
        ("error", "target-column-missing", "ORIGIN_CODE (from origin_code) is not in the target table; did you mean ORIGINCODE?"),
        ("warning", "lob-transformed", "rules rename columns that travel as LOBs: origin_code (text)"),
        ("warning", "target-column-not-written", "nothing writes ORIGINCODE"),
    ]  # fmt: skip


def test_an_added_column_of_the_wrong_kind() -> None:
    added = transformation(
        9, "column", ("s", "t"), "add-column", value="A", expression="1", data_type={"type": "datetime"}
    )  # fmt: skip
    assert found_between([], [Column("A", "NUMBER")], *IDENTITY, added) == [
        ("error", "type-clash", "the added column A is datetime, the target's NUMBER")
    ]


@pytest.mark.parametrize(
    ("traits", "severity", "code", "what"),
    [
        ({"replica_identity": "n"}, "error", "replica-identity", "the replica identity of s.t is NOTHING"),
        ({"replica_identity": "f"}, "error", "replica-identity", "the replica identity of s.t is FULL"),
        ({"key_immediate": False}, "error", "deferrable-key", "the primary key of s.t is DEFERRABLE"),
        ({"partitioned": True}, "error", "partitioned-table", "s.t is a partitioned table, and none of its partitions is selected"),
        ({"partition": True}, "warning", "partitioned-table", "s.t is a partition"),
        ({"unlogged": True}, "error", "unlogged-table", "s.t is UNLOGGED"),
        ({"row_security": True}, "warning", "row-security", "row security is on for s.t"),
    ],
)  # fmt: skip
def test_a_table_that_replicates_badly(traits: dict[str, Any], severity: str, code: str, what: str) -> None:
    assert found_between([], [], **traits) == [(severity, code, what)]


def test_what_to_do_to_a_table_of_mixed_case_is_sql_that_finds_it() -> None:
    table = Table("Shop", "It's", (Column("Id", "bigint", nullable=False),), ("Id",))
    facts = source(
        tables=(table,),
        traits={("Shop", "It's"): replace(TRAITS, replica_identity="f")},
        sequences=(Sequence("Shop", "It's", "Id", 1),),
        highest=lambda _table, _column: 7,
    )
    found = find(json.dumps({"rules": [include("Shop", "It's")]}), source=facts)
    does = {item.code: item.do for item in found}
    assert does["replica-identity"] == 'ALTER TABLE "Shop"."It\'s" REPLICA IDENTITY DEFAULT'
    assert does["sequence-behind"] == """SELECT setval(pg_get_serial_sequence('"Shop"."It\'\'s"', 'Id'), 7)"""


def test_a_partitioned_table_with_a_selected_partition_two_levels_below() -> None:
    tables = [Table("s", name, (Column("id", "bigint", nullable=False),), ("id",)) for name in ("all", "year", "month")]
    above = {"all": None, "year": ("s", "all"), "month": ("s", "year")}
    traits = {
        ("s", name): replace(TRAITS, partitioned=name != "month", partition=name != "all", partition_of=parent)
        for name, parent in above.items()
    }
    names = ("all", "month")
    rules = [include("s", name) | {"rule-id": str(n), "rule-name": name} for n, name in enumerate(names, 1)]
    found = find(json.dumps({"rules": rules}), source=source(tables=tables, traits=traits))
    said = [(str(item.severity), item.what) for item in found if item.code == "partitioned-table"]
    assert said == [("warning", "s.all is a partitioned table"), ("warning", "s.month is a partition")]


def test_a_removed_key_column() -> None:
    removed = transformation(5, "column", ("s", "t", "id"), "remove-column")
    kept = transformation(6, "column", ("s", "t", "a"), "rename", value="A")
    columns = [Column("a", "integer")], [Column("A", "NUMBER")]
    found = found_between(*columns, *IDENTITY[:3], removed, kept)
    assert ("error", "key-differs", "the source's key (id) becomes (), the target has ID") in found


@pytest.mark.parametrize(
    "rules",
    [
        [transformation(5, "column", ("s", "t", "%"), "remove-column")],
        [
            transformation(5, "column", ("s", "t", "id"), "remove-column"),
            transformation(6, "column", ("s", "t", "a"), "remove-column"),
        ],
    ],
)
def test_a_table_of_which_no_column_is_kept_is_one_finding(rules: list[dict[str, Any]]) -> None:
    columns = [Column("a", "integer")], [Column("A", "NUMBER", nullable=False)]
    named = ", ".join(
        f"rule {rule['rule-id']} (remove-column on {rule['object-locator']['column-name']})" for rule in rules
    )
    assert found_between(*columns, *IDENTITY[:3], *rules) == [
        ("error", "no-column-kept", f"no column of s.t is kept: {named}")
    ]


def test_a_table_that_the_target_lacks() -> None:
    assert found_between([], [], *IDENTITY[:2], transformation(3, "table", ("s", "t"), "rename", value="TT")) == [
        ("error", "target-table-missing", "S.TT is not in the target; T is there"),
    ]


def test_columns_that_miss_by_case_alone_are_one_finding() -> None:
    names = ("a", "b", "c", "d", "e")
    columns = [Column(name, "integer") for name in names], [Column(name.upper(), "NUMBER") for name in names]
    assert found_between(*columns, *IDENTITY[:3]) == [
        (
            "error",
            "target-column-missing",
            "6 columns would keep lower-case letters, and the target's have none: id, a, b, c, d and 1 more",
        )
    ]


def test_random_digits_leave_a_number_a_number() -> None:
    mask = transformation(9, "column", ("s", "t", "a"), "data-masking-digits-randomize")
    columns = [Column("a", "integer"), Column("b", "character varying", length=5)]
    to = [Column("A", "NUMBER"), Column("B", "NUMBER")]
    on_text = transformation(10, "column", ("s", "t", "b"), "data-masking-digits-randomize")
    found = found_between(columns, to, *IDENTITY, mask, on_text, values=column_values())
    assert [what for _, code, what in found if code == "type-clash"] == [
        "b (character varying) would be written to B (NUMBER)"
    ]


def test_an_added_column_that_is_not_there_is_told_what_to_do_with_its_rule() -> None:
    added = transformation(
        9, "column", ("s", "t"), "add-column", value="MORE", expression="1", data_type={"type": "int4"}
    )
    table = Table("s", "t", (Column("id", "bigint", nullable=False),), ("id",))
    there = target(Table("S", "T", (Column("ID", "NUMBER", nullable=False),), ("ID",)), constraints=())
    [item] = [
        item
        for item in find(json.dumps({"rules": [*IDENTITY, added]}), source=source(tables=(table,)), target=there)
        if item.code == "target-column-missing"
    ]
    assert item.do == "give the added column the name of one that is there, or remove the rule"


@pytest.mark.parametrize(
    ("type_name", "to_type", "attributes", "severity", "why"),
    [
        ("character varying", "VARCHAR2", "", "warning", "AWS: DMS writes one space for ''"),
        ("character varying", "VARCHAR2", "alwaysReplaceEmptyString=true", "warning", "AWS: DMS writes one space for ''"),
        ("character varying", "VARCHAR2", "AlwaysReplaceEmptyString=false;", "error", "such a row fails with ORA-01400"),
        ("bytea", "BLOB", "", "error", "such a row fails with ORA-01400"),
    ],
)  # fmt: skip
def test_what_becomes_of_an_empty_text_is_the_endpoint_s_to_say(
    type_name: str, to_type: str, attributes: str, severity: str, why: str
) -> None:
    found = findings_between(
        [Column("a", type_name, nullable=False, length=4)],
        [Column("A", to_type, nullable=False, length=16)],
        values=column_values(empty=1),
        pipeline=changed("dms.target_endpoint", extra_connection_attributes=attributes),
    )
    [said] = [one for one in found if one.code == "empty-into-not-null"]
    assert (str(said.severity), said.why[: len(why)]) == (severity, why)


def test_a_column_that_is_default_on_null_refuses_no_null() -> None:
    column = Column("a", "character varying", length=4)
    to = Column("A", "VARCHAR2", nullable=False, length=16, default="'-'")
    facts = {"defaults_on_null": {("T", "A"): "'-'"}}
    found = findings_between([column], [to], values=column_values(nulls=1, empty=1), target_facts=facts)
    assert [one.code for one in found] == ["default-replaces-null"]
