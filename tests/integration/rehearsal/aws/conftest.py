"""PostgreSQL, Oracle and AWS as in a rehearsal, one of each for all tests here; each test gets a clean stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.aws_stage import QUICK, Stage
from tests.support.parts import call, free_port, part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
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
        yield stage


@pytest.fixture(scope="session")
def oracle(parts: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Oracle too, for the tests that replicate."""
    home = tmp_path_factory.mktemp("oracle")
    log = home / "oracle.log"
    with part("oracle", "--home", home, "--port", parts.oracle_port, log=log) as parts.oracle_process:
        yield parts


@pytest.fixture(scope="session")
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


@pytest.fixture
def tables(oracle: Stage, stage: Stage) -> Iterator[Stage]:
    """Tables on both sides, one of them with a row that both have."""
    with stage.postgres() as postgres:
        postgres.execute("CREATE SCHEMA stage")
        postgres.execute(
            "CREATE TABLE stage.item (id bigint PRIMARY KEY, name varchar(80), price numeric(10, 2), made timestamptz)"
        )
        postgres.execute("INSERT INTO stage.item VALUES (1, 'first', 1.50, '2026-01-01 00:00:00+09')")
        postgres.execute("CREATE TABLE stage.note (text varchar(80))")
        postgres.execute("CREATE TABLE stage.doc (id bigint PRIMARY KEY, title varchar(80), body text)")
    oracle.oracle_run(
        "CREATE TABLE ITEM (ID NUMBER PRIMARY KEY, NAME VARCHAR2(40), PRICE NUMBER(10, 2), MADE TIMESTAMP,"
        " NOTE VARCHAR2(50))",
        "INSERT INTO ITEM VALUES (1, 'first', 1.5, TIMESTAMP '2025-12-31 15:00:00', NULL)",
        "CREATE TABLE NOTE (TEXT VARCHAR2(80))",
        "CREATE TABLE DOC (ID NUMBER PRIMARY KEY, TITLE VARCHAR2(80), BODY CLOB)",
    )
    yield stage
    stage.clean()
    with stage.postgres() as postgres:
        postgres.execute("DROP SCHEMA stage CASCADE")
    oracle.oracle_run("DROP TABLE ITEM", "DROP TABLE NOTE", "DROP TABLE DOC")
