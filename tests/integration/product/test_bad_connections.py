"""A wrong password, host or service, or no connection at all: the run stops before any change, and says which."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.errors import NeedsPersonError, ReverseSyncError
from reverse_sync.oracle.rows import RowReader, fetch_row
from reverse_sync.postgres.query import PostgresQueryOperator
from reverse_sync.postgres.server import look
from reverse_sync.preflight.operator import PreflightOperator
from tests.support.parts import free_port
from tests.support.tasks import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration


def change(monkeypatch: pytest.MonkeyPatch, connection: str, **values: Any) -> None:
    name = f"AIRFLOW_CONN_{connection.upper()}"
    monkeypatch.setenv(name, json.dumps(json.loads(os.environ[name]) | values))


def refusal(pipeline: Pipeline) -> str:
    with pytest.raises(NeedsPersonError) as stopped:
        run(PreflightOperator(task_id="check", pipeline=pipeline))
    return str(stopped.value)


def outage(pipeline: Pipeline) -> str:
    """What the preflight says where Airflow tries it again."""
    with pytest.raises(ReverseSyncError) as stopped:
        run(PreflightOperator(task_id="check", pipeline=pipeline))
    assert not isinstance(stopped.value, NeedsPersonError)
    message = str(stopped.value)
    assert message.startswith("The preflight could not look everywhere, and nothing was changed:")
    assert "host and port of the Airflow connection" in message
    return message


@pytest.mark.parametrize(
    ("connection", "values", "said"),
    [
        (
            "flightspecials_postgres",
            {"password": "sw0rdfish-wrong"},
            'password authentication failed for user "reverse_sync"',
        ),
        ("flightspecials_postgres", {"schema": "absent"}, 'database "absent" does not exist'),
        ("travelbuddy_oracle", {"password": "sw0rdfish-wrong"}, "ORA-01017"),
        ("travelbuddy_dms_target", {"password": "sw0rdfish-wrong"}, "ORA-01017"),
    ],
)
def test_the_run_stops_before_any_change(
    running: RunningParts,
    pipeline: Pipeline,
    monkeypatch: pytest.MonkeyPatch,
    connection: str,
    values: dict[str, Any],
    said: str,
) -> None:
    before = running.dms_resources()
    change(monkeypatch, connection, **values)
    message = refusal(pipeline)
    assert message.startswith("The preflight found ")
    assert "nothing was changed" in message
    assert connection in message
    assert said in message
    assert "sw0rdfish" not in message
    assert running.dms_resources() == before


@pytest.mark.parametrize(
    ("connection", "values", "said"),
    [
        ("flightspecials_postgres", {"host": "nowhere.invalid"}, "nowhere.invalid"),
        ("travelbuddy_oracle", {"host": "nowhere.invalid"}, "nowhere.invalid"),
        ("travelbuddy_oracle", {"extra": {"service_name": "ABSENT"}}, "ABSENT"),  # an instance that starts says so too
        ("flightspecials_api", {"host": "nowhere.invalid"}, "nowhere.invalid"),
    ],
)
def test_what_does_not_answer_may_come_back_and_is_tried_again(
    running: RunningParts,
    pipeline: Pipeline,
    monkeypatch: pytest.MonkeyPatch,
    connection: str,
    values: dict[str, Any],
    said: str,
) -> None:
    change(monkeypatch, connection, **values)
    message = outage(pipeline)
    assert connection in message
    assert said in message


def test_a_refusal_beside_an_outage_is_for_a_person_at_once(
    running: RunningParts, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, "flightspecials_api", port=free_port())
    change(monkeypatch, "travelbuddy_oracle", password="sw0rdfish-wrong")
    message = refusal(pipeline)
    assert "ORA-01017" in message
    assert "flightspecials_api" in message


@pytest.mark.parametrize(
    ("connection", "said"),
    [
        ("flightspecials_postgres", "isn't defined"),
        ("travelbuddy_oracle", "isn't defined"),
        ("flightspecials_api", "isn't defined"),
        ("aws_default", "Unable to locate credentials"),
    ],
)
def test_a_missing_connection_is_named(
    running: RunningParts, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, connection: str, said: str
) -> None:
    monkeypatch.delenv(f"AIRFLOW_CONN_{connection.upper()}")
    message = refusal(pipeline)
    assert connection in message
    assert said in message


def test_every_unreachable_part_is_said_at_once(
    running: RunningParts, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    for connection in ("flightspecials_postgres", "travelbuddy_oracle", "flightspecials_api"):
        change(monkeypatch, connection, host="127.0.0.1", port=free_port())
    message = outage(pipeline)
    assert all(name in message for name in ("flightspecials_postgres", "travelbuddy_oracle", "flightspecials_api"))


def test_postgresql_gone_later_in_the_run_is_tried_again(
    running: RunningParts, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, "flightspecials_postgres", port=free_port())
    with pytest.raises(
        ReverseSyncError, match="PostgreSQL does not answer over the connection 'flightspecials_postgres'"
    ) as gone:
        look("flightspecials_postgres")
    assert not isinstance(gone.value, NeedsPersonError)
    show = PostgresQueryOperator(task_id="show", conn_id="flightspecials_postgres", sql="SHOW wal_level")
    with pytest.raises(ReverseSyncError, match="PostgreSQL does not answer over the connection"):
        run(show)
    assert "Check its host, port, login, password and database" in str(gone.value)


@pytest.mark.parametrize("address", [{"port": free_port()}, {"host": "nowhere.invalid"}], ids=["port", "host"])
def test_oracle_gone_later_in_the_run_is_tried_again(
    running: RunningParts, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, address: dict[str, Any]
) -> None:
    change(monkeypatch, "travelbuddy_oracle", **address)
    with pytest.raises(
        ReverseSyncError, match="Oracle does not answer over the connection 'travelbuddy_oracle'"
    ) as gone:
        fetch_row("travelbuddy_oracle", "SELECT 1 FROM DUAL", [])
    assert not isinstance(gone.value, NeedsPersonError)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"password": "sw0rdfish-wrong"}, "password authentication failed"),
        ({"schema": "absent"}, 'database "absent" does not exist'),
    ],
)
def test_what_postgresql_refuses_later_in_the_run_is_not_tried_again(
    running: RunningParts, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any], said: str
) -> None:
    change(monkeypatch, "flightspecials_postgres", **values)
    with pytest.raises(NeedsPersonError, match="refuses what the connection 'flightspecials_postgres' asks") as refused:
        look("flightspecials_postgres")
    assert said in str(refused.value)
    assert "sw0rdfish" not in str(refused.value)


def test_a_statement_that_postgresql_refuses_is_not_tried_again(running: RunningParts) -> None:
    show = PostgresQueryOperator(task_id="show", conn_id="flightspecials_postgres", sql="SELECT absent")
    with pytest.raises(NeedsPersonError, match='column "absent" does not exist'):
        run(show)


def test_what_oracle_refuses_later_in_the_run_is_not_tried_again(
    running: RunningParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NeedsPersonError, match="ORA-00942"):
        fetch_row("travelbuddy_oracle", "SELECT 1 FROM ABSENT", [])
    change(monkeypatch, "travelbuddy_oracle", password="sw0rdfish-wrong")
    with pytest.raises(NeedsPersonError, match="refuses what the connection 'travelbuddy_oracle' asks: ORA-01017"):
        fetch_row("travelbuddy_oracle", "SELECT 1 FROM DUAL", [])


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes a connection and never says a word; whoever still waits for one gives up at the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])
    for thread in threading.enumerate():
        if thread.name == "oracle-connect":
            thread.join(5)
            assert not thread.is_alive()
    gc.collect()


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # python-oracledb leaves the socket to the garbage collector
def test_databases_that_take_the_connection_and_stay_silent_are_given_up(
    running: RunningParts, monkeypatch: pytest.MonkeyPatch, silent: int
) -> None:
    monkeypatch.setattr("reverse_sync.postgres.session.CONNECT_TIMEOUT_S", 2)  # libpq takes no less
    monkeypatch.setattr("reverse_sync.oracle.session.CONNECT_TIMEOUT_S", 0.5)
    for connection in ("flightspecials_postgres", "travelbuddy_oracle"):
        change(monkeypatch, connection, port=silent)
    with pytest.raises(ReverseSyncError, match=r"'flightspecials_postgres': .*timeout expired"):
        look("flightspecials_postgres")
    with pytest.raises(ReverseSyncError, match=r"'travelbuddy_oracle': .*there is no session after 0\.5 s") as given_up:
        fetch_row("travelbuddy_oracle", "SELECT 1 FROM DUAL", [])
    assert "Check its host, port, service name" in str(given_up.value)
    with pytest.raises(ReverseSyncError, match=r"'travelbuddy_oracle': .*there is no session after 0\.5 s"):
        asyncio.run(RowReader("travelbuddy_oracle").fetch("SELECT 1 FROM DUAL", []))


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_preflight_names_the_database_that_stays_silent(
    running: RunningParts, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, silent: int
) -> None:
    monkeypatch.setattr("reverse_sync.oracle.session.CONNECT_TIMEOUT_S", 0.5)
    change(monkeypatch, "travelbuddy_oracle", port=silent)
    message = outage(pipeline)
    assert "travelbuddy_oracle" in message
    assert "the listener took the connection, but there is no session" in message
