"""Statements made at random after Oracle's documented grammar: each is done, or refused by name; none is blamed.

`ORACLE_FUZZ_STATEMENTS` sets how many statements the run makes.
"""

from __future__ import annotations

import os
import random
import re
from typing import TYPE_CHECKING

import oracledb
import pytest

from tests.support.oracle import raises

if TYPE_CHECKING:
    from collections.abc import Callable

_STATEMENTS = int(os.environ.get("ORACLE_FUZZ_STATEMENTS", "600"))
_SEED = 20271126
_MAX_DEPTH = 4

# What stands for what; the first of each is where it ends. All of it is valid on FLIGHTSPECIAL f.
_GRAMMAR = {
    "number": (
        *("7", "f.id", "f.cost", "1.5", ".25", "1e3", "-3"),
        *("({number} + {number})", "({number} - {number})", "({number} * {number})", "({number} / 8)", "-({number})"),
        *("ABS({number})", "MOD({number}, 7)", "ROUND({number}, 2)", "TRUNC({number})", "NVL({number}, {number})"),
        *("NVL2({string}, {number}, {number})", "COALESCE({number}, {number})", "NULLIF({number}, {number})"),
        *("LENGTH({string})", "LENGTHB({string})", "INSTR({string}, 'a')", "INSTR({string}, 'a', -1, 2)"),
        *("CASE WHEN {condition} THEN {number} ELSE {number} END", "DECODE({number}, 1, {number}, {number})"),
        *("({date} - {date})", "(SELECT MAX(h.id) FROM hotelspecial h)", "TO_NUMBER('12')", "TO_NUMBER('FF', 'XX')"),
        *("EXTRACT(YEAR FROM {date})", "MONTHS_BETWEEN({date}, {date})", "SIGN({number})", "POWER(2, 3)", "UID"),
        *("GREATEST({number}, {number})", "ORA_HASH({string})", "REGEXP_COUNT({string}, 'a')", "CEIL({number})"),
        *("SUM(f.id) OVER ()", "ROW_NUMBER() OVER (ORDER BY f.id)", "1.5f", "CAST({number} AS NUMBER(20, 2))"),
        *("CAST({number} AS BINARY_DOUBLE)", "FLOOR({number})", "ORA_ROWSCN", "ASCII({string})", "VSIZE({string})"),
    ),
    "string": (
        *("'text'", "f.header", "f.origin", "'it''s'", "q'[it's]'", "''", "N'text'"),
        *(
            "({string} || {string})",
            "({string} || {number})",
            "UPPER({string})",
            "LOWER({string})",
            "INITCAP({string})",
        ),
        *("SUBSTR({string}, 2, 3)", "SUBSTR({string}, -2)", "TRIM({string})", "LTRIM({string}, 'a')", "CHR(65)"),
        *("LPAD({string}, 20, '*')", "REPLACE({string}, 'a', 'b')", "TRANSLATE({string}, 'a', 'b')", "USER"),
        *("NVL({string}, {string})", "TO_CHAR({number})", "TO_CHAR({date}, 'YYYY-MM-DD')", "TO_CHAR({date}, 'IW')"),
        *("TO_CHAR({number}, '9999.99', 'NLS_NUMERIC_CHARACTERS = ''.,''')", "TRIM(LEADING 'a' FROM {string})"),
        *("DECODE({number}, 1, {string}, {string})", "CASE {number} WHEN 1 THEN {string} ELSE {string} END"),
        *("REGEXP_REPLACE({string}, 'a', 'b')", "RAWTOHEX(STANDARD_HASH({string}, 'MD5'))", "SYS_GUID()"),
        *("CAST({string} AS VARCHAR2(100))", "SYS_CONTEXT('USERENV', 'DB_NAME')", "NLSSORT({string})"),
    ),
    "date": (
        *("SYSDATE", "DATE '2027-01-31'", "CURRENT_DATE", "TO_DATE('2027-02-03', 'YYYY-MM-DD')"),
        *("({date} + 1)", "({date} - {number} / 1000000)", "ADD_MONTHS({date}, 2)", "TRUNC({date})"),
        *("TRUNC({date}, 'MM')", "TRUNC({date}, 'Q')", "LAST_DAY({date})", "NEXT_DAY({date}, 'MONDAY')"),
        *("CAST(SYSTIMESTAMP AS DATE)", "({date} + INTERVAL '1' DAY)", "NVL({date}, {date})", "ROUND({date})"),
        *("TO_DATE('10:30', 'HH24:MI')", "CAST(SYSTIMESTAMP AT TIME ZONE 'UTC' AS DATE)"),
    ),
    "condition": (
        *("f.id = 1", "{number} = {number}", "{number} <> {number}", "{number} >= {number}", "{date} < {date}"),
        *("{string} = {string}", "{string} LIKE '%a_'", "{string} NOT LIKE '%!%' ESCAPE '!'", "{string} LIKEC 'a%'"),
        *("{string} IN ({string}, {string})", "{number} NOT IN (1, {number})", "{number} BETWEEN {number} AND 9"),
        *("{string} IS NULL", "{number} IS NOT NULL", "f.cost IS NOT NAN", "NOT ({condition})"),
        *("({condition} AND {condition})", "({condition} OR {condition})", "f.id IN (SELECT h.id FROM hotelspecial h)"),
        *("EXISTS (SELECT 1 FROM hotelspecial h WHERE h.id = f.id)", "(f.id, f.cost) IN ((1, 2), (3, 4))"),
        *("{number} = ANY (1, 2)", "{number} > ALL (SELECT h.id FROM hotelspecial h)", "REGEXP_LIKE({string}, 'a')"),
        *("f.id < 100 AND ROWNUM <= 3", "f.id = 1 OR ROWNUM = 1"),
    ),
    "item": ("f.id", "{number} n", "{string} AS s", "{date} d", '{string} "Text"'),
    "source": (
        *("flightspecial f", "travelbuddy.flightspecial f", "(SELECT g.* FROM flightspecial g) f"),
        *("flightspecial f JOIN hotelspecial k ON k.id = f.id", "flightspecial f, hotelspecial k"),
        *("flightspecial f LEFT JOIN hotelspecial k ON k.id = f.id", "flightspecial f CROSS JOIN dual"),
        *("flightspecial f RIGHT OUTER JOIN hotelspecial k ON k.id = f.id", "flightspecial SAMPLE (50) f"),
        *("flightspecial AS OF TIMESTAMP SYSTIMESTAMP f", "flightspecial f NATURAL JOIN dual"),
        "flightspecial f CROSS APPLY (SELECT h.id FROM hotelspecial h WHERE h.id = f.id) k",
    ),
    "tail": (
        *(
            "",
            "WHERE {condition}",
            "ORDER BY f.id",
            "WHERE {condition} ORDER BY 1 DESC NULLS LAST",
            "ORDER BY {number}",
        ),
        *("FETCH FIRST 3 ROWS ONLY", "ORDER BY f.id FETCH NEXT ROW ONLY", "OFFSET 2 ROWS FETCH NEXT 3 ROWS ONLY"),
        *(
            "START WITH f.id = 1 CONNECT BY PRIOR f.id = f.cost",
            "ORDER SIBLINGS BY f.id",
            "FETCH FIRST 5 PERCENT ROWS ONLY",
        ),
    ),
    "query": (
        *("SELECT {item} FROM {source} {tail}", "SELECT {item}, {item} FROM {source} {tail}"),
        *("SELECT DISTINCT {string} x FROM {source} WHERE {condition}", "SELECT f.* FROM {source} WHERE {condition}"),
        *("SELECT COUNT(*), SUM({number}), MIN({string}), MAX({date}) FROM {source} WHERE {condition}",),
        *("SELECT f.origin, COUNT(*) FROM {source} GROUP BY f.origin HAVING COUNT(*) > 1 ORDER BY 2",),
        *(
            "SELECT f.origin FROM {source} GROUP BY ROLLUP (f.origin)",
            "SELECT x.n FROM (SELECT {number} n FROM {source}) x",
        ),
        *(
            "SELECT f.origin FROM {source} GROUP BY GROUPING SETS (f.origin)",
            "SELECT f.id FROM flightspecial f FOR UPDATE",
        ),
        *(
            "SELECT f.id FROM flightspecial f WHERE {condition} FOR UPDATE OF f.id WAIT 3",
            "SELECT f.id FROM flightspecial f FOR UPDATE SKIP LOCKED",
        ),
        *(
            "SELECT f.id FROM {source} UNION ALL SELECT h.id FROM hotelspecial h",
            "SELECT f.id FROM {source} INTERSECT SELECT h.id FROM hotelspecial h",
        ),
        *(
            "SELECT f.id FROM {source} MINUS SELECT h.id FROM hotelspecial h ORDER BY 1",
            "WITH x AS (SELECT 1 a FROM dual) SELECT a FROM x",
        ),
        *(
            "SELECT f.id AS n FROM {source} ORDER BY n + 1",
            "SELECT LISTAGG(f.origin, ',') WITHIN GROUP (ORDER BY f.id) FROM {source}",
        ),
        *(
            "SELECT LEVEL FROM dual CONNECT BY LEVEL < 5",
            "SELECT f.ROWID FROM {source}",
            "SELECT flightspecial_seq.CURRVAL FROM dual",
        ),
        *("SELECT * FROM all_db_links", "SELECT * FROM v$parameter", "SELECT * FROM TABLE(DBMS_XPLAN.DISPLAY)"),
    ),
    "change": (
        *(
            "UPDATE flightspecial f SET f.cost = {number} WHERE f.id < 0",
            "DELETE FROM flightspecial f WHERE {condition}",
        ),
        *("UPDATE flightspecial f SET f.header = NVL(SUBSTR({string}, 1, 40), 'x') WHERE {condition}",),
        *(
            "UPDATE flightspecial f SET (f.cost, f.header) = (SELECT 1, 'a' FROM dual)",
            "DELETE flightspecial f WHERE f.id = 1",
        ),
        *(
            "UPDATE (SELECT f.cost FROM flightspecial f) SET cost = 1",
            "INSERT INTO hotelspecial (hotel, cost) VALUES ('a', 1)",
        ),
        *(
            "INSERT INTO hotelspecial (hotel, cost) SELECT NVL(SUBSTR({string}, 1, 40), 'x'), 1 FROM {source} WHERE {condition}",
        ),
        *(
            "INSERT ALL INTO hotelspecial (hotel, cost) VALUES ('a', 1) SELECT 1 FROM dual",
            "DELETE FROM flightspecial f WHERE f.id = 1 LOG ERRORS",
        ),
        *(
            "MERGE INTO flightspecial f USING hotelspecial h ON (f.id = h.id) WHEN MATCHED THEN UPDATE SET f.cost = {number} DELETE WHERE f.id = 1",
        ),
        *(
            "MERGE INTO flightspecial f USING hotelspecial h ON (f.id = h.id) WHEN MATCHED THEN UPDATE SET f.header = 'm' WHERE {condition}",
        ),
        *(
            "LOCK TABLE flightspecial IN SHARE MODE",
            "SAVEPOINT a",
            "ROLLBACK",
            "COMMIT WORK",
            "SET TRANSACTION READ ONLY",
        ),
    ),
    "definition": (
        *(
            "CREATE TABLE fuzzed (a NUMBER(5, 2) DEFAULT 1 NOT NULL, b VARCHAR2(9 CHAR) UNIQUE, CONSTRAINT fuzzed_pk PRIMARY KEY (a))",
        ),
        *(
            "CREATE TABLE fuzzed (a DATE DEFAULT SYSDATE, b TIMESTAMP(3), c CHAR(3) CHECK (c > 'a'))",
            "CREATE TABLE fuzzed (a NUMBER) TABLESPACE users",
        ),
        *(
            "CREATE TABLE fuzzed (a NUMBER GENERATED ALWAYS AS (1) VIRTUAL)",
            "CREATE TABLE fuzzed (a NUMBER PRIMARY KEY USING INDEX)",
        ),
        *(
            "CREATE TABLE fuzzed (a NUMBER CONSTRAINT c NOT NULL DEFERRABLE)",
            "CREATE GLOBAL TEMPORARY TABLE fuzzed (a NUMBER) ON COMMIT DELETE ROWS",
        ),
        *(
            "CREATE TABLE fuzzed (a INTERVAL DAY TO SECOND)",
            "CREATE TABLE fuzzed (a NUMBER) PARTITION BY HASH (a)",
            "CREATE TABLE fuzzed (a XMLTYPE)",
        ),
        *(
            "CREATE BITMAP INDEX fuzzed ON flightspecial (id)",
            "CREATE INDEX fuzzed ON flightspecial (cost) TABLESPACE users",
            "CREATE INDEX fuzzed ON flightspecial (NVL(cost, 0))",
        ),
        *(
            "ALTER TABLE flightspecial MODIFY (cost NUMBER)",
            "ALTER TABLE flightspecial RENAME COLUMN cost TO price",
            "ALTER TABLE flightspecial SHRINK SPACE",
        ),
        *(
            "ALTER INDEX flightspecial_pk REBUILD",
            "ALTER TRIGGER flightspecial_trigger RENAME TO t",
            "ALTER SEQUENCE hotelspecial_seq CACHE 20",
        ),
        *(
            "ALTER USER travelbuddy QUOTA 1 ON users",
            "ALTER SESSION SET STATISTICS_LEVEL = ALL",
            "ALTER SESSION CLOSE DATABASE LINK a",
            "DROP VIEW v",
        ),
        *(
            "CREATE SYNONYM fuzzed FOR flightspecial",
            "CREATE MATERIALIZED VIEW v AS SELECT 1 a FROM dual",
            "PURGE RECYCLEBIN",
        ),
        *(
            "COMMENT ON COLUMN flightspecial.id IS 'x'",
            "TRUNCATE TABLE flightspecial",
            "ANALYZE TABLE flightspecial COMPUTE STATISTICS",
            "RENAME a TO b",
        ),
        *(
            "GRANT SELECT (id) ON flightspecial TO dmsuser",
            "GRANT READ ON flightspecial TO dmsuser",
            "REVOKE SELECT ON flightspecial FROM dmsuser CASCADE CONSTRAINTS",
        ),
    ),
}


def _made(chance: random.Random, kind: str, depth: int = 0) -> str:
    options = _GRAMMAR[kind]
    template = chance.choice(options) if depth < _MAX_DEPTH else options[0]
    return re.sub(r"{(\w+)}", lambda found: _made(chance, found[1], depth + 1), template)


@pytest.mark.parametrize("part", range(4))
def test_a_valid_statement_is_done_or_refused_by_name(connection: oracledb.Connection, part: int) -> None:
    chance = random.Random(_SEED + part)  # noqa: S311  # to be repeatable is the point
    cursor, blamed, done = connection.cursor(), [], 0
    for _ in range(_STATEMENTS // 4):
        statement = _made(chance, chance.choice(("query", "query", "query", "change", "definition")))
        try:
            cursor.execute(statement)
            done += 1
            if cursor.description:
                cursor.fetchall()
        except oracledb.Error as error:
            text = str(error.args[0])
            if not re.match(r"ORA-03001: unimplemented feature: .", text):
                blamed.append(f"{text.splitlines()[0]}: {statement}")
        connection.rollback()
        _drop_fuzzed(cursor, statement)
    assert not blamed, "\n".join(blamed)
    assert done > _STATEMENTS // 30


def _drop_fuzzed(cursor: oracledb.Cursor, statement: str) -> None:
    is_made = statement.startswith("CREATE TABLE fuzzed ")
    if is_made and cursor.execute("SELECT COUNT(*) FROM user_tables WHERE table_name = 'FUZZED'").fetchone() == (1,):
        cursor.execute("DROP TABLE fuzzed")


_Text = tuple[str, "str | None"]
_Number = tuple[str, "int | None"]


def _text(chance: random.Random, depth: int) -> _Text:
    """A string expression, and its value after the documentation."""
    if depth == 0:
        letters = "".join(chance.choices("abAB ", k=chance.randrange(5)))
        return f"TO_CHAR('{letters}')", letters or None
    sql, value = _text(chance, depth - 1)
    other_sql, other = _text(chance, depth - 1)
    start, size = chance.randrange(-4, 5), chance.randrange(0, 4)
    cases: list[Callable[[], _Text]] = [
        lambda: (f"({sql} || {other_sql})", (value or "") + (other or "") or None),
        lambda: (f"UPPER({sql})", value and value.upper()),
        lambda: (f"SUBSTR({sql}, {start}, {size})", _substr(value, start, size)),
        lambda: (f"RTRIM({sql})", (value and value.rstrip(" ")) or None),
        lambda: (f"LTRIM({sql}, 'a')", (value and value.lstrip("a")) or None),
        lambda: (f"NVL({sql}, {other_sql})", value if value is not None else other),
        lambda: (f"NVL2({sql}, {other_sql}, 'x')", other if value is not None else "x"),
        lambda: (f"REPLACE({sql}, 'a', 'bb')", (value and value.replace("a", "bb")) or None),
        lambda: (f"REPLACE({sql}, 'b')", (value and value.replace("b", "")) or None),
        lambda: (
            f"CASE WHEN {sql} = {other_sql} THEN 'same' ELSE 'other' END",
            "same" if value is not None and value == other else "other",
        ),
        lambda: (f"DECODE({sql}, {other_sql}, 'same', 'other')", "same" if value == other else "other"),
        lambda: (f"LPAD({sql}, 3, '-')", value and (value[:3] if len(value) >= 3 else value.rjust(3, "-"))),
    ]
    return chance.choice(cases)()


def _substr(value: str | None, start: int, size: int) -> str | None:
    if value is None or size < 1 or -start > len(value):
        return None
    at = len(value) + start if start < 0 else max(start - 1, 0)
    return value[at : at + size] or None


def _number(chance: random.Random, depth: int) -> _Number:
    """A whole number's expression, and its value after the documentation."""
    if depth == 0:
        number = chance.choice((None, *range(-9, 10)))
        return ("TO_NUMBER(NULL)", None) if number is None else (f"({number})", number)
    (sql, value), (other_sql, other) = _number(chance, depth - 1), _number(chance, depth - 1)
    text_sql, text = _text(chance, depth - 1)

    def both(compute: Callable[[int, int], int]) -> int | None:
        return None if value is None or other is None else compute(value, other)

    larger = both(lambda one, two: int(one > two))
    cases: list[Callable[[], _Number]] = [
        lambda: (f"({sql} + {other_sql})", both(int.__add__)),
        lambda: (f"({sql} - {other_sql})", both(int.__sub__)),
        lambda: (f"({sql} * {other_sql})", both(int.__mul__)),
        lambda: (f"MOD({sql}, {other_sql})", both(_mod)),
        lambda: (f"NVL({sql}, {other_sql})", other if value is None else value),
        lambda: (f"LENGTH({text_sql})", None if text is None else len(text)),
        lambda: (f"INSTR({text_sql}, 'a')", None if text is None else text.find("a") + 1),
        lambda: (f"INSTR({text_sql}, 'a', -1)", None if text is None else text.rfind("a") + 1),
        lambda: (
            f"CASE WHEN {sql} > {other_sql} THEN 1 WHEN {sql} IS NULL THEN 2 ELSE 3 END",
            1 if larger else 2 if value is None else 3,
        ),
    ]
    return chance.choice(cases)()


def _mod(value: int, other: int) -> int:
    return value if other == 0 else (abs(value) % abs(other)) * (1 if value >= 0 else -1)


@pytest.mark.parametrize("make", [_text, _number])
def test_an_expression_has_its_documented_value(
    cursor: oracledb.Cursor, make: Callable[[random.Random, int], _Text | _Number]
) -> None:
    chance = random.Random(_SEED)  # noqa: S311  # to be repeatable is the point
    for _ in range(_STATEMENTS // 2):
        sql, value = make(chance, chance.randrange(1, 4))
        assert cursor.execute(f"SELECT {sql} FROM dual").fetchone() == (value,), sql


def test_a_broken_statement_is_refused_and_harms_nothing(cursor: oracledb.Cursor) -> None:
    chance = random.Random(_SEED)  # noqa: S311  # to be repeatable is the point
    for _ in range(_STATEMENTS // 2):
        words = _made(chance, "query").split()
        del words[chance.randrange(len(words))]
        try:
            cursor.execute(" ".join(words)).fetchall()
            code = 0
        except oracledb.DatabaseError as error:
            code = error.args[0].code
        assert code != 20999, words
        cursor.connection.rollback()
    with raises(900):
        cursor.execute("FROBNICATE")
    assert cursor.execute("SELECT COUNT(*) FROM flightspecial").fetchone() == (11,)
