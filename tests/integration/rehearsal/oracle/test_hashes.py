"""What whole tables are compared by: texts and hashes of many rows, computed by the database itself."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import psycopg
import pytest

from rehearsal.oracle.dialect.statements import read
from rehearsal.oracle.dialect.tree.queries import Query
from rehearsal.postgres.cluster import SUPERUSER, SUPERUSER_PASSWORD
from tests.support.oracle import Oracle, drop, raises

if TYPE_CHECKING:
    from collections.abc import Iterator

    import oracledb

_TEXTS = {
    "TO_CHAR(n)": "-.5",
    "TO_CHAR(ROUND(n, 6))": "-.5",
    "v": "a ",
    "RTRIM(v, ' ')": "a",
    "LOWER(RAWTOHEX(r))": "00ff",
    "LTRIM(TO_CHAR(d, 'SYYYY-MM-DD HH24:MI:SS'))": "2027-03-04 05:06:07",
    "LTRIM(RTRIM(RTRIM(TO_CHAR(t, 'SYYYY-MM-DD HH24:MI:SS.FF9'), '0'), '.'))": "2027-03-04 05:06:07.25",
    "LTRIM(RTRIM(RTRIM(TO_CHAR(SYS_EXTRACT_UTC(z), 'SYYYY-MM-DD HH24:MI:SS.FF9'), '0'), '.'))": "2027-03-03 20:06:07",
    "NVL(v, '-') || COALESCE(e, '~') || CASE WHEN e IS NULL THEN LOWER('N') ELSE e END": "a ~n",
    "LENGTH(v) || ':' || MOD(i, 7) || ':' || FLOOR(n) || ':' || SUBSTR(v, 1, 1) || ':' || e": "2:3:-1:a:",
}
_ALL = " || '|' || ".join(f"({text})" for text in _TEXTS)
_HASH = f"RAWTOHEX(STANDARD_HASH({_ALL}, 'MD5'))"
_CALLS = "SELECT funcname, calls FROM pg_stat_xact_user_functions"


@pytest.fixture
def table(connection: oracledb.Connection) -> Iterator[oracledb.Cursor]:
    """One row of each type that is compared by its text."""
    cursor = connection.cursor()
    cursor.execute(
        "CREATE TABLE hashed (n NUMBER, i INTEGER, v VARCHAR2(9), e VARCHAR2(9), r RAW(8), d DATE, t TIMESTAMP,"
        " z TIMESTAMP WITH TIME ZONE, l CLOB)"
    )
    cursor.execute(
        "INSERT INTO hashed VALUES (-.5, 10, 'a ', '', '00ff', TO_DATE('2027-03-04 05:06:07', 'YYYY-MM-DD HH24:MI:SS'),"
        " TIMESTAMP '2027-03-04 05:06:07.25', TIMESTAMP '2027-03-04 05:06:07 +09:00', 'long')"
    )
    connection.commit()
    yield cursor
    drop(connection, "hashed")


@pytest.fixture
def postgres(oracle: Oracle) -> Iterator[psycopg.Connection]:
    """The server underneath, which counts the calls of functions that it could not inline."""
    port = (oracle.log.parent / "cluster/data/postmaster.pid").read_text().splitlines()[3]
    with psycopg.connect(
        host="127.0.0.1", port=port, user=SUPERUSER, password=SUPERUSER_PASSWORD, dbname="postgres"
    ) as connection:
        connection.execute("SET track_functions = 'all'")
        yield connection


@pytest.mark.parametrize("expression", _TEXTS)
def test_a_text_is_exact(table: oracledb.Cursor, expression: str) -> None:
    assert table.execute(f"SELECT {expression} FROM hashed").fetchone() == (_TEXTS[expression],)


def test_a_hash_is_that_of_the_text_s_bytes(table: oracledb.Cursor) -> None:
    expected = hashlib.md5("|".join(_TEXTS.values()).encode(), usedforsecurity=False).hexdigest().upper()
    assert table.execute(f"SELECT {_HASH} FROM hashed").fetchone() == (expected,)
    table.execute(
        f"SELECT MOD(i, 4), COUNT(*), SUM(TO_NUMBER(SUBSTR({_HASH}, 1, 8), 'XXXXXXXX')) FROM hashed GROUP BY MOD(i, 4)"
    )
    assert table.fetchone() == (2, 1, int(expected[:8], 16))


@pytest.mark.parametrize(
    "expression",
    [
        *_TEXTS, _HASH, f"SUBSTR({_HASH}, 1, 8)", f"LENGTH({_HASH})", "SUBSTR(l, 2, 3) || LENGTH(l)",
        f"TO_NUMBER(SUBSTR({_HASH}, 1, 15), 'XXXXXXXXXXXXXXX')", "MOD(i, n)", "SUBSTR(v, i)", "TO_CHAR(i, 'FM990.00')",
        "TRUNC(d)", "d + 1",
    ],
)  # fmt: skip
@pytest.mark.usefixtures("table")
def test_no_function_is_called_per_value(postgres: psycopg.Connection, expression: str) -> None:
    """A call that PostgreSQL does not inline costs as much as a whole row."""
    statement = read(f"SELECT {expression} FROM hashed", [], "TRAVELBUDDY", lambda _: ())
    assert isinstance(statement, Query)
    query = statement.sql()
    postgres.execute(f"EXPLAIN {query}".encode())
    planning: dict[str, int] = dict(postgres.execute(_CALLS).fetchall())
    postgres.execute(query.encode())
    assert dict(postgres.execute(_CALLS).fetchall()) == {name: 2 * calls for name, calls in planning.items()}


@pytest.mark.parametrize(("value", "binds"), [("'a'", []), ("N'a'", []), (":1", ["text"]), (":1", ['"SYS".nvarchar2'])])
def test_an_index_finds_a_national_string(
    postgres: psycopg.Connection, connection: oracledb.Connection, value: str, binds: list[str]
) -> None:
    connection.cursor().execute("CREATE TABLE nationals (v NVARCHAR2(9) PRIMARY KEY)")
    try:
        statement = read(f"SELECT v FROM nationals WHERE v = {value}", binds, "TRAVELBUDDY", lambda _: ())
        assert isinstance(statement, Query)
        for preparation in ("SET enable_seqscan = off", f"PREPARE found AS {statement.sql()}"):
            postgres.execute(preparation.encode())
        arguments = "('a')" if binds else ""
        plan = postgres.execute(f"EXPLAIN EXECUTE found {arguments}".encode()).fetchall()
        assert any("Index Cond" in line for (line,) in plan), plan
    finally:
        postgres.rollback()
        drop(connection, "nationals")


@pytest.mark.parametrize(
    "number", ["0", "-0.50", "0.000123", "1e39", "-123456789012345678901234567890.12", "1800000000000000"]
)
def test_a_number_s_text_has_no_zero_that_says_nothing(cursor: oracledb.Cursor, number: str) -> None:
    expected = {"0": "0", "-0.50": "-.5", "0.000123": ".000123", "1e39": "1" + "0" * 39}.get(number, number)
    assert cursor.execute(f"SELECT TO_CHAR({number}), {number} || '' FROM dual").fetchone() == (expected, expected)


def test_a_string_is_no_longer_than_4000_bytes(table: oracledb.Cursor) -> None:
    wide = "RPAD('a', 3999, 'b')"
    assert table.execute(f"SELECT LENGTH({wide} || 'c') FROM dual").fetchone() == (4000,)
    for too_long in (f"{wide} || '가'", f"1 || {wide} || 1", f"RTRIM({wide} || 'cd')"):
        with raises(1489, "result of string concatenation is too long"):
            table.execute(f"SELECT {too_long} FROM dual")
    # A CLOB makes a CLOB, which has room.
    found = table.execute(f"SELECT l || {wide} || {wide}, {wide} || l FROM hashed").fetchone()
    assert [len(lob.read()) for lob in found] == [4 + 2 * 3999, 3999 + 4]


def test_a_date_has_no_fraction_to_print(table: oracledb.Cursor) -> None:
    with raises(1821):
        table.execute("SELECT TO_CHAR(d, 'SS.FF9') FROM hashed")


def test_large_objects_are_hashed_by_whom_it_is_granted(oracle: Oracle, table: oracledb.Cursor) -> None:
    query = "SELECT RAWTOHEX(DBMS_CRYPTO.HASH(l, 2)), DBMS_LOB.GETLENGTH(l) FROM hashed"
    with raises(904):
        table.execute(query)
    with oracle.connect("SYSTEM", "manager") as administrator:
        administrator.cursor().execute("GRANT EXECUTE ON dbms_crypto TO travelbuddy")
        table.execute(query)
        assert table.fetchall() == [(hashlib.md5(b"long").hexdigest().upper(), 4)]  # noqa: S324
        administrator.cursor().execute("REVOKE EXECUTE ON dbms_crypto FROM travelbuddy")
    with raises(904):
        table.execute(query)
