"""A stage for all tests here; each test gets a clean one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.stage_fixtures import oracle, parts, prepared, stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.aws_stage import Stage

__all__ = ["oracle", "parts", "prepared", "stage", "tables"]


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
