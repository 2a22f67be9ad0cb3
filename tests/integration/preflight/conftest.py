"""The rehearsal's parts in the seed's starting state, all but Airflow, with Airflow's connections to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import oracledb
import psycopg
import pytest

from rehearsal.postgres.cluster import SUPERUSER_PASSWORD
from reverse_sync.preflight.runner import run
from tests.support.all_parts import all_parts, aws_client, name_connections
from tests.support.cutovers import PIPELINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rehearsal.layout import Ports
    from reverse_sync.preflight import Finding


@dataclass(frozen=True)
class Parts:
    """Where the parts are, and sessions of the test's own."""

    ports: Ports

    def postgres(
        self, *statements: str, user: str = "postgres", password: str = SUPERUSER_PASSWORD
    ) -> list[tuple[Any, ...]]:
        """Run the statements in the source; the last one's rows, if it has any."""
        login = f"host=127.0.0.1 port={self.ports.postgres} dbname=dso user={user} password={password}"
        with psycopg.connect(login, autocommit=True) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def oracle(self, *statements: str) -> None:
        """Run the statements in TRAVELBUDDY's schema as a DBA, and commit."""
        dsn = f"127.0.0.1:{self.ports.oracle}/XE"
        with oracledb.connect(user="SYSTEM", password="manager", dsn=dsn) as connection, connection.cursor() as cursor:
            for statement in ("ALTER SESSION SET CURRENT_SCHEMA = TRAVELBUDDY", *statements):
                cursor.execute(statement)
            connection.commit()

    def aws(self, service: str) -> Any:
        """A boto3 client."""
        return aws_client(self.ports, service)

    def look(self, **options: Any) -> list[Finding]:
        """The preflight's findings that are more than notes, without the seed's SSL mode, which is always said."""
        found = run(PIPELINE, **options)
        return [finding for finding in found if finding.severity != "note" and finding.code != "tls-off"]


@pytest.fixture(scope="package")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    with all_parts(tmp_path_factory.mktemp("preflight")) as ports:
        yield Parts(ports)


@pytest.fixture
def parts(started: Parts, monkeypatch: pytest.MonkeyPatch) -> Parts:
    name_connections(started.ports, monkeypatch)
    return started
