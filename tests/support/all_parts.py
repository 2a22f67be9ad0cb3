"""All parts of the rehearsal but Airflow, and Airflow's connections to them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3

from rehearsal.airflow.environment import Neighbours, connections
from rehearsal.layout import Layout, Ports
from rehearsal.orchestrator import Orchestrator
from rehearsal.parts import PARTS
from rehearsal.port_choice import choose_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest


@contextmanager
def all_parts(home: Path) -> Iterator[Ports]:
    """The parts, in the seed's starting state, until the end of the block."""
    ports = choose_ports({})
    orchestrator = Orchestrator(Layout(home), ports, [part for part in PARTS if part.name != "airflow"])
    try:
        orchestrator.start(tell=lambda _line: None)
        yield ports
    finally:
        orchestrator.stop()


def name_connections(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put Airflow's connections to the parts into the environment."""
    neighbours = Neighbours(ports.postgres, ports.oracle, ports.aws, ports.flightspecials_api)
    for name, value in connections(neighbours).items():
        monkeypatch.setenv(name, value)


def aws_client(ports: Ports, service: str) -> Any:
    """A boto3 client of the AWS stand-in."""
    client: Any = boto3.client
    return client(
        service,
        endpoint_url=f"http://127.0.0.1:{ports.aws}",
        region_name="ap-northeast-2",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
