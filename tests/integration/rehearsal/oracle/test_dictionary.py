"""The dictionary: what the product's catalog and preflight read, and what a person's DESCRIBE reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import oracledb
import pytest

from reverse_sync.catalog.oracle import read_free_bytes
from tests.support.oracle import drop

if TYPE_CHECKING:
    from tests.support.oracle import Oracle


@pytest.fixture(params=["ALL", "USER"])
def scope(request: pytest.FixtureRequest) -> str:
    """The views of what one may see, and of what one owns."""
    return str(request.param)


def _rows(cursor: oracledb.Cursor, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in cursor.execute(query).fetchall()]


def test_tables_and_columns(cursor: oracledb.Cursor, scope: str) -> None:
    assert _rows(cursor, f"SELECT table_name FROM {scope}_tables ORDER BY 1") == [("FLIGHTSPECIAL",), ("HOTELSPECIAL",)]
    columns = "column_name, data_type, data_length, data_precision, nullable, column_id, data_default, char_used"
    assert _rows(
        cursor,
        f"SELECT {columns} FROM {scope}_tab_columns WHERE table_name = 'FLIGHTSPECIAL' AND column_id IN (1, 2, 4, 5) ORDER BY column_id",
    ) == [
        ("ID", "NUMBER", 22, None, "N", 1, None, None),
        ("HEADER", "VARCHAR2", 255, None, "N", 2, "''", "B"),
        ("ORIGIN", "VARCHAR2", 255, None, "Y", 4, None, "B"),
        ("ORIGINCODE", "VARCHAR2", 6, None, "Y", 5, None, "B"),
    ]


def test_constraints_and_indexes(connection: oracledb.Connection, cursor: oracledb.Cursor, scope: str) -> None:
    cursor.execute("CREATE TABLE far (a NUMBER, b NUMBER, CONSTRAINT far_pk PRIMARY KEY (b, a))")
    cursor.execute(
        "CREATE TABLE near (x NUMBER CONSTRAINT near_x NOT NULL, y NUMBER, CONSTRAINT near_ck CHECK (y > 0), CONSTRAINT near_fk FOREIGN KEY (x, y) REFERENCES far)"
    )
    cursor.execute("CREATE INDEX near_ix ON near (y, x)")
    try:
        query = "constraint_name, constraint_type, r_constraint_name, delete_rule, search_condition, status"
        assert _rows(cursor, f"SELECT {query} FROM {scope}_constraints WHERE table_name = 'NEAR' ORDER BY 1") == [
            ("NEAR_CK", "C", None, None, "y > 0", "ENABLED"),
            ("NEAR_FK", "R", "FAR_PK", "NO ACTION", None, "ENABLED"),
            ("NEAR_X", "C", None, None, '"X" IS NOT NULL', "ENABLED"),
        ]
        assert _rows(
            cursor,
            f"SELECT column_name, position FROM {scope}_cons_columns WHERE constraint_name = 'FAR_PK' ORDER BY 2",
        ) == [("B", 1), ("A", 2)]
        assert _rows(
            cursor, f"SELECT index_name, uniqueness FROM {scope}_indexes WHERE table_name IN ('FAR', 'NEAR') ORDER BY 1"
        ) == [
            ("FAR_PK", "UNIQUE"),
            ("NEAR_IX", "NONUNIQUE"),
        ]
        assert _rows(
            cursor,
            f"SELECT column_name, column_position FROM {scope}_ind_columns WHERE index_name = 'NEAR_IX' ORDER BY 2",
        ) == [("Y", 1), ("X", 2)]
    finally:
        drop(connection, "near", "far")


def test_triggers_sequences_objects(cursor: oracledb.Cursor, scope: str) -> None:
    columns = "trigger_name, trigger_type, triggering_event, table_owner, table_name, status"
    assert _rows(cursor, f"SELECT {columns} FROM {scope}_triggers WHERE table_name = 'FLIGHTSPECIAL'") == [
        ("FLIGHTSPECIAL_TRIGGER", "BEFORE EACH ROW", "INSERT", "TRAVELBUDDY", "FLIGHTSPECIAL", "ENABLED")
    ]
    body = cursor.execute(f"SELECT trigger_body FROM {scope}_triggers WHERE table_name = 'FLIGHTSPECIAL'").fetchone()[0]
    assert "FLIGHTSPECIAL_SEQ.NEXTVAL INTO :new.ID" in body
    number = cursor.execute("SELECT flightspecial_seq.NEXTVAL FROM dual").fetchone()[0]
    assert _rows(
        cursor,
        f"SELECT last_number, increment_by, cache_size, max_value FROM {scope}_sequences WHERE sequence_name = 'FLIGHTSPECIAL_SEQ'",
    ) == [(number + 1, 1, 0, 10**28 - 1)]
    assert _rows(
        cursor, f"SELECT object_name, object_type FROM {scope}_objects WHERE object_name LIKE 'HOTEL%' ORDER BY 1"
    ) == [
        ("HOTELSPECIAL", "TABLE"),
        ("HOTELSPECIAL_PK", "INDEX"),
        ("HOTELSPECIAL_SEQ", "SEQUENCE"),
        ("HOTELSPECIAL_TRIGGER", "TRIGGER"),
    ]


def test_users_and_privileges(oracle: Oracle) -> None:
    with oracle.connect("DMSUSER") as connection:
        cursor = connection.cursor()
        assert _rows(cursor, "SELECT username FROM all_users ORDER BY 1") == [
            ("DMSUSER",),
            ("REVERSE_SYNC",),
            ("SYSTEM",),
            ("TRAVELBUDDY",),
        ]
        granted = {name for (name,) in cursor.execute("SELECT privilege FROM user_sys_privs")}
        assert {"SELECT ANY TABLE", "INSERT ANY TABLE", "ALTER ANY TRIGGER"} <= granted
        assert {name for (name,) in cursor.execute("SELECT privilege FROM session_privs")} == granted
    with oracle.connect() as connection:
        cursor = connection.cursor()
        assert _rows(cursor, "SELECT granted_role FROM user_role_privs ORDER BY 1") == [("CONNECT",), ("RESOURCE",)]
        assert ("CREATE TABLE",) in _rows(cursor, "SELECT privilege FROM session_privs")


@pytest.mark.parametrize("user", ["TRAVELBUDDY", "DMSUSER"])
def test_free_space(oracle: Oracle, user: str) -> None:
    with oracle.connect(user) as connection:
        assert 1024**3 < read_free_bytes(connection)["USERS"] < 11 * 1024**3


def test_version_parameters_and_dual(cursor: oracledb.Cursor) -> None:
    assert "12.1.0.2.0" in cursor.execute("SELECT banner FROM v$version WHERE ROWNUM = 1").fetchone()[0]
    for view in ("nls_database_parameters", "v$nls_parameters"):
        assert _rows(cursor, f"SELECT value FROM {view} WHERE parameter = 'NLS_CHARACTERSET'") == [("AL32UTF8",)]
    assert _rows(cursor, "SELECT value FROM nls_session_parameters WHERE parameter = 'NLS_LENGTH_SEMANTICS'") == [
        ("BYTE",)
    ]
    cursor.execute("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD'")
    assert _rows(cursor, "SELECT value FROM nls_session_parameters WHERE parameter = 'NLS_DATE_FORMAT'") == [
        ("YYYY-MM-DD",)
    ]
    assert _rows(cursor, "SELECT * FROM dual") == [("X",)]
    assert _rows(cursor, "SELECT DBTIMEZONE, SESSIONTIMEZONE FROM dual") == [("+00:00", "+00:00")]


def test_sessions_are_shown_to_who_may_look_into_the_dictionary(oracle: Oracle, cursor: oracledb.Cursor) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        cursor.execute("SELECT username FROM v$session")
    with oracle.connect("DMSUSER", "dmsuser123") as connection, connection.cursor() as seeing:
        seeing.execute("SELECT username, COUNT(*) FROM v$session WHERE type = 'USER' GROUP BY username")
        assert dict(seeing.fetchall()).keys() >= {"DMSUSER", "TRAVELBUDDY"}
