"""Passwords of DMS's logins are changed while the replication runs: no change is lost, and no account is locked."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import oracledb
import pytest

from reverse_sync.errors import NeedsPersonError
from reverse_sync.oracle.rows import fetch_row
from tests.support.procedure import Procedure
from tests.support.wait import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration

OLD, NEW = "dmsuser123", "Rotated_1"
FIND = "SELECT HEADER FROM FLIGHTSPECIAL WHERE ID = :1"


def rotate(running: RunningParts, password: str) -> None:
    """Change both passwords in the databases; sessions that are there stay."""
    with running.postgres() as session:
        session.execute(f"ALTER ROLE dmsuser PASSWORD '{password}'".encode())
    dsn = f"127.0.0.1:{running.ports.oracle}/XE"
    with oracledb.connect(user="SYSTEM", password="manager", dsn=dsn) as connection, connection.cursor() as cursor:
        cursor.execute(f"ALTER USER DMSUSER IDENTIFIED BY {password}")


def tell_airflow(pipeline: Pipeline, password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for endpoint in (pipeline.dms.source_endpoint, pipeline.dms.target_endpoint):
        name = f"AIRFLOW_CONN_{endpoint.connection.upper()}"
        monkeypatch.setenv(name, json.dumps(json.loads(os.environ[name]) | {"password": password}))


def write(running: RunningParts, header: str) -> None:
    with running.postgres() as session:
        session.execute("UPDATE travelbuddy.flightspecial SET header = %s WHERE id = 5", [header])


def arrives(pipeline: Pipeline, header: str) -> bool:
    return eventually(lambda: fetch_row(pipeline.oracle.connection, FIND, [5]) == (header,))


@pytest.fixture
def applying(
    running: RunningParts, replicating: Procedure, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pipeline]:
    """The pipeline whose file wins; afterwards both logins have their old passwords, in DMS too."""
    applied = pipeline.model_copy(update={"dms": pipeline.dms.model_copy(update={"on_drift": "apply"})})
    yield applied
    rotate(running, OLD)
    tell_airflow(pipeline, OLD, monkeypatch)
    Procedure(applied).start()


def test_a_rotation_in_the_middle_loses_nothing(
    running: RunningParts, pipeline: Pipeline, applying: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotate(running, NEW)
    tell_airflow(pipeline, NEW, monkeypatch)
    write(running, "by sessions from before")
    assert arrives(pipeline, "by sessions from before")

    with pytest.raises(NeedsPersonError, match=r"does not take the password that DMS has.*set dms.on_drift to 'apply'"):
        Procedure(pipeline).start()
    assert running.task_runs()
    tested = len(running.calls("TestConnection"))
    started = Procedure(applying).start()
    assert [test["what"] for test in started["tests"]] == [
        "gave endpoint flightspecials-postgresql-rsync-source the password of 'flightspecials_dms_source'",
        "gave endpoint travelbuddy-oracle-target the password of 'travelbuddy_dms_target'",
    ]
    assert started["started"]["how"] == "resume-processing"
    assert len(running.calls("TestConnection")) - tested <= 4
    assert NEW not in json.dumps(started, default=str)
    write(running, "비밀번호를 바꾼 뒤")
    assert arrives(pipeline, "비밀번호를 바꾼 뒤")
    assert [test["outcome"] for test in Procedure(applying).start()["tests"]] == ["found", "found"]


def test_a_task_that_failed_of_its_login_goes_on_where_it_was(
    running: RunningParts, pipeline: Pipeline, applying: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotate(running, NEW)
    tell_airflow(pipeline, NEW, monkeypatch)
    with running.postgres() as session:
        session.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'dmsuser'")
    assert eventually(lambda: not running.task_runs())
    write(running, "while nobody replicates")
    Procedure(applying).start()
    assert arrives(pipeline, "while nobody replicates")
