"""The rehearsal's parts, all but Airflow, started once; the product's operators run against them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import oracledb
import psycopg
import pytest
import requests

from reverse_sync.pipeline import Pipeline, load
from reverse_sync.reconcile.oracle_side import OracleSide
from tests.support import more_rights
from tests.support.all_parts import all_parts, aws_client, name_connections
from tests.support.parts import ROOT
from tests.support.procedure import Procedure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from rehearsal.layout import Ports

PIPELINE = ROOT / "include" / "pipelines" / "flightspecials.yaml"


@dataclass(frozen=True)
class RunningParts:
    """Where the parts are, and clients of the test's own to look at them."""

    ports: Ports
    home: Path

    def aws(self, service: str) -> Any:
        """A boto3 client."""
        return aws_client(self.ports, service)

    def postgres(self) -> psycopg.Connection[Any]:
        """A session of the master user."""
        return psycopg.connect(
            f"host=127.0.0.1 port={self.ports.postgres} dbname=dso user=postgres password=sesame-7391", autocommit=True
        )

    def oracle(self) -> oracledb.Connection:
        """A session of the legacy schema's owner."""
        return oracledb.connect(user="TRAVELBUDDY", password="welcome", dsn=f"127.0.0.1:{self.ports.oracle}/XE")

    @contextlib.contextmanager
    def api_mode(self, mode: str) -> Iterator[None]:
        """The API in one of its faults, for the block."""
        address = f"http://127.0.0.1:{self.ports.flightspecials_api}/rehearsal/mode"
        requests.put(address, json={"mode": mode}, timeout=5).raise_for_status()
        try:
            yield
        finally:
            requests.delete(address, timeout=5).raise_for_status()

    @contextlib.contextmanager
    def fault(self, name: str, **arguments: object) -> Iterator[None]:
        """A fault of the AWS stand-in, for the block."""
        address = f"http://127.0.0.1:{self.ports.aws}/rehearsal/faults/{name}"
        requests.put(address, json=arguments, timeout=5).raise_for_status()
        try:
            yield
        finally:
            requests.delete(address, timeout=5).raise_for_status()

    @contextlib.contextmanager
    def durations(self, **seconds: float) -> Iterator[None]:
        """Other durations of the AWS stand-in, for the block."""
        address = f"http://127.0.0.1:{self.ports.aws}/rehearsal/durations"
        before = requests.get(address, timeout=5).json()
        requests.put(address, json=seconds, timeout=5).raise_for_status()
        try:
            yield
        finally:
            requests.put(address, json=before, timeout=5).raise_for_status()

    def calls(self, operation: str) -> list[str]:
        """How the calls of an operation ended, as the AWS stand-in saw it."""
        calls = requests.get(f"http://127.0.0.1:{self.ports.aws}/rehearsal/calls", timeout=5).json()
        return [call["outcome"] for call in calls if call["operation"] == operation]

    @contextlib.contextmanager
    def headers_kept(self) -> Iterator[None]:
        """What the block changes in the canary's column, in either database, is put back afterwards."""
        with self.postgres() as source, self.oracle() as target:
            rows = source.execute("SELECT header, id FROM travelbuddy.flightspecial").fetchall()
            written = target.cursor().execute("SELECT HEADER, ID FROM FLIGHTSPECIAL").fetchall()
        yield
        with self.postgres() as source, self.oracle() as target:
            changed = "UPDATE travelbuddy.flightspecial SET header = %s WHERE id = %s AND header <> %s"
            source.cursor().executemany(changed, [(header, row_id, header) for header, row_id in rows])
            changed = "UPDATE FLIGHTSPECIAL SET HEADER = :1 WHERE ID = :2 AND HEADER <> :3"
            target.cursor().executemany(changed, [(header, row_id, header) for header, row_id in written])
            target.commit()

    def task_runs(self) -> bool:
        """Whether there is a replication task, and it runs."""
        dms = self.aws("dms")
        with contextlib.suppress(dms.exceptions.ResourceNotFoundFault):
            return [task["Status"] for task in dms.describe_replication_tasks()["ReplicationTasks"]] == ["running"]
        return False

    def dms_resources(self) -> list[str]:
        """The ARNs of DMS's endpoints and tasks."""
        dms = self.aws("dms")
        found = []
        for describe, key in (
            (dms.describe_endpoints, "Endpoint"),
            (dms.describe_replication_tasks, "ReplicationTask"),
        ):
            with contextlib.suppress(dms.exceptions.ResourceNotFoundFault):
                found += [resource[f"{key}Arn"] for resource in describe()[f"{key}s"]]
        return found


@pytest.fixture(scope="package")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningParts]:
    home = tmp_path_factory.mktemp("rehearsal")
    with all_parts(home) as ports:
        more_rights.in_oracle(ports.oracle)
        more_rights.in_postgres(ports.postgres)
        yield RunningParts(ports, home)


@pytest.fixture
def running(parts: RunningParts, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningParts]:
    """The parts, with Airflow's connections to them in the environment; the next test finds the rows of this one."""
    name_connections(parts.ports, monkeypatch)
    with parts.headers_kept():
        yield parts


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    """The shipped pipeline, whose records are the test's own."""
    pipeline = load(PIPELINE)
    evidence = pipeline.evidence.model_copy(update={"base_path": f"file://{tmp_path}/evidence"})
    return pipeline.model_copy(update={"evidence": evidence})


@pytest.fixture
def replicating(running: RunningParts, pipeline: Pipeline) -> Procedure:
    """The product's own operators have prepared everything, and the task runs. Done once; later calls find it done."""
    procedure = Procedure(pipeline)
    if not running.task_runs():
        procedure.prepare_postgres()
        procedure.start()
    return procedure


@pytest.fixture
def nothing_read(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Says of each scan whether it may read rows; hashes that agree make that needless."""
    read = OracleSide.rows
    allowed = {"now": True}

    def rows(self: OracleSide, *arguments: Any) -> Any:
        assert allowed["now"], "rows were read though their hashes agree"
        return read(self, *arguments)

    monkeypatch.setattr(OracleSide, "rows", rows)
    return lambda forbidden: allowed.update(now=not forbidden)


@pytest.fixture
def granted(running: RunningParts) -> Iterator[None]:
    """Oracle's user may hash large objects."""
    dsn = f"127.0.0.1:{running.ports.oracle}/XE"
    with oracledb.connect(user="SYSTEM", password="manager", dsn=dsn) as administrator:
        administrator.cursor().execute("GRANT EXECUTE ON dbms_crypto TO travelbuddy")
        yield
        administrator.cursor().execute("REVOKE EXECUTE ON dbms_crypto FROM travelbuddy")
