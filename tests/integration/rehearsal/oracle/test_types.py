"""Every listed data type, there and back, through a genuine client."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import oracledb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.oracle import drop, raises

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEOUL = datetime.timezone(datetime.timedelta(hours=9))


@pytest.fixture
def table(connection: oracledb.Connection) -> Iterator[oracledb.Cursor]:
    """A table with a column of each type."""
    cursor = connection.cursor()
    cursor.execute(
        "CREATE TABLE typed (n NUMBER, p NUMBER(7, 2), h NUMBER(5, -2), i INTEGER, v VARCHAR2(9), w VARCHAR2(3 CHAR), c CHAR(4),"
        " r RAW(8), d DATE, t TIMESTAMP, t3 TIMESTAMP(3), z TIMESTAMP WITH TIME ZONE, l CLOB)"
    )
    yield cursor
    drop(connection, "typed")


def test_the_types_are_described(table: oracledb.Cursor) -> None:
    table.execute("SELECT * FROM typed")
    assert [
        (column.name, column.type_code.name, column.precision, column.scale, column.internal_size)
        for column in table.description or []
    ] == [
        ("N", "DB_TYPE_NUMBER", 0, -127, None),
        ("P", "DB_TYPE_NUMBER", 7, 2, None),
        ("H", "DB_TYPE_NUMBER", 5, -2, None),
        ("I", "DB_TYPE_NUMBER", 38, 0, None),
        ("V", "DB_TYPE_VARCHAR", None, None, 9),
        ("W", "DB_TYPE_VARCHAR", None, None, 12),
        ("C", "DB_TYPE_CHAR", None, None, 4),
        ("R", "DB_TYPE_RAW", None, None, 8),
        ("D", "DB_TYPE_DATE", None, None, None),
        ("T", "DB_TYPE_TIMESTAMP", 0, 6, None),
        ("T3", "DB_TYPE_TIMESTAMP", 0, 3, None),
        ("Z", "DB_TYPE_TIMESTAMP_TZ", 0, 6, None),
        ("L", "DB_TYPE_CLOB", None, None, None),
    ]


def test_values_come_back(table: oracledb.Cursor) -> None:
    at = datetime.datetime(2027, 3, 4, 5, 6, 7, 123456)
    table.setinputsizes(z=oracledb.DB_TYPE_TIMESTAMP_TZ, t=oracledb.DB_TYPE_TIMESTAMP, t3=oracledb.DB_TYPE_TIMESTAMP)
    table.execute(
        "INSERT INTO typed VALUES (:n, :p, :h, :i, :v, :w, :c, :r, :d, :t, :t3, :z, :l)",
        n=Decimal("-0.000123"),
        p=Decimal("12345.678"),
        h=12345,
        i=Decimal("2.5"),
        v="특가",
        w="특가맛",
        c="ab",
        r=b"\x00\xff",
        d=at,
        t=at,
        t3=at,
        z=at.replace(tzinfo=_SEOUL),
        l="긴 글 " * 20000,
    )
    table.execute("SELECT n, p, h, i, v, w, c, r, d, t, t3, l FROM typed", fetch_decimals=True, fetch_lobs=False)
    assert table.fetchone() == (
        Decimal("-0.000123"),
        Decimal("12345.68"),
        12300,
        3,
        "특가",
        "특가맛",
        "ab  ",
        b"\x00\xff",
        at.replace(microsecond=0),
        at,
        at.replace(microsecond=123000),
        "긴 글 " * 20000,
    )


def test_a_time_zone_keeps_its_offset(table: oracledb.Cursor) -> None:
    table.execute("INSERT INTO typed (z) VALUES (TIMESTAMP '2027-03-04 05:06:07.5 +09:00')")
    table.execute("ALTER SESSION SET NLS_TIMESTAMP_TZ_FORMAT = 'HH24:MI:SS.FF6'")
    table.execute("SELECT TO_CHAR(z, 'YYYY-MM-DD HH24:MI'), z || '', SYS_EXTRACT_UTC(z) FROM typed")
    assert table.fetchone() == (
        "2027-03-04 05:06",
        "05:06:07.500000",
        datetime.datetime(2027, 3, 3, 20, 6, 7, 500000),
    )


def test_nulls_and_empty_strings(table: oracledb.Cursor) -> None:
    table.execute(
        "INSERT INTO typed VALUES (:1, :2, NULL, NULL, '', :3, :4, NULL, NULL, NULL, NULL, NULL, NULL)",
        [None, None, "", None],
    )
    assert table.execute("SELECT * FROM typed").fetchone() == (None,) * 13
    assert table.execute("SELECT COUNT(*) FROM typed WHERE v IS NULL AND w IS NULL AND c IS NULL").fetchone() == (1,)


def test_char_is_padded_and_compared_so(table: oracledb.Cursor) -> None:
    table.execute("INSERT INTO typed (c, v) VALUES ('a', 'a')")
    counts = "SELECT COUNT(*) FROM typed WHERE "
    assert table.execute(counts + "c = 'a' AND LENGTH(c) = 4 AND c || '|' = 'a   |'").fetchone() == (1,)
    assert table.execute(counts + "v = 'a '").fetchone() == (0,)  # VARCHAR2: blanks count
    assert table.execute(counts + "c = v").fetchone() == (0,)
    assert table.execute(counts + "c = :1", ["a"]).fetchone() == (0,)  # a bind is a VARCHAR2
    table.setinputsizes(oracledb.DB_TYPE_CHAR)
    assert table.execute(counts + "c = :1", ["a"]).fetchone() == (1,)
    assert table.execute(
        counts + "CASE c WHEN 'a' THEN 1 END = 1 AND CASE c WHEN v THEN 1 ELSE 0 END = 0"
    ).fetchone() == (1,)
    assert table.execute(counts + "UPPER(c) = 'A' AND UPPER(c) || '|' = 'A   |' AND LOWER(c) = c").fetchone() == (1,)
    assert table.execute(counts + "c IN ('a', 'b') AND c BETWEEN 'a' AND 'b'").fetchone() == (1,)


def test_a_column_that_is_added_is_held_to_its_length(table: oracledb.Cursor) -> None:
    table.execute("INSERT INTO typed (n) VALUES (1)")
    table.execute("ALTER TABLE typed ADD (more CHAR(3) DEFAULT 'x', \"Text\" VARCHAR2(2))")
    table.execute("ALTER TABLE typed DROP COLUMN v")
    assert table.execute("SELECT more || '|' FROM typed").fetchall() == [("x  |",)]
    table.execute("UPDATE typed SET more = 'y'")
    assert table.execute("SELECT more || '|' FROM typed").fetchall() == [("y  |",)]
    with raises(12899, '"TYPED"."Text" (actual: 3, maximum: 2)'):
        table.execute("UPDATE typed SET \"Text\" = 'abc'")


def test_lengths_are_bytes_or_characters(table: oracledb.Cursor) -> None:
    with raises(12899, '"TYPED"."V" (actual: 12, maximum: 9)'):
        table.execute("INSERT INTO typed (v) VALUES ('특가특가')")
    with raises(12899, '"TYPED"."W" (actual: 4, maximum: 3)'):
        table.execute("INSERT INTO typed (w) VALUES ('특가특가')")
    with raises(12899, '"TYPED"."C" (actual: 6, maximum: 4)'):
        table.execute("INSERT INTO typed (c) VALUES ('특가')")
    with raises(12899, '"TYPED"."R" (actual: 9, maximum: 8)'):
        table.execute("INSERT INTO typed (r) VALUES (:1)", [b"123456789"])
    with raises(1438):
        table.execute("INSERT INTO typed (p) VALUES (100000)")


def test_strings_convert_when_assigned(table: oracledb.Cursor) -> None:
    table.execute("INSERT INTO typed (n, v, d, r) VALUES ('12.5', 0.5, '04-MAR-27', '0aff')")
    assert table.execute("SELECT n, v, d, r FROM typed").fetchone() == (
        12.5,
        ".5",
        datetime.datetime(2027, 3, 4),
        b"\x0a\xff",
    )
    with raises(1722):
        table.execute("INSERT INTO typed (n) VALUES ('x')")
    with raises(1861):
        table.execute("INSERT INTO typed (d) VALUES ('2027-03-04')")


def test_clobs_as_locators(connection: oracledb.Connection, table: oracledb.Cursor) -> None:
    lob = connection.createlob(oracledb.DB_TYPE_CLOB, "한글 ")
    lob.write("text", 4)
    table.setinputsizes(oracledb.DB_TYPE_CLOB)
    table.execute("INSERT INTO typed (l) VALUES (:1)", [lob])
    found = table.execute("SELECT l, LENGTH(l), SUBSTR(l, -4) FROM typed").fetchone()
    assert (found[0].read(), found[0].size(), found[0].read(4, 2), found[1:]) == ("한글 text", 7, "te", (7, "text"))
    for misuse in ("l = 'x'", "l IN ('x')"):
        with raises(932, "CLOB"):
            table.execute(f"SELECT 1 FROM typed WHERE {misuse}")
    with raises(932, "CLOB"):
        table.execute("SELECT l FROM typed ORDER BY l")
    assert table.execute("SELECT COUNT(*) FROM typed WHERE l LIKE '%text'").fetchone() == (1,)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**37), max_value=10**37, places=6),
        min_size=1,
        max_size=30,
    )
)
def test_numbers_are_exact(cursor: oracledb.Cursor, numbers: list[Decimal]) -> None:
    for number in numbers:
        if len(number.as_tuple().digits) <= 38:
            assert cursor.execute(
                "SELECT :1, TO_NUMBER(TO_CHAR(:2)) FROM dual", [number, number], fetch_decimals=True
            ).fetchone() == (number, number)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1))
def test_texts_are_exact(cursor: oracledb.Cursor, text: str) -> None:
    literal = "'" + text.replace("'", "''") + "'"
    assert cursor.execute("SELECT :1, LENGTHB(:2) FROM dual", [text, text]).fetchone() == (text, len(text.encode()))
    if ":" not in text:
        assert cursor.execute(f"SELECT {literal} FROM dual").fetchone() == (text,)


def test_a_null_character_is_refused(cursor: oracledb.Cursor) -> None:
    with raises(3001, "CHR(0)"):
        cursor.execute("SELECT :1 FROM dual", ["a\0b"])
    with raises(911):
        cursor.execute("SELECT 'a\0b' FROM dual")
