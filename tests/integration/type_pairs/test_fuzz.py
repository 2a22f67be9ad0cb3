"""Random values of each type pair go all the way: no false alarm, and every change that is planted is found.

`TYPE_PAIR_ROWS=10000` is the long form.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import oracledb
import pytest

from tests.support import type_values as make
from tests.support.aws_stage import MAPPING, upper_case
from tests.support.aws_tables import LOGGED, caught_up, exceptions, run_sql
from tests.support.carried import carried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from tests.support.aws_stage import Stage
    from tests.support.carried import Carried

pytestmark = pytest.mark.integration

ROWS = int(os.environ.get("TYPE_PAIR_ROWS", "300"))
SEED = 20261126
EMPTY = 0.1


class Case(NamedTuple):
    """A pair: PostgreSQL's type, Oracle's, what values to try, and the DMS type or expression that a rule gives it.

    In an expression `$` stands for the source column; such a column is added under the name with `_x`.
    """

    source: str
    target: str
    make: Callable[[Random], str]
    data_type: str | None = None
    expression: str | None = None
    scale: int | None = None


NUMBERS = (
    Case("smallint", "NUMBER(5)", make.whole(-32768, 32767)),
    Case("integer", "NUMBER(10)", make.whole(-(2**31), 2**31 - 1)),
    Case("integer", "FLOAT", make.whole(-(2**31), 2**31 - 1)),
    Case("integer", "BINARY_DOUBLE", make.whole(-(2**31), 2**31 - 1)),
    Case("bigint", "NUMBER(19)", make.whole(-(2**63), 2**63 - 1)),
    Case("bigint", "NUMBER", make.whole(-(2**63), 2**63 - 1)),
    Case("bigint", "VARCHAR2(20)", make.whole(-(2**63), 2**63 - 1)),
    Case("bigint", "CHAR(24)", make.whole(-(2**63), 2**63 - 1)),
    Case("numeric(12, 4)", "NUMBER(12, 4)", make.decimal(12, 4), scale=4),
    Case("numeric(12, 4)", "NUMBER(10, 2)", make.decimal(11, 4), scale=4),
    Case("numeric(38, 10)", "NUMBER", make.decimal(38, 10), scale=10),
    Case("numeric(38, 0)", "NUMBER(38)", make.decimal(38, 0), scale=0),
    Case("numeric", "NUMBER", make.decimal(20, 6), scale=6),
    Case("numeric", "NUMBER", make.decimal(20, 9), scale=6),
    Case("numeric(8, 2)", "VARCHAR2(12)", make.decimal(8, 2), scale=2),
    Case("numeric(60, 5)", "VARCHAR2(80)", make.decimal(60, 5), scale=5),
    Case("money", "NUMBER(19, 2)", make.decimal(15, 2), scale=2),
    Case("real", "NUMBER", make.binary),
    Case("real", "BINARY_FLOAT", make.binary),
    Case("double precision", "NUMBER", make.binary),
    Case("double precision", "FLOAT", make.binary),
    Case("double precision", "BINARY_DOUBLE", make.binary),
    Case("boolean", "VARCHAR2(5)", make.pattern("true")),
    Case("boolean", "CHAR(5)", make.pattern("false")),
    Case("boolean", "NUMBER(1)", make.pattern("true"), data_type="boolean"),
    Case("boolean", "NUMBER(1)", make.pattern("false"), data_type="int1"),
    Case("integer", "VARCHAR2(1)", make.whole(-9, 9), expression="CASE WHEN $ > 0 THEN 'Y' ELSE 'N' END"),
)  # fmt: skip
TEXTS = (
    Case("varchar(40)", "VARCHAR2(40 CHAR)", make.text(40)),
    Case("varchar(40)", "VARCHAR2(160 BYTE)", make.text(40)),
    Case("varchar(40)", "NVARCHAR2(80)", make.text(40)),
    Case("varchar(40)", "CHAR(40 CHAR)", make.printed(40)),
    Case("varchar(40)", "CLOB", make.text(40)),
    Case("char(10)", "VARCHAR2(40)", make.text(10)),
    Case("char(10)", "CHAR(10 CHAR)", make.printed(10)),
    Case("char(10)", "CHAR(30 BYTE)", make.printed(10, bytes_most=30)),
    Case("text", "VARCHAR2(4000)", make.text(900)),
    Case("text", "CLOB", make.text(3000)),
    Case("text", "NCLOB", make.text(300)),
    Case("json", "CLOB", make.document),
    Case("jsonb", "CLOB", make.document),
    Case("xml", "CLOB", make.pattern("<fare n='#'>서울 #</fare>")),
    Case("tsvector", "CLOB", make.pattern("'sea':# 'seoul':#")),
    Case("uuid", "VARCHAR2(36)", make.uuid),
    Case("uuid", "CHAR(36)", make.uuid),
    Case("uuid", "RAW(16)", make.uuid, expression="replace($, '-', '')"),
    Case("inet", "VARCHAR2(50)", make.pattern("10.#.#.#")),
    Case("inet", "VARCHAR2(50)", make.pattern("10.#.#.#/25")),
    Case("cidr", "VARCHAR2(50)", make.pattern("10.#.#.0/24")),
    Case("macaddr", "VARCHAR2(18)", make.pattern("08:00:2b:01:02:0a")),
    Case("bit(8)", "VARCHAR2(8)", make.pattern("10110100")),
    Case("bit varying(9)", "VARCHAR2(9)", make.pattern("101")),
    Case("point", "VARCHAR2(255)", make.pattern("(#.5,-#)")),
    Case("box", "VARCHAR2(255)", make.pattern("(#,#),(#,#)")),
    Case("polygon", "CLOB", make.pattern("((#,#),(#,#),(#,#))")),
    Case("int4range", "VARCHAR2(255)", make.pattern("[#,999)")),
    Case("stage.mood", "VARCHAR2(64)", make.pattern("기쁨")),
    Case("stage.place", "CLOB", make.pattern("(서울,#)")),
    Case("stage.label", "VARCHAR2(40)", make.text(9)),
    Case("integer[]", "CLOB", make.pattern("{#,NULL,#}")),
    Case("text[]", "CLOB", make.pattern('{"a b",#,"\\"",가}')),
)  # fmt: skip
OTHERS = (
    Case("bytea", "RAW(64)", make.hexadecimal(64)),
    Case("bytea", "BLOB", make.hexadecimal(300)),
    Case("date", "DATE", make.date),
    Case("date", "TIMESTAMP(6)", make.date),
    Case("timestamp", "TIMESTAMP(6)", make.moment()),
    Case("timestamp", "TIMESTAMP(9)", make.moment()),
    Case("timestamp", "TIMESTAMP(3)", make.moment()),
    Case("timestamp(0)", "TIMESTAMP(0)", make.moment(0)),
    Case("timestamp", "DATE", make.moment()),
    Case("timestamptz", "TIMESTAMP(6)", make.moment()),
    Case("timestamptz", "DATE", make.moment()),
    Case("timestamptz", "TIMESTAMP(6) WITH TIME ZONE", make.moment()),
    Case("timestamptz", "TIMESTAMP(6) WITH LOCAL TIME ZONE", make.moment()),
    Case("time", "VARCHAR2(15)", make.time_of_day),
    Case("interval", "VARCHAR2(128)", make.interval),
)  # fmt: skip
CASES = {
    f"{number:02}-{case.source}-{case.target}{'-by-rule' * bool(case.data_type or case.expression)}": case
    for number, case in enumerate((*NUMBERS, *TEXTS, *OTHERS))
}
COLUMNS = {name: f"c{name[:2]}" for name in CASES}


@dataclass
class Fuzzed:
    """Both sides, and what Oracle said of the types that it refuses."""

    both: Carried
    refused: dict[str, str] = field(default_factory=dict)


def target_name(name: str) -> str:
    """Oracle's column of a case."""
    return f"{COLUMNS[name]}{'_x' if CASES[name].expression else ''}".upper()


def refusal(stage: Stage, target: str) -> str | None:
    """Why Oracle has no column of that type; None where it has."""
    try:
        stage.oracle_run(f"CREATE TABLE PROBE (C {target})")
        stage.oracle_run("DROP TABLE PROBE")
    except oracledb.DatabaseError as error:
        return str(error).splitlines()[0]
    return None


def mapping(cases: dict[str, Case]) -> dict[str, Any]:
    """The stage's mapping, and a rule for each case that asks for one."""
    rules = []
    for number, (name, case) in enumerate(cases.items(), 10):
        column = COLUMNS[name]
        if case.data_type:
            # It has Oracle's name already: one column, one action. The lower id applies.
            rule = upper_case(number, "column", **{"table-name": "wide", "column-name": column.upper()})
            rules.append(rule | {"rule-action": "change-data-type", "data-type": {"type": case.data_type}})
        if case.expression:
            rule = upper_case(number, "column", **{"table-name": "wide"})
            expression = case.expression.replace("$", f"${column}")
            added = {"rule-action": "add-column", "value": target_name(name), "data-type": {"type": "string"}}
            rules.append(rule | added | {"expression": expression})
    general = [rule | {"rule-id": str(100 + number)} for number, rule in enumerate(MAPPING["rules"])]
    return {"rules": [*rules, *general]}


def spelled(name: str) -> str:
    """PostgreSQL's column of a case: of one that a rule gives another type, it has Oracle's name."""
    return f'"{COLUMNS[name].upper() if CASES[name].data_type else COLUMNS[name]}"'


def rows(cases: dict[str, Case]) -> Iterator[list[str | None]]:
    """Random rows: a key, then a value of every case, now and then none."""
    choose = random.Random(SEED)  # noqa: S311  # a seeded fuzz
    for key in range(1, ROWS + 1):
        yield [str(key), *(None if choose.random() < EMPTY else case.make(choose) for case in cases.values())]


@pytest.fixture(scope="module")
def fuzzed(oracle: Stage, prepared: Stage) -> Fuzzed:
    """One wide table with a column for each pair that Oracle has room for, carried once."""
    refused = {name: why for name, case in CASES.items() if (why := refusal(oracle, case.target))}
    cases = {name: case for name, case in CASES.items() if name not in refused}
    run_sql(
        prepared,
        "CREATE SCHEMA stage",
        "CREATE TYPE stage.mood AS ENUM ('기쁨', '슬픔')",
        "CREATE TYPE stage.place AS (city text, gate integer)",
        "CREATE DOMAIN stage.label AS varchar(9)",
        "CREATE TABLE stage.wide (id bigint PRIMARY KEY, "
        + ", ".join(f"{spelled(name)} {case.source}" for name, case in cases.items())
        + ")",
    )
    target = [f"{target_name(name)} {case.target}" for name, case in cases.items()]
    sources = [f"{COLUMNS[name].upper()} VARCHAR2(100)" for name, case in cases.items() if case.expression]
    oracle.oracle_run(f"CREATE TABLE WIDE (ID NUMBER(19) PRIMARY KEY, {', '.join((*target, *sources))})")
    arn = prepared.task(settings=LOGGED, mapping=mapping(cases))
    prepared.start(arn)
    places = ", ".join(f"%s::text::{case.source}" for case in cases.values())
    names = ", ".join(map(spelled, cases))
    with prepared.postgres() as postgres, postgres.cursor() as cursor:
        cursor.executemany(f"INSERT INTO stage.wide (id, {names}) VALUES (%s::bigint, {places})".encode(), rows(cases))
    caught_up(prepared, timeout_s=60 + ROWS / 10)
    failures = exceptions(prepared, arn)
    both = carried(prepared, mapping(cases), "wide")
    prepared.clean()
    run_sql(prepared, "DROP SCHEMA stage CASCADE")
    oracle.oracle_run("DROP TABLE WIDE")
    assert Counter(error for _, error in failures) == {}
    return Fuzzed(both, refused)


@pytest.mark.parametrize("name", CASES)
def test_no_false_alarm_and_every_planted_change_is_found(fuzzed: Fuzzed, name: str) -> None:
    if name in fuzzed.refused:
        pytest.skip(fuzzed.refused[name])
    both, column = fuzzed.both, target_name(name)
    assert len(both.found) == len(both.expected) == ROWS
    of = both.pairs[column]
    assert of.comparable
    for key, row in both.expected.items():
        wanted, found = row[column], both.found[key][column]
        assert of.same(wanted, found), f"false alarm: {wanted!r} is {found!r}"
        if found is None and wanted is not None:
            continue  # '' or blanks: that NULL is the same, the tests of pairs say
        changed = make.planted(of, found, CASES[name].scale)
        assert not of.same(wanted, changed), f"not found: {wanted!r}, {found!r} became {changed!r}"


def test_rows_have_values(fuzzed: Fuzzed) -> None:
    filled = sum(value is not None for row in fuzzed.both.found.values() for value in row.values())
    assert filled > ROWS * len(fuzzed.both.pairs) * 0.7
