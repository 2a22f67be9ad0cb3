"""A value is bound as its column in Oracle wants it: floats without NUMBER's limits, a time of day with a day."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.aws_tables import LOGGED, caught_up, exceptions, run_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.aws_stage import Stage

pytestmark = pytest.mark.integration

DOUBLES = ("5e-324", "-1.7976931348623157e308", "2.2250738585072014e-308", "NaN", "Infinity", "-Infinity", "0.1", "-0")


@pytest.fixture
def typed(tables: Stage) -> Iterator[Callable[[str, str], str]]:
    """Makes table `typed` with one column of these types on both sides, and a task that replicates it; its ARN."""

    def make(source: str, target: str) -> str:
        run_sql(tables, f"CREATE TABLE stage.typed (id bigint PRIMARY KEY, v {source})")
        tables.oracle_run(f"CREATE TABLE TYPED (ID NUMBER PRIMARY KEY, V {target})")
        arn = tables.task(settings=LOGGED)
        tables.start(arn)
        return arn

    yield make
    tables.clean()
    tables.oracle_run("DROP TABLE TYPED")


def write(stage: Stage, values: tuple[str, ...]) -> None:
    """Insert a row for each value, then update the first one to the last value."""
    rows = ", ".join(f"({number}, '{value}')" for number, value in enumerate(values, 1))
    run_sql(stage, f"INSERT INTO stage.typed VALUES {rows}", f"UPDATE stage.typed SET v = '{values[-1]}' WHERE id = 1")
    caught_up(stage)


def held(stage: Stage) -> dict[int, Any]:
    """What Oracle has."""
    return dict(stage.oracle_rows("SELECT ID, V FROM TYPED"))


def alike(value: float) -> float | str:
    """A double that can be compared: NaN equals itself, and Oracle has no -0."""
    return "NaN" if math.isnan(value) else value + 0.0


@pytest.mark.parametrize("source", ["double precision", "numeric"])
def test_a_binary_double_holds_every_double(tables: Stage, typed: Callable[[str, str], str], source: str) -> None:
    values = DOUBLES if source == "double precision" else ("1e300", "NaN", "Infinity", "0.1", "7")
    expected = values if source == "double precision" else values[1:]
    arn = typed(source, "BINARY_DOUBLE")
    write(tables, values)
    wanted = {number: alike(float(value)) for number, value in enumerate(values, 1) if value in expected}
    if 1 in wanted:
        wanted[1] = alike(float(values[-1]))
    assert {number: alike(value) for number, value in held(tables).items()} == wanted
    # NUMERIC without precision travels as NUMERIC(28,6), which 1e300 does not fit.
    assert len(exceptions(tables, arn)) == (0 if source == "double precision" else 2)


def test_a_binary_float_holds_every_real(tables: Stage, typed: Callable[[str, str], str]) -> None:
    arn = typed("real", "BINARY_FLOAT")
    write(tables, ("1e-45", "3.4028235e38", "NaN", "-Infinity", "0.5"))
    found = {number: alike(value) for number, value in held(tables).items()}
    assert found == {1: 0.5, 2: 3.4028234663852886e38, 3: "NaN", 4: -math.inf, 5: 0.5}
    assert exceptions(tables, arn) == []


@pytest.mark.parametrize(("target", "microsecond"), [("TIMESTAMP(6)", 123456), ("TIMESTAMP(0)", 0), ("DATE", 0)])
def test_a_time_becomes_a_timestamp(
    tables: Stage, typed: Callable[[str, str], str], target: str, microsecond: int
) -> None:
    arn = typed("time", target)
    write(tables, ("00:00", "23:59:58.123456", "24:00:00", "12:30"))
    day = datetime(1970, 1, 1)  # Oracle's TIMESTAMP has no zone
    noon = day + timedelta(hours=12, minutes=30)
    late = day + timedelta(hours=23, minutes=59, seconds=58, microseconds=microsecond)
    assert held(tables) == {1: noon, 2: late, 4: noon}
    [(statement, error)] = exceptions(tables, arn)
    assert statement == "INSERT stage.typed (id = 3)"
    assert "hour must be in 0..23" in error


def test_a_time_stays_a_text_where_oracle_has_texts(tables: Stage, typed: Callable[[str, str], str]) -> None:
    typed("time", "VARCHAR2(20)")
    write(tables, ("23:59:58.5", "24:00:00"))
    assert held(tables) == {1: "24:00:00", 2: "24:00:00"}


@pytest.mark.parametrize("target", ["CHAR(6 CHAR)", "NCHAR(6)"])
def test_a_key_without_its_blanks_meets_a_char(tables: Stage, target: str) -> None:
    run_sql(tables, "CREATE TABLE stage.typed (id varchar(4) PRIMARY KEY, v varchar(10))")
    tables.oracle_run(f"CREATE TABLE TYPED (ID {target} PRIMARY KEY, V CHAR(10 CHAR))")
    try:
        arn = tables.task(settings=LOGGED)
        tables.start(arn)
        run_sql(
            tables,
            "INSERT INTO stage.typed VALUES ('A1', 'old'), ('가', 'old'), ('B2', 'old')",
            "UPDATE stage.typed SET v = '새 값' WHERE id <> 'B2'",
            "DELETE FROM stage.typed WHERE id = 'B2'",
        )
        caught_up(tables)
        rows = tables.oracle_rows("SELECT RTRIM(ID), RTRIM(V) FROM TYPED")
        assert sorted(rows) == [("A1", "새 값"), ("가", "새 값")]
        assert exceptions(tables, arn) == []
    finally:
        tables.clean()
        tables.oracle_run("DROP TABLE TYPED")


def test_an_apply_error_has_the_moment_with_its_fraction(tables: Stage, typed: Callable[[str, str], str]) -> None:
    typed("double precision", "NUMBER")
    write(tables, ("NaN", "Infinity", "5e-324"))
    now = datetime.now(UTC).replace(tzinfo=None)
    found = tables.oracle_rows('SELECT "ERROR_TIME" FROM "DMSUSER"."awsdms_apply_exceptions"', user="dmsuser")
    moments = [moment for (moment,) in found if now - moment < timedelta(minutes=1)]
    assert len(moments) >= 3
    assert any(moment.microsecond for moment in moments)
