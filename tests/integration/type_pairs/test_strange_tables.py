"""Tables with strange names, keys and widths, through a task and the comparison: inserted, changed, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.aws_stage import MAPPING, Stage
from tests.support.aws_tables import LOGGED, caught_up, exceptions, run_sql
from tests.support.carried import carried

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

WIDE = 1000
TABLES = {
    '"항공권"': ('"번호" bigint PRIMARY KEY, "이름" text', '"번호" NUMBER(19) PRIMARY KEY, "이름" CLOB', '"이름"'),
    '"Mixed Case"': ('"Id" bigint PRIMARY KEY, "Größe" text', 'ID NUMBER(19) PRIMARY KEY, "GRÖSSE" CLOB', '"Größe"'),
    '"select"': ('"order" bigint PRIMARY KEY, "from" text', '"ORDER" NUMBER(19) PRIMARY KEY, "FROM" CLOB', '"from"'),
    "made": (
        "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text",
        "ID NUMBER(19) PRIMARY KEY, NOTE CLOB",
        "note",
    ),
    "by_key": ("id bigint PRIMARY KEY, note text", "ID NUMBER(19) PRIMARY KEY, NOTE CLOB", "note"),
    "wide": (
        f"id bigint PRIMARY KEY, note text, {', '.join(f'c{n} integer DEFAULT {n}' for n in range(WIDE - 2))}",
        f"ID NUMBER(19) PRIMARY KEY, NOTE CLOB, {', '.join(f'C{n} NUMBER(10)' for n in range(WIDE - 2))}",
        "note",
    ),
    "parted_1": ("", "ID NUMBER(19), NOTE CLOB, PRIMARY KEY (ID)", "note"),
}
"""Source table -> its columns, Oracle's, and the one that is changed."""


def target_name(table: str) -> str:
    """As `convert-uppercase` makes it."""
    return f'"{table.strip(chr(34)).upper()}"'


@pytest.fixture
def replicated(oracle: Stage, stage: Stage) -> Iterator[str]:
    run_sql(stage, "CREATE SCHEMA stage")
    for table, (source, target, _) in TABLES.items():
        if source:
            run_sql(stage, f"CREATE TABLE stage.{table} ({source})")
        stage.oracle_run(f"CREATE TABLE {target_name(table)} ({target})")
    run_sql(
        stage,
        "ALTER TABLE stage.by_key REPLICA IDENTITY USING INDEX by_key_pkey",
        "CREATE TABLE stage.parted (id bigint PRIMARY KEY, note text) PARTITION BY RANGE (id)",
        "CREATE TABLE stage.parted_1 PARTITION OF stage.parted FOR VALUES FROM (1) TO (100)",
    )
    arn = stage.task(settings=LOGGED, mapping=MAPPING)
    stage.start(arn)
    yield arn
    stage.clean()
    run_sql(stage, "DROP SCHEMA stage CASCADE")
    oracle.oracle_run(*(f"DROP TABLE {target_name(table)}" for table in TABLES))


def test_tables_with_strange_names_keys_and_widths_are_replicated(stage: Stage, replicated: str) -> None:
    for table, (*_, note) in TABLES.items():
        written = "parted" if table == "parted_1" else table
        run_sql(
            stage,
            f"INSERT INTO stage.{written} ({note}) VALUES ('하나'), ('둘'), ('셋')"
            if table == "made"
            else f"INSERT INTO stage.{written} VALUES (1, '하나'), (2, '둘'), (3, '셋')",
            f"UPDATE stage.{written} SET {note} = 'changed' WHERE {note} = '둘'",
            f"DELETE FROM stage.{written} WHERE {note} = '셋'",
        )
    caught_up(stage)
    assert exceptions(stage, replicated) == []
    for table in TABLES:
        both = carried(stage, MAPPING, table.strip('"'))
        assert (table, both.differences(), sorted(both.found)) == (table, [], ["1", "2"])
