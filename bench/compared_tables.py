"""The tables that the comparison is measured with: both databases' columns, and what makes row `n`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from reverse_sync.table_mapping import TableMapping

_SHIPPED = Path("include/mappings/flightspecials.json")
_FIRST = 1000


def numbers(rows: int, count: int) -> list[int]:
    """The numbers of so many rows, scattered over all."""
    return [_FIRST + n * ((rows - 1) // max(count, 1)) for n in range(count)]


@dataclass(frozen=True)
class Subject:
    """One table.

    :param postgres: the column definitions
    :param oracle: those of Oracle; empty where the stand-in has the table
    :param row: PostgreSQL's expressions of row `n`
    :param changed: what makes a row another one
    :param key: PostgreSQL's expression of the key of row `n`
    :param aims: of each number of rows that differ, the largest ratio to the limit; empty where there is no aim
    """

    name: str
    postgres: str
    oracle: str
    row: str
    changed: str
    key: str = "n"
    aims: Mapping[int, str] = field(default_factory=lambda: {0: "", 20: ""})

    def fill(self, database: psycopg.Connection, rows: int) -> None:
        """Make the table in PostgreSQL, with so many rows."""
        query = f"SELECT {self.row} FROM generate_series({_FIRST}, {_FIRST + rows - 1}) n"  # noqa: S608
        for statement in (
            "CREATE SCHEMA IF NOT EXISTS travelbuddy",
            f"CREATE TABLE travelbuddy.{self.name} ({self.postgres})",
            f"INSERT INTO travelbuddy.{self.name} {query}",
            f"VACUUM ANALYZE travelbuddy.{self.name}",
        ):
            database.execute(statement.encode())

    def change(self, database: psycopg.Connection, rows: int, count: int) -> None:
        """Make so many of the rows others, scattered over the table."""
        keys = f"SELECT {self.key} FROM unnest(ARRAY{numbers(rows, count)}::bigint[]) n"  # noqa: S608
        database.execute(f"UPDATE travelbuddy.{self.name} SET {self.changed} WHERE id IN ({keys})".encode())  # noqa: S608

    def drop(self, database: psycopg.Connection) -> None:
        """Drop it."""
        database.execute(f"DROP TABLE travelbuddy.{self.name}".encode())

    @property
    def mapping(self) -> TableMapping:
        """The shipped mapping where it selects the table; one to names in capitals where it does not."""
        if not self.oracle:
            return TableMapping.parse(_SHIPPED.read_text(encoding="utf-8"), str(_SHIPPED))
        return TableMapping.parse(json.dumps({"rules": [*_to_capitals(self.name)]}), self.name)


def _to_capitals(table: str) -> list[dict[str, object]]:
    here = {"schema-name": "travelbuddy", "table-name": table}
    rules: list[dict[str, object]] = [
        {"rule-type": "selection", "rule-id": "1", "rule-name": "1", "object-locator": here, "rule-action": "include"}
    ]
    for target, locator in (
        ("schema", {"schema-name": "travelbuddy"}),
        ("table", here),
        ("column", {**here, "column-name": "%"}),
    ):
        number = str(len(rules) + 1)
        names = {"rule-type": "transformation", "rule-id": number, "rule-name": number, "rule-target": target}
        rules.append({**names, "object-locator": locator, "rule-action": "convert-uppercase"})
    return rules


def _wide() -> Subject:
    """Sixty columns: the key, whole numbers, texts, prices, moments."""
    kinds = (
        ("n", 20, "integer", "NUMBER(10)", "n % {}97"),
        ("t", 19, "varchar(40)", "VARCHAR2(160)", "'value {} of ' || n"),
        ("p", 10, "numeric(12,2)", "NUMBER(12,2)", "n / {}3.0"),
        ("m", 10, "timestamp(6)", "TIMESTAMP(6)", "'2027-03-08'::timestamp + n * interval '{}.25 seconds'"),
    )
    columns = [(f"{kind[0]}{number}", number, kind) for kind in kinds for number in range(1, kind[1] + 1)]
    return Subject(
        "wide",
        ", ".join(["id bigint PRIMARY KEY", *(f"{name} {kind[2]}" for name, _, kind in columns)]),
        ", ".join(["ID NUMBER(19) PRIMARY KEY", *(f"{name.upper()} {kind[3]}" for name, _, kind in columns)]),
        ", ".join(["n", *(kind[4].format(number) for _, number, kind in columns)]),
        "n1 = -1",
    )


SEED = Subject(
    "flightspecial",
    "id bigint PRIMARY KEY, header varchar(255) NOT NULL, body varchar(255), origin varchar(255), "
    "origin_code varchar(6), destination varchar(255), destination_code varchar(6), cost integer, "
    "expiry_date timestamptz",
    "",
    "n, 'London to Busan ' || n, 'Jewel of the East', 'London', 'LHR', '부산', 'PUS', n % 300, "
    "'2027-03-08'::timestamptz + n * interval '1 second'",
    "cost = -1",
    aims={0: "1.25", 1: "1.30", 200: "1.70"},
)
WIDE = _wide()
TEXT_KEY = Subject(
    "text_key",
    "id varchar(40) PRIMARY KEY, name varchar(100), cost integer",
    "ID VARCHAR2(160) PRIMARY KEY, NAME VARCHAR2(400), COST NUMBER(10)",
    "'BOOKING-' || md5(n::text), '특가 ' || n, n % 300",
    "cost = -1",
    "'BOOKING-' || md5(n::text)",
)
LARGE_OBJECTS = Subject(
    "large_objects",
    "id bigint PRIMARY KEY, doc text",
    "ID NUMBER(19) PRIMARY KEY, DOC CLOB",
    "n, repeat(md5(n::text), 3200)",
    "doc = 'another'",
)
