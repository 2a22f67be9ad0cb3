"""Expressions that PostgreSQL evaluates as SQLite does, and those that are left to SQLite."""

import pytest

from reverse_sync.reconcile.expressions import expression_as_sql
from tests.support.mappings import table

TABLE = table("t", "name", "n:integer", "at:timestamp with time zone", "price:numeric", "code:character")


@pytest.mark.parametrize(
    ("expression", "sql"),
    [
        ("$name || '-' || $n", """("name"::text || '-' || "n"::text)"""),
        ("'it''s'", "('it''s')"),
        (" $n ", '("n"::text)'),
    ],
)
def test_joined_texts_are_translated(expression: str, sql: str) -> None:
    made = expression_as_sql(expression, TABLE)
    assert made is not None
    assert made[0] == sql


@pytest.mark.parametrize(
    "expression",
    ["$price", "$code", "$other", "$name ||", "|| $name", "$name 'x'", "$n + 1", "upper($name)", "CASE WHEN $n THEN 1 END", "", "strftime('%s', $at)"],
)  # fmt: skip
def test_what_postgres_may_see_otherwise_is_left_to_sqlite(expression: str) -> None:
    assert expression_as_sql(expression, TABLE) is None
