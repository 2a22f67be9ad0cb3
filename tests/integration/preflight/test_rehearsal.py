"""The whole preflight against genuine parts in the seed's starting state."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from reverse_sync.pipeline import SqlCanary
from reverse_sync.preflight import api_facts
from reverse_sync.preflight.__main__ import main
from reverse_sync.preflight.connections import OpenConnections
from reverse_sync.preflight.cutover import Cutover
from reverse_sync.preflight.runner import run
from tests.support.cutovers import PIPELINE, changed
from tests.support.mappings import ROOT, SEED_MAPPING, SHIPPED_MAPPING

if TYPE_CHECKING:
    from tests.integration.preflight.conftest import Parts

pytestmark = pytest.mark.integration

STARTING_NOTES = [
    "null-into-not-null",
    "empty-into-not-null",
    "text-too-long",
    "logical-decoding",
    "logical-decoding",
    "trigger-fires",
    "pending-reboot",
    "canary-path",
]
PIPELINE_FILE = str(ROOT / "include/pipelines/flightspecials.yaml")
SECONDS = 2.0


def test_the_shipped_pipeline_yields_notes_and_the_seeds_ssl_mode_and_at_once(parts: Parts) -> None:
    run(PIPELINE, offline=True)
    run(PIPELINE)  # the drivers' imports
    started = time.process_time()  # what others do on this machine is none of its business; bench/ has the wall time
    found = run(PIPELINE)
    took_s = time.process_time() - started
    expected = [("warning", "tls-off"), *(("note", code) for code in STARTING_NOTES)]
    assert [(item.severity, item.code) for item in found] == expected
    assert took_s < SECONDS


def test_the_seeds_own_mapping(parts: Parts) -> None:
    found = parts.look(mapping_text=SEED_MAPPING.read_text(), mapping_file="seed.json")
    assert [(str(item.severity), item.code, item.column) for item in found] == [
        ("error", "rule-without-object", "detination_code"),
        ("error", "rules-collide", None),
        ("error", "target-column-missing", "ORIGIN_CODE"),
        ("error", "target-column-missing", "DESTINATION_CODE"),
        ("error", "target-column-missing", "EXPIRY_DATE"),
        ("error", "target-column-missing", "EXPIRY_DATE_NUM"),
        ("error", "type-clash", "EXPIRYDATE"),
        ("warning", "target-column-not-written", "ORIGINCODE"),
        ("warning", "target-column-not-written", "DESTINATIONCODE"),
        ("warning", "target-column-not-written", "EXPIRYDATE"),
    ]


def test_as_a_command(parts: Parts, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([PIPELINE_FILE]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-1] == "flightspecials.yaml: 0 errors, 1 warning, 8 notes"
    assert "dmsuser123" not in printed.out + printed.err


def test_as_a_process_of_its_own(parts: Parts) -> None:
    seed = subprocess.run(
        [sys.executable, "-m", "reverse_sync.preflight", PIPELINE_FILE, "--json", "--mapping", str(SEED_MAPPING)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": "plugins"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (seed.returncode, len(json.loads(seed.stdout))) == (1, 19)
    assert not {"[info", "[warning"} & set(seed.stderr.split())  # of Airflow's log


def test_the_source_is_opened_read_only_with_time_limits(parts: Parts) -> None:
    cutover = Cutover(PIPELINE, SHIPPED_MAPPING.read_text(), "m.json")
    with OpenConnections(PIPELINE) as connections:
        connections.fill(cutover)
        connection: Any = cutover.source._connection
        settings = ("default_transaction_read_only", "statement_timeout", "lock_timeout")
        assert [connection.execute(f"SHOW {name}").fetchone()[0] for name in settings] == ["on", "10s", "2s"]
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("UPDATE travelbuddy.flightspecial SET cost = 0")
    assert connection.closed


def test_a_table_that_somebody_locks_is_said_to_be_out_of_sight(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_facts, "TIMEOUT_S", (1, 1))  # the API waits for the table as well
    login = f"host=127.0.0.1 port={parts.ports.postgres} dbname=dso user=postgres password=sesame-7391"
    with psycopg.connect(login) as locking:
        locking.execute("LOCK TABLE travelbuddy.flightspecial IN ACCESS EXCLUSIVE MODE")
        found = parts.look()
        locking.rollback()
    assert {item.blind for item in found} == {True}
    assert "could not look: canceling statement due to lock timeout" in {item.what for item in found}


@pytest.mark.parametrize(
    ("change", "undo", "found"),
    [
        (
            "UPDATE travelbuddy.flightspecial SET cost = NULL WHERE id IN (3, 4)",
            "UPDATE travelbuddy.flightspecial SET cost = 100 WHERE cost IS NULL",
            [("error", "null-into-not-null", "cost may be NULL in the source, COST may not in the target (2 rows now)")],
        ),
        (
            "UPDATE travelbuddy.flightspecial SET header = '' WHERE id = 5",
            "UPDATE travelbuddy.flightspecial SET header = 'x' WHERE id = 5",
            [
                (
                    "warning", "empty-into-not-null",
                    "header may be '' in the source, which is NULL in Oracle, and HEADER may not be NULL (1 row now)",
                )
            ],
        ),
        (
            "UPDATE travelbuddy.flightspecial SET destination_code = '부산시' WHERE id = 6",
            "UPDATE travelbuddy.flightspecial SET destination_code = 'PUS' WHERE id = 6",
            [
                (
                    "error", "text-too-long",
                    "destination_code takes 6 characters, DESTINATIONCODE is VARCHAR2(6 BYTE), the longest now has 9",
                )
            ],
        ),
        (
            "INSERT INTO travelbuddy.flightspecial (id, header, cost) VALUES (50, 'ahead', 1)",
            "DELETE FROM travelbuddy.flightspecial WHERE id = 50",
            [("warning", "sequence-behind", "the sequence of id stands at 11, the highest id is 50")],
        ),
        (
            "ALTER TABLE travelbuddy.flightspecial REPLICA IDENTITY NOTHING",
            "ALTER TABLE travelbuddy.flightspecial REPLICA IDENTITY DEFAULT",
            [("error", "replica-identity", "the replica identity of travelbuddy.flightspecial is NOTHING")],
        ),
        (
            "ALTER TABLE travelbuddy.flightspecial ADD seats integer",
            "ALTER TABLE travelbuddy.flightspecial DROP seats",
            [("error", "target-column-missing", "seats (from seats) is not in the target table")],
        ),
        (
            "SELECT pg_create_physical_replication_slot('forgotten', true)",
            "SELECT pg_drop_replication_slot('forgotten')",
            [("warning", "slot-idle", None)],
        ),
    ],
)  # fmt: skip
def test_something_is_wrong_in_the_source(
    parts: Parts, change: str, undo: str, found: list[tuple[str, str, Any]]
) -> None:
    parts.postgres(change)
    try:
        seen = [(str(item.severity), item.code, item.what) for item in parts.look()]
    finally:
        parts.postgres(undo)
    assert [item[:2] for item in seen] == [item[:2] for item in found]
    assert all(wanted[2] in (None, item[2]) for item, wanted in zip(seen, found, strict=True))


@pytest.mark.parametrize(
    ("change", "undo", "found"),
    [
        (
            "UPDATE flightspecial SET expirydate = expirydate + 1 WHERE id = 1",
            "UPDATE flightspecial SET expirydate = expirydate - 1 WHERE id = 1",
            [("error", "canary-row")],
        ),
        (
            "CREATE UNIQUE INDEX not_a_constraint ON flightspecial (id, header)",
            "DROP INDEX not_a_constraint",
            [],
        ),
        (
            "CREATE UNIQUE INDEX one_header_each ON flightspecial (header)",
            "DROP INDEX one_header_each",
            [("warning", "unique-constraint")],
        ),
        (
            "ALTER TABLE flightspecial ADD CONSTRAINT one_header UNIQUE (header)",
            "ALTER TABLE flightspecial DROP CONSTRAINT one_header",
            [("warning", "unique-constraint")],
        ),
        (
            "CREATE TABLE other (id NUMBER)",
            "DROP TABLE other",
            [],
        ),
    ],
)  # fmt: skip
def test_something_is_wrong_in_the_target(parts: Parts, change: str, undo: str, found: list[tuple[str, str]]) -> None:
    parts.oracle(change)
    try:
        assert [(str(item.severity), item.code) for item in parts.look()] == found
    finally:
        parts.oracle(undo)


def test_the_dms_login_of_the_source_has_another_password(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"conn_type": "postgres", "login": "dmsuser", "password": "not-this-one"}
    monkeypatch.setenv("AIRFLOW_CONN_FLIGHTSPECIALS_DMS_SOURCE", json.dumps(values))
    [finding, *_] = parts.look()
    assert (finding.code, finding.blind) == ("unreachable", True)
    assert 'password authentication failed for user "dmsuser"' in finding.what
    assert "not-this-one" not in finding.what


@pytest.mark.parametrize(
    ("more", "said", "advice"),
    [
        ({"schema": "XE"}, "ORA-01435", "empty the connection's field Schema"),
        ({"extra": ""}, "DPY-4027", "name the service in the connection's extra"),
        ({"extra": "{service_name: XE}"}, "the extra of the connection 'travelbuddy_oracle' is no JSON", "correct the Airflow connection"),
    ],
)  # fmt: skip
def test_a_connection_to_oracle_that_is_filled_in_wrongly(
    parts: Parts, monkeypatch: pytest.MonkeyPatch, more: dict[str, str], said: str, advice: str
) -> None:
    login = {"conn_type": "oracle", "login": "TRAVELBUDDY", "password": "welcome", "host": "127.0.0.1"}
    values = login | {"port": parts.ports.oracle, "extra": '{"service_name": "XE"}'} | more
    monkeypatch.setenv("AIRFLOW_CONN_TRAVELBUDDY_ORACLE", json.dumps(values))
    [finding] = parts.look()
    assert (finding.code, finding.blind, finding.passing) == ("unreachable", True, False)
    assert said in finding.what
    assert finding.do.startswith(advice)


def test_an_endpoint_drifted(parts: Parts) -> None:
    dms = parts.aws("dms")
    made = dms.create_endpoint(
        EndpointIdentifier="travelbuddy-oracle-target", EndpointType="target", EngineName="oracle", Username="dmsuser",
        Password="dmsuser123", ServerName="127.0.0.1", Port=1521, DatabaseName="ORCL", SslMode="none",
    )["Endpoint"]  # fmt: skip
    try:
        found = [item.what for item in parts.look()]
    finally:
        dms.delete_endpoint(EndpointArn=made["EndpointArn"])
    assert [item.what for item in parts.look()] == [], "one that is being deleted does not differ"
    where = "endpoint travelbuddy-oracle-target"
    assert found == [
        f"{where}: DatabaseName is 'ORCL' in AWS, 'XE' in the pipeline file",
        f"{where}: Port is 1521 in AWS, {parts.ports.oracle} in the pipeline file",
    ]


def test_a_parameter_that_no_reboot_brings(parts: Parts) -> None:
    rds, group = parts.aws("rds"), "flightspecials-db-parameter-group"

    def preload(libraries: str) -> None:
        parameter = {
            "ParameterName": "shared_preload_libraries",
            "ParameterValue": libraries,
            "ApplyMethod": "pending-reboot",
        }
        rds.modify_db_parameter_group(DBParameterGroupName=group, Parameters=[parameter])

    preload("pg_stat_statements")
    try:
        found = [(item.severity, item.what) for item in parts.look()]
    finally:
        preload("pglogical")
    assert found == [("error", f"shared_preload_libraries is 'pg_stat_statements' in the parameter group {group}")]


def test_the_api_says_which_methods_it_allows(parts: Parts) -> None:
    cutover = Cutover(PIPELINE, SHIPPED_MAPPING.read_text(), "m.json")
    with OpenConnections(PIPELINE) as connections:
        connections.fill(cutover)
        [api] = cutover.apis
        assert api.allowed_methods == frozenset({"OPTIONS", "POST", "PUT"})
        assert api.read_status == 200
    assert cutover.unreachable == {}


def test_a_canary_of_sql_needs_the_right_to_update(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    table = PIPELINE.canaries[0].table
    parts.postgres(
        "CREATE ROLE reader LOGIN PASSWORD 'reader'",
        "GRANT USAGE ON SCHEMA travelbuddy TO reader",
        f"GRANT SELECT ON {table} TO reader",
    )
    login = json.loads(os.environ["AIRFLOW_CONN_FLIGHTSPECIALS_POSTGRES"]) | {"login": "reader", "password": "reader"}
    monkeypatch.setenv("AIRFLOW_CONN_FLIGHTSPECIALS_POSTGRES", json.dumps(login))
    sql = SqlCanary(kind="sql", table=table, id=1, column="header", text="x")
    found = [
        (finding.what, finding.do)
        for finding in run(PIPELINE.model_copy(update={"canaries": (sql,)}))
        if finding.code == "canary-right"
    ]
    assert found == [
        (
            f"reader, the login of postgres.connection, has no UPDATE (header) on {table}",
            f"GRANT USAGE ON SCHEMA travelbuddy TO reader; GRANT UPDATE (header) ON {table} TO reader",
        )
    ]


def test_a_canary_that_the_api_does_not_take(parts: Parts) -> None:
    found = run(changed("canary", path="/travelbuddy/flightspecials/{id}/nothing", id=77))
    assert [(item.code, item.what) for item in found if item.severity == "error"] == [
        ("canary-row", "row 77 of travelbuddy.flightspecial is missing in the source"),
    ]


def test_a_login_that_may_see_little(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    parts.postgres("CREATE ROLE visitor LOGIN PASSWORD 'visitor'")
    values = json.loads(os.environ["AIRFLOW_CONN_FLIGHTSPECIALS_POSTGRES"])
    monkeypatch.setenv(
        "AIRFLOW_CONN_FLIGHTSPECIALS_POSTGRES", json.dumps(values | {"login": "visitor", "password": "visitor"})
    )
    try:
        found = parts.look()
    finally:
        parts.postgres("DROP ROLE visitor")
    login = "visitor, the login of postgres.connection,"
    assert [item.what for item in found if not item.blind] == [
        f"{login} does not have rds_superuser and rds_replication",
        f"{login} has no SELECT on travelbuddy.flightspecial",
        f"{login} does not have the rights of dmsuser",
    ]
    found = [item for item in found if item.blind]
    assert {item.severity for item in found} == {"warning"}
    assert {item.what for item in found} == {
        "could not look: permission denied for schema travelbuddy",
        "could not look: PostgreSQL hides shared_preload_libraries from this login; pg_read_all_settings shows it",
    }
    assert {"null-into-not-null", "canary-row"} <= {item.code for item in found}


def test_the_readme_shows_what_the_seeds_mapping_gives(parts: Parts) -> None:
    found = parts.look(mapping_text=SEED_MAPPING.read_text(), mapping_file="seed.json")
    lines = [f"    {finding.severity:<8} {finding.code}: {finding.what}" for finding in found]
    assert "\n".join(lines) in (ROOT / "README.md").read_text(encoding="utf-8")
