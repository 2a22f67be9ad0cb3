"""Strings as datetimes: each field of each format model, within its bounds and beyond them, wherever a string is read.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Format-Models.html (String-to-Date Conversion Rules)
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.oracle import raises

if TYPE_CHECKING:
    import oracledb

_FULL = "YYYY-MM-DD HH24:MI:SS"
# The input, its format model, and the error's number.
_REFUSED = [
    ("0000-01-01", "YYYY-MM-DD", 1841),
    ("2027-00-01", "YYYY-MM-DD", 1843),
    ("2027-13-01", "YYYY-MM-DD", 1843),
    ("2027-XXX-01", "YYYY-MM-DD", 1843),
    ("01-FOO-27", "DD-MON-RR", 1843),
    ("01-03-27", "DD-MON-RR", 1843),
    ("01 March2027", "DD MONTH YYYY", 3001),
    ("2027-01-00", "YYYY-MM-DD", 1847),
    ("2027-01-32", "YYYY-MM-DD", 1847),
    ("2027-02-30", "YYYY-MM-DD", 1839),
    ("2027-02-29", "YYYY-MM-DD", 1839),
    ("1900-02-29", "YYYY-MM-DD", 1839),
    ("31-APR-27", "DD-MON-RR", 1839),
    ("2027-01-01 24:00:00", _FULL, 1850),
    ("2027-01-01 25:00:00", _FULL, 1850),
    ("2027-01-01 00:60:00", _FULL, 1851),
    ("2027-01-01 00:61:00", _FULL, 1851),
    ("2027-01-01 00:00:60", _FULL, 1852),
    ("00:10 AM", "HH12:MI AM", 1849),
    ("13:10 PM", "HH:MI PM", 1849),
    ("10:10 XM", "HH:MI AM", 1855),
    ("10:10", "HH:MI AM", 3001),
    ("2027-01", "YYYY-MM-DD", 1840),
    ("2027-", "YYYY-MM-DD", 1840),
    ("10:00 2027", "HH24:MI YYYY-MM-DD", 1840),
    ("2027-01-01 and more", "YYYY-MM-DD", 1830),
    ("2027-01-01x", "YYYY-MM-DD", 1830),
    ("2027-01-01 ", "YYYY-MM-DD", 3001),
    (" 2027-01-01", "YYYY-MM-DD", 3001),
    ("20270101", "YYYY-MM-DD", 3001),
    ("2027년01-01", "YYYY-MM-DD", 1861),
    ("2027-a1-01", "YYYY-MM-DD", 1843),
    ("2027-01-a1", "YYYY-MM-DD", 1858),
    ("xxxx-01-01", "YYYY-MM-DD", 1858),
    ("7-01-01", "RR-MM-DD", 3001),
    ("2027x01", 'YYYY"T"MM', 1861),
]
# Formats that no input has.
_NO_FORMAT = [
    ("YYYY-MM-DD YYYY", 1810),
    ("DD-DD", 1810),
    ("YYYY RR", 1812),
    ("HH24:HH12 AM", 1813),
    ("MM MON", 1816),
    ("HH24:MI AM", 1818),
    ("YYYY-MM-DD SS.FF", 1821),
    ("YYYY-MM-DD ?", 1821),
    ("DY DD-MON-YYYY", 3001),
    ("YYYY-MM-DD TZH", 3001),
]
_READ = [
    ("2027-12-31 23:59:59", _FULL, (2027, 12, 31, 23, 59, 59)),
    ("9999-12-31", "YYYY-MM-DD", (9999, 12, 31)),
    ("0001-01-01", "YYYY-MM-DD", (1, 1, 1)),
    ("2028-02-29", "YYYY-MM-DD", (2028, 2, 29)),
    ("2000-02-29", "YYYY-MM-DD", (2000, 2, 29)),
    ("27-1-2", "YYYY-MM-DD", (27, 1, 2)),
    ("2027-1-2", "YYYY-MM-DD", (2027, 1, 2)),
    ("2027/01.02", "YYYY-MM-DD", (2027, 1, 2)),
    ("2027-MAR-02", "YYYY-MM-DD", (2027, 3, 2)),
    ("2-march-2027", "DD-MON-YYYY", (2027, 3, 2)),
    ("2-may-2027", "DD-MONTH-YYYY", (2027, 5, 2)),
    ("2-dec-2027", "DD-MONTH-YYYY", (2027, 12, 2)),
    ("20270203040506", "YYYYMMDDHH24MISS", (2027, 2, 3, 4, 5, 6)),
    ("270203", "RRMMDD", (2027, 2, 3)),
    ("49-01-01", "RR-MM-DD", (2049, 1, 1)),
    ("50-01-01", "RR-MM-DD", (1950, 1, 1)),
    ("00-01-01", "RR-MM-DD", (2000, 1, 1)),
    ("1999-01-01", "RR-MM-DD", (1999, 1, 1)),
    ("99-01-01", "YY-MM-DD", (2099, 1, 1)),
    ("2027-01-02", _FULL, (2027, 1, 2)),
    ("2027-01-02 03", _FULL, (2027, 1, 2, 3)),
    ("2027-01-02 03:04", _FULL, (2027, 1, 2, 3, 4)),
    ("2027-01-02 12:00 AM", "YYYY-MM-DD HH:MI AM", (2027, 1, 2, 0, 0)),
    ("2027-01-02 12:00 pm", "YYYY-MM-DD HH:MI AM", (2027, 1, 2, 12, 0)),
    ("2027-01-02 11:59 PM", "YYYY-MM-DD HH12:MI AM", (2027, 1, 2, 23, 59)),
    ("2027-01-02T03:04", 'YYYY-MM-DD"T"HH24:MI', (2027, 1, 2, 3, 4)),
]


@pytest.mark.parametrize(("text", "model", "number"), _REFUSED)
def test_what_is_out_of_bounds_has_its_own_error(cursor: oracledb.Cursor, text: str, model: str, number: int) -> None:
    for function in ("TO_DATE", "TO_TIMESTAMP"):
        with raises(number):
            cursor.execute(f"SELECT {function}(:1, '{model}') FROM dual", [text]).fetchall()


@pytest.mark.parametrize(("model", "number"), _NO_FORMAT)
def test_formats_that_no_input_has(cursor: oracledb.Cursor, model: str, number: int) -> None:
    with raises(number):
        cursor.execute(f"SELECT TO_DATE(:1, '{model}') FROM dual", ["2027"])


@pytest.mark.parametrize(("text", "model", "parts"), _READ)
def test_what_is_read(cursor: oracledb.Cursor, text: str, model: str, parts: tuple[int, ...]) -> None:
    for function in ("TO_DATE", "TO_TIMESTAMP"):
        cursor.execute(f"SELECT {function}(:1, '{model}') FROM dual", [text])
        assert cursor.fetchone() == (datetime.datetime(*parts),)  # type: ignore[arg-type]


def test_fields_that_a_format_leaves_out_are_of_today(cursor: oracledb.Cursor) -> None:
    """The year and month of today, the first day, and midnight."""
    expected = {
        "TO_DATE('10:30', 'HH24:MI')": "TRUNC(SYSDATE, 'MM') + 630 / 1440",
        "TO_DATE('12', 'DD')": "TRUNC(SYSDATE, 'MM') + 11",
        "TO_DATE('2031', 'YYYY')": "TO_DATE('2031-' || TO_CHAR(SYSDATE, 'MM'), 'YYYY-MM')",
        "TO_TIMESTAMP('07', 'MM')": "TO_DATE(TO_CHAR(SYSDATE, 'YYYY') || '-07-01', 'YYYY-MM-DD')",
    }
    for expression, same in expected.items():
        read, wanted = cursor.execute(f"SELECT {expression}, {same} FROM dual").fetchone()
        assert read == wanted, expression


@pytest.mark.parametrize(
    ("expression", "number"),
    [
        ("DATE '2026-02-30'", 1839),
        ("DATE '2026-00-10'", 1843),
        ("DATE '2026-13-10'", 1843),
        ("DATE '2026-12-00'", 1847),
        ("DATE '2026-12-32'", 1847),
        ("DATE '0000-12-01'", 1841),
        ("DATE '20261201'", 1861),
        ("TIMESTAMP '2026-02-30 00:00:00'", 1839),
        ("TIMESTAMP '2026-02-03 24:00:00'", 1850),
        ("TIMESTAMP '2026-02-03 00:60:00'", 1851),
        ("TIMESTAMP '2026-02-03 00:00:60.5'", 1852),
        ("TIMESTAMP '2026-02-03 00:00:00.1234567'", 3001),
        ("TIMESTAMP '2026-02-03 00:00:00 Asia/Seoul'", 3001),
        ("TIMESTAMP '2026-02-03 00:00:00 +09:60'", 1875),
        ("TO_TIMESTAMP('00.1234567', 'SS.FF')", 3001),
        ("TO_TIMESTAMP('00.1234', 'SS.FF3')", 3001),
        ("CAST('00-MAR-27' AS DATE)", 1847),
        ("CAST('32-MAR-27' AS DATE)", 1847),
        ("CAST('30-FEB-27' AS DATE)", 1839),
        ("CAST('01-FOO-27' AS DATE)", 1843),
        ("CAST('01-MAR-27 10.00.60.0 AM' AS TIMESTAMP)", 1852),
        ("CASE WHEN SYSDATE > '00-JAN-27' THEN 1 END", 1847),
        ("CASE WHEN SYSDATE > '31-FEB-27' THEN 1 END", 1839),
        ("CASE WHEN LOCALTIMESTAMP > '01-MAR-27 13.00.00.0 AM' THEN 1 END", 1849),
        ("DATE '9999-12-31' + 1", 1841),
        ("CASE WHEN DATE '9999-12-31' + 1 > SYSDATE THEN 1 END", 1841),
        ("DATE '2027-01-01' + 1e7", 1841),
        ("DATE '2027-01-01' + 1e20", 1841),
        ("DATE '0001-01-01' - 1", 3001),
    ],
)
def test_literals_casts_conversions_and_sums(cursor: oracledb.Cursor, expression: str, number: int) -> None:
    with raises(number):
        cursor.execute(f"SELECT {expression} FROM dual").fetchall()


def test_a_session_s_format_has_the_same_bounds(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE read_dates (d DATE)")
    try:
        cursor.execute("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD'")
        cursor.execute("INSERT INTO read_dates VALUES ('2027-02-28')")
        for text, number in (("2027-02-00", 1847), ("2027-00-01", 1843), ("2027-02-29", 1839), ("2027", 1840)):
            with raises(number):
                cursor.execute("INSERT INTO read_dates VALUES (:1)", [text])
            with raises(number):
                cursor.execute("SELECT 1 FROM read_dates WHERE d = :1", [text]).fetchall()
        cursor.execute("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD DY'")
        with raises(1821):
            cursor.execute("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF3'")
        with raises(3001, "the session's format"):
            cursor.execute("INSERT INTO read_dates VALUES ('2027-02-28')")
        assert cursor.execute("SELECT d FROM read_dates").fetchall() == [(datetime.datetime(2027, 2, 28),)]
    finally:
        cursor.connection.rollback()
        cursor.execute("DROP TABLE read_dates")
