"""The PostgreSQL part: its starting state, and what its control does to it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from rehearsal.postgres.cluster import SUPERUSER_PASSWORD
from tests.support.parts import free_port, part

pytestmark = pytest.mark.integration

SEED = json.loads((Path(__file__).parents[4] / "rehearsal/seed/flightspecials.json").read_text())


@dataclass(frozen=True)
class Running:
    """The part, seen from outside."""

    port: int
    control: str

    def query(
        self, statement: str, user: str = "postgres", password: str = SUPERUSER_PASSWORD
    ) -> list[tuple[Any, ...]]:
        with psycopg.connect(
            host="127.0.0.1", port=self.port, dbname="dso", user=user, password=password
        ) as connection:
            return connection.execute(statement.encode()).fetchall()

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        answer = requests.request(method, self.control + path, json=body, timeout=20)
        return answer.status_code, answer.json()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("postgres")
    port, control = free_port(), free_port()
    with part("postgres", "--home", folder, "--port", port, "--control-port", control, log=folder / "log"):
        yield Running(port, f"http://127.0.0.1:{control}")


def test_it_begins_as_rds_is_after_terraform_and_a_reboot_changes_that(running: Running) -> None:
    assert running.query("SHOW wal_level") == [("replica",)]
    assert running.query("SHOW shared_preload_libraries") == [("",)]
    with pytest.raises(psycopg.Error, match="pglogical is not in shared_preload_libraries"):
        running.query("CREATE EXTENSION pglogical")
    status, health = running.ask("GET", "/health")
    assert (status, health["status"], health["pending_reboot"]) == (
        200,
        "available",
        ["shared_preload_libraries", "wal_level"],
    )
    [before] = running.query("SELECT pg_postmaster_start_time()")

    status, health = running.ask("POST", "/reboot")

    assert (status, health["status"], health["pending_reboot"]) == (200, "available", [])
    assert running.query("SHOW wal_level") == [("logical",)]
    assert running.query("SHOW shared_preload_libraries") == [("pglogical",)]
    assert running.query("SELECT pg_postmaster_start_time()") > [before]


def test_the_seeds_rows_are_there_and_the_identity_is_past_them(running: Running) -> None:
    columns = "id, header, body, origin, origin_code, destination, destination_code, cost, expiry_date_num::bigint"
    rows = running.query(f"SELECT {columns} FROM travelbuddy.flightspecial ORDER BY id")
    names = [name.removesuffix("::bigint") for name in columns.split(", ")]
    assert rows == [tuple(row[name] for name in names) for row in SEED]
    assert len(rows) == 11
    assert running.query(
        "SELECT count(*) FROM travelbuddy.flightspecial WHERE extract(epoch FROM expiry_date) * 1000 = expiry_date_num"
    ) == [(11,)]
    assert running.query("INSERT INTO travelbuddy.flightspecial (header) VALUES ('부산') RETURNING id") == [(12,)]


def test_the_logins_have_their_roles(running: Running) -> None:
    assert running.query(
        "SELECT pg_has_role('rds_superuser', 'member'), pg_has_role('rds_replication', 'member')",
        "dmsuser",
        "dmsuser123",
    ) == [(True, True)]
    assert running.query("SELECT count(*) > 0 FROM travelbuddy.flight", "flightspecials", "flightspecials") == [(True,)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"max_wal_senders": "many"}, 'invalid value for parameter "max_wal_senders": "many"'),
        ({"max_wal_senders": "20", "no_such": "1"}, 'unrecognized configuration parameter "no_such"'),
        ({"max_wal_senders": 20}, 'parameter values are strings, not {"max_wal_senders": 20}'),
        (["max_wal_senders"], 'the body is ["max_wal_senders"]; a JSON object is expected'),
    ],
)
def test_refused_parameters_change_nothing(running: Running, body: object, reason: str) -> None:
    assert running.ask("PUT", "/parameters", body) == (400, {"error": reason})
    assert "max_wal_senders" not in running.ask("GET", "/health")[1]["pending_reboot"]


def test_a_list_of_libraries_stays_a_list_and_a_dynamic_parameter_needs_no_reboot(running: Running) -> None:
    libraries = "pg_stat_statements,pglogical"
    status, health = running.ask("PUT", "/parameters", {"shared_preload_libraries": libraries, "work_mem": "5MB"})
    assert (status, health["pending_reboot"]) == (200, ["shared_preload_libraries"])
    assert running.query("SHOW work_mem") == [("5MB",)]
    running.ask("POST", "/reboot")
    assert running.query("SHOW shared_preload_libraries") == [("pg_stat_statements, pglogical",)]


def test_stopped_it_says_so_and_starts_again(running: Running) -> None:
    assert running.ask("POST", "/stop")[1]["status"] == "stopped"
    status, answer = running.ask("PUT", "/parameters", {"work_mem": "6MB"})
    assert (status, "Connection refused" in answer["error"]) == (409, True)
    with pytest.raises(psycopg.OperationalError, match="Connection refused"):
        running.query("SELECT 1")
    assert running.ask("POST", "/start")[1]["status"] == "available"
    assert running.query("SELECT 1") == [(1,)]


def test_an_unknown_verb_is_answered_with_the_known_ones(running: Running) -> None:
    assert running.ask("POST", "/explode") == (
        404,
        {"error": "POST /explode is none of ['/reboot', '/start', '/stop']"},
    )
