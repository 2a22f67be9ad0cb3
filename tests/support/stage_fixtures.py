"""Fixtures of a stage: PostgreSQL, Oracle and AWS as in a rehearsal, one of each for the tests that import them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import more_rights
from tests.support.aws_stage import QUICK, Stage
from tests.support.parts import call, free_port, part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="package")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Everything started, PostgreSQL rebooted and with pglogical."""
    home: Path = tmp_path_factory.mktemp("aws")
    postgres, control, oracle, aws = (free_port() for _ in range(4))
    stage = Stage(postgres, oracle, aws, f"http://127.0.0.1:{control}")
    durations = [f"--duration={name}={seconds}" for name, seconds in QUICK.items()]
    beside = ["--postgres-port", postgres, "--postgres-control", stage.control, "--oracle-port", oracle]
    with (
        part("postgres", "--home", home / "postgres", "--port", postgres, "--control-port", control,
             log=home / "postgres.log") as stage.postgres_process,
        part("aws", "--home", home / "aws", "--port", aws, *beside, *durations, log=home / "aws.log"),
    ):  # fmt: skip
        more_rights.in_postgres(postgres)
        yield stage


@pytest.fixture(scope="package")
def oracle(parts: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Oracle too, for the tests that replicate."""
    home = tmp_path_factory.mktemp("oracle")
    log = home / "oracle.log"
    with part("oracle", "--home", home, "--port", parts.oracle_port, log=log) as parts.oracle_process:
        more_rights.in_oracle(parts.oracle_port)
        yield parts


@pytest.fixture(scope="package")
def prepared(parts: Stage) -> Stage:
    """PostgreSQL ready for logical replication."""
    call(f"{parts.control}/reboot", "POST")
    with parts.postgres() as connection:
        connection.execute("CREATE EXTENSION pglogical")
    return parts


@pytest.fixture
def stage(prepared: Stage) -> Iterator[Stage]:
    """The stage, clean afterwards whatever happens."""
    yield prepared
    prepared.clean()
