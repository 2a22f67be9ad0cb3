"""What the preflight measures in a real PostgreSQL: the longest values, and those that Oracle has none for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reverse_sync.catalog.postgres import read_tables
from reverse_sync.preflight.source_facts import ColumnValues, SourceFacts
from tests.support.aws_tables import run_sql

if TYPE_CHECKING:
    from tests.support.aws_stage import Stage

pytestmark = pytest.mark.integration


def test_longest_values_and_values_beyond_oracle(stage: Stage) -> None:
    run_sql(
        stage,
        "CREATE SCHEMA measured",
        """CREATE TABLE measured.odd (id bigint PRIMARY KEY, memo text, photo bytea, since timestamp, day date, rate numeric,
           speed real, "100%" jsonb, far double precision, nick varchar(20), code numeric(5, -2))""",
        """INSERT INTO measured.odd VALUES
           (1, repeat('가', 40000), decode(repeat('ff', 5000), 'hex'), '-infinity', '10000-01-01', 'NaN', 'Infinity', '{"a":1}', 1e200, '😀가a', 1234567),
           (2, '', '', 'infinity', 'infinity', 12.5, 1.5, '[]', -1e-200, 'abc', 100),
           (3, NULL, NULL, '0044-03-15 BC', '2026-11-26', 1e130, NULL, NULL, NULL, NULL, NULL)""",
    )
    try:
        with stage.postgres() as connection:
            facts = SourceFacts(connection, "dmsuser")
            [table] = read_tables(connection, ["measured"])
            found = {column.name: facts.values(table, column.name) for column in table.columns}
            row = facts.row(table, [1])
    finally:
        run_sql(stage, "DROP SCHEMA measured CASCADE")
    assert found["memo"] == ColumnValues(
        nulls=1, empty=1, most_bytes=120_000, most_characters=40_000, most_digits=0, beyond_oracle=0, most_utf16=40_000
    )
    photo = found["photo"]
    assert photo is not None
    assert (photo.empty, photo.most_bytes) == (1, 5000)
    beyond = {name: values.beyond_oracle for name, values in found.items() if values and values.beyond_oracle}
    assert beyond == {"since": 1, "day": 1, "rate": 2, "speed": 1, "far": 1}
    nick = found["nick"]
    assert nick is not None
    assert (nick.most_characters, nick.most_utf16, nick.most_bytes) == (3, 4, 8)
    code = table.column("code")
    assert code is not None
    assert (code.precision, code.scale) == (5, -2)
    assert row is not None
    assert (row["since"], row["day"], row["100%"]) == ("-4713-01-01 00:00:00", "10000-01-01 00:00:00", '{"a": 1}')
