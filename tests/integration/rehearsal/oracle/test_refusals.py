"""What is not in the list gets an ORA- error that quotes it: nothing of PostgreSQL's shows through, nothing is guessed."""

from __future__ import annotations

import oracledb
import pytest

from tests.support.oracle import raises
from tests.support.oracle_refusals import REFUSED, UNLISTED

# Nothing leads to the server underneath.
UNREACHABLE = [
    'SELECT "pg_catalog"."version"() FROM dual',
    "SELECT version() FROM dual",
    "SELECT pg_read_file('/etc/passwd') FROM dual",
    "SELECT current_setting('data_directory') FROM dual",
    "SELECT set_config('search_path', 'x', false) FROM dual",
    'SELECT * FROM "pg_catalog"."pg_class"',
    'SELECT * FROM "pg_class"',
    "SELECT * FROM pg_catalog.pg_class",
    "SELECT * FROM information_schema.tables",
    'SELECT * FROM "SYS"."users"',
    'SELECT * FROM "users"',
    'INSERT INTO "pg_catalog"."pg_authid" ("rolname") VALUES (\'x\')',
    "COPY flightspecial TO '/tmp/x'",
    "SHOW data_directory",
    "SET role postgres",
    "RESET ROLE",
    "DO $$ BEGIN END $$",
    "CREATE EXTENSION plpython3u",
    "ALTER SESSION SET search_path = 'pg_catalog'",
    'CREATE TABLE "a\'||pg_sleep(1)||\'" ("x\'" NUMBER, "y" pg_catalog.text)',
    "DROP TABLE all_tables",
]


@pytest.mark.parametrize("statement", UNLISTED)
def test_oracle_s_other_constructs_are_named_in_the_error(cursor: oracledb.Cursor, statement: str) -> None:
    with raises(3001, "ORA-03001: unimplemented feature: ", UNLISTED[statement]):
        cursor.execute(statement)


@pytest.mark.parametrize("statement", REFUSED)
def test_what_only_postgresql_accepts_is_refused(cursor: oracledb.Cursor, statement: str) -> None:
    with raises(REFUSED[statement]):
        cursor.execute(statement)


@pytest.mark.parametrize("statement", UNREACHABLE)
def test_the_server_underneath_is_out_of_reach(cursor: oracledb.Cursor, statement: str) -> None:
    with pytest.raises(oracledb.DatabaseError) as failure:
        cursor.execute(statement)
    assert failure.value.args[0].code in (900, 902, 904, 911, 942, 1031, 3001)
    for leak in ("relation", "pg_class does", "psycopg", "PostgreSQL", "SQLSTATE"):
        assert leak not in str(failure.value)


@pytest.mark.parametrize("name", ["a'b", "a\\b", "한글", "sELECT", "~x", "t:x", "pg_x"])
def test_odd_quoted_names_are_only_names(cursor: oracledb.Cursor, name: str) -> None:
    cursor.execute(f'CREATE TABLE "{name}" ("{name}" NUMBER DEFAULT 1, "Other" VARCHAR2(5))')
    try:
        cursor.execute(f'INSERT INTO "{name}" ("Other") VALUES (:1)', ["o'k"])
        cursor.execute(f'SELECT t."{name}", "Other" FROM "{name}" t')
        assert [column[0] for column in cursor.description or []] == [name, "Other"]
        assert cursor.fetchall() == [(1, "o'k")]
        found = cursor.execute(
            "SELECT table_name, column_name FROM user_tab_columns WHERE table_name = :1 ORDER BY column_id", [name]
        )
        assert found.fetchall() == [(name, name), (name, "Other")]
    finally:
        cursor.execute(f'DROP TABLE "{name}"')


def test_deep_nesting_ends_in_an_error(cursor: oracledb.Cursor) -> None:
    with raises(3001, "nested"):
        cursor.execute(f"SELECT {'(' * 5000}1{')' * 5000} FROM dual")
    with raises(3001, "nested"):
        cursor.execute(f"SELECT {'NOT ' * 5000} 1 = 1 FROM dual")
    with raises(3001, "nested"):
        cursor.execute(f"SELECT {'- ' * 5000} 1 FROM dual")
    assert cursor.execute("SELECT 1 FROM dual").fetchone() == (1,)
