"""LOBs, national strings, binary numbers and local times, as DMS writes them, through genuine clients."""

from __future__ import annotations

import asyncio
import datetime
import math
from typing import TYPE_CHECKING, Any

import oracledb
import pytest

from tests.support.oracle import Oracle, drop, raises

if TYPE_CHECKING:
    from collections.abc import Iterator

_AT = datetime.datetime(2027, 1, 2, 3, 4, 5, 6)
_SIZES = {
    "b": oracledb.DB_TYPE_BLOB,
    "nv": oracledb.DB_TYPE_NVARCHAR,
    "nc": oracledb.DB_TYPE_NCHAR,
    "nl": oracledb.DB_TYPE_NCLOB,
    "f": oracledb.DB_TYPE_BINARY_FLOAT,
    "d": oracledb.DB_TYPE_BINARY_DOUBLE,
    "l": oracledb.DB_TYPE_TIMESTAMP_LTZ,
}
_INSERT = "INSERT INTO wide (b, nv, nc, nl, f, d, l) VALUES (:b, :nv, :nc, :nl, :f, :d, :l)"
_BYTES, _LONG = bytes(range(256)) * 300, "긴 글 😀" * 9000
_ROW = {"b": _BYTES, "nv": "특가😀", "nc": "가", "nl": _LONG, "f": 0.1, "d": -1e-300, "l": _AT}


@pytest.fixture
def table(connection: oracledb.Connection) -> Iterator[oracledb.Cursor]:
    """A table with a column of each of these types."""
    cursor = connection.cursor()
    cursor.execute(
        "CREATE TABLE wide (b BLOB, nv NVARCHAR2(5), nc NCHAR(3), nl NCLOB, f BINARY_FLOAT, d BINARY_DOUBLE, p FLOAT(5),"
        " q FLOAT, r REAL, l TIMESTAMP WITH LOCAL TIME ZONE)"
    )
    connection.commit()
    yield cursor
    drop(connection, "wide")


def test_they_are_described(table: oracledb.Cursor) -> None:
    table.execute("SELECT * FROM wide")
    assert [(c.name, c.type_code.name, c.precision, c.scale, c.display_size) for c in table.description or []] == [
        ("B", "DB_TYPE_BLOB", None, None, None),
        ("NV", "DB_TYPE_NVARCHAR", None, None, 5),
        ("NC", "DB_TYPE_NCHAR", None, None, 3),
        ("NL", "DB_TYPE_NCLOB", None, None, None),
        ("F", "DB_TYPE_BINARY_FLOAT", None, None, 127),
        ("D", "DB_TYPE_BINARY_DOUBLE", None, None, 127),
        ("P", "DB_TYPE_NUMBER", 5, -127, 6),
        ("Q", "DB_TYPE_NUMBER", 126, -127, 127),
        ("R", "DB_TYPE_NUMBER", 63, -127, 64),
        ("L", "DB_TYPE_TIMESTAMP_LTZ", 0, 6, 23),
    ]
    table.execute(
        "SELECT column_name, data_type, data_length, data_precision, char_length FROM user_tab_columns"
        " WHERE table_name = 'WIDE' ORDER BY column_id"
    )
    assert table.fetchall() == [
        ("B", "BLOB", 4000, None, 0),
        ("NV", "NVARCHAR2", 10, None, 5),
        ("NC", "NCHAR", 6, None, 3),
        ("NL", "NCLOB", 4000, None, 0),
        ("F", "BINARY_FLOAT", 4, None, 0),
        ("D", "BINARY_DOUBLE", 8, None, 0),
        ("P", "FLOAT", 22, 5, 0),
        ("Q", "FLOAT", 22, 126, 0),
        ("R", "FLOAT", 22, 63, 0),
        ("L", "TIMESTAMP(6) WITH LOCAL TIME ZONE", 11, None, 0),
    ]


def _check(row: tuple[Any, ...]) -> None:
    assert row == (_BYTES, "특가😀", "가  ", _LONG, pytest.approx(0.1, rel=1e-7), -1e-300, _AT)


def test_values_come_back(table: oracledb.Cursor) -> None:
    table.setinputsizes(**_SIZES)
    table.execute(_INSERT, _ROW)
    blob, nclob = table.execute("SELECT b, nl FROM wide").fetchone()
    assert (blob.size(), blob.read(257, 3), nclob.read(4, 3)) == (len(_BYTES), b"\x00\x01\x02", " 😀")
    _check(table.execute("SELECT b, nv, nc, nl, f, d, l FROM wide", fetch_lobs=False).fetchone())


def test_rows_at_once_and_by_an_async_client(
    oracle: Oracle, connection: oracledb.Connection, table: oracledb.Cursor
) -> None:
    table.setinputsizes(**_SIZES)
    table.executemany(_INSERT, [_ROW] * 3 + [dict.fromkeys(_ROW)] * 20)
    connection.commit()

    async def fetch() -> list[tuple[Any, ...]]:
        async with oracledb.connect_async(user="TRAVELBUDDY", password="welcome", dsn=oracle.dsn) as other:
            with other.cursor() as cursor:
                cursor.setinputsizes(nv=oracledb.DB_TYPE_NVARCHAR)
                await cursor.execute(
                    "SELECT b, nv, nc, nl, f, d, l FROM wide WHERE nv = :nv", {"nv": "특가😀"}, fetch_lobs=False
                )
                return list(await cursor.fetchall())

    rows = asyncio.run(fetch())
    assert len(rows) == 3
    for row in rows:
        _check(row)
    assert table.execute("SELECT COUNT(*) FROM wide WHERE b IS NULL AND nl IS NULL AND d IS NULL").fetchone() == (20,)


def test_lobs_are_written_piece_by_piece(connection: oracledb.Connection, table: oracledb.Cursor) -> None:
    blob, nclob = connection.createlob(oracledb.DB_TYPE_BLOB, b"abc"), connection.createlob(oracledb.DB_TYPE_NCLOB)
    blob.write(b"Z", 6)
    nclob.write("가나")
    assert (blob.read(), nclob.read()) == (b"abc\0\0Z", "가나")
    blob.trim(5)
    states = [blob.isopen()]
    blob.open()
    states.append(blob.isopen())
    blob.close()
    assert [*states, blob.isopen()] == [False, True, False]
    table.execute("INSERT INTO wide (b, nl) VALUES (:1, :2)", [blob, nclob])
    assert table.execute("SELECT b, nl, LENGTH(b) FROM wide", fetch_lobs=False).fetchone() == (b"abc\0\0", "가나", 5)
    for misuse in ("SELECT b FROM wide WHERE b = '00'", "SELECT b FROM wide ORDER BY b"):
        with raises(932, "BLOB"):
            table.execute(misuse)
    with raises(3001, "a string as a BLOB"):
        table.execute("INSERT INTO wide (b) VALUES ('00')")


def test_national_strings_are_measured_in_utf_16(table: oracledb.Cursor) -> None:
    table.execute("INSERT INTO wide (nv, nc) VALUES (N'특가😀', '가')")
    table.execute("SELECT LENGTH(nv), LENGTHB(nv), nv || '|', nc || '|' FROM wide WHERE nc = '가' AND nv LIKE '특%'")
    assert table.fetchone() == (4, 8, "특가😀|", "가  |")
    with raises(12899, '"NV" (actual: 6, maximum: 5)'):
        table.execute("INSERT INTO wide (nv) VALUES ('😀😀😀')")
    with raises(12899, '"NC" (actual: 4, maximum: 3)'):
        table.execute("INSERT INTO wide (nc) VALUES ('abcd')")
    with raises(910):
        table.execute("CREATE TABLE x (a NVARCHAR2(2001))")


@pytest.mark.parametrize(
    ("value", "bytes_"),
    [
        ("N'가😀'", 6), ("nv", 6), ("MAX(nv)", 6), ("UPPER(nv)", 6), ("TRIM(nv)", 6), ("RTRIM(nv, 'x')", 6), ("REPLACE(nv, '나')", 6),
        ("CASE WHEN nv IS NOT NULL THEN nv END", 6), ("COALESCE(nv, nv)", 6), ("NULLIF(nv, 'x')", 6), ("NVL(nv, 'x')", 6),
        ("NVL2(nv, nv, NULL)", 6), ("DECODE(nv, '가😀', nv)", 6), ("nv || NULL", 6), ("MIN(nc)", 6), ("LOWER(nc)", 6), (":1", 6), ("LISTAGG(nv) WITHIN GROUP (ORDER BY nv)", 7),
        ("TO_CHAR(nv)", 7), ("NVL('가😀', nv)", 7),
    ],
)  # fmt: skip
def test_what_is_made_of_a_national_string_is_one(table: oracledb.Cursor, value: str, bytes_: int) -> None:
    table.execute("INSERT INTO wide (nv, nc) VALUES (:1, N'가나다')", ["가😀"])
    binds = ["가😀"] if value == ":1" else []
    table.setinputsizes(*(oracledb.DB_TYPE_NVARCHAR for _ in binds))
    table.execute(f"SELECT LENGTHB({value}) FROM wide", binds)
    assert table.fetchall() == [(bytes_,)]


@pytest.mark.parametrize("column", ["v VARCHAR2(40)", "c CHAR(40)", "nv NVARCHAR2(40)", "nc NCHAR(40)"])
def test_a_value_becomes_the_string_that_oracle_makes_of_it(connection: oracledb.Connection, column: str) -> None:
    """Not the one that the server underneath would print."""
    cursor, name = connection.cursor(), column.split()[0]
    cursor.execute(f"CREATE TABLE made ({column}, b BLOB)")
    try:
        for value in ("-.50", "DATE '2027-01-02'", "STANDARD_HASH('a', 'MD5')", "N'x'", "'x'"):
            cursor.execute(f"INSERT INTO made ({name}) VALUES ({value})")
        found = [value.rstrip() for (value,) in cursor.execute(f"SELECT {name} FROM made").fetchall()]
        assert found == ["-.5", "02-JAN-27", "0CC175B9C0F1B6A831C399E269772661", "x", "x"]
        for value in ("1.5d", "1.5f", "SYSTIMESTAMP", "LOCALTIMESTAMP", "CURRENT_TIMESTAMP"):
            with raises(3001):
                cursor.execute(f"INSERT INTO made ({name}) VALUES ({value})")
        cursor.execute("INSERT INTO made (b) VALUES (:1)", [b"a"])
        with raises(932, "BLOB"):
            cursor.execute(f"UPDATE made SET {name} = b WHERE b IS NOT NULL")
    finally:
        drop(connection, "made")


@pytest.mark.parametrize("value", ["CASE WHEN 1 = 1 THEN nv ELSE 'a' END", "COALESCE(nv, 'a')", "COALESCE('a', nc)"])
def test_national_strings_and_others_are_not_chosen_from(table: oracledb.Cursor, value: str) -> None:
    with raises(12704):
        table.execute(f"SELECT {value} FROM wide")


@pytest.mark.parametrize("number", [0.0, 1 / 3, -1.5, 5e-324, -1.7976931348623157e308, math.inf, -math.inf, math.nan])
def test_a_double_is_exact(table: oracledb.Cursor, number: float) -> None:
    table.setinputsizes(oracledb.DB_TYPE_BINARY_DOUBLE, oracledb.DB_TYPE_BINARY_DOUBLE)
    table.execute("INSERT INTO wide (d, f) VALUES (:1, :2)", [number, number])
    found = table.execute("SELECT d, f, -d FROM wide").fetchone()
    single = {5e-324: 0.0, -1.7976931348623157e308: -math.inf}.get(number, pytest.approx(number, rel=1e-7, nan_ok=True))
    assert found == (
        pytest.approx(number, rel=0, abs=0, nan_ok=True),
        single,
        pytest.approx(-number, rel=0, abs=0, nan_ok=True),
    )


def test_numbers_become_binary_and_not_back(table: oracledb.Cursor) -> None:
    table.execute("INSERT INTO wide (f, d) VALUES (1e39, '0.1')")
    assert table.execute("SELECT f, d FROM wide WHERE d = 0.1 AND f IS INFINITE").fetchone() == (math.inf, 0.1)
    with raises(3001, "BINARY_FLOAT or BINARY_DOUBLE to NUMBER"):
        table.execute("UPDATE wide SET p = d")
    with raises(3001, "infinity or NaN"):
        table.execute("UPDATE wide SET d = 'NaN'")


def test_a_float_has_binary_digits(table: oracledb.Cursor) -> None:
    for number, kept in ((1.23, 1.2), (7.89, 7.9), (12.79, 13), (123.45, 120), (0, 0)):
        table.execute("UPDATE wide SET p = NULL")
        table.execute("INSERT INTO wide (p) VALUES (:1)", [number])
        assert table.execute("SELECT p FROM wide WHERE p IS NOT NULL").fetchone() == (kept,)


def test_a_local_time_is_the_session_s(table: oracledb.Cursor) -> None:
    table.execute("INSERT INTO wide (l) VALUES (TIMESTAMP '2027-01-02 03:04:05.5 +02:00')")
    table.execute("ALTER SESSION SET TIME_ZONE = '+09:00'")
    table.execute(
        "SELECT l, SYS_EXTRACT_UTC(l), TO_CHAR(l, 'HH24:MI:SS.FF1'), CAST(l AS DATE), SESSIONTIMEZONE FROM wide"
        " WHERE l = TIMESTAMP '2027-01-02 10:04:05.5' AND l > DATE '2027-01-02'"
    )
    local, utc = datetime.datetime(2027, 1, 2, 10, 4, 5, 500000), datetime.datetime(2027, 1, 2, 1, 4, 5, 500000)
    assert table.fetchone() == (local, utc, "10:04:05.5", local.replace(microsecond=0), "+09:00")
    hours = "TO_CHAR(SYSDATE, 'HH24'), TO_CHAR(SYSDATE + 9 / 24, 'HH24')"
    table.execute(f"SELECT {hours}, TO_CHAR(SYSTIMESTAMP, 'HH24'), TO_CHAR(CURRENT_TIMESTAMP, 'HH24') FROM dual")
    there, here, *found = table.fetchone()
    assert found == [there, here]
    with raises(1874):
        table.execute("ALTER SESSION SET TIME_ZONE = '+15:00'")


def test_a_client_says_its_time_zone_when_it_logs_in(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORA_SDTZ", "+05:30")
    with oracle.connect() as connection:
        assert connection.cursor().execute("SELECT SESSIONTIMEZONE FROM dual").fetchone() == ("+05:30",)


@pytest.mark.parametrize("value", ["nv", "nc", "nv || '|'", "'|' || nc", "NVL(nv, '-') || ''"])
def test_a_national_string_is_not_hashed_as_another(table: oracledb.Cursor, value: str) -> None:
    """It would be in AL16UTF16 there; TO_CHAR makes it a VARCHAR2."""
    table.execute("INSERT INTO wide (nv, nc) VALUES ('a', 'b')")
    with raises(3001, "STANDARD_HASH of NVARCHAR2"):
        table.execute(f"SELECT STANDARD_HASH({value}, 'MD5') FROM wide")
    table.execute("SELECT STANDARD_HASH(TO_CHAR(nv) || '|', 'MD5') FROM wide")


@pytest.mark.parametrize("column", ["nv", "nc"])
def test_national_strings_are_sorted_by_their_utf_16(table: oracledb.Cursor, column: str) -> None:
    """What UTF-16 spells with a pair comes before U+E000, whatever its code point."""
    ordered = ["a", "a\ue000", "특", "😀", "\U0010fffe", "\U0010ffff", "\ue000", "\uff01a", "\uffee"]
    table.setinputsizes(_SIZES[column])
    table.executemany(f"INSERT INTO wide ({column}) VALUES (:1)", [(text,) for text in ordered[::-1]])
    name = f"RTRIM({column})"
    for query in (
        f"SELECT {name} FROM wide ORDER BY {column}",
        f"SELECT {name} FROM wide GROUP BY {column} ORDER BY {column}",
        f"SELECT {column} || '' FROM wide UNION SELECT {column} || '' FROM wide ORDER BY 1",
    ):
        assert [str(text).rstrip() for (text,) in table.execute(query)] == ordered
    assert table.execute(f"SELECT MIN({column}), MAX({column}) FROM wide").fetchone() == tuple(
        text.ljust(3 if column == "nc" else 1) for text in (ordered[0], ordered[-1])
    )
    table.execute(f"SELECT COUNT(*) FROM wide WHERE {column} > '\U0010fffe' AND {column} <= '\uff01b'")
    assert table.fetchone() == (3,)


def test_positions_in_a_national_string_are_told_where_they_are_certain(table: oracledb.Cursor) -> None:
    table.execute("INSERT INTO wide (nv, nc) VALUES ('특가석', '가나다')")
    places = "LENGTH({0}), SUBSTR({0}, 2, 1), SUBSTR({0}, -1), INSTR({0}, SUBSTR({0}, 3)), INSTR({0}, '없', 2)"
    for name, text in (("nv", "특가석"), ("nc", "가나다")):
        found = table.execute(f"SELECT {places.format(name)} FROM wide").fetchone()
        assert found == (3, text[1], text[2], 3, 0)
    table.execute("UPDATE wide SET nv = '😀석', nc = '😀', nl = '😀'")
    assert table.execute("SELECT LENGTH(nv), LENGTH(nc) FROM wide").fetchone() == (3, 3)
    for call in (
        "SUBSTR(nv, 1, 1)", "SUBSTR(nc, -1)", "INSTR(nv, '석')", "INSTR(UPPER(nc), 'a', -1)", "SUBSTR(NVL(nv, '-'), 2)",
        "CASE WHEN nv LIKE '_석' THEN 1 END", "SUBSTR(nl, 2, 1)",
    ):  # fmt: skip
        with raises(3001, "UTF-16 pair of NVARCHAR2/CLOB"):
            table.execute(f"SELECT {call} FROM wide").fetchall()
    assert table.execute("SELECT SUBSTR(TO_CHAR(nv), 2) FROM wide").fetchone() == ("석",)


def test_a_string_becomes_a_double(table: oracledb.Cursor) -> None:
    table.execute("INSERT INTO wide (d, f) VALUES ('1e300', '1e300')")
    assert table.execute("SELECT d, f FROM wide WHERE d = 1e100 * 1e20 OR d > 1e120").fetchall() == [(1e300, math.inf)]
    with raises(3001, "beyond BINARY_DOUBLE"):
        table.execute("INSERT INTO wide (d) VALUES ('1e400')")
    with raises(1722):
        table.execute("INSERT INTO wide (d) VALUES ('x')")


def test_a_null_of_any_type_is_a_local_time_s(table: oracledb.Cursor) -> None:
    table.execute("INSERT INTO wide (l) VALUES (:1)", [None])
    with raises(3001, "a string as a TIMESTAMP WITH LOCAL TIME ZONE"):
        table.execute("INSERT INTO wide (l) VALUES (:1)", ["2027-01-01"])
