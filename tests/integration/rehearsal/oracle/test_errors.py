"""Errors are numbered and worded as Oracle's, with the offending name, and the connection lives on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.oracle import drop, raises

if TYPE_CHECKING:
    import oracledb

    from tests.support.oracle import Oracle

WORDED = {
    "SELECT nope FROM flightspecial": (904, 'ORA-00904: "NOPE": invalid identifier'),
    "SELECT f.nope FROM flightspecial f": (904, 'ORA-00904: "F"."NOPE": invalid identifier'),
    "SELECT x.id FROM flightspecial f": (904, 'ORA-00904: "X"."ID": invalid identifier'),
    "UPDATE flightspecial SET nope = 1": (904, 'ORA-00904: "NOPE": invalid identifier'),
    "INSERT INTO flightspecial (nope) VALUES (1)": (904, 'ORA-00904: "NOPE": invalid identifier'),
    "SELECT # FROM dual": (911, "ORA-00911: invalid character"),
    "SELECT 1 FROM dual;": (911, "ORA-00911: invalid character"),
    "INSERT INTO flightspecial (id, header) VALUES (1, 2, 3)": (913, "ORA-00913: too many values"),
    "SELECT 1 FRM dual": (923, "ORA-00923: FROM keyword not found where expected"),
    "SELECT FROM dual": (936, "ORA-00936: missing expression"),
    "SELECT 1 + FROM dual": (936, "ORA-00936: missing expression"),
    "SELECT id FROM nope": (942, "ORA-00942: table or view does not exist"),
    "DROP TABLE nope": (942, "ORA-00942: table or view does not exist"),
    "INSERT INTO flightspecial (id, header, cost) VALUES (1, 2)": (947, "ORA-00947: not enough values"),
    "CREATE TABLE flightspecial (id NUMBER)": (955, "ORA-00955: name is already used by an existing object"),
    "CREATE TABLE dmsuser.x (id NUMBER)": (1031, "ORA-01031: insufficient privileges"),
    "INSERT INTO hotelspecial (hotel) VALUES ('x')": (
        1400,
        'ORA-01400: cannot insert NULL into ("TRAVELBUDDY"."HOTELSPECIAL"."COST")',
    ),
    "UPDATE flightspecial SET header = ''": (
        1407,
        'ORA-01407: cannot update ("TRAVELBUDDY"."FLIGHTSPECIAL"."HEADER") to NULL',
    ),
    "SELECT TO_NUMBER('12a') FROM dual": (1722, "ORA-01722: invalid number"),
    "SELECT id FROM flightspecial WHERE header = 1": (1722, "ORA-01722: invalid number"),
    "UPDATE flightspecial SET header = RPAD('x', 256, 'x')": (
        12899,
        'ORA-12899: value too large for column "TRAVELBUDDY"."FLIGHTSPECIAL"."HEADER" (actual: 256, maximum: 255)',
    ),
    "UPDATE flightspecial SET origincode = '특가맛'": (12899, "(actual: 9, maximum: 6)"),
    "SELECT COUNT(*), id FROM flightspecial": (937, "ORA-00937: not a single-group group function"),
    "SELECT id FROM flightspecial WHERE COUNT(*) > 1": (934, "ORA-00934: group function is not allowed here"),
    "SELECT id FROM flightspecial, hotelspecial": (918, "ORA-00918: column ambiguously defined"),
    "SELECT 1 / 0 FROM dual": (1476, "ORA-01476: divisor is equal to zero"),
    "SELECT (SELECT id FROM flightspecial) FROM dual": (
        1427,
        "ORA-01427: single-row subquery returns more than one row",
    ),
    "SELECT nope.NEXTVAL FROM dual": (2289, "ORA-02289: sequence does not exist"),
    "ALTER TRIGGER nope DISABLE": (4080, "ORA-04080: trigger 'NOPE' does not exist"),
    "FROBNICATE": (900, "ORA-00900: invalid SQL statement"),
}


def test_rows_that_are_partly_null_are_unique(connection: oracledb.Connection, cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE halves (a NUMBER, b NUMBER, c NUMBER, CONSTRAINT halves_a_b UNIQUE (a, b))")
    try:
        cursor.execute("CREATE UNIQUE INDEX halves_b_c ON halves (b, c)")
        cursor.execute("INSERT INTO halves (a) VALUES (1)")
        with raises(1, "unique constraint (TRAVELBUDDY.HALVES_A_B) violated"):
            cursor.execute("INSERT INTO halves (a) VALUES (1)")
        cursor.execute("INSERT INTO halves (a, c) VALUES (2, 3)")
        with raises(1, "unique constraint (TRAVELBUDDY.HALVES_B_C) violated"):
            cursor.execute("INSERT INTO halves (a, c) VALUES (4, 3)")
    finally:
        drop(connection, "halves")


def test_a_string_that_counts_characters_keeps_to_its_bytes_too(
    connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    cursor.execute("CREATE TABLE syllables (v VARCHAR2(2000 CHAR))")
    try:
        cursor.execute("INSERT INTO syllables VALUES (:1)", ["가" * 1333])
        with raises(12899, '"SYLLABLES"."V" (actual: 6000, maximum: 4000)'):
            cursor.execute("INSERT INTO syllables VALUES (:1)", ["가" * 2000])
    finally:
        drop(connection, "syllables")


@pytest.mark.parametrize("statement", WORDED)
def test_wording(cursor: oracledb.Cursor, statement: str) -> None:
    number, text = WORDED[statement]
    with raises(number, text):
        cursor.execute(statement)
    assert cursor.execute("SELECT 1 FROM dual").fetchone() == (1,)


def test_a_failed_statement_undoes_itself_only(connection: oracledb.Connection, cursor: oracledb.Cursor) -> None:
    cursor.execute("UPDATE flightspecial SET cost = 1000 WHERE id = 1")
    with raises(1407):
        cursor.execute("UPDATE flightspecial SET header = NULL")
    with raises(942):
        cursor.execute("SELECT 1 FROM nope")
    assert cursor.execute("SELECT cost, header FROM flightspecial WHERE id = 1").fetchone() == (1000, "London to Paris")
    connection.rollback()
    assert cursor.execute("SELECT cost FROM flightspecial WHERE id = 1").fetchone() == (93,)


def test_constraints(connection: oracledb.Connection, cursor: oracledb.Cursor) -> None:
    cursor.execute(
        "CREATE TABLE mother (id NUMBER(3) CONSTRAINT mother_pk PRIMARY KEY, n NUMBER CONSTRAINT positive CHECK (n > 0))"
    )
    cursor.execute("CREATE TABLE daughter (m NUMBER CONSTRAINT of_mother REFERENCES mother)")
    try:
        cursor.execute("INSERT INTO mother VALUES (1, 1)")
        cursor.execute("INSERT INTO daughter VALUES (1)")
        with raises(1, "ORA-00001: unique constraint (TRAVELBUDDY.MOTHER_PK) violated"):
            cursor.execute("INSERT INTO mother VALUES (1, 1)")
        with raises(2290, "ORA-02290: check constraint (TRAVELBUDDY.POSITIVE) violated"):
            cursor.execute("INSERT INTO mother VALUES (2, -1)")
        with raises(2291, "ORA-02291: integrity constraint (TRAVELBUDDY.OF_MOTHER) violated - parent key not found"):
            cursor.execute("INSERT INTO daughter VALUES (9)")
        with raises(2292, "ORA-02292: integrity constraint (TRAVELBUDDY.OF_MOTHER) violated - child record found"):
            cursor.execute("DELETE FROM mother")
        with raises(1438, "ORA-01438: value larger than specified precision allowed for this column"):
            cursor.execute("INSERT INTO mother VALUES (1000, 1)")
        with raises(2449):
            cursor.execute("DROP TABLE mother")
        for number, statement in {
            2264: "CREATE TABLE other (a NUMBER CONSTRAINT positive CHECK (a > 0))",
            2273: "ALTER TABLE mother DROP CONSTRAINT mother_pk",
            2429: "DROP INDEX mother_pk",
            1408: "CREATE INDEX once_more ON mother (id)",
            12983: "ALTER TABLE daughter DROP COLUMN m",
            12992: "ALTER TABLE mother DROP COLUMN id",
        }.items():
            with raises(number):
                cursor.execute(statement)
        cursor.execute("ALTER TABLE mother ADD CONSTRAINT both UNIQUE (n, id)")
        with raises(12991):
            cursor.execute("ALTER TABLE mother DROP COLUMN n")
    finally:
        drop(connection, "daughter", "mother")


def test_a_trigger_without_its_sequence_is_invalid(connection: oracledb.Connection, cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE broken (id NUMBER)")
    try:
        cursor.execute(
            "CREATE TRIGGER breaks BEFORE INSERT ON broken FOR EACH ROW BEGIN :new.id := nowhere.NEXTVAL; END;"
        )
        assert cursor.warning is not None
        with raises(4098, "ORA-04098: trigger 'TRAVELBUDDY.BREAKS' is invalid and failed re-validation"):
            cursor.execute("INSERT INTO broken VALUES (1)")
    finally:
        drop(connection, "broken")


@pytest.mark.parametrize(
    ("statement", "number"),
    [("UPDATE flightspecial SET header = RPAD('x', 256, 'x')", 12899), ("SELECT 1 / 0 FROM dual", 1476), ("X", 900)],
)
def test_statements_that_fail_leave_no_cursor_open(cursor: oracledb.Cursor, statement: str, number: int) -> None:
    """Beyond 300 that are open it is ORA-01000."""
    for attempt in range(310):
        with raises(number):
            cursor.execute(f"{statement} -- {attempt}")
    assert cursor.execute("SELECT COUNT(*) FROM flightspecial").fetchone() == (11,)


def test_array_dml_stops_at_the_failing_row(connection: oracledb.Connection, cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE many (id NUMBER PRIMARY KEY)")
    try:
        for row, number in ((None, 1400), (2, 1), ("x", 1722)):
            connection.rollback()
            with raises(number):
                cursor.executemany(
                    "INSERT INTO many VALUES (:1)",
                    [("1",), ("2",), (row and str(row),), ("4",)],
                    arraydmlrowcounts=True,
                )
            assert cursor.rowcount == 2
            assert cursor.getarraydmlrowcounts() == [1, 1]
        assert cursor.execute("SELECT COUNT(*) FROM many").fetchone() == (2,)
        cursor.executemany("INSERT INTO many VALUES (:1)", [(2,), (5,), (None,)], batcherrors=True)
        assert [(error.offset, error.code) for error in cursor.getbatcherrors()] == [(0, 1), (2, 1400)]
        cursor.executemany("UPDATE many SET id = id + 10 WHERE id >= :1", [(5,), (99,)], arraydmlrowcounts=True)
        assert cursor.getarraydmlrowcounts() == [1, 0]
    finally:
        drop(connection, "many")


def test_the_rows_of_an_array_are_applied_in_their_order(
    connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    cursor.execute("CREATE TABLE many (id NUMBER PRIMARY KEY, note VARCHAR2(5))")
    try:
        cursor.executemany("INSERT INTO many (id) VALUES (:1)", [(number,) for number in range(20)])
        update = "UPDATE many SET note = note || :1 WHERE id = :2"
        cursor.executemany(update, [("a", 1), ("b", 1), ("c", 2), ("d", 99)], arraydmlrowcounts=True)
        assert (cursor.rowcount, cursor.getarraydmlrowcounts()) == (3, [1, 1, 1, 0])
        with raises(12899, '"MANY"."NOTE" (actual: 7, maximum: 5)'):
            cursor.executemany(update, [("e", 99), ("f", 2), ("12345", 1), ("g", 1)])
        assert cursor.rowcount == 1
        rows = [("h", 3), ("123456", 4), ("i", 4), ("123456", 5), ("123456", 5), *(("j", n) for n in range(6, 20))]
        cursor.executemany(update, rows, batcherrors=True, arraydmlrowcounts=True)
        assert [(error.offset, error.code) for error in cursor.getbatcherrors()] == [(at, 12899) for at in (1, 3, 4)]
        assert cursor.getarraydmlrowcounts() == [1, 0, 1, 0, 0] + [1] * 14
        assert cursor.execute("SELECT note FROM many WHERE id BETWEEN 1 AND 6 ORDER BY id").fetchall() == [
            ("ab",),
            ("cf",),
            ("h",),
            ("i",),
            (None,),
            ("j",),
        ]
        cursor.executemany(
            "DELETE FROM many WHERE id = :1", [(1,), (1,), (2,)], batcherrors=True, arraydmlrowcounts=True
        )
        assert cursor.getarraydmlrowcounts() == [1, 0, 1]
    finally:
        drop(connection, "many")


def test_an_array_s_rows_see_those_before_them(connection: oracledb.Connection, cursor: oracledb.Cursor) -> None:
    cursor.execute(
        "CREATE TABLE tree (id NUMBER PRIMARY KEY, parent NUMBER CONSTRAINT of_tree REFERENCES tree, n NUMBER)"
    )
    try:
        insert = "INSERT INTO tree (id, n) VALUES (:1, (SELECT COUNT(*) FROM tree))"
        cursor.executemany(insert, [(number,) for number in range(10)])
        assert cursor.execute("SELECT SUM(n), MAX(n) FROM tree").fetchone() == (45, 9)
        with raises(2291, "OF_TREE"):
            cursor.executemany("INSERT INTO tree (id, parent) VALUES (:1, :1 + 1)", [(n,) * 2 for n in range(20, 30)])
        assert cursor.rowcount == 0
    finally:
        drop(connection, "tree")


def test_a_null_of_merge_is_its_update_s_or_its_insert_s(
    connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    """ORA-01407 or ORA-01400, as for UPDATE and INSERT; what the rows before it changed stays."""
    cursor.execute("CREATE TABLE merged (id NUMBER, n NUMBER NOT NULL)")
    cursor.execute("INSERT INTO merged VALUES (1, 1)")
    merge = (
        "MERGE INTO merged USING (SELECT :1 i FROM dual) s ON (id = s.i) WHEN MATCHED THEN UPDATE SET n = :2"
        " WHEN NOT MATCHED THEN INSERT (id, n) VALUES (s.i, :3) WHERE :4 = 1"
    )
    try:
        cursor.executemany(merge, [(2, 2, 2, 1), (1, None, 1, 1), (3, 1, None, 1), (4, 4, 4, 1)], batcherrors=True)
        assert [(error.offset, error.code) for error in cursor.getbatcherrors()] == [(1, 1407), (2, 1400)]
        assert cursor.execute("SELECT id, n FROM merged ORDER BY id").fetchall() == [(1, 1), (2, 2), (4, 4)]
        with raises(1407, 'cannot update ("TRAVELBUDDY"."MERGED"."N") to NULL'):
            cursor.executemany(merge, [(2, 3, 3, 1), (1, None, 1, 1)])
        with raises(1400, 'cannot insert NULL into ("TRAVELBUDDY"."MERGED"."N")'):
            cursor.execute(merge, (5, 5, None, 1))
        assert cursor.execute("SELECT id, n FROM merged ORDER BY id").fetchall() == [(1, 1), (2, 3), (4, 4)]
        with raises(1407):
            cursor.execute("MERGE INTO merged USING dual ON (id = 1) WHEN MATCHED THEN UPDATE SET n = ''")
    finally:
        drop(connection, "merged")


def test_privileges(oracle: Oracle) -> None:
    with oracle.connect("SYSTEM") as system:
        cursor = system.cursor()
        cursor.execute('CREATE USER visitor IDENTIFIED BY "Se cret"')
        try:
            with raises(1045, "user VISITOR lacks CREATE SESSION privilege; logon denied"):
                oracle.connect("VISITOR", "Se cret")
            cursor.execute("GRANT CREATE SESSION TO visitor")
            with oracle.connect("VISITOR", "Se cret") as connection:
                visitor = connection.cursor()
                for statement in ("SELECT 1 FROM travelbuddy.flightspecial", "SELECT 1 FROM travelbuddy.nope"):
                    with raises(942):
                        visitor.execute(statement)
                with raises(942):
                    visitor.execute("DELETE FROM travelbuddy.flightspecial")
                cursor.execute("GRANT SELECT ON travelbuddy.flightspecial TO visitor")
                assert visitor.execute("SELECT COUNT(*) FROM travelbuddy.flightspecial").fetchone() == (11,)
                locking = "SELECT id, USER FROM travelbuddy.flightspecial WHERE id = :1 FOR UPDATE"
                assert visitor.execute(locking, [1]).fetchall() == [(1, "VISITOR")]  # SELECT is enough to lock
                with oracle.connect() as owner, raises(54):
                    owner.cursor().execute("SELECT id FROM flightspecial FOR UPDATE NOWAIT")
                with raises(1031):  # but not to change
                    visitor.execute("UPDATE travelbuddy.flightspecial SET cost = 1")
                connection.rollback()
                for source in ("hotelspecial", "flightspecial, travelbuddy.hotelspecial h"):
                    with raises(942):
                        visitor.execute(f"SELECT 1 FROM travelbuddy.{source} FOR UPDATE")
                with raises(3001, "FOR UPDATE of a dictionary view"):
                    visitor.execute("SELECT * FROM dual FOR UPDATE")
                with raises(3001, "unimplemented feature: LOCK"):
                    visitor.execute("LOCK TABLE travelbuddy.flightspecial IN EXCLUSIVE MODE")
                with raises(1031):
                    visitor.execute("DELETE FROM travelbuddy.flightspecial")
                with raises(1031):
                    visitor.execute("CREATE TABLE mine (id NUMBER)")
                cursor.execute("GRANT CREATE TABLE, CREATE TRIGGER TO visitor")
                trigger = "BEFORE INSERT ON travelbuddy.flightspecial FOR EACH ROW BEGIN :new.id := 1; END;"
                for statement in (
                    f"CREATE TRIGGER mine {trigger}",
                    "CREATE INDEX mine ON travelbuddy.flightspecial (cost)",
                    "CREATE TABLE mine (id NUMBER REFERENCES travelbuddy.flightspecial)",
                    "ALTER TABLE travelbuddy.flightspecial ADD (mine NUMBER)",
                ):
                    with raises(1031):
                        visitor.execute(statement)
                with raises(942):
                    visitor.execute("CREATE INDEX mine ON travelbuddy.hotelspecial (id)")
                cursor.execute("GRANT ALTER, REFERENCES ON travelbuddy.hotelspecial TO visitor")
                visitor.execute("CREATE TABLE mine (id NUMBER REFERENCES travelbuddy.hotelspecial)")
                visitor.execute("ALTER TABLE travelbuddy.hotelspecial ADD (mine NUMBER)")
                visitor.execute("ALTER TABLE travelbuddy.hotelspecial DROP COLUMN mine")
                cursor.execute("REVOKE CREATE TABLE FROM visitor")
                cursor.execute("REVOKE CREATE TRIGGER FROM visitor")
                with raises(1031):
                    visitor.execute("ALTER TRIGGER travelbuddy.flightspecial_trigger DISABLE")
                assert visitor.execute("SELECT privilege FROM session_privs").fetchall() == [("CREATE SESSION",)]
            with raises(1920, "user name 'VISITOR' conflicts with another user or role name"):
                cursor.execute("CREATE USER visitor IDENTIFIED BY x")
        finally:
            cursor.execute("DROP USER visitor CASCADE")
        with raises(1918, "user 'VISITOR' does not exist"):
            cursor.execute("DROP USER visitor")


def test_internal_failures_neither_kill_nor_leak(cursor: oracledb.Cursor) -> None:
    with raises(20999, "the stand-in could not do this"):
        cursor.execute(f"SELECT {', '.join(['1'] * 2000)} FROM dual")  # more columns than PostgreSQL knows
    assert cursor.execute("SELECT 1 FROM dual").fetchone() == (1,)
