"""Genuine clients, unmodified: python-oracledb sync, async and pooled, and Airflow's OracleHook."""

from __future__ import annotations

import asyncio
import datetime
import decimal
import json
from pathlib import Path
from typing import TYPE_CHECKING

import oracledb
import pytest
import sqlalchemy
from airflow.providers.oracle.hooks.oracle import OracleHook

from tests.support.oracle import drop, raises

if TYPE_CHECKING:
    from tests.support.oracle import Oracle

_FLIGHTS = json.loads((Path(__file__).parents[4] / "rehearsal/seed/flightspecials.json").read_text())


def test_the_seed_s_rows_are_there(cursor: oracledb.Cursor) -> None:
    found = cursor.execute(
        "SELECT id, header, destinationcode, cost FROM TRAVELBUDDY.FLIGHTSPECIAL ORDER BY id"
    ).fetchall()
    assert found == [
        tuple(flight[name] for name in ("id", "header", "destination_code", "cost")) for flight in _FLIGHTS
    ]
    assert cursor.execute("SELECT COUNT(*) FROM hotelspecial").fetchone() == (3,)


@pytest.mark.parametrize("user", ["TRAVELBUDDY", "DMSUSER", "SYSTEM", "travelbuddy"])
def test_users_by_service_name_and_sid(oracle: Oracle, user: str) -> None:
    password = {"TRAVELBUDDY": "welcome", "DMSUSER": "dmsuser123", "SYSTEM": "manager"}[user.upper()]
    for dsn in (
        oracle.dsn,
        oracledb.makedsn("127.0.0.1", oracle.port, sid="XE"),
        f"{oracle.dsn}?sdu=65535",
        f"{oracle.dsn}?sdu=512",
    ):
        with oracle.connect(user, password, dsn) as connection:
            assert connection.cursor().execute("SELECT USER, LPAD('x', 3000, 'x') FROM DUAL").fetchone() == (
                user.upper(),
                "x" * 3000,
            )
            assert connection.version == "12.1.0.2.0"


def test_refused_logins(oracle: Oracle) -> None:
    for user, password in (
        ("TRAVELBUDDY", "wrong"),
        ("NOBODY", "welcome"),
        ("TRAVELBUDDY", "WELCOME"),
        ("SYS", "manager"),
    ):
        with raises(1017, "invalid username/password; logon denied"):
            oracle.connect(user, password)
    with raises(0, "DPY-6001", "ORA-12514"):
        oracle.connect(dsn=f"127.0.0.1:{oracle.port}/NOPE")
    with raises(0, "DPY-6003", "ORA-12505"):
        oracle.connect(dsn=oracledb.makedsn("127.0.0.1", oracle.port, sid="NOPE"))
    log = oracle.log.read_text()
    assert not any(secret in log for secret in ("wrong", "welcome", "WELCOME", "dmsuser123", "manager"))


def test_a_pool(oracle: Oracle) -> None:
    pool = oracledb.create_pool(user="TRAVELBUDDY", password="welcome", dsn=oracle.dsn, min=1, max=3, increment=1)
    with pool.acquire() as connection:
        connection.cursor().execute("UPDATE flightspecial SET cost = 0")
    with pool.acquire() as connection:
        assert connection.cursor().execute("SELECT MIN(cost) FROM flightspecial").fetchone() == (59,)
        connection.ping()
    pool.close()


def test_asyncio(oracle: Oracle) -> None:
    async def use() -> None:
        async with oracledb.connect_async(user="TRAVELBUDDY", password="welcome", dsn=oracle.dsn) as connection:
            assert await connection.fetchone("SELECT header FROM flightspecial WHERE id = :id", {"id": 11}) == (
                "New York to London",
            )
            with connection.cursor() as cursor:
                await cursor.execute("SELECT id FROM flightspecial ORDER BY id")
                assert [row async for row in cursor] == [(number,) for number in range(1, 12)]
            with raises(942):
                await connection.execute("SELECT 1 FROM nope")
        pool = oracledb.create_pool_async(user="TRAVELBUDDY", password="welcome", dsn=oracle.dsn, min=2, max=4)

        async def read(number: int) -> int:
            async with pool.acquire() as connection:
                return int((await connection.fetchone("SELECT id FROM flightspecial WHERE id = :1", [number]))[0])

        assert await asyncio.gather(*map(read, range(1, 12))) == list(range(1, 12))
        await pool.close()

    asyncio.run(use())


def test_statements_by_name_again_and_autocommit(oracle: Oracle) -> None:
    with oracle.connect() as connection:
        cursor = connection.cursor()
        for number in (3, 7, 3, 11):
            cursor.execute("SELECT id, :x || header FROM flightspecial WHERE id = :n OR id = :n", n=number, x=">")
            assert cursor.fetchall() == [(number, f">{_FLIGHTS[number - 1]['header']}")]
        connection.autocommit = True
        cursor.execute("UPDATE flightspecial SET cost = :1 WHERE id = 1", [94])
    with oracle.connect() as connection:
        connection.autocommit = True
        assert connection.cursor().execute("SELECT cost FROM flightspecial WHERE id = 1").fetchone() == (94,)
        connection.cursor().execute("UPDATE flightspecial SET cost = 93 WHERE id = 1")
        assert not connection.transaction_in_progress


def test_the_client_s_own_ways_to_set_the_session(connection: oracledb.Connection) -> None:
    cursor = connection.cursor()
    connection.module, connection.action, connection.clientinfo = "module", "action", "info"
    connection.current_schema = "DMSUSER"
    assert cursor.execute("SELECT SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM dual").fetchone() == ("DMSUSER",)
    with raises(942):
        cursor.execute("SELECT 1 FROM flightspecial")
    connection.current_schema = "NOPE"
    with raises(1435, "user does not exist"):
        cursor.execute("SELECT 1 FROM dual")
    connection.current_schema = "TRAVELBUDDY"
    assert cursor.execute("SELECT COUNT(*) FROM flightspecial").fetchone() == (11,)


def test_a_table_that_changes_under_a_cached_query(oracle: Oracle) -> None:
    with oracle.connect() as one, oracle.connect() as two:
        one.cursor().execute("CREATE TABLE stale (a NUMBER)")
        reader = two.cursor()
        assert reader.execute("SELECT * FROM stale").fetchall() == []
        one.cursor().execute("ALTER TABLE stale ADD b VARCHAR2(5) DEFAULT 'x'")
        one.cursor().execute("INSERT INTO stale (a) VALUES (1)")
        one.commit()
        assert reader.execute("SELECT * FROM stale").fetchall() == [(1, "x")]
        drop(one, "stale")


@pytest.mark.parametrize("alters", ["its own session", "another session"])
def test_a_table_that_changes_under_a_cached_insert(oracle: Oracle, alters: str) -> None:
    """Without a list of columns it has as many values as the table has columns, or fails."""
    with oracle.connect() as one, oracle.connect() as two:
        writer = two.cursor()
        writer.execute("CREATE TABLE stale (a NUMBER)")
        writer.execute("INSERT INTO stale VALUES (:1)", [1])
        two.commit()
        altering = two if alters == "its own session" else one
        altering.cursor().execute("ALTER TABLE stale ADD b VARCHAR2(5) DEFAULT 'x'")
        with raises(947, "not enough values"):
            writer.execute("INSERT INTO stale VALUES (:1)", [2])
        assert writer.execute("SELECT * FROM stale").fetchall() == [(1, "x")]
        drop(two, "stale")


def test_a_query_whose_binds_change_their_type(cursor: oracledb.Cursor) -> None:
    for value in ("x", 1.5, None, datetime.datetime(2027, 1, 2), "y", 2):
        assert cursor.execute("SELECT :b FROM dual", b=value).fetchall() == [(value,)]


def test_what_is_not_known_over_the_wire_is_refused(cursor: oracledb.Cursor) -> None:
    with raises(3001, "BEGIN"):
        cursor.callproc("nothing")
    with raises(3001, "a group function in RETURNING"):
        cursor.execute("DELETE FROM hotelspecial RETURNING COUNT(*) INTO :x", x=cursor.var(int))
    with raises(3001, "a scrollable cursor"):
        cursor.connection.cursor(scrollable=True).execute("SELECT 1 FROM dual")
    with raises(3001, "RETURNING into a LONG or LONG RAW"):
        cursor.execute("DELETE FROM hotelspecial RETURNING hotel INTO :x", x=cursor.var(oracledb.DB_TYPE_LONG))
    with raises(3001, "bind of type"):
        cursor.execute("SELECT :1 FROM dual", [datetime.timedelta(days=1)])
    for truth in (True, None):  # a NULL comes with a mark of its own
        bind = cursor.var(oracledb.DB_TYPE_BOOLEAN)
        bind.setvalue(0, truth)
        with raises(3001, "a bind of type 252"):
            cursor.execute("SELECT :1 FROM dual", [bind])
    assert cursor.execute("SELECT 1 FROM dual").fetchone() == (1,)


def test_returning_into(connection: oracledb.Connection, cursor: oracledb.Cursor) -> None:
    number, text, at = cursor.var(int), cursor.var(str), cursor.var(datetime.datetime)
    insert = "INSERT INTO hotelspecial h (hotel, cost) VALUES (:hotel, :cost) RETURNING h.id, UPPER(hotel), SYSDATE INTO :i, :t, :a"
    for hotel in ("one", "two"):
        cursor.execute(insert, hotel=hotel, cost=5, i=number, t=text, a=at)
        wanted = cursor.connection.cursor().execute("SELECT id FROM hotelspecial WHERE hotel = :1", [hotel]).fetchone()
        assert (number.getvalue(), text.getvalue(), cursor.rowcount) == ([wanted[0]], [hotel.upper()], 1)
        assert abs(at.getvalue()[0] - datetime.datetime.now(datetime.UTC).replace(tzinfo=None)).seconds < 60
    cursor.execute(
        "UPDATE hotelspecial SET cost = cost * 2 WHERE cost = 5 RETURNING cost, hotel INTO :1, :2", [number, text]
    )
    assert (number.getvalue(), sorted(text.getvalue()), cursor.rowcount) == ([10, 10], ["one", "two"], 2)
    strings = [cursor.var(kind) for kind in (oracledb.DB_TYPE_VARCHAR, oracledb.DB_TYPE_NVARCHAR)]
    cursor.execute("UPDATE hotelspecial SET cost = 12.5 WHERE id = 1 RETURNING cost * 2, cost INTO :1, :2", strings)
    assert [found.getvalue() for found in strings] == [["25"], ["12.5"]]
    cursor.execute("UPDATE hotelspecial SET cost = 0 WHERE id < 0 RETURNING cost INTO :1", [number])
    assert (number.getvalue(), cursor.rowcount) == ([], 0)
    with raises(1400):
        cursor.execute(insert, hotel=None, cost=5, i=number, t=text, a=at)
    connection.rollback()


def test_returning_into_of_an_array(connection: oracledb.Connection, cursor: oracledb.Cursor) -> None:
    rows = [("a", 1), ("b", 2), ("a", 3)]
    number, note = cursor.var(int, arraysize=3), cursor.var(str, arraysize=3)
    cursor.setinputsizes(None, None, number, note)
    cursor.executemany("INSERT INTO hotelspecial (hotel, cost) VALUES (:1, :2) RETURNING cost, hotel INTO :3, :4", rows)
    assert [number.getvalue(at) for at in range(3)] == [[1], [2], [3]]
    assert [note.getvalue(at) for at in range(3)] == [["a"], ["b"], ["a"]]
    gone = cursor.var(int, arraysize=2)
    cursor.setinputsizes(None, gone)
    cursor.executemany("DELETE FROM hotelspecial WHERE hotel = :1 RETURNING cost INTO :2", [("a",), ("c",)])
    assert (sorted(gone.getvalue(0)), gone.getvalue(1), cursor.rowcount) == ([1, 3], [], 2)
    connection.rollback()
    cursor.setinputsizes(None, number)
    with raises(1400):
        cursor.executemany(
            "INSERT INTO hotelspecial (hotel, cost) VALUES (:1, 4) RETURNING cost INTO :2", [("a",), (None,)]
        )
    assert cursor.execute("SELECT COUNT(*) FROM hotelspecial WHERE cost = 4").fetchone() == (1,)
    connection.rollback()
    with raises(947, "not enough values"):
        cursor.execute("DELETE FROM hotelspecial RETURNING id INTO :1, :2", [number, note])
    assert cursor.execute("SELECT COUNT(*) FROM hotelspecial").fetchone() == (3,)


def test_two_results_at_once(connection: oracledb.Connection) -> None:
    big = "SELECT a.id * 100 + b.id FROM flightspecial a, flightspecial b, flightspecial c, flightspecial d"
    first, second = connection.cursor(), connection.cursor()
    first.arraysize = second.arraysize = 7
    first.execute(big)
    second.execute(big)
    assert first.fetchmany(10) == second.fetchmany(10)
    connection.cursor().execute("UPDATE flightspecial SET cost = 1")
    connection.rollback()
    assert len(first.fetchall()) == len(second.fetchall()) == 11**4 - 10
    first.execute(big).fetchmany(3)
    first.close()
    assert second.execute("SELECT 1 FROM dual").fetchone() == (1,)
    assert second.parse("SELECT header FROM flightspecial") is None
    assert [column.name for column in second.description or []] == ["HEADER"]


def test_the_trigger_rewrites_ids_until_it_is_disabled(oracle: Oracle) -> None:
    with oracle.connect("DMSUSER") as connection:
        cursor = connection.cursor()
        insert = 'INSERT INTO "TRAVELBUDDY"."FLIGHTSPECIAL" ("ID", "HEADER", "COST") VALUES (:1, :2, :3)'
        find = "SELECT id FROM travelbuddy.flightspecial WHERE header = 'trigger'"
        cursor.execute(insert, [5000, "trigger", 1])
        assert cursor.execute(find).fetchone()[0] < 5000
        connection.rollback()
        status = (
            "SELECT status FROM all_triggers WHERE owner = 'TRAVELBUDDY' AND trigger_name = 'FLIGHTSPECIAL_TRIGGER'"
        )
        cursor.execute("ALTER TRIGGER TRAVELBUDDY.FLIGHTSPECIAL_TRIGGER DISABLE")
        try:
            assert cursor.execute(status).fetchone() == ("DISABLED",)
            cursor.execute(insert, [5000, "trigger", 1])
            assert cursor.execute(find).fetchone() == (5000,)
            connection.rollback()
        finally:
            cursor.execute("ALTER TRIGGER TRAVELBUDDY.FLIGHTSPECIAL_TRIGGER ENABLE")
        assert cursor.execute(status).fetchone() == ("ENABLED",)


@pytest.mark.parametrize("kind", [oracledb.DB_TYPE_VARCHAR, oracledb.DB_TYPE_NVARCHAR, oracledb.DB_TYPE_LONG], ids=str)
def test_columns_beside_a_lob_are_fetched_as_a_client_asks(cursor: oracledb.Cursor, kind: oracledb.DbType) -> None:
    """python-oracledb names the types of all columns where one is a LOB, and converts all others itself."""

    def wanted(cursor: oracledb.Cursor, metadata: oracledb.FetchInfo) -> oracledb.Var:
        return cursor.var(kind, 255, arraysize=cursor.arraysize)

    cursor.outputtypehandler = wanted
    values = "-1234.5, DATE '2024-02-29', TIMESTAMP '2024-02-29 01:02:03.5', CAST('12' AS VARCHAR2(5)), 1.5d"
    found = cursor.execute(f"SELECT {values}, TO_CLOB('long') FROM dual").fetchall()
    assert found == [("-1234.5", "2024-02-29 00:00:00", "2024-02-29 01:02:03.500000", "12", "1.5", "long")]


def test_sqlalchemy_reads_back_what_it_wrote(oracle: Oracle) -> None:
    """Its dialect asks for numbers as strings and for LOBs inline."""
    engine = sqlalchemy.create_engine(f"oracle+oracledb://TRAVELBUDDY:welcome@127.0.0.1:{oracle.port}/?service_name=XE")
    table = sqlalchemy.Table(
        "written",
        sqlalchemy.MetaData(),
        sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True, autoincrement=False),
        sqlalchemy.Column("price", sqlalchemy.Numeric(10, 2)),
        sqlalchemy.Column("ratio", sqlalchemy.Float),
        sqlalchemy.Column("big", sqlalchemy.BigInteger),
        sqlalchemy.Column("born", sqlalchemy.Date),
        sqlalchemy.Column("note", sqlalchemy.Text),
        sqlalchemy.Column("image", sqlalchemy.LargeBinary),
    )
    rows = [
        (12, decimal.Decimal("1.25"), 0.1, 2**60, datetime.date(2024, 2, 29), "가" * 5000, b"\xff\x00"),
        (-7, None, None, None, None, None, None),
    ]
    table.create(engine)
    try:
        with engine.begin() as connection:
            connection.execute(table.insert(), [dict(zip(table.c.keys(), row, strict=True)) for row in rows])
            assert connection.execute(table.select().order_by(table.c.id.desc())).all() == rows
    finally:
        table.drop(engine)
        engine.dispose()


def test_sqlalchemy_s_inspector(oracle: Oracle) -> None:
    engine = sqlalchemy.create_engine(f"oracle+oracledb://TRAVELBUDDY:welcome@127.0.0.1:{oracle.port}/?service_name=XE")
    try:
        inspector = sqlalchemy.inspect(engine)
        assert sorted(inspector.get_table_names()) == ["flightspecial", "hotelspecial"]
        assert inspector.has_table("flightspecial")
        assert not inspector.has_table("nope")
        columns = {column["name"]: column for column in inspector.get_columns("flightspecial")}
        assert list(columns) == [
            *("id", "header", "body", "origin", "origincode", "destination", "destinationcode", "cost", "expirydate")
        ]
        assert (str(columns["header"]["type"]), columns["header"]["nullable"]) == ("VARCHAR(255)", False)
        assert inspector.get_pk_constraint("flightspecial") == {
            "name": "flightspecial_pk",
            "constrained_columns": ["id"],
        }
        assert not [*inspector.get_foreign_keys("flightspecial"), *inspector.get_indexes("flightspecial")]
        assert not [*inspector.get_unique_constraints("flightspecial"), *inspector.get_view_names()]
        table = sqlalchemy.Table("hotelspecial", sqlalchemy.MetaData(), autoload_with=engine)
        with engine.connect() as connection:
            added = connection.execute(table.insert().values(hotel="특가", cost=3).returning(table.c.id, table.c.hotel))
            assert added.one()[1] == "특가"
            chosen = sqlalchemy.union(sqlalchemy.select(table.c.cost), sqlalchemy.select(table.c.id)).order_by("cost")
            assert connection.execute(chosen).scalars().first() == 1
            connection.rollback()
    finally:
        engine.dispose()


@pytest.fixture
def hook(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> OracleHook:
    """Airflow's hook on an Airflow connection."""
    connection = {
        "conn_type": "oracle",
        "host": "127.0.0.1",
        "port": oracle.port,
        "login": "TRAVELBUDDY",
        "password": "welcome",
    }
    monkeypatch.setenv("AIRFLOW_CONN_TRAVELBUDDY_ORACLE", json.dumps(connection | {"extra": {"service_name": "XE"}}))
    return OracleHook(oracle_conn_id="travelbuddy_oracle")


def test_the_hook(hook: OracleHook) -> None:
    outcome: object = hook.test_connection()  # type: ignore[func-returns-value]  # it does
    assert outcome == (True, "Connection successfully tested")
    assert hook.get_records("SELECT id, header FROM flightspecial WHERE id = :n", {"n": 1}) == [(1, "London to Paris")]
    assert hook.get_first("SELECT COUNT(*) FROM flightspecial") == (11,)
    hook.run(
        [
            "CREATE TABLE hooked (id NUMBER, name VARCHAR2(20), at_time DATE)",
            "INSERT INTO hooked VALUES (0, 'run', NULL)",
        ],
        autocommit=True,
    )
    connection = hook.get_conn()
    try:
        at = datetime.datetime(2027, 1, 2, 3, 4, 5)
        hook.insert_rows("hooked", [(1, "it's", at), (2, None, None)], ["id", "name", "at_time"])
        hook.bulk_insert_rows(
            "hooked", [(n, f"특가 {n}", at) for n in range(3, 10)], ["id", "name", "at_time"], commit_every=3
        )
        rows = hook.get_records("SELECT * FROM hooked ORDER BY id")
        assert rows[:3] == [(0, "run", None), (1, "it's", at), (2, None, None)]
        assert rows[3:] == [(n, f"특가 {n}", at) for n in range(3, 10)]
    finally:
        drop(connection, "hooked")
        connection.close()


def test_the_hook_with_the_types_that_dms_writes(hook: OracleHook) -> None:
    """The hook has no asynchronous form; python-oracledb's own is tested with these types in test_wide_types.py."""
    columns = "id NUMBER, b BLOB, nv NVARCHAR2(9), nc NCHAR(3), nl NCLOB, f BINARY_FLOAT, d BINARY_DOUBLE, p FLOAT(10)"
    hook.run(f"CREATE TABLE hooked ({columns}, l TIMESTAMP WITH LOCAL TIME ZONE)", autocommit=True)
    connection = hook.get_conn()
    try:
        at = datetime.datetime(2027, 1, 2, 3, 4, 5)
        row = (b"\x00\xff" * 40_000, "특가😀", "가", "긴 글 " * 20_000, 0.5, 1e-300, 1234.5, at)
        names = ["id", *columns.replace("id NUMBER, ", "").split(" ")[::2], "l"]
        hook.bulk_insert_rows("hooked", [(1, *(None,) * 8)], names)
        sizes = {"d": oracledb.DB_TYPE_BINARY_DOUBLE}
        with connection.cursor() as cursor:
            cursor.setinputsizes(**sizes)
            binds = ", ".join(f":{name}" for name in names)
            cursor.execute(f"INSERT INTO hooked VALUES ({binds})", dict(zip(names, (2, *row), strict=True)))
        connection.commit()
        empty, full = hook.get_records("SELECT * FROM hooked ORDER BY id")
        assert empty == (1, *(None,) * 8)
        found = [value.read() if isinstance(value, oracledb.LOB) else value for value in full]
        assert found == [2, row[0], "특가😀", "가  ", row[3], 0.5, 1e-300, 1235.0, at]
        kinds = {"BLOB", "NVARCHAR2", "NCHAR", "NCLOB", "BINARY_FLOAT", "BINARY_DOUBLE", "FLOAT"}
        query = "SELECT data_type FROM user_tab_columns WHERE table_name = :t"
        assert kinds < {kind for (kind,) in hook.get_records(query, {"t": "HOOKED"})}
    finally:
        drop(connection, "hooked")
        connection.close()


def test_a_call_that_the_stand_in_does_not_know_is_refused_by_its_number(oracle: Oracle) -> None:
    with oracle.connect() as connection:
        with raises(3001, "call 103 of the client's protocol"):
            connection.tpc_begin(connection.xid(1, "transaction", "branch"))
        connection.ping()
        assert connection.cursor().execute("SELECT 1 FROM dual").fetchone() == (1,)
