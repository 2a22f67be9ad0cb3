"""One Oracle stand-in for all its tests, as the process that it is in the rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import more_rights
from tests.support.oracle import Oracle
from tests.support.parts import free_port, part

if TYPE_CHECKING:
    from collections.abc import Iterator

    import oracledb


@pytest.fixture(scope="package")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    """The stand-in, in the seed's state; tests that change it change it back or use tables of their own."""
    home = tmp_path_factory.mktemp("oracle")
    port = free_port()
    with part("oracle", "--home", home, "--port", port, log=home / "stderr.log") as process:
        more_rights.in_oracle(port)
        yield Oracle(port, process.pid, home / "stderr.log")


@pytest.fixture
def connection(oracle: Oracle) -> Iterator[oracledb.Connection]:
    """TRAVELBUDDY's connection."""
    with oracle.connect() as one:
        yield one


@pytest.fixture
def cursor(connection: oracledb.Connection) -> oracledb.Cursor:
    """A cursor of TRAVELBUDDY's."""
    return connection.cursor()
