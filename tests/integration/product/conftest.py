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
from tests.support.all_parts import all_parts, aws_client, name_connections
from tests.support.parts import ROOT
from tests.support.procedure import Procedure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rehearsal.layout import Ports

PIPELINE = ROOT / "include" / "pipelines" / "flightspecials.yaml"


@dataclass(frozen=True)
class World:
    """Where the parts are, and clients of the test's own to look at them."""

    ports: Ports

    def aws(self, service: str) -> Any:
        """A boto3 client."""
        return aws_client(self.ports, service)

    def postgres(self) -> psycopg.Connection[Any]:
        """A session of the master user."""
        return psycopg.connect(
            f"host=127.0.0.1 port={self.ports.postgres} dbname=dso user=postgres password=postgres", autocommit=True
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

    def calls(self, operation: str) -> list[str]:
        """How the calls of an operation ended, as the AWS stand-in saw it."""
        calls = requests.get(f"http://127.0.0.1:{self.ports.aws}/rehearsal/calls", timeout=5).json()
        return [call["outcome"] for call in calls if call["operation"] == operation]

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


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with all_parts(tmp_path_factory.mktemp("rehearsal")) as ports:
        yield World(ports)


@pytest.fixture
def world(parts: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The parts, with Airflow's connections to them in the environment."""
    name_connections(parts.ports, monkeypatch)
    return parts


@pytest.fixture
def pipeline() -> Pipeline:
    return load(PIPELINE)


@pytest.fixture
def replicating(world: World, pipeline: Pipeline) -> Procedure:
    """The product's own operators have prepared everything, and the task runs. Done once; later calls find it done."""
    procedure = Procedure(pipeline)
    if not world.task_runs():
        procedure.prepare_postgres()
        procedure.start()
    return procedure
