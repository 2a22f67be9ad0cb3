"""The data plane: changes go from PostgreSQL to Oracle, once each, as the mapping says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .conftest import Stage, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration


@pytest.fixture
def tables(oracle: Stage, stage: Stage) -> Iterator[Stage]:
    """A table on both sides, with a row that both have."""
    with stage.postgres() as postgres, stage.oracle() as oracle:
        postgres.execute("CREATE SCHEMA stage")
        postgres.execute(
            "CREATE TABLE stage.item (id bigint PRIMARY KEY, name varchar(40), price numeric(10, 2), made timestamptz)"
        )
        postgres.execute("INSERT INTO stage.item VALUES (1, 'first', 1.50, '2026-01-01 00:00:00+09')")
        cursor = oracle.cursor()
        cursor.execute(
            "CREATE TABLE ITEM (ID NUMBER PRIMARY KEY, NAME VARCHAR2(40), PRICE NUMBER(10, 2), MADE TIMESTAMP)"
        )
        cursor.execute("INSERT INTO ITEM VALUES (1, 'first', 1.5, TIMESTAMP '2025-12-31 15:00:00')")
        oracle.commit()
    yield stage
    stage.clean()
    with stage.postgres() as postgres, stage.oracle() as oracle:
        postgres.execute("DROP SCHEMA stage CASCADE")
        oracle.cursor().execute("DROP TABLE ITEM")


def test_changes_arrive(tables: Stage) -> None:
    arn = tables.task(settings={"Logging": {"EnableLogging": True}})
    tables.start(arn)
    with tables.postgres() as postgres:
        postgres.execute("UPDATE stage.item SET name = '서울' WHERE id = 1")
        postgres.execute("INSERT INTO stage.item VALUES (2, 'second', 2, NULL)")
    eventually(lambda: rows(tables) == [(1, "서울"), (2, "second")])
    print(tables.statistics(arn), tables.log(arn))


def rows(stage: Stage) -> list:
    with stage.oracle() as oracle:
        cursor = oracle.cursor()
        cursor.execute("SELECT ID, NAME FROM ITEM ORDER BY ID")
        return cursor.fetchall()
