"""When both sides' values are the same, and what a pair loses."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from reverse_sync.table_mapping import Column, ProjectedColumn
from reverse_sync.table_mapping.grammar import DataType
from reverse_sync.type_pairs import Verdict, pair
from reverse_sync.type_pairs.values import shown
from tests.support.mappings import include, mapping, transformation

SEOUL = timezone(timedelta(hours=9))
TIMESTAMP, ZONED = "timestamp without time zone", "timestamp with time zone"


def noon(microsecond: int) -> datetime:
    return datetime(2026, 11, 22, 12, microsecond=microsecond)


def source(type_name: str, *, data_type: Any = None, **sizes: Any) -> ProjectedColumn:
    column = Column("c", type_name, **sizes)
    return ProjectedColumn("C", column, data_type=DataType(type=data_type) if data_type else None)


def masked(type_name: str) -> ProjectedColumn:
    rule = mapping(
        include(), transformation(7, "column", ("test", "%", "c"), "data-masking-hash-mask")
    ).transformations[0]
    return replace(source(type_name), mask=rule)


def target(type_name: str, **sizes: Any) -> Column:
    return Column("C", type_name, **sizes)


@pytest.mark.parametrize(
    ("projected", "column", "expected", "found"),
    [
        (source("character varying"), target("VARCHAR2"), "부산행 특가", "부산행 특가"),
        (source("text"), target("CLOB"), "", None),
        (source("text"), target("VARCHAR2"), "", " "),
        (source("character varying"), target("CHAR", length=10), "one", "one       "),
        (source("character", length=10), target("VARCHAR2"), "서울        ", "서울"),
        (source("character", length=3), target("VARCHAR2"), "   ", None),
        (source("jsonb"), target("CLOB"), '{"a": 1}', '{"a": 1}'),
        (source("integer"), target("NUMBER"), 1, Decimal("1.00")),
        (source("numeric", precision=12, scale=4), target("NUMBER", precision=10, scale=2), Decimal("1.005"), Decimal("1.01")),
        (source("numeric"), target("NUMBER"), Decimal("0.611111104488373"), Decimal("0.611111")),
        (source("numeric"), target("NUMBER"), Decimal("0.6111111"), Decimal("0.6111111")),
        (source("bigint"), target("VARCHAR2"), 12, "12"),
        (source("numeric", precision=8, scale=2), target("VARCHAR2"), Decimal("0.50"), ".5"),
        (source("bigint"), target("BINARY_DOUBLE"), 2**53, float(2**53)),
        (source("integer"), target("FLOAT", precision=10), 12345, Decimal("12350")),
        (source("real"), target("NUMBER"), 0.1, Decimal("0.1")),
        (source("real"), target("BINARY_DOUBLE"), 0.1, 0.10000000149011612),
        (source("double precision"), target("NUMBER"), 0.1 + 0.2, Decimal("0.3")),
        (source("double precision"), target("BINARY_DOUBLE"), float("nan"), float("nan")),
        (source("boolean"), target("VARCHAR2", length=5), True, "true"),
        (source("boolean"), target("CHAR", length=5), True, "1    "),
        (source("boolean", data_type="boolean"), target("NUMBER", precision=1), False, Decimal(0)),
        (source("boolean", data_type="int1"), target("NUMBER", precision=1), 1, Decimal(1)),
        (source("uuid"), target("CHAR", length=36), "6f1e8b60-…", "6f1e8b60-…"),
        (source("bytea"), target("RAW"), b"\x00\xff", b"\x00\xff"),
        (source("bytea"), target("BLOB"), b"", None),
        (source("date"), target("DATE"), date(2026, 11, 22), " 2026-11-22 00:00:00"),
        (source("timestamp with time zone"), target("TIMESTAMP", scale=6), datetime(2026, 11, 22, 9, tzinfo=SEOUL), " 2026-11-22 00:00:00.000000000"),
        (source(TIMESTAMP), target("DATE"), datetime(2026, 11, 22, 0, 0, 0, 123456), " 2026-11-22 00:00:00"),
        (source(TIMESTAMP), target("TIMESTAMP", scale=3), datetime(2026, 11, 22, 0, 0, 0, 123456), " 2026-11-22 00:00:00.123000000"),
        (source(TIMESTAMP), target("TIMESTAMP", scale=3), datetime(2026, 11, 22, 0, 0, 0, 999999), " 2026-11-22 00:00:01.000000000"),
        (source(TIMESTAMP), target("TIMESTAMP"), "9999-12-31 23:59:59", " 9999-12-31 23:59:59.000000000"),
        (source(TIMESTAMP), target("TIMESTAMP"), "-0044-03-15 12:00:00.5", "-0044-03-15 12:00:00.500000000"),
        (source("time without time zone"), target("TIMESTAMP", scale=0), "15:00:00.4", " 2026-11-26 15:00:00.000000000"),
        (source("time without time zone"), target("VARCHAR2"), "15:00:00.5", "15:00:00.500"),
        (source("interval"), target("VARCHAR2"), "1 year 2 mons 3 days 04:05:06", "1 YEAR, 2 MONTHS, 3 DAYS, 4 HOURS, 5 MINUTES, 6 SECONDS"),
        (source("mood", category="enum"), target("VARCHAR2"), "기쁨", "기쁨"),
        (source("integer[]", category="array"), target("NCLOB"), "{1,2}", "{1,2}"),
        (ProjectedColumn("C", expression="hex($x)"), target("RAW", length=16), "00FF", b"\x00\xff"),
        (ProjectedColumn("C", expression="$x"), target("NUMBER"), "12.50", Decimal("12.5")),
        (source("real"), target("BINARY_FLOAT"), 0.1, 0.10000000149011612),
        (source("double precision"), target("NUMBER"), 1 / 3, Decimal("0.333333333333333")),
        (source("double precision"), target("BINARY_DOUBLE"), 1 / 3, 1 / 3),
        (source("double precision"), target("BINARY_DOUBLE"), float("-inf"), float("-inf")),
        (source("numeric", precision=30, scale=4), target("NUMBER"), Decimal("12345678901234567890.123"), Decimal("12345678901234567890.1230")),
        (source("money"), target("NUMBER", precision=19, scale=2), Decimal("-1234.50"), Decimal("-1234.5")),
        (source("boolean"), target("VARCHAR2"), False, "FALSE"),
        (source("boolean", data_type="string"), target("VARCHAR2"), "true", "true"),
        (source("integer", data_type="string"), target("VARCHAR2"), "7", "7.0"),
        (source("character varying"), target("VARCHAR2"), None, ""),
        (source("bytea"), target("RAW"), memoryview(b"\x00\xff"), b"\x00\xff"),
        (source(ZONED), target("DATE"), datetime(2026, 11, 22, 21, tzinfo=SEOUL), datetime(2026, 11, 22, 12)),
        (source(TIMESTAMP), target("DATE"), noon(500000), "2026-11-22 12:00:00"),
        (source(TIMESTAMP), target("TIMESTAMP", scale=9), noon(123456), "2026-11-22 12:00:00.123456000"),
        (source(TIMESTAMP), target("TIMESTAMP", scale=2), noon(129900), "2026-11-22 12:00:00.130000000"),
        (source(TIMESTAMP), target("TIMESTAMP", scale=2), noon(129900), "2026-11-22 12:00:00.120000000"),
        (source(ZONED), target("TIMESTAMP WITH TIME ZONE", scale=6), noon(123456), "2026-11-22 12:00:00.123456000"),
        (masked("character varying"), target("VARCHAR2", length=64), "AB12", "AB12"),
        (source("inet"), target("VARCHAR2"), "192.168.0.1", "192.168.0.1"),
        (source("numrange", category="range"), target("VARCHAR2"), "[1.5,2)", "[1.5,2)"),
    ],
)  # fmt: skip
def test_same(projected: ProjectedColumn, column: Column, expected: object, found: object) -> None:
    assert pair(projected, column).same(expected, found)


@pytest.mark.parametrize(
    ("projected", "column", "expected", "found"),
    [
        (source("text"), target("VARCHAR2"), " ", None),
        (source("text"), target("VARCHAR2"), "one", "one "),
        (source("text"), target("VARCHAR2"), None, " "),
        (source("character varying"), target("CHAR"), " one", "one"),
        (source("jsonb"), target("CLOB"), '{"a": 1}', '{"a":1}'),
        (source("integer"), target("NUMBER"), 1, None),
        (source("integer"), target("NUMBER"), 0, None),
        (source("numeric", precision=12, scale=4), target("NUMBER", precision=10, scale=2), Decimal("1.005"), Decimal("1.00")),
        (source("numeric", precision=38, scale=10), target("NUMBER"), Decimal("1.0000000001"), Decimal(1)),
        (source("numeric"), target("NUMBER"), Decimal("NaN"), Decimal(0)),
        (source("bigint"), target("VARCHAR2"), 12, "twelve"),
        (source("real"), target("NUMBER"), 0.1, Decimal("0.1000001")),
        (source("double precision"), target("BINARY_DOUBLE"), float("nan"), 0.0),
        (source("double precision"), target("BINARY_DOUBLE"), float("inf"), float("-inf")),
        (source("boolean"), target("VARCHAR2"), True, "false"),
        (source("boolean"), target("VARCHAR2"), True, "Y"),
        (source("boolean", data_type="boolean"), target("NUMBER"), True, Decimal(0)),
        (source("bytea"), target("RAW"), b"\x00", b"\x01"),
        (source(TIMESTAMP), target("TIMESTAMP", scale=6), datetime(2026, 11, 22, 0, 0, 0, 123456), " 2026-11-22 00:00:00.000000000"),
        (source(TIMESTAMP), target("TIMESTAMP", scale=6), datetime(2026, 11, 22, 0, 0, 0, 123456), " 2026-11-22 00:00:00.123456001"),
        (source(TIMESTAMP), target("DATE"), datetime(2026, 11, 22, 0, 0, 0, 123456), " 2026-11-22 00:00:01"),
        (source(TIMESTAMP), target("TIMESTAMP"), datetime(44, 3, 15), "-0044-03-15 00:00:00.000000000"),
        (source("interval"), target("VARCHAR2"), "1 day", "24:00:00"),
        (source("uuid"), target("VARCHAR2"), "6f1e", "6F1E"),
        (ProjectedColumn("C", expression="$x"), target("RAW"), "not hex", b"\x00"),
        (source("character varying"), target("VARCHAR2"), "London", "london"),
        (source("character varying"), target("VARCHAR2"), "x", None),
        (source("real"), target("BINARY_FLOAT"), 0.1, 0.10000001),
        (source("double precision"), target("BINARY_DOUBLE"), 1 / 3, 0.333333333333333),
        (source("double precision"), target("NUMBER"), 1 / 3, Decimal("0.33333333333333")),
        (source("numeric", precision=30, scale=4), target("NUMBER"), Decimal("12345678901234567890.123"), Decimal("12345678901234567890.124")),
        (source("bytea"), target("RAW"), b"\x00", None),
        (source(ZONED), target("DATE"), datetime(2026, 11, 22, tzinfo=SEOUL), datetime(2026, 11, 22)),
        (source(ZONED), target("TIMESTAMP WITH TIME ZONE", scale=6), noon(123456), "2026-11-22 12:00:00.000000000"),
        (source(TIMESTAMP), target("TIMESTAMP", scale=9), noon(123456), "2026-11-22 12:00:00.123457000"),
        (source(TIMESTAMP), target("DATE"), noon(0), "2026-11-22 12:00:01"),
        (masked("character varying"), target("VARCHAR2", length=64), "AB12", "ab12"),
    ],
)  # fmt: skip
def test_different(projected: ProjectedColumn, column: Column, expected: object, found: object) -> None:
    assert not pair(projected, column).same(expected, found)


@pytest.mark.parametrize(
    ("projected", "column", "verdict"),
    [
        (source("boolean"), target("NUMBER", precision=1), Verdict.CLASHES),
        (source("boolean", data_type="boolean"), target("NUMBER", precision=1), Verdict.FITS),
        (source("text"), target("NUMBER"), Verdict.CLASHES),
        (source("uuid"), target("RAW", length=16), Verdict.CLASHES),
        (source(TIMESTAMP), target("NUMBER"), Verdict.CLASHES),
        (source(TIMESTAMP), target("DATE"), Verdict.LOSES),
        (source(TIMESTAMP), target("VARCHAR2"), Verdict.FITS),
        (source(TIMESTAMP, data_type="string"), target("VARCHAR2"), Verdict.FITS),
        (source("boolean", data_type="string"), target("NUMBER", precision=1), Verdict.CLASHES),
        (masked("character varying"), target("NUMBER"), Verdict.CLASHES),
        (source("bytea"), target("CLOB"), Verdict.CLASHES),
        (source("time without time zone"), target("TIMESTAMP", scale=0), Verdict.FITS),
        (source("real"), target("NUMBER"), Verdict.LOSES),
        (source("text"), target("SDO_GEOMETRY"), Verdict.UNKNOWN),
    ],
)
def test_verdict(projected: ProjectedColumn, column: Column, verdict: Verdict) -> None:
    assert pair(projected, column).verdict is verdict


@pytest.mark.parametrize("data_type", [None, "string", "wstring"])
def test_what_no_document_describes_is_not_compared(data_type: str | None) -> None:
    found = pair(source(TIMESTAMP, data_type=data_type), target("VARCHAR2"))
    assert found.why_not_comparable == "no document says how DMS writes a moment as text"
    with pytest.raises(LookupError, match="no document says"):
        found.same(datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01")


def test_a_type_of_oracle_that_nothing_is_known_of_is_not_compared() -> None:
    found = pair(source("text"), target("SDO_GEOMETRY"))
    assert found.why_not_comparable == "nothing is known of values of Oracle's type SDO_GEOMETRY"


def test_moments_of_both_sides_are_shown_alike() -> None:
    found = pair(source(ZONED), target("TIMESTAMP", scale=6))
    assert found.shown(datetime(2026, 11, 22, 9, tzinfo=SEOUL)) == "2026-11-22 00:00:00"
    assert found.shown("2026-11-22 00:00:00.000000000") == "2026-11-22 00:00:00"
    assert found.shown(None) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1.50"), "1.50"),
        (datetime(2026, 11, 22, 9, tzinfo=SEOUL), "2026-11-22T09:00:00+09:00"),
        (b"\x01\xff", "01ff"),
        (None, None),
        (7, 7),
        ("부산", "부산"),
    ],
)
def test_shown_as_json_keeps_it(value: object, text: object) -> None:
    assert shown(value) == text
