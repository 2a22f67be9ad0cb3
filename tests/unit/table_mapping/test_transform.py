"""Rows through a mapping."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from reverse_sync.table_mapping import MappingError, Projection
from reverse_sync.table_mapping.data_types import DataTypeName, as_data_type
from reverse_sync.table_mapping.expressions import Expressions
from tests.support.mappings import include, mapping, table, transformation


def _added(expression: str, type_name: str = "string") -> Projection:
    rule = transformation(
        2, "column", ("test", "t"), "add-column", value="X", expression=expression, data_type={"type": type_name}
    )  # fmt: skip
    projection = mapping(include(), rule).project(table("t", "a", "b", key=("a",)))
    assert projection
    return projection


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("한글 'quoted'", "한글 'quoted'"),
        (True, "true"),
        (12, "12"),
        (2**70, str(2**70)),
        (Decimal("10.00"), "10"),
        (Decimal("99999999999999999999999999.0123456789"), "99999999999999999999999999.0123456789"),
        (datetime(2024, 3, 1, 9, 0, tzinfo=timezone(timedelta(hours=9))), "2024-03-01 00:00:00.000000"),
        (datetime(2024, 3, 1, 9, 0, 0, 5), "2024-03-01 09:00:00.000005"),  # timestamp without time zone
        (date(2024, 3, 1), "2024-03-01"),
    ],
)
def test_how_values_reach_an_expression(value: object, text: str | None) -> None:
    assert _added("$a").transform({"a": value, "b": None})["X"] == text


@pytest.mark.parametrize(
    ("expression", "type_name", "result"),
    [
        ("length($a) * 2", "int4", 6),
        ("'$b'", "string", "$b"),
        ("CASE WHEN $b IS NULL THEN 'none' ELSE $b END", "string", "none"),
        ("ifnull($b, 1.5)", "numeric", Decimal("1.5")),
        ("1.5", "real8", 1.5),
        ("'2024-01-02'", "date", date(2024, 1, 2)),
        ("'2024-01-02 03:04:05'", "datetime", datetime(2024, 1, 2, 3, 4, 5)),
        ("$a = 'abc'", "boolean", True),
        ("$a", "bytes", b"abc"),
        ("x'ec849cec9ab8'", "string", "서울"),
        (
            "hash_sha256($a)",
            "string",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        (
            "hash_sha256(x'616263')",
            "string",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
    ],
)  # fmt: skip
def test_expressions_give_values_of_their_data_type(expression: str, type_name: str, result: object) -> None:
    assert _added(expression, type_name).transform({"a": "abc", "b": None})["X"] == result


def test_a_column_that_is_absent_stays_absent_and_so_does_what_is_made_of_it() -> None:
    projection = _added("$a || $b")
    assert projection.transform({"a": "x"}) == {"a": "x"}


def test_a_header_of_the_change_is_no_column_and_is_left_out() -> None:
    projection = _added("$AR_H_STREAM_POSITION")
    assert projection.problems == ()
    assert projection.transform({"a": "x", "b": "y"}) == {"a": "x", "b": "y"}


def test_an_added_column_without_an_expression_is_not_written() -> None:
    rule = transformation(2, "column", ("test", "t"), "add-column", value="X", data_type={"type": "int8"})
    projection = mapping(include(), rule).project(table("t", "a"))
    assert projection
    assert projection.transform({"a": 1}) == {"a": 1}


def _refusal(projection: Projection) -> str:
    with pytest.raises(MappingError) as error:
        projection.transform({"a": 1, "b": 2})
    return str(error.value)


def test_an_expression_over_an_unknown_column_is_refused() -> None:
    assert _refusal(_added("$c")) == "m.json: rule 2: the expression of X names $c: no such column in test.t"


def test_two_columns_of_one_name_are_refused() -> None:
    rule = transformation(2, "column", ("test", "t", "a"), "rename", value="b")
    projection = mapping(include(), rule).project(table("t", "a", "b"))
    assert projection
    assert _refusal(projection) == "m.json: rule 2: 2 columns become b on the target; one name, one column"


def test_a_removed_key_column_is_missing_from_the_key() -> None:
    rule = transformation(2, "column", ("test", "t", "a"), "remove-column")
    projection = mapping(include(), rule).project(table("t", "a", "b", key=("a", "b")))
    assert projection
    assert projection.primary_key == ("b",)


@pytest.mark.parametrize(
    "expression",
    [
        "(SELECT count(*) FROM sqlite_master)",
        "(WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n)",
    ],
)
def test_an_expression_reaches_nothing_but_its_row(expression: str) -> None:
    with pytest.raises(MappingError, match=r"not authorized|prohibited"):
        _added(expression)


def test_an_expression_loads_no_code() -> None:
    with pytest.raises(ValueError, match="not authorized"):
        Expressions(["load_extension('x')"]).evaluate({})


def test_an_expression_that_runs_too_long_is_stopped() -> None:
    ten = "(SELECT 1 AS x UNION ALL " + " UNION ALL ".join(["SELECT 1"] * 9) + ")"
    many = ", ".join(f"{ten} t{number}" for number in range(9))
    none = " + ".join(f"t{number}.x" for number in range(9)) + " = 0"
    with pytest.raises(ValueError, match="interrupted"):
        _added(f"(SELECT t0.x FROM {many} WHERE {none})").transform({"a": 1, "b": 2})


def test_a_projection_may_be_used_from_another_thread() -> None:
    projection = _added("upper($a)")
    found: list[dict[str, Any]] = []
    worker = threading.Thread(target=lambda: found.append(projection.transform({"a": "x", "b": None})))
    worker.start()
    worker.join()
    assert found == [{"a": "x", "b": None, "X": "X"}]


def test_times_are_utc_whatever_their_zone() -> None:
    seoul = datetime(2024, 6, 1, 0, 30, tzinfo=timezone(timedelta(hours=9)))
    projection = _added("$a")
    assert (
        projection.transform({"a": seoul, "b": 0})["X"]
        == projection.transform({"a": seoul.astimezone(UTC), "b": 0})["X"]
    )


@pytest.mark.parametrize("type_name", ["int1", "uint4", "numeric", "real4", "real8"])
def test_a_boolean_as_a_number_is_1_or_0(type_name: DataTypeName) -> None:
    assert [as_data_type(value, type_name) for value in (True, False, None)] == [1, 0, None]


@pytest.mark.parametrize(
    ("value", "type_name", "said"),
    [
        ("London", "int8", "'London' is not a number"),
        ("London", "numeric", "'London' is not a number"),
        ("NaN", "int4", "'NaN' is not a whole number"),
        ("Infinity", "uint2", "'Infinity' is not a whole number"),
        ("London", "real8", "could not convert string to float: 'London'"),
        ("London", "datetime", "Invalid isoformat string: 'London'"),
    ],
)
def test_a_value_that_is_none_of_its_data_type_is_named(value: str, type_name: DataTypeName, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}$"):
        as_data_type(value, type_name)
