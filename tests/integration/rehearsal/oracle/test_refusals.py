"""What is not in the list gets an ORA- error that quotes it: nothing of PostgreSQL's shows through, nothing is guessed."""

from __future__ import annotations

import oracledb
import pytest
from tests.support.oracle import raises

# Oracle knows these; the list does not.
UNLISTED = {
    "SELECT f.id FROM flightspecial f, hotelspecial h WHERE f.id = h.id(+)": "(+)",
    "SELECT id FROM flightspecial START WITH id = 1 CONNECT BY PRIOR id = id": "START",
    "SELECT LEVEL FROM dual CONNECT BY LEVEL < 5": "LEVEL",
    "SELECT ROWID FROM flightspecial": "ROWID",
    "SELECT ROWNUM FROM flightspecial": "ROWNUM",
    "SELECT id FROM flightspecial WHERE ROWNUM > 1": "ROWNUM",
    "SELECT id FROM flightspecial WHERE ROWNUM <= 1 OR id = 2": "ROWNUM",
    "SELECT f.id FROM flightspecial f, hotelspecial h WHERE ROWNUM <= 3 ORDER BY f.id": "ROWNUM",
    "SELECT f.id FROM flightspecial f NATURAL JOIN hotelspecial": "NATURAL",
    "SELECT f.id FROM flightspecial f JOIN hotelspecial h USING (id)": "USING",
    "SELECT f.id FROM flightspecial f RIGHT JOIN hotelspecial h ON f.id = h.id": "RIGHT",
    "SELECT ROW_NUMBER() OVER (ORDER BY id) FROM flightspecial": "ROW_NUMBER",
    "SELECT SUM(id) OVER () FROM flightspecial": "SUM(...) OVER",
    "WITH x AS (SELECT 1 a FROM dual) SELECT * FROM x": "WITH",
    "SELECT id FROM flightspecial FETCH FIRST 10 PERCENT ROWS ONLY": "PERCENT",
    "SELECT id FROM flightspecial FETCH FIRST 2 ROWS WITH TIES": "WITH TIES",
    "SELECT id FROM flightspecial WHERE id = ANY (1, 2)": "ANY",
    "SELECT REGEXP_REPLACE(header, 'a', 'b') FROM flightspecial": "REGEXP_REPLACE",
    "SELECT STANDARD_HASH('a') FROM dual": "STANDARD_HASH with SHA1",
    "SELECT ORA_HASH('a') FROM dual": "ORA_HASH",
    "SELECT N'a' FROM dual": "N'a'",
    "SELECT INTERVAL '1' DAY FROM dual": "INTERVAL",
    "SELECT SYSTIMESTAMP - SYSTIMESTAMP FROM dual": "-",
    "SELECT TO_CHAR(SYSDATE, 'SYYYY') FROM dual": "SYYYY",
    "SELECT TO_CHAR(SYSDATE, 'DDTH') FROM dual": "DDTH",
    "SELECT TO_CHAR(1, '9EEEE') FROM dual": "EEEE",
    "SELECT TO_DATE('10:00', 'HH24:MI') FROM dual": "HH24:MI",
    "SELECT TO_NUMBER('1,5', '9,9') FROM dual": "9,9",
    "SELECT CAST(1 AS BINARY_DOUBLE) FROM dual": "BINARY_DOUBLE",
    "SELECT 1.5f FROM dual": "1.5f",
    "SELECT * FROM flightspecial@link": "@",
    "SELECT * FROM generate_series(1, 2)": "GENERATE_SERIES",
    "SELECT id FROM flightspecial FOR UPDATE OF id": "FOR UPDATE OF",
    "UPDATE flightspecial SET (cost) = (SELECT 1 FROM dual)": "SET (columns)",
    "INSERT ALL INTO flightspecial VALUES (1) SELECT 1 FROM dual": "INSERT ALL",
    "DELETE FROM flightspecial USING hotelspecial": "USING",
    "BEGIN NULL; END;": "BEGIN",
    "DECLARE x NUMBER; BEGIN NULL; END;": "DECLARE",
    "EXPLAIN PLAN FOR SELECT 1 FROM dual": "EXPLAIN",
    "LOCK TABLE flightspecial IN EXCLUSIVE MODE": "LOCK",
    "SAVEPOINT a": "SAVEPOINT",
    "COMMENT ON TABLE flightspecial IS 'x'": "COMMENT",
    "CREATE TABLE x (id BLOB)": "BLOB",
    "CREATE TABLE x (id TIMESTAMP(9))": "TIMESTAMP(9)",
    "CREATE TABLE x (id NUMBER GENERATED ALWAYS AS IDENTITY)": "GENERATED",
    "CREATE TABLE dual (x NUMBER)": "DUAL",
    "CREATE VIEW v AS SELECT 1 a FROM dual": "CREATE VIEW",
    "CREATE FUNCTION f RETURN NUMBER AS BEGIN RETURN 1; END;": "CREATE FUNCTION",
    "ALTER SYSTEM SET x = 1": "ALTER SYSTEM",
    "ALTER SESSION SET TIME_ZONE = 'Asia/Seoul'": "Asia/Seoul",
    "SELECT CHR(200) FROM dual": "CHR",
}

# PostgreSQL, or a lenient parser, would accept these; Oracle does not.
REFUSED = {
    "SELECT * FROM flightspecial LIMIT 5": 933,
    "SELECT 1": 923,
    "SELECT id, FROM flightspecial": 936,
    "SELECT id FROM flightspecial AS f": 933,
    "SELECT t.id FROM (SELECT id FROM flightspecial) AS t": 933,
    "SELECT *, id FROM flightspecial": 923,
    "SELECT TRUE FROM dual": 904,
    "SELECT id = 1 FROM flightspecial": 923,
    "SELECT id a b FROM flightspecial": 923,
    "SELECT flightspecial FROM flightspecial": 904,
    "SELECT COUNT(f) FROM flightspecial f": 904,
    'SELECT f."text" FROM flightspecial f': 904,
    'SELECT "ctid" FROM flightspecial': 904,
    'SELECT "xmin" FROM flightspecial': 904,
    "SELECT header FROM flightspecial WHERE id = 1 OR TRUE": 920,
    "SELECT id FROM flightspecial WHERE header": 920,
    "SELECT id FROM flightspecial WHERE header ILIKE 'a'": 920,
    "SELECT id FROM flightspecial WHERE header ~ 'a'": 911,
    "SELECT id FROM flightspecial GROUP BY 1": 979,
    "SELECT id, header FROM flightspecial GROUP BY id": 979,
    "SELECT id AS x FROM flightspecial GROUP BY x": 904,
    "SELECT id FROM flightspecial UNION SELECT header FROM flightspecial": 1790,
    "SELECT id FROM flightspecial UNION SELECT id, cost FROM flightspecial": 1789,
    "SELECT NVL(1, 'x') FROM dual": 932,
    "SELECT 5 % 3 FROM dual": 911,
    "SELECT E'a' FROM dual": 923,
    "SELECT ARRAY[1] FROM dual": 911,
    "SELECT 1 FROM dual; DROP TABLE flightspecial": 911,
    "INSERT INTO flightspecial (id, header, cost) VALUES (1, 'a', 3), (2, 'b', 4)": 933,
    "INSERT INTO flightspecial (id, header, cost) VALUES (1, 'a', 3) ON CONFLICT DO NOTHING": 933,
    "INSERT INTO flightspecial VALUES (1, 'a')": 947,
    "UPDATE flightspecial SET cost = 1 FROM hotelspecial": 933,
    "DELETE FROM dual": 1732,
    "TRUNCATE flightspecial": 3290,
    "SELECT TO_CHAR(SYSDATE, 'US') FROM dual": 1821,
    "SELECT TO_DATE('2027-01-01 and more', 'YYYY-MM-DD') FROM dual": 1861,
    "MERGE INTO flightspecial f USING hotelspecial h ON (f.id = h.id) WHEN MATCHED THEN UPDATE SET f.id = 1": 38104,
    "SELECT id FROM flightspecial WHERE expirydate > '2027-01-01'": 1722,
    "SELECT SYSDATE FROM dual WHERE SYSDATE > '2027-01-01'": 1861,
}

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
        assert [column[0] for column in cursor.description] == [name, "Other"]
        assert cursor.fetchall() == [(1, "o'k")]
        found = cursor.execute("SELECT table_name, column_name FROM user_tab_columns WHERE table_name = :1", [name])
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
