"""What the preflight says of types that meet: clashes, types that do not migrate, what is lost, what no one can compare."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reverse_sync.table_mapping import Column, Table, TableMapping
from tests.support.columns import IDENTITY, column_values, findings_between, found_between
from tests.support.cutovers import TRAITS, find, source, target
from tests.support.mappings import transformation


def data_type(type_name: str, **more: Any) -> dict[str, Any]:
    return transformation(4, "column", ("s", "t", "A"), "change-data-type", data_type={"type": type_name, **more})


@pytest.mark.parametrize(
    ("column", "to", "found"),
    [
        pytest.param(
            Column("a", "uuid"), Column("A", "RAW"), [("error", "type-clash", "a (uuid) would be written to A (RAW)")],
            id="uuid into RAW",
        ),
        pytest.param(
            Column("a", "bytea"), Column("A", "CLOB"),
            [("error", "type-clash", "a (bytea) would be written to A (CLOB)"),
             ("warning", "lob-transformed", "rules rename columns that travel as LOBs: a (bytea)")],
            id="bytes into a CLOB",
        ),
        pytest.param(
            Column("a", "mood", category="enum"), Column("A", "VARCHAR2", length=64),
            [("warning", "unsupported-type", "a is mood (enum), a type that AWS lists as one that DMS does not migrate")],
            id="enum",
        ),
        pytest.param(
            Column("a", "inet"), Column("A", "VARCHAR2", length=50),
            [("warning", "unsupported-type", "a is inet, a type that AWS lists as one that DMS does not migrate")],
            id="inet",
        ),
        pytest.param(
            Column("a", "numeric", precision=50, scale=10), Column("A", "NUMBER"),
            [("warning", "digits-lost", "a takes 50 digits, A is NUMBER and keeps 38")], id="more digits than Oracle has",
        ),
        pytest.param(
            Column("a", "public.geometry"), Column("A", "CLOB"),
            [("error", "unsupported-type", "a is public.geometry, a type of PostGIS")], id="PostGIS",
        ),
        pytest.param(
            Column("a", "integer"), Column("A", "XMLTYPE"),
            [("error", "values-not-compared", "a (integer) is written to A (XMLTYPE)")], id="XMLTYPE",
        ),
        pytest.param(
            Column("a", "ltree"), Column("A", "NUMBER"),
            [("warning", "unsupported-type", "a is ltree, a type that DMS is not documented to replicate")],
            id="of an unknown type nothing more is claimed",
        ),
        pytest.param(
            Column("a", "time with time zone"), Column("A", "VARCHAR2", length=30),
            [("warning", "values-not-compared",
              "a (time with time zone) is written to A (VARCHAR2(30 CHAR)): no document says what DMS makes of the zone of a time")],
            id="a time with a zone",
        ),
        pytest.param(
            Column("a", "integer"), Column("A", "SDO_GEOMETRY"),
            [("warning", "values-not-compared",
              "a (integer) is written to A (SDO_GEOMETRY): nothing is known of values of Oracle's type SDO_GEOMETRY")],
            id="a type of Oracle that nothing is known of",
        ),
        pytest.param(
            Column("a", "money"), Column("A", "NUMBER", precision=5, scale=2),
            [("note", "number-too-large", "a takes 17 digits before the point, A is NUMBER(5,2) and takes 3; the largest now has 3")],
            id="money",
        ),
        pytest.param(Column("a", "money"), Column("A", "NUMBER", precision=19, scale=2), [], id="money that fits"),
        pytest.param(
            Column("a", "money"), Column("A", "NUMBER", precision=19, scale=0),
            [("warning", "fraction-lost", "a keeps 2 digits behind the point, A is NUMBER(19)")], id="cents",
        ),
        pytest.param(
            Column("a", "numeric"), Column("A", "NUMBER"),
            [("note", "fraction-lost", "a keeps any number of digits behind the point, DMS carries 6, A is NUMBER")],
            id="numeric without a precision",
        ),
        pytest.param(
            Column("a", "bigint"), Column("A", "BINARY_DOUBLE"),
            [("warning", "digits-lost", "a takes 19 digits, A is BINARY_DOUBLE and keeps 15")], id="bigint in binary",
        ),
        pytest.param(Column("a", "bigint"), Column("A", "FLOAT", precision=126), [], id="FLOAT has 38 digits"),
        pytest.param(
            Column("a", "integer"), Column("A", "FLOAT", precision=24),
            [("warning", "digits-lost", "a takes 10 digits, A is FLOAT(24) and keeps 8")], id="a short FLOAT",
        ),
        pytest.param(
            Column("a", "double precision"), Column("A", "FLOAT", precision=49),
            [("warning", "digits-lost", "a (double precision) has digits as they come, A is FLOAT(49) and keeps 15"),
             ("note", "value-loses", "A (FLOAT(49)) loses NaN, infinity, and 1e126 and more of a (double precision)")],
            id="a double in a short FLOAT",
        ),
        pytest.param(
            Column("a", "double precision"), Column("A", "FLOAT", precision=50),
            [("note", "value-loses", "A (FLOAT(50)) loses NaN, infinity, and 1e126 and more of a (double precision)")],
            id="a double in a FLOAT",
        ),
        pytest.param(
            Column("a", "real"), Column("A", "FLOAT", precision=24),
            [("warning", "digits-lost", "a (real) has digits as they come, A is FLOAT(24) and keeps 8"),
             ("note", "value-loses", "A (FLOAT(24)) loses NaN and infinity of a (real)")],
            id="a real in a short FLOAT",
        ),
        pytest.param(
            Column("a", "double precision"), Column("A", "BINARY_FLOAT"),
            [("warning", "digits-lost", "a (double precision) has digits as they come, A is BINARY_FLOAT and keeps 7"),
             ("note", "value-loses", "A (BINARY_FLOAT) loses digits after the seventh of a (double precision)")],
            id="a double in single precision",
        ),
        pytest.param(Column("a", "real"), Column("A", "BINARY_FLOAT"), [], id="a real in single precision"),
        pytest.param(
            Column("a", "real"), Column("A", "NUMBER"),
            [("note", "value-loses", "A (NUMBER) loses NaN and infinity of a (real)")], id="real",
        ),
        pytest.param(
            Column("a", "character varying", length=4), Column("A", "CHAR", length=4),
            [("note", "value-loses", "A (CHAR(4 CHAR)) loses trailing blanks of a (character varying)")], id="CHAR",
        ),
        pytest.param(Column("a", "character", length=4), Column("A", "CHAR", length=4), [], id="CHAR on both sides"),
        pytest.param(
            Column("a", "time without time zone", scale=6), Column("A", "TIMESTAMP", scale=0),
            [("warning", "fraction-lost", "a keeps 6 digits of a second, A (TIMESTAMP) 0")], id="a time",
        ),
    ],
)  # fmt: skip
def test_one_pair(column: Column, to: Column, found: list[tuple[str, str, str]]) -> None:
    assert found_between([column], [to], values=column_values()) == found


@pytest.mark.parametrize(
    ("column", "to", "what"),
    [
        (Column("a", "timestamp without time zone", scale=6), Column("A", "TIMESTAMP", scale=6),
         "a (timestamp without time zone) holds what A (TIMESTAMP) has no value for: -infinity, or a year before 4712 BC or after 9999 (1 row now)"),
        (Column("a", "numeric", precision=5, scale=2), Column("A", "NUMBER", precision=5, scale=2),
         "a (numeric) holds what A (NUMBER(5,2)) has no value for: NaN, infinity, or 1e126 and more (1 row now)"),
        (Column("a", "double precision"), Column("A", "BINARY_DOUBLE"), None),
    ],
)  # fmt: skip
def test_values_that_oracle_has_none_for(column: Column, to: Column, what: str | None) -> None:
    found = found_between([column], [to], values=column_values(beyond_oracle=1))
    assert found == ([("error", "value-beyond-oracle", what)] if what else [])


def test_a_boolean_becomes_a_number_by_a_rule() -> None:
    """The column has the target's name already: one action an object."""
    flag, to = Column("A", "boolean"), Column("A", "NUMBER", precision=1)
    rules = (*IDENTITY[:3], transformation(5, "column", ("s", "t", "id"), "convert-uppercase"))
    assert found_between([flag], [to], *rules, values=column_values()) == [
        ("error", "type-clash", "A (boolean) would be written to A (NUMBER(1))")
    ]
    assert found_between([flag], [to], *rules, data_type("boolean"), values=column_values()) == []
    assert found_between([flag], [to], *rules, data_type("int1"), values=column_values()) == []


@pytest.mark.parametrize(
    ("to", "found"),
    [
        (Column("ID", "CHAR", length=4), ["ID of the key is CHAR(4 CHAR) in Oracle, which fills it up with blanks"]),
        (Column("ID", "VARCHAR2", length=16), []),
    ],
)
def test_a_key_that_oracle_fills_up_with_blanks(to: Column, found: list[str]) -> None:
    """A CHAR besides the key needs no such proof."""
    source_table = Table(
        "s", "t", (Column("id", "character varying", length=4), Column("a", "character", length=2)), ("id",)
    )
    target_table = Table("S", "T", (to, Column("A", "CHAR", length=2)), ("ID",))
    facts = source(tables=(source_table,), traits={("s", "t"): TRAITS})
    said = find(
        json.dumps({"rules": IDENTITY}),
        source=facts,
        target=target(target_table, triggers=(), sequences=(), constraints=()),
    )
    assert [(one.severity, one.what) for one in said if one.code == "key-is-padded"] == [
        ("warning", what) for what in found
    ]


def test_a_number_is_never_empty_whatever_masks_it() -> None:
    mask = transformation(5, "column", ("s", "t", "a"), "data-masking-digits-mask", value="#")
    found = found_between(
        [Column("a", "integer")],
        [Column("A", "VARCHAR2", length=20, nullable=False)],
        *IDENTITY,
        mask,
        values=column_values(),
    )
    assert "empty-into-not-null" not in {code for _, code, _ in found}
    assert "null-into-not-null" in {code for _, code, _ in found}


@pytest.mark.parametrize(
    ("name", "to", "advice"),
    [
        ("PAID", "PAID", "add a change-data-type rule with the data-type boolean: true becomes 1, false 0"),
        ("paid", "PAID", "remove the column and add PAID by an add-column rule with the data-type int1 and the expression CASE $paid WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"),
    ],
)  # fmt: skip
def test_a_boolean_for_a_number_is_told_a_way_that_leads_there(name: str, to: str, advice: str) -> None:
    """One rule acts on a column: one whose type is changed keeps its name, and Oracle's are upper case."""
    table = Table("s", "t", (Column("id", "bigint", nullable=False), Column(name, "boolean")), ("id",))
    target_table = Table("S", "T", (Column("ID", "NUMBER", nullable=False), Column(to, "NUMBER", precision=1)), ("ID",))
    facts = {
        "source": source(tables=(table,), traits={("s", "t"): TRAITS}),
        "target": target(target_table, triggers=(), sequences=(), constraints=()),
    }
    [clash] = [item for item in find(json.dumps({"rules": IDENTITY}), **facts) if item.code == "type-clash"]
    assert clash.do == advice
    rule = (
        transformation(1000, "column", ("s", "t", name), "change-data-type", data_type={"type": "boolean"})
        if name == to
        else transformation(
            5, "column", ("s", "t"), "add-column", value=to, data_type={"type": "int1"}, expression=advice[advice.index("CASE"):]
        )
    )  # fmt: skip
    mapping = TableMapping.parse(json.dumps({"rules": [*IDENTITY[:3], rule]}), "m.json")
    projection = mapping.project(table)
    assert projection is not None
    values = (True, False, None)
    made = [projection.transform({"id": 1, name: value})[to] for value in values]
    assert made == ([True, False, None] if name == to else [1, 0, None])


@pytest.mark.parametrize(
    ("key", "type_name", "advice"),
    [
        (("id",), "uuid", "remove the column and add the target's by an add-column rule whose expression gives hexadecimal"),
        (("id", "a"), "uuid", "give the target's column a type that the source's fits"),
        (("id",), "text", "make the target's column a CLOB, or remove the column"),
        (("id",), "bit varying", "remove the column and add the target's by an add-column rule with an expression"),
    ],
)  # fmt: skip
def test_a_text_for_a_raw_is_told_a_way_that_fits_the_column(key: tuple[str, ...], type_name: str, advice: str) -> None:
    found = findings_between([Column("a", type_name)], [Column("A", "RAW", most_bytes=16)], key=key)
    assert [one.do[: len(advice)] for one in found if one.code == "type-clash"] == [advice]


def test_a_rule_that_gives_way_as_it_is_meant_to_makes_no_clash() -> None:
    """The exact rule with the lower id applies, the wildcard never: what it would make of the column is no matter."""
    exact = transformation(0, "column", ("s", "t", "A"), "change-data-type", data_type={"type": "boolean"})
    columns, to = [Column("A", "boolean")], [Column("A", "NUMBER", precision=1)]
    found = found_between(columns, to, *IDENTITY, exact, values=column_values())
    assert [code for _, code, _ in found] == ["rules-collide"]
    late = exact | {"rule-id": "9"}
    found = found_between(columns, to, *IDENTITY, late, values=column_values())
    assert [code for _, code, _ in found] == ["rules-collide", "type-clash"]


def test_a_key_of_binary_numbers_is_named() -> None:
    columns, to = [Column("a", "double precision")], [Column("A", "BINARY_DOUBLE")]
    found = found_between(columns, to, values=column_values(), key=("id", "a"))
    assert ("warning", "key-is-binary", "A of the key holds double-precision numbers, and A is BINARY_DOUBLE") in found
    assert "key-is-binary" not in {code for _, code, _ in found_between(columns, to, values=column_values())}
