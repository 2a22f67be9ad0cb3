"""ALTER TABLE and CREATE INDEX where rows or keys stand in the way: Oracle's numbers, and nothing half done.

https://docs.oracle.com/en/database/oracle/oracle-database/19/errmg/
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.support.oracle import drop, raises

if TYPE_CHECKING:
    from collections.abc import Iterator

    import oracledb

ON_ROWS = {
    "ALTER TABLE filled ADD more NUMBER NOT NULL": (1758, "table must be empty to add mandatory (NOT NULL) column"),
    "ALTER TABLE filled ADD more NUMBER PRIMARY KEY": (1758, "table must be empty to add mandatory (NOT NULL) column"),
    "ALTER TABLE filled ADD (more NUMBER, CONSTRAINT k PRIMARY KEY (a, more))": (1758, "table must be empty"),
    "ALTER TABLE filled ADD more NUMBER DEFAULT 0 CONSTRAINT k PRIMARY KEY": (2437, "primary key violated"),
    "ALTER TABLE filled ADD (less NUMBER, more DATE DEFAULT NULL NOT NULL)": (1758, "table must be empty"),
    "ALTER TABLE filled ADD more VARCHAR2(3) DEFAULT 'four'": (
        12899,
        'value too large for column "TRAVELBUDDY"."FILLED"."MORE" (actual: 4, maximum: 3)',
    ),
    "ALTER TABLE filled ADD more VARCHAR2(3 CHAR) DEFAULT '가나다라'": (12899, "(actual: 4, maximum: 3)"),
    "ALTER TABLE filled ADD more RAW(1) DEFAULT HEXTORAW('0102')": (12899, "(actual: 2, maximum: 1)"),
    "ALTER TABLE filled ADD more NUMBER(1) DEFAULT 10": (1438, "larger than specified precision"),
    "ALTER TABLE filled ADD a NUMBER": (1430, "column being added already exists in table"),
    "ALTER TABLE filled ADD (more NUMBER, more DATE)": (957, "duplicate column name"),
    "ALTER TABLE filled ADD CONSTRAINT k PRIMARY KEY (a)": (2437, "validate (TRAVELBUDDY.K) - primary key violated"),
    "ALTER TABLE filled ADD CONSTRAINT k PRIMARY KEY (n)": (
        1449,
        "column contains NULL values; cannot alter to NOT NULL",
    ),
    "ALTER TABLE filled ADD CONSTRAINT k UNIQUE (a)": (2299, "validate (TRAVELBUDDY.K) - duplicate keys found"),
    "ALTER TABLE filled ADD CONSTRAINT k UNIQUE (a, n)": (2299, "duplicate keys found"),
    "CREATE UNIQUE INDEX k ON filled (a)": (1452, "cannot CREATE UNIQUE INDEX; duplicate keys found"),
    "ALTER TABLE filled ADD CONSTRAINT k CHECK (a > 1)": (2293, "(TRAVELBUDDY.K) - check constraint violated"),
    "ALTER TABLE filled ADD more NUMBER DEFAULT 0 CONSTRAINT k CHECK (more > 0)": (2293, "check constraint violated"),
    "ALTER TABLE filled ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES parent": (
        2298,
        "cannot validate (TRAVELBUDDY.K) - parent keys not found",
    ),
}
ON_KEYS = {
    "ALTER TABLE parent ADD CONSTRAINT k UNIQUE (id)": (2261, "such unique or primary key already exists in the table"),
    "ALTER TABLE parent ADD UNIQUE (s, t)": (2261, "such unique or primary key already exists in the table"),
    "CREATE TABLE more (a NUMBER UNIQUE PRIMARY KEY)": (2261, "such unique or primary key already exists in the table"),
    "ALTER TABLE child ADD FOREIGN KEY (p) REFERENCES parent (id)": (
        2275,
        "such a referential constraint already exists",
    ),
    "ALTER TABLE child ADD FOREIGN KEY (p) REFERENCES filled": (2268, "referenced table does not have a primary key"),
    "ALTER TABLE child ADD FOREIGN KEY (p, s) REFERENCES parent (id)": (
        2256,
        "number of referencing columns must match",
    ),
    "ALTER TABLE child ADD FOREIGN KEY (s) REFERENCES parent": (2267, "column type incompatible with referenced"),
    "ALTER TABLE child ADD FOREIGN KEY (c, s) REFERENCES parent (s, t)": (2267, "incompatible with referenced"),
    "CREATE TABLE more (d DATE REFERENCES moment)": (2267, "column type incompatible with referenced column type"),
    "ALTER TABLE child ADD PRIMARY KEY (l)": (2329, "column of datatype LOB cannot be unique or a primary key"),
    "CREATE TABLE more (z TIMESTAMP WITH TIME ZONE UNIQUE)": (2329, "datatype TIME/TIMESTAMP WITH TIME ZONE cannot be"),
    "CREATE INDEX k ON child (l)": (2327, "cannot create index on expression with datatype LOB"),
    "CREATE INDEX k ON child (p, p)": (957, "duplicate column name"),
    "ALTER TABLE child ADD CHECK (d < SYSDATE)": (
        2436,
        "date or system variable wrongly specified in CHECK constraint",
    ),
    "CREATE TABLE more (a NUMBER, b NUMBER CHECK (a > 1))": (2438, "column check constraint cannot reference other"),
}


@pytest.fixture
def tables(connection: oracledb.Connection, cursor: oracledb.Cursor) -> Iterator[None]:
    """A table with rows that are alike, and tables with keys."""
    cursor.execute("CREATE TABLE filled (a NUMBER, n NUMBER)")
    cursor.executemany("INSERT INTO filled VALUES (:1, NULL)", [[1], [1]])
    cursor.execute("CREATE TABLE parent (id NUMBER PRIMARY KEY, s VARCHAR2(5), t VARCHAR2(5), UNIQUE (s, t))")
    cursor.execute("CREATE TABLE moment (at TIMESTAMP(3) PRIMARY KEY)")
    cursor.execute("CREATE TABLE child (p NUMBER REFERENCES parent, s VARCHAR2(5), c CHAR(5), d DATE, l CLOB)")
    connection.commit()
    yield
    drop(connection, "child", "moment", "parent", "filled")


@pytest.mark.parametrize(("statement", "error"), ON_ROWS.items())
def test_rows_stand_in_the_way(tables: None, cursor: oracledb.Cursor, statement: str, error: tuple[int, str]) -> None:
    with raises(*error):
        cursor.execute(statement)
    assert cursor.execute("SELECT * FROM filled").fetchall() == [(1, None), (1, None)]
    names = "SELECT constraint_name FROM user_constraints WHERE table_name = 'FILLED'"
    assert cursor.execute(names).fetchall() == []


@pytest.mark.parametrize(("statement", "error"), ON_KEYS.items())
def test_keys_stand_in_the_way(tables: None, cursor: oracledb.Cursor, statement: str, error: tuple[int, str]) -> None:
    with raises(*error):
        cursor.execute(statement)


def test_kinds_of_one_type_may_refer_to_each_other(
    tables: None, connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    cursor.execute(
        "CREATE TABLE kin (p NUMBER(5) REFERENCES parent, f FLOAT REFERENCES parent, at TIMESTAMP REFERENCES moment)"
    )
    drop(connection, "kin")


def test_rows_that_are_there_have_a_new_column_s_default_as_new_rows_do(
    tables: None, connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    """Filled up, rounded, and without the table's own triggers."""
    cursor.execute("CREATE TRIGGER twice BEFORE UPDATE ON filled FOR EACH ROW BEGIN :new.a := :new.a * 2; END;")
    cursor.execute(
        "ALTER TABLE filled ADD (c CHAR(3) DEFAULT 'a' NOT NULL, n3 NCHAR(3) DEFAULT N'가', f FLOAT(5) DEFAULT 123456,"
        " v VARCHAR2(2) DEFAULT 'ab')"
    )
    cursor.execute("INSERT INTO filled (a) VALUES (1)")
    rows = cursor.execute("SELECT a, c, n3, f, v FROM filled").fetchall()
    assert rows == [(1, "a  ", "가  ", Decimal(120000), "ab")] * 3
    cursor.execute("UPDATE filled SET v = 'x'")
    assert cursor.execute("SELECT DISTINCT a FROM filled").fetchall() == [(2,)]
    connection.rollback()


def test_a_column_is_null_again_without_its_primary_key(
    tables: None, connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    nullable = "SELECT column_name, nullable FROM user_tab_columns WHERE table_name = 'KEYED' ORDER BY column_id"
    cursor.execute("CREATE TABLE keyed (a NUMBER, b NUMBER NOT NULL, CONSTRAINT keyed_pk PRIMARY KEY (a, b))")
    try:
        assert cursor.execute(nullable).fetchall() == [("A", "N"), ("B", "N")]
        cursor.execute("ALTER TABLE keyed DROP CONSTRAINT keyed_pk")
        assert cursor.execute(nullable).fetchall() == [("A", "Y"), ("B", "N")]
        cursor.execute("INSERT INTO keyed VALUES (NULL, 1)")
        with raises(1400):
            cursor.execute("INSERT INTO keyed VALUES (1, NULL)")
    finally:
        drop(connection, "keyed")
