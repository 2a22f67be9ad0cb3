"""No two rows that differ have one text, and PostgreSQL makes of an expression what SQLite makes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reverse_sync.reconcile.expressions import expression_as_sql
from reverse_sync.reconcile.hashing import postgres_hashing
from reverse_sync.reconcile.plan import Order, plan
from reverse_sync.table_mapping import Column, Table
from reverse_sync.type_pairs.rows import read_source_row, source_expressions
from tests.support.mappings import SHIPPED_MAPPING, include, mapping, table

if TYPE_CHECKING:
    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration
MANY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

LETTERS = "N;:01 a\n'가\uff21😀"
TEXT = st.text(alphabet=LETTERS, max_size=5)
MOMENT = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)).map(str) | st.just("infinity")
# Two values of PostgreSQL are compared, and a DATE holds no fraction that one of them could lose.
SECOND = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda at: str(at.replace(microsecond=0)))


class Typed(NamedTuple):
    """A type pair, and texts that PostgreSQL casts to it."""

    source: Column
    target: Column
    texts: st.SearchStrategy[str]

    @property
    def sql(self) -> str:
        """The type as PostgreSQL's DDL writes it."""
        precision = self.source.precision
        size = f"({precision}, {self.source.scale})" if precision else "(5)" * (self.source.type == "character")
        return f"{self.source.type}{size}"


def typed(
    source: str,
    target: str,
    texts: st.SearchStrategy[str],
    length: int | None = None,
    size: tuple[int, int] | None = None,
) -> Typed:
    """:param length: of Oracle's column; `size`: precision and scale of PostgreSQL's number."""
    precision, scale = size or (None, None)
    return Typed(Column("c", source, precision=precision, scale=scale), Column("C", target, length=length), texts)


WHOLE = st.integers(-12, 12).map(str)
TYPES = (
    typed("smallint", "NUMBER", WHOLE),
    typed("bigint", "VARCHAR2", WHOLE, 20),
    typed("numeric", "NUMBER", st.decimals(-2, 2, places=7).map(str)),
    typed("numeric", "NUMBER", st.decimals(-2, 2, places=2).map(str), size=(9, 2)),
    typed("boolean", "VARCHAR2", st.sampled_from(["true", "false"]), 5),
    typed("text", "VARCHAR2", TEXT, 20),
    typed("text", "VARCHAR2", TEXT, 4000),
    typed("text", "NVARCHAR2", TEXT, 20),
    typed("character varying", "CHAR", TEXT, 20),
    typed("character", "VARCHAR2", TEXT, 20),
    typed("text", "CLOB", TEXT),
    typed("json", "CLOB", TEXT.map(json.dumps)),
    typed("uuid", "CHAR", st.uuids().map(str), 36),
    typed("bytea", "RAW", st.binary(max_size=3).map(lambda some: f"\\x{some.hex()}"), 9),
    typed("bytea", "BLOB", st.binary(max_size=3).map(lambda some: f"\\x{some.hex()}")),
    typed("date", "DATE", st.dates(date(1, 1, 2), date(9999, 12, 30)).map(str)),
    typed("timestamp without time zone", "TIMESTAMP", MOMENT),
    typed("timestamp with time zone", "DATE", SECOND),
    typed("inet", "VARCHAR2", st.integers(0, 255).map(lambda n: f"10.0.0.{n}"), 40),
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Typed], list[list[str | None]]]:
    """Columns, and rows of which many differ in one value only."""
    columns = draw(st.lists(st.sampled_from(TYPES), min_size=2, max_size=6))
    rows = [[draw(st.none() | column.texts) for column in columns]]
    for _ in range(draw(st.integers(1, 9))):
        row = list(draw(st.sampled_from(rows)))
        for place in draw(st.lists(st.integers(0, len(columns) - 1), max_size=2)):
            row[place] = draw(st.none() | columns[place].texts)
        rows.append(row)
    return columns, rows


@MANY
@given(drawn=tables())
def test_rows_that_differ_have_hashes_that_differ(
    running: RunningParts, drawn: tuple[list[Typed], list[list[str | None]]]
) -> None:
    """And keys of two columns that differ have positions that differ. Of a CHAR, NULL and blanks have one hash."""
    types, rows = drawn
    columns = [replace(one.source, name=f"c{n}", nullable=n > 1) for n, one in enumerate(types)]
    projection = mapping(include()).project(Table("test", "t", tuple(columns), ("c0", "c1")))
    assert projection is not None
    targets = {f"c{n}": replace(one.target, name=f"c{n}") for n, one in enumerate(types)}
    how = plan(projection, targets, hashes_large_objects=True)
    hashing = postgres_hashing(how)
    casts = ", ".join(f"%s::text::{one.sql}" for one in types)
    names = ", ".join(column.name for column in columns)
    read = ", ".join(source_expressions(columns))
    query = f"SELECT {hashing.position}, {hashing.hash}, {read} FROM (VALUES {', '.join([f'({casts})'] * len(rows))}) t({names})"
    with running.postgres() as session:
        session.execute("SET TimeZone = 'UTC'")
        found = session.execute(query, [value for row in rows for value in row]).fetchall()
    assert {column.target.name for column in how.hashed} == {column.name for column in columns}
    for (place, its_hash, *texts), (other_place, other_hash, *other_texts) in product(found, found):
        mine, theirs = read_source_row(columns, texts), read_source_row(columns, other_texts)
        pairs = {c.target.name: (c.pair, mine[c.target.name], theirs[c.target.name]) for c in how.columns}
        same = {name: pair.same(one, other) or pair.same(other, one) for name, (pair, one, other) in pairs.items()}
        if its_hash == other_hash:
            assert all(same.values()), (texts, other_texts)
        if texts == other_texts:
            assert (place, its_hash) == (other_place, other_hash)
        if how.order is Order.KEY_HASH and place == other_place:
            assert (same["c0"], same["c1"]) == (True, True), (texts, other_texts)


@MANY
@given(at=st.none() | st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)), zoned=st.booleans())
def test_the_shipped_expression_is_the_same_in_postgres(
    running: RunningParts, at: datetime | None, zoned: bool
) -> None:
    kind = f"timestamp with{'' if zoned else 'out'} time zone"
    source = table("flightspecial", "id:bigint", f"expiry_date:{kind}", schema="travelbuddy")
    text = SHIPPED_MAPPING.read_text(encoding="utf-8")
    expression = next(part for part in text.split('"expression": "')[1:])[: text.split('"expression": "')[1].index('"')]
    made = expression_as_sql(expression, source)
    assert made is not None
    moment = at.replace(tzinfo=UTC) if at and zoned else at
    expected = mapping_of_the_project().project(source).transform({"id": 1, "expiry_date": moment})["EXPIRYDATE"]
    with running.postgres() as session:
        session.execute("SET TimeZone = 'UTC'")
        row = session.execute(f"SELECT {made[0]} FROM (SELECT %s::{kind} AS expiry_date) t", [moment]).fetchone()
    assert row == (expected,)


def mapping_of_the_project() -> Any:
    from reverse_sync.table_mapping import TableMapping

    return TableMapping.parse(SHIPPED_MAPPING.read_text(encoding="utf-8"), "m.json")
