"""A task and a trigger have the same session on the same Oracle, however the Airflow connection names it."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import oracledb
import pytest

from reverse_sync.catalog.database import fetch_all
from reverse_sync.catalog.oracle import read_columns
from reverse_sync.errors import ReverseSyncError
from reverse_sync.oracle.rows import RowReader, fetch_row
from reverse_sync.oracle.sensors import OracleValueTrigger
from reverse_sync.oracle.session import oracle_session
from reverse_sync.table_mapping import Column, ProjectedColumn
from reverse_sync.type_pairs import pair, source_type
from reverse_sync.type_pairs.rows import target_expressions
from reverse_sync.waiting import PollSchedule
from tests.support import more_rights
from tests.support.oracle import Oracle
from tests.support.parts import free_port, part

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

WHERE = "SELECT place FROM landmark WHERE id = :1"
LARGE = "부산 " * 3000


class Neighbours(NamedTuple):
    """Two Oracles; a table in each says which one it is."""

    here: Oracle
    there: Oracle


@pytest.fixture(scope="module")
def neighbours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbours]:
    with ExitStack() as stack:
        found = {}
        for name in Neighbours._fields:
            home, port = tmp_path_factory.mktemp(name), free_port()
            process = stack.enter_context(part("oracle", "--home", home, "--port", port, log=home / "stderr.log"))
            found[name] = oracle = Oracle(port, process.pid, home / "stderr.log")
            more_rights.in_oracle(port)
            with oracle.connect() as session, session.cursor() as cursor:
                cursor.execute(
                    "CREATE TABLE landmark (id NUMBER PRIMARY KEY, place VARCHAR2(9), story CLOB, seen RAW(9), code CHAR(9))"
                )
                cursor.execute("INSERT INTO landmark VALUES (1, :1, :2, :3, :4)", [name, LARGE, b"\x01\xff", name])
                session.commit()
        yield Neighbours(**found)


def descriptor(oracle: Oracle) -> str:
    return f"(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=127.0.0.1)(PORT={oracle.port}))(CONNECT_DATA=(SERVICE_NAME=XE)))"


def named(monkeypatch: pytest.MonkeyPatch, extra: dict[str, Any], **fields: Any) -> None:
    login = {"conn_type": "oracle", "login": "TRAVELBUDDY", "password": "welcome", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_ERP", json.dumps(login | fields))


def from_trigger(query: str, key: list[Any]) -> Any:
    return asyncio.run(RowReader("erp").fetch(query, key))


# What each form leads to is OracleHook's own rule, however it may look.
FORMS: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    "service": ("here", {"host": "127.0.0.1", "port": "HERE"}, {"service_name": "XE"}),
    "sid": ("here", {"host": "127.0.0.1", "port": "HERE"}, {"sid": "XE"}),
    "sid and service": ("here", {"host": "127.0.0.1", "port": "HERE"}, {"sid": "ABSENT", "service_name": "XE"}),
    "service and schema": ("here", {"host": "127.0.0.1", "port": "HERE", "schema": "TRAVELBUDDY"}, {"service_name": "XE"}),
    "EZConnect as host": ("here", {"host": "127.0.0.1:HERE/XE"}, {}),
    "descriptor as host": ("here", {"host": "DESCRIPTOR_HERE"}, {}),
    "dsn": ("here", {}, {"dsn": "127.0.0.1:HERE/XE"}),
    "dsn and host": ("there", {"host": "127.0.0.1", "port": "HERE"}, {"dsn": "127.0.0.1:THERE/XE"}),
    "dsn, host and service": (
        "here",
        {"host": "127.0.0.1", "port": "HERE"},
        {"dsn": "127.0.0.1:THERE/XE", "service_name": "XE"},
    ),
    "module": ("here", {"host": "127.0.0.1", "port": "HERE"}, {"service_name": "XE", "module": "reverse_sync"}),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_trigger_reaches_what_the_hook_reaches(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    reached, fields, extra = FORMS[form]
    words = {
        "DESCRIPTOR_HERE": descriptor(neighbours.here),
        "THERE": str(neighbours.there.port),
        "HERE": str(neighbours.here.port),
    }

    def filled(values: dict[str, str]) -> dict[str, str]:
        text = json.dumps(values)
        for word, value in words.items():
            text = text.replace(word, value)
        return json.loads(text)  # type: ignore[no-any-return]

    port = {"port": neighbours.here.port} if "port" in fields else {}
    named(monkeypatch, filled(extra), **filled(fields) | port)
    assert fetch_row("erp", WHERE, [1]) == (reached,)
    assert from_trigger(WHERE, [1]) == (reached,)


def test_what_the_hook_refuses_the_trigger_refuses_alike(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hook takes the connection's schema for the service, and then for a schema too."""
    named(monkeypatch, {}, host="127.0.0.1", port=neighbours.here.port, schema="XE")
    for ask in (lambda: fetch_row("erp", WHERE, [1]), lambda: from_trigger(WHERE, [1])):
        with pytest.raises(
            ReverseSyncError,
            match=r"'erp': ORA-01435: user does not exist. In Airflow empty the connection's field Schema",
        ):
            ask()


def test_both_sessions_fetch_the_same_values(neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, {"service_name": "XE"}, host="127.0.0.1", port=neighbours.here.port)
    query = "SELECT id, place, story, seen, 1/4, DATE '2026-11-26' FROM landmark WHERE id = :1"
    row = fetch_row("erp", query, [1])
    assert row == (Decimal(1), "here", LARGE, b"\x01\xff", Decimal("0.25"), datetime(2026, 11, 26))
    assert from_trigger(query, [1]) == row
    assert [type(value) for value in from_trigger(query, [1])] == [type(value) for value in row]


@pytest.mark.parametrize("extra", [{}, {"fetch_lobs": "true", "fetch_decimals": "false"}])
def test_neither_session_changes_nor_follows_what_other_dags_set(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch, extra: dict[str, str]
) -> None:
    named(monkeypatch, {"service_name": "XE", **extra}, host="127.0.0.1", port=neighbours.here.port)
    before = (oracledb.defaults.fetch_lobs, oracledb.defaults.fetch_decimals)
    for row in (
        fetch_row("erp", "SELECT story, id FROM landmark", []),
        from_trigger("SELECT story, id FROM landmark", []),
    ):
        assert row == (LARGE, 1)
        assert isinstance(row[1], Decimal)
    assert (oracledb.defaults.fetch_lobs, oracledb.defaults.fetch_decimals) == before


def test_a_watch_holds_one_session_and_finds_another_when_that_breaks(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(monkeypatch, {"service_name": "XE"}, host="127.0.0.1", port=neighbours.here.port)
    sessions: list[Any] = []
    connect = oracledb.connect_async

    def counted(**arguments: Any) -> Any:
        sessions.append(None)
        return connect(**arguments)

    monkeypatch.setattr(oracledb, "connect_async", counted)

    async def watch() -> list[Any]:
        found: list[Any] = []
        async with RowReader("erp") as reader:
            found += [await reader.fetch(WHERE, [1]) for _ in range(3)]
            assert reader._session is not None
            await reader._session.close()
            with pytest.raises(Exception, match="DPY-1001"):
                await reader.fetch(WHERE, [1])
            found.append(await reader.fetch(WHERE, [1]))
        return found

    assert asyncio.run(watch()) == [("here",)] * 4
    assert len(sessions) == 2


@pytest.mark.parametrize(
    ("column", "expected"), [("story", LARGE), ("place", "here"), ("code", "here"), ("code", "here ")]
)
def test_a_text_arrives_in_a_clob_and_in_a_char_as_in_a_varchar2(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch, column: str, expected: str
) -> None:
    named(monkeypatch, {"service_name": "XE"}, host="127.0.0.1", port=neighbours.here.port)
    trigger = OracleValueTrigger(
        oracle_conn_id="erp",
        target=("TRAVELBUDDY", "LANDMARK"),
        column=column.upper(),
        key={"ID": 1},
        expected=expected,
        schedule=PollSchedule.within(timeout_s=5, first_poll_s=0.1, longest_poll_s=0.1),
    )

    async def event() -> Any:
        return [event.payload async for event in trigger.run()]

    [found] = asyncio.run(event())
    assert found["status"] == "success"


def test_a_moment_is_compared_by_the_digits_that_its_column_is_declared_with(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(monkeypatch, {"service_name": "XE"}, host="127.0.0.1", port=neighbours.here.port)
    moment = datetime(2026, 11, 26, 9, 30, 15, 123456, tzinfo=UTC)
    with oracle_session("erp") as session, session.cursor() as cursor:
        cursor.execute("CREATE TABLE moments (d DATE, t0 TIMESTAMP(0), t3 TIMESTAMP(3), t6 TIMESTAMP, lost TIMESTAMP)")
        at = "TIMESTAMP '2026-11-26 09:30:15.123456'"
        cursor.execute(f"INSERT INTO moments VALUES ({at}, {at}, {at}, {at}, TIMESTAMP '2026-11-26 09:30:15')")
        columns = read_columns(session, "TRAVELBUDDY", "MOMENTS")
        selected = ", ".join(target_expressions(columns, columns))
        found = dict(zip(columns, fetch_all(session, f"SELECT {selected} FROM moments")[0], strict=True))
    assert list(columns) == ["D", "T0", "T3", "T6", "LOST"]
    source = Column("t", "timestamp with time zone")
    pairs = {name: pair(ProjectedColumn(name, source), column) for name, column in columns.items()}
    assert [name for name in columns if not pairs[name].same(moment, found[name])] == ["LOST"]


@pytest.mark.parametrize("session_zone", ["+00:00", "-05:00"])
def test_a_moment_is_the_same_wherever_the_worker_and_the_sessions_are(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch, session_zone: str
) -> None:
    """A worker in Seoul, and Oracle's session anywhere; TIMESTAMP WITH TIME ZONE is an instant."""
    named(monkeypatch, {"service_name": "XE"}, host="127.0.0.1", port=neighbours.here.port)
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    try:
        with oracle_session("erp") as session, session.cursor() as cursor:
            cursor.execute(f"ALTER SESSION SET TIME_ZONE = '{session_zone}'")
            cursor.execute("CREATE TABLE zoned (d DATE, t TIMESTAMP(6), z TIMESTAMP(6) WITH TIME ZONE)")
            cursor.execute(
                "INSERT INTO zoned VALUES (DATE '2026-11-26', TIMESTAMP '2026-11-26 00:00:00.5',"
                " TIMESTAMP '2026-11-26 09:00:00.5 +09:00')"
            )
            columns = read_columns(session, "TRAVELBUDDY", "ZONED")
            selected = ", ".join(target_expressions(columns, columns))
            found = dict(zip(columns, fetch_all(session, f"SELECT {selected} FROM zoned")[0], strict=True))
            cursor.execute("DROP TABLE zoned")
    finally:
        monkeypatch.undo()
        time.tzset()
    zoned = Column("t", "timestamp with time zone")
    for name, column in columns.items():
        of = pair(ProjectedColumn(name, zoned), column)
        for printed in ("2026-11-26 00:00:00.5+00", "2026-11-26 09:00:00.5+09", "2026-11-25 19:00:00.5-05"):
            assert of.same(source_type(zoned).read(printed), found[name]), (name, printed)
        assert not of.same(source_type(zoned).read("2026-11-26 00:00:00.5+09"), found[name])
