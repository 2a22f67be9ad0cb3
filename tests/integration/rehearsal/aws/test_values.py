"""No value stops the worker: extreme ones of every type arrive by AWS's rules, or are their row's apply error."""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.support.aws_stage import MAPPING, Stage, eventually, upper_case
from tests.support.aws_tables import LOGGED, exceptions, run_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.integration

LOB_KB = 64
SEED, UPDATES = 20261126, 120


class Refused(Exception):  # noqa: N818  # a verdict
    """By the rules, the value is its row's apply error."""


def number(text: str) -> Decimal:
    """NUMBER's range: https://docs.oracle.com/database/121/SQLRF/sql_elements001.htm, "1 x 10-130 to 9.99...9 x 10125"."""
    value = Decimal(text)
    if not value.is_finite() or (value and not Decimal("1E-130") <= abs(value) < Decimal("1E126")):
        raise Refused
    return value


def unbounded(text: str) -> Decimal:
    """NUMERIC without precision is NUMERIC(28,6)."""
    value = number(text)
    if abs(value) >= Decimal(10) ** 22:
        raise Refused
    return value.quantize(Decimal("0.000001"), ROUND_HALF_UP)


def three_digits(text: str) -> int:
    """NUMBER(3)."""
    if abs(int(text)) > 999:
        raise Refused
    return int(text)


def moment(text: str) -> datetime:
    """Infinity is truncated; what Oracle cannot hold (or its driver cannot send: BC) is refused."""
    if text == "infinity":
        return datetime(9999, 12, 31, 23, 59, 59)
    year = re.fullmatch(r"(\d{4})-.*[^C]", text)
    if year is None:
        raise Refused
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def lob(text: str) -> str | None:
    """Cut to LobMaxSize in silence; '' is NULL in Oracle."""
    return text.encode()[: LOB_KB * 1024].decode(errors="ignore") or None


def text_of(most_bytes: int) -> Callable[[str], str | None]:
    """A VARCHAR2 of so many bytes; DMS writes one space for ''."""

    def expected(text: str) -> str | None:
        if len(text.encode()) > most_bytes:
            raise Refused
        return text or " "

    return expected


def raw(text: str) -> bytes | None:
    """RAW(2000)."""
    value = bytes.fromhex(text.removeprefix("\\x"))
    if len(value) > 2000:
        raise Refused
    return value or None


class Pair(NamedTuple):
    """A column: its type on both sides, what to try, and what PostgreSQL's text of it must have become."""

    source: str
    target: str
    values: tuple[str, ...]
    expected: Callable[[str], object]


FLOATS = ("0", "-0", "1.0", "0.1", "1e-130", "-1e-130", "9.9e125", "NaN", "Infinity", "-Infinity")
DOUBLES = (
    *FLOATS,
    "2.2250738585072014e-308",
    "5e-324",
    "-1.7976931348623157e308",
    "1e126",
    "9e-131",
    "1.1e17",
    "-1e-21",
)
REALS = ("0", "NaN", "-Infinity", "1e-45", "3.4028235e38", "-1.17549435e-38", "0.1")
MOMENTS = (
    "infinity", "-infinity", "0001-01-01", "9999-12-31", "0001-01-01 BC", "4713-01-01 BC", "10000-01-01", "1582-10-10",
    "2026-02-28", "1970-01-01",
)  # fmt: skip
STAMPS = (
    *MOMENTS, "9999-12-31 23:59:59.999999", "0001-01-01 00:00:00.000001", "294276-12-31 23:59:59", "2026-03-29 02:30:00.5",
)  # fmt: skip
TEXTS = (
    "", " ", "한국어 텍스트", "🛫🇰🇷👩‍👩‍👧", "it''s", "\\\\x00", "a\tb\r\nc", "null", "NULL", "x" * 10, "가" * 4, "y" * 4000,
    "z" * 4001, "x" * 32_768, "y" * 3_000, "가" * 33_000, "w" * 100_000, "🛫" * 25_000,
)  # fmt: skip
JSONS = (
    "null", '""', '"null"', "0", "-0", "2.50", "1e400", "123456789012345678901234567890.12345678901234567890", "true",
    "[]", "{}", '{"b" : 2.50,\n "b":1,  "a":[1 , null]}', '{"키": "값 🛫", "u": "\\u00e9\\n"}', '["x", null, 1.0, 1E+2]',
    "[" * 3000 + "]" * 3000, '{"t": "' + "가" * 30_000 + '"}',
)  # fmt: skip
PAIRS = {
    "r8": Pair("double precision", "NUMBER", DOUBLES, number),
    "r4": Pair("real", "NUMBER", REALS, number),
    "n": Pair("numeric", "NUMBER", ("0", "-1e-21", "NaN", "Infinity", "1e21", "1e22", "1e40", "0.0000005", "-0.0000005", "1.5"), unbounded),
    "n38": Pair("numeric(38, 10)", "NUMBER(38, 10)", ("9" * 28 + "." + "9" * 10, "-0.0000000001", "NaN", "0"), number),
    "small": Pair("numeric(38, 38)", "NUMBER", ("0." + "9" * 38, "-1e-38", "1e-21"), number),
    "n60": Pair("numeric(60, 5)", "VARCHAR2(80)", ("9" * 55 + ".99999", "-1e-5", "NaN"), text_of(80)),
    "i8": Pair("bigint", "NUMBER(19)", ("9223372036854775807", "-9223372036854775808", "0"), number),
    "i2": Pair("smallint", "NUMBER(3)", ("999", "-999", "1000"), three_digits),
    "ts": Pair("timestamp", "TIMESTAMP(6)", STAMPS, moment),
    "tz": Pair("timestamptz", "TIMESTAMP(6)", (*STAMPS, "2026-01-01 00:00:00+09"), moment),
    "d": Pair("date", "DATE", MOMENTS, moment),
    "v": Pair("varchar", "VARCHAR2(4000)", TEXTS, text_of(4000)),
    "few": Pair("varchar(20)", "VARCHAR2(10)", tuple(text for text in TEXTS if len(text) <= 10), text_of(10)),
    "t": Pair("text", "CLOB", TEXTS, lob),
    "by": Pair("bytea", "RAW(2000)", ("\\x", "\\x00", "\\x00ff" * 1, "\\x" + "ab" * 2000, "\\x" + "cd" * 2001, "\\x" + "ef" * 90_000), raw),
    "j": Pair("json", "CLOB", (*JSONS, ' {"a":1} ', '"\\u0000"'), lob),
    "jb": Pair("jsonb", "CLOB", JSONS, lob),
    "b": Pair("boolean", "VARCHAR2(5)", ("true", "false"), text_of(5)),
    "BN": Pair("boolean", "NUMBER(1)", ("true", "false"), lambda text: Decimal(text == "true")),
    "arr": Pair("text[]", "CLOB", ("{}", '{"a b",NULL,"\\"",가}', "{{1,2},{3,4}}"), lob),
    "iv": Pair("interval", "VARCHAR2(128)", ("1 year 2 mons -3 days 04:05:06.7", "0", "178000000 years"), text_of(128)),
    "u": Pair("uuid", "VARCHAR2(36)", ("00000000-0000-0000-0000-00000000000a",), text_of(36)),
    "m": Pair("money", "NUMBER(19, 2)", ("-92233720368547758.08", "1234.5"), lambda text: number(re.sub("[$,]", "", text))),
    "bits": Pair("bit varying", "VARCHAR2(64)", ("", "101"), text_of(64)),
}  # fmt: skip


@pytest.fixture
def extremes(tables: Stage) -> Iterator[Stage]:
    """A table on both sides with a column for every pair of types."""
    source = ", ".join(f'"{name}" {pair.source}' for name, pair in PAIRS.items())
    target = ", ".join(f'"{name.upper()}" {pair.target}' for name, pair in PAIRS.items())
    run_sql(tables, f"CREATE TABLE stage.extreme (id bigint PRIMARY KEY, {source})")
    tables.oracle_run(f"CREATE TABLE EXTREME (ID NUMBER(19) PRIMARY KEY, {target})")
    yield tables
    tables.clean()
    tables.oracle_run("DROP TABLE EXTREME")


def mapped() -> dict[str, Any]:
    """The stage's mapping; `BN` becomes a number."""
    rule = upper_case(0, "column", **{"table-name": "extreme", "column-name": "BN"})
    return {"rules": [*MAPPING["rules"], rule | {"rule-action": "change-data-type", "data-type": {"type": "int1"}}]}


class Wanted:
    """What Oracle must hold, and how many errors each row has had: by the rules, not by the worker's code."""

    def __init__(self) -> None:
        self.rows: dict[int, tuple[str, object]] = {}
        self.errors: Counter[int] = Counter()

    def change(self, row: int, name: str, printed: str, *, update: bool) -> None:
        """A row's column has this text in PostgreSQL now."""
        try:
            value = PAIRS[name].expected(printed)
        except Refused:
            self.errors[row] += 1
            return
        if update and row not in self.rows:
            self.errors[row] += 1  # it meets no row
        else:
            self.rows[row] = (name, value)


def write(stage: Stage, choose: random.Random) -> Wanted:
    """Insert a row for every value, then update some of them; many in a transaction."""
    values = [(name, value) for name, pair in PAIRS.items() for value in pair.values]
    choose.shuffle(values)
    changes = [(row, name, value, False) for row, (name, value) in enumerate(values, 1)]
    for _ in range(UPDATES):
        row, name, _, _ = choose.choice(changes)
        changes.append((row, name, choose.choice(PAIRS[name].values), True))
    wanted = Wanted()
    with stage.postgres() as postgres:
        postgres.execute("SET TimeZone = 'UTC'; SET lc_monetary = 'C'")
        while changes:
            with postgres.transaction():
                size = choose.choice([1, 7, 90])
                for row, name, value, update in changes[:size]:
                    sql = f'INSERT INTO stage.extreme (id, "{name}") VALUES ({row}, %s::{PAIRS[name].source})'
                    if update:
                        sql = f'UPDATE stage.extreme SET "{name}" = %s::{PAIRS[name].source} WHERE id = {row}'
                    [printed] = postgres.execute(f'{sql} RETURNING "{name}"::text'.encode(), [value]).fetchone() or [""]
                    wanted.change(row, name, printed, update=update)
                changes = changes[size:]
    return wanted


def found(stage: Stage) -> dict[int, dict[str, object]]:
    """Oracle's rows, without what is NULL; numbers with all their digits."""
    columns = ", ".join(f'"{name.upper()}"' for name in PAIRS)
    with stage.oracle() as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT ID, {columns} FROM EXTREME", fetch_decimals=True, fetch_lobs=False)
        return {
            int(number): {name: value for name, value in zip(PAIRS, values, strict=True) if value is not None}
            for number, *values in cursor
        }


def logged(stage: Stage, arn: str) -> Counter[int]:
    """How many errors of each row awsdms_apply_exceptions holds."""
    rows = [re.search(r"(?:\(id = |-- values: ')(\d+)", statement) for statement, _ in exceptions(stage, arn)]
    return Counter(int(row[1]) for row in rows if row)


@pytest.mark.parametrize("plugin", ["pglogical", "test-decoding"])
def test_extreme_values_arrive_or_are_logged(extremes: Stage, plugin: str) -> None:
    settings = LOGGED | {"TargetMetadata": {"LobMaxSize": LOB_KB}}
    arn = extremes.task(settings=settings, mapping=mapped(), source={"PostgreSQLSettings": {"PluginName": plugin}})
    extremes.start(arn)
    wanted = write(extremes, random.Random(SEED))  # noqa: S311  # a seeded fuzz
    run_sql(extremes, "INSERT INTO stage.note VALUES ('behind it all')")
    eventually(lambda: extremes.oracle_rows("SELECT TEXT FROM NOTE"), timeout_s=60)
    assert len(wanted.rows) > 100
    assert len(wanted.errors) > 50
    rows = {row: {} if value is None else {name: value} for row, (name, value) in wanted.rows.items()}
    assert found(extremes) == rows
    assert logged(extremes, arn) == wanted.errors
    assert extremes.describe(arn)["Status"] == "running"
    assert "to recover" not in extremes.log(arn)


def added(data_type: str, expression: str) -> dict[str, Any]:
    """The stage's mapping, and a column of an expression."""
    rule = upper_case(9, "column", **{"table-name": "item"}) | {"rule-action": "add-column", "value": "NOTE"}
    return {"rules": [*MAPPING["rules"], rule | {"data-type": {"type": data_type}, "expression": expression}]}


MANY = "INSERT INTO stage.item SELECT n, 'name ' || n, 0, NULL FROM generate_series(2, 1000) n"


def test_a_column_of_an_expression_has_one_type(tables: Stage) -> None:
    """SQLite may give several; the driver would bind what follows bytes as bytes, and Oracle show it in hexadecimal."""
    arn = tables.task(mapping=added("nclob", "CASE $id WHEN 500 THEN 5 WHEN 501 THEN x'61' ELSE $name END"))
    tables.start(arn)
    run_sql(tables, MANY)
    eventually(lambda: tables.oracle_rows("SELECT COUNT(*) FROM ITEM") == [(1000,)])
    notes = dict(tables.oracle_rows("SELECT ID, NOTE FROM ITEM WHERE ID > 1"))
    assert notes == {row: f"name {row}" for row in range(2, 1001)} | {500: "5", 501: "a"}
    assert exceptions(tables, arn) == []


def test_a_value_for_which_a_whole_array_is_refused_is_found_and_logged(tables: Stage) -> None:
    arn = tables.task(settings=LOGGED, mapping=added("nclob", "CASE WHEN $id IN (2, 500) THEN char(0) ELSE $name END"))
    tables.start(arn)
    run_sql(tables, MANY)
    eventually(lambda: tables.oracle_rows("SELECT COUNT(*) FROM ITEM") == [(998,)])
    assert logged(tables, arn) == Counter([2, 500])
    assert all("CHR(0)" in error for _, error in exceptions(tables, arn))
    assert tables.statistics(arn)["TableState"] == "Table completed"
    assert "to recover" not in tables.log(arn)
