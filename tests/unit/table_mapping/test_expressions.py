"""What expressions name and give: numbers, constants of the source, headers, the clock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reverse_sync.table_mapping import MappingError, Projection
from reverse_sync.table_mapping.expressions import analyse
from tests.support.mappings import include, mapping, table, transformation


def _added(expression: str, type_name: str = "string") -> Projection:
    rule = transformation(
        2, "column", ("%", "%"), "add-column", value="X", expression=expression, data_type={"type": type_name}
    )
    projection = mapping(include(), rule).project(table("t", "price:numeric", "b", key=("b",)))
    assert projection
    return projection


@pytest.mark.parametrize(
    ("price", "dear"),
    [
        (Decimal("99.50"), "N"),
        (Decimal("100"), "Y"),
        (Decimal("100.01"), "Y"),
        (Decimal("-0.00000000000000000000000001"), "N"),
        (Decimal("0.12345678901234567890123456789"), "N"),
        (Decimal("12345678901234567890.5"), "Y"),
        (-(2**70), "N"),
        (2**70, "Y"),
        (99.5, "N"),
        (None, "N"),
    ],
)
def test_numbers_compare_as_numbers_however_many_digits_they_have(price: object, dear: str) -> None:
    made = _added("CASE WHEN $price >= 100 THEN 'Y' ELSE 'N' END")
    assert made.transform({"price": price, "b": "x"})["X"] == dear


@pytest.mark.parametrize(
    "price", [Decimal("99999999999999999999999999.0123456789"), Decimal(2**70), Decimal("0.1"), Decimal("-7.25")]
)
def test_a_number_alone_keeps_all_its_digits(price: Decimal) -> None:
    assert _added(" $price ", "numeric").transform({"price": price, "b": "x"})["X"] == price


def test_arithmetic_over_fractions() -> None:
    assert _added("$price * 2", "numeric").transform({"price": Decimal("99.50"), "b": "x"})["X"] == 199


def test_the_constants_of_the_source_table() -> None:
    rules = [
        transformation(
            number,
            "column",
            ("%", "%"),
            "add-column",
            value=name,
            expression=expression,
            data_type={"type": "string", "length": 50},
        )
        for number, name, expression in (
            (2, "SOURCE_SCHEMA", "$AR_M_SOURCE_SCHEMA"),
            (3, "SOURCE_TABLE", "$AR_M_SOURCE_TABLE_NAME"),
            (4, "BOTH", "$AR_M_SOURCE_SCHEMA || '.' || upper($AR_M_SOURCE_TABLE_NAME) || '/' || $id"),
        )
    ]
    for name in ("flightspecial", "hotel's"):
        projection = mapping(include("travelbuddy"), *rules).project(table(name, "id", schema="travelbuddy"))
        assert projection
        assert projection.problems == ()
        assert not any(column.known_only_to_dms for column in projection.columns)
        assert projection.transform({"id": "7"}) == {
            "id": "7", "SOURCE_SCHEMA": "travelbuddy", "SOURCE_TABLE": name, "BOTH": f"travelbuddy.{name.upper()}/7",
        }  # fmt: skip


def test_names_made_by_an_expression() -> None:
    # ...Transformations.html, value `expression`: with a renaming action it "specifies a new schema", table or column.
    projection = mapping(
        include(),
        transformation(2, "schema", ("%",), "rename", expression="upper($AR_M_SOURCE_SCHEMA) || '_NEW'"),
        transformation(
            3, "table", ("%", "%"), "rename", expression="$AR_M_SOURCE_SCHEMA || '_' || $AR_M_SOURCE_TABLE_NAME"
        ),
        transformation(
            4, "column", ("%", "%", "%"), "rename", expression="replace(upper($AR_M_SOURCE_COLUMN_NAME), '_', '')"
        ),
    ).project(table("actor", "first_name", "id", key=("id",)))
    assert projection
    assert (projection.schema, projection.table, projection.primary_key) == ("TEST_NEW", "test_actor", ("ID",))
    assert [column.name for column in projection.columns] == ["FIRSTNAME", "ID"]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (
            "$AR_M_SOURCE_TABEL_NAME",
            "names $AR_M_SOURCE_TABEL_NAME, which DMS does not have; did you mean 'AR_M_SOURCE_TABLE_NAME'?",
        ),
        ("$AR_H_TIMESTAMPS", "names $AR_H_TIMESTAMPS, which DMS does not have; did you mean 'AR_H_TIMESTAMP'?"),
        ("$AR_M_SOURCE_COLUMN_NAME", "an added column has no source column"),
        ("max($price)", "aggregates rows, but it is evaluated over one row at a time"),
        ("count(*)", "aggregates rows"),
        ("row_number() OVER ()", "aggregates rows"),
        ("group_concat($b)", "aggregates rows"),
        ("$AR_M_SOURCE_COLUMN_DATATYPE", "a data type that AWS does not say how it spells"),
        ("load_extension('x')", "calls load_extension, which is about SQLite's connection, not about a row"),
        ("$b || last_insert_rowid()", "calls last_insert_rowid, which is about SQLite's connection"),
        ("sqlite_version()", "calls sqlite_version, which is about SQLite's connection"),
        ("to_char($price)", "no such function: to_char"),
        ("substr($b)", "wrong number of arguments to function substr()"),
    ],
)
def test_an_expression_that_dms_cannot_evaluate(expression: str, said: str) -> None:
    with pytest.raises(MappingError) as error:
        _added(expression)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"expression": "$b"}, "a name is made of $AR_M_... constants only, not of $b"),
        ({"expression": "'t' || random()"}, "a name is made of $AR_M_... constants only, not of random()"),
        ({"expression": "zeroblob(1e9)"}, "gives no name: SELECT (zeroblob(1e9)): string or blob too big"),
        ({"expression": "nullif($AR_M_SOURCE_SCHEMA, $AR_M_SOURCE_SCHEMA)"}, "gives no name: it gives None"),
        ({"expression": "''"}, "gives no name: it gives ''"),
        ({"expression": "'a'", "value": "b"}, "rule-action rename takes value or expression, not both"),
    ],
)
def test_an_expression_that_gives_no_name(more: dict[str, str], said: str) -> None:
    with pytest.raises(MappingError) as error:
        mapping(include(), transformation(2, "table", ("test", "t"), "rename", **more))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        ("max($price, 1)", None),
        ("datetime($at)", None),
        ("strftime('%s', substr($at, 1, 19))", None),
        ("'datetime()' || $time", None),
        ("date($at, '+1 day', 'start of month')", None),
        ("strftime('%Y')", "strftime('%Y')"),
        ("date('now')", "date('now')"),
        ("DATE ( 'NOW' , '+1 day')", "date('NOW', '+1 day')"),
        ("julianday()", "julianday()"),
        ("time($at, 'localtime')", "time($at, 'localtime')"),
        ("CASE WHEN $b IS NULL THEN datetime( ) ELSE $b END", "datetime()"),
        ("coalesce($b, CURRENT_DATE)", "CURRENT_DATE"),
        ("abs(random()) % 10", "random()"),
        ("$b || $AR_H_USER", "$AR_H_USER"),
    ],
)
def test_which_values_only_dms_knows(expression: str, what: str | None) -> None:
    assert analyse(expression).only_dms_knows == what


def test_an_added_column_beside_one_that_only_dms_knows() -> None:
    rules: list[dict[str, Any]] = [
        transformation(
            2, "column", ("%", "%"), "add-column", value="A", expression="datetime()", data_type={"type": "datetime"}
        ),
        transformation(
            3, "column", ("%", "%"), "add-column", value="B", expression="$b || '!'", data_type={"type": "string"}
        ),
    ]
    projection = mapping(include(), *rules).project(table("t", "b"))
    assert projection
    assert projection.transform({"b": "x"}) == {"b": "x", "B": "x!"}
