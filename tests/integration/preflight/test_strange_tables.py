"""Tables of every kind that PostgreSQL has: which are replicated, and what is said of the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import oracledb
import pytest

from reverse_sync.preflight.runner import run
from tests.support.cutovers import ALWAYS_SAID, PIPELINE
from tests.support.mappings import include, transformation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight import Finding
    from tests.integration.preflight.conftest import Parts

pytestmark = pytest.mark.integration

WIDE = 1100
SOURCE = (
    "CREATE SCHEMA strange",
    "CREATE TABLE strange.plain (id bigint PRIMARY KEY, a text)",
    "CREATE VIEW strange.seen AS SELECT * FROM strange.plain",
    "CREATE MATERIALIZED VIEW strange.kept AS SELECT * FROM strange.plain",
    "CREATE EXTENSION IF NOT EXISTS file_fdw",
    "CREATE SERVER strange_files FOREIGN DATA WRAPPER file_fdw",
    "CREATE FOREIGN TABLE strange.far (id bigint) SERVER strange_files OPTIONS (filename '/dev/null')",
    "CREATE TABLE strange.parted (id bigint, d date, PRIMARY KEY (id, d)) PARTITION BY RANGE (d)",
    "CREATE TABLE strange.parted_1 PARTITION OF strange.parted FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
    "CREATE TABLE strange.parent (id bigint PRIMARY KEY)",
    "CREATE TABLE strange.child (PRIMARY KEY (id)) INHERITS (strange.parent)",
    "CREATE UNLOGGED TABLE strange.quick (id bigint PRIMARY KEY)",
    "CREATE TABLE strange.keyless (a integer)",
    "CREATE TABLE strange.unique_only (a integer NOT NULL UNIQUE)",
    "ALTER TABLE strange.unique_only REPLICA IDENTITY USING INDEX unique_only_a_key",
    "CREATE TABLE strange.whole (id bigint PRIMARY KEY)",
    "ALTER TABLE strange.whole REPLICA IDENTITY FULL",
    "CREATE TABLE strange.none (id bigint PRIMARY KEY)",
    "ALTER TABLE strange.none REPLICA IDENTITY NOTHING",
    "CREATE TABLE strange.by_code (id bigint PRIMARY KEY, code text NOT NULL UNIQUE)",
    "ALTER TABLE strange.by_code REPLICA IDENTITY USING INDEX by_code_code_key",
    "CREATE TABLE strange.by_key (id bigint PRIMARY KEY)",
    "CREATE TABLE strange.late (id bigint PRIMARY KEY, a integer UNIQUE DEFERRABLE)",
    "CREATE TABLE strange.country (code varchar(2) PRIMARY KEY)",
    "CREATE TABLE strange.city (id bigint PRIMARY KEY, code varchar(2) REFERENCES strange.country ON UPDATE CASCADE)",
    "CREATE TABLE strange.rate (day date, currency varchar(3), bank bigint, PRIMARY KEY (day, currency, bank))",
    "CREATE TABLE strange.coalesced (id bigint PRIMARY KEY, a integer)",
    "CREATE UNIQUE INDEX coalesced_a ON strange.coalesced (coalesce(a, 0))",
    "CREATE TABLE strange.lengthy (id bigint PRIMARY KEY, a varchar(20000), b varchar(20000), c varchar(20000))",
    "INSERT INTO strange.lengthy VALUES (1, repeat('가', 6000), repeat('b', 15000), NULL), (2, NULL, NULL, repeat('c', 20000))",
    "ALTER TABLE strange.by_key REPLICA IDENTITY USING INDEX by_key_pkey",
    (
        "CREATE TABLE strange.made (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n integer, "
        "twice integer GENERATED ALWAYS AS (n * 2) STORED)"
    ),
    'CREATE TABLE strange."항공권" ("번호" bigint PRIMARY KEY, "이름" text)',
    'CREATE TABLE strange."Mixed Case" ("Id" bigint PRIMARY KEY, "select" text)',
    f"CREATE TABLE strange.wide (id bigint PRIMARY KEY, {', '.join(f'c{n} integer' for n in range(WIDE - 1))})",
)
TARGET = {
    "PLAIN": "ID NUMBER(19) PRIMARY KEY, A CLOB",
    "PARTED": "ID NUMBER(19), D DATE, PRIMARY KEY (ID, D)",
    "PARTED_1": "ID NUMBER(19), D DATE, PRIMARY KEY (ID, D)",
    **dict.fromkeys(("PARENT", "CHILD", "QUICK", "WHOLE", "NONE", "BY_KEY"), "ID NUMBER(19) PRIMARY KEY"),
    **dict.fromkeys(("KEYLESS", "UNIQUE_ONLY"), "A NUMBER(10)"),
    **dict.fromkeys(("LATE", "COALESCED"), "ID NUMBER(19) PRIMARY KEY, A NUMBER(10)"),
    "COUNTRY": "CODE VARCHAR2(2) PRIMARY KEY",
    "CITY": "ID NUMBER(19) PRIMARY KEY, CODE VARCHAR2(2)",
    "RATE": "DAY DATE, CURRENCY VARCHAR2(3), BANK NUMBER(19), PRIMARY KEY (DAY, CURRENCY, BANK)",
    "LENGTHY": "ID NUMBER(19) PRIMARY KEY, A CLOB, B CLOB, C CLOB",
    "BY_CODE": "ID NUMBER(19) PRIMARY KEY, CODE CLOB",
    "MADE": "ID NUMBER(19) PRIMARY KEY, N NUMBER(10), TWICE NUMBER(10)",
    '"항공권"': '"번호" NUMBER(19) PRIMARY KEY, "이름" CLOB',
    '"MIXED CASE"': 'ID NUMBER(19) PRIMARY KEY, "SELECT" CLOB',
    "WIDE": f"ID NUMBER(19) PRIMARY KEY, {', '.join(f'C{n} NUMBER(10)' for n in range(999))}",
}
UPPER = [
    transformation(2, "schema", ("strange",), "rename", value="TRAVELBUDDY"),
    transformation(3, "table", ("strange", "%"), "convert-uppercase"),
    transformation(4, "column", ("strange", "%", "%"), "convert-uppercase"),
]
SELECT = "GRANT SELECT ON ALL TABLES IN SCHEMA strange TO dmsuser"
OF_VALUES = {"lob-transformed", "value-loses", "large-table"}
"""What is said of types and values, which other tests are about."""


@pytest.fixture(scope="module")
def strange(started: Parts) -> Iterator[Parts]:
    started.postgres(*SOURCE, "GRANT USAGE ON SCHEMA strange TO dmsuser", SELECT)
    started.oracle(*(f"CREATE TABLE {name} ({columns})" for name, columns in TARGET.items()))
    started.oracle(*(f"GRANT SELECT, INSERT, UPDATE, DELETE, ALTER ON {name} TO DMSUSER" for name in TARGET))
    yield started
    started.postgres("DROP SCHEMA strange CASCADE", "DROP SERVER strange_files")
    started.oracle(*(f"DROP TABLE {name}" for name in TARGET))


def look(*rules: dict[str, Any]) -> list[Finding]:
    """What is found of these rules, without what is said of every pipeline and the source's own state."""
    found = run(PIPELINE, mapping_text=json.dumps({"rules": [*rules, *UPPER]}))
    return [
        item
        for item in found
        if item.code not in ALWAYS_SAID | OF_VALUES and item.severity != "note" and (item.table or item.rule)
    ]


def test_each_strange_table_gets_its_finding(strange: Parts, parts: Parts) -> None:
    found: dict[str, set[str]] = {}
    for item in look(include("strange", "%")):
        table = (item.table or "").split(".")[-1].lower()
        found.setdefault(table, set()).add(f"{item.severity} {item.code}")
    assert found == {
        "parted": {"warning partitioned-table"},
        "parted_1": {"warning partitioned-table"},
        "parent": {"warning inherited-table"},
        "quick": {"error unlogged-table"},
        "keyless": {"error no-primary-key"},
        "unique_only": {"error no-primary-key", "error replica-identity"},
        "whole": {"error replica-identity"},
        "none": {"error replica-identity"},
        "by_code": {"error replica-identity"},
        "coalesced": {"error coalesced-index"},
        "country": {"warning key-changes"},
        "lengthy": {"error statement-too-long"},
        "made": {"warning generated-column"},
        "wide": {"error target-column-missing"},
    }


def test_constraints_that_wait_for_the_end_of_a_transaction_are_named(strange: Parts, parts: Parts) -> None:
    found = run(PIPELINE, mapping_text=json.dumps({"rules": [include("strange", "late"), *UPPER]}))
    [item] = [item for item in found if item.code == "deferrable-constraint"]
    assert (str(item.severity), item.what) == ("note", "constraints of strange.late are DEFERRABLE: late_a_key")


def test_a_key_that_may_change_is_named(strange: Parts, parts: Parts) -> None:
    found = run(PIPELINE, mapping_text=json.dumps({"rules": [include("strange", "%"), *UPPER]}))
    said = {str(item.severity): item.what for item in found if item.code == "key-changes"}
    assert said == {
        "warning": "foreign keys follow a change of the primary key of strange.country: city_code_fkey of strange.city",
        "note": "texts or moments are in the primary key of strange.parted (d), strange.parted_1 (d), "
        "strange.rate (day, currency)",
    }


def test_a_long_row_is_measured_in_bytes(strange: Parts, parts: Parts) -> None:
    [item] = [item for item in look(include("strange", "lengthy")) if item.code == "statement-too-long"]
    assert item.what.startswith("the longest row of strange.lengthy has 33001 bytes without its large objects")


def test_a_table_wider_than_oracles_is_one_finding(strange: Parts, parts: Parts) -> None:
    [item] = [item for item in look(include("strange", "wide")) if item.code == "target-column-missing"]
    assert item.what == (
        f"{WIDE - 1000} columns are not in the target table: C999, C1000, C1001, C1002, C1003 and {WIDE - 1005} more; "
        f"the table would need {WIDE}, and Oracle takes 1000"
    )


@pytest.mark.parametrize(("name", "kind"), [("seen", "view"), ("kept", "materialized view"), ("far", "foreign table")])
def test_what_is_asked_like_a_table_and_is_none_is_told_so(strange: Parts, parts: Parts, name: str, kind: str) -> None:
    found = look(include("strange", name))
    assert [item.what for item in found if item.rule == "1"] == [
        f"strange.{name} is a {kind}, and changes of it are not in the WAL: only those of tables are"
    ]


def test_an_application_that_shares_a_login_of_oracles_is_named(strange: Parts, parts: Parts) -> None:
    grant, dsn = "SELECT_CATALOG_ROLE", f"127.0.0.1:{parts.ports.oracle}/XE"
    parts.oracle(f"GRANT {grant} TO DMSUSER")
    try:
        with oracledb.connect(user="TRAVELBUDDY", password="welcome", dsn=dsn, program="legacy-web"):
            [item] = [item for item in run(PIPELINE) if item.code == "other-sessions" and item.severity == "warning"]
        assert item.what.startswith("somebody else uses the pipeline's own logins of Oracle: TRAVELBUDDY (legacy-web@")
        assert [item for item in run(PIPELINE) if item.code == "other-sessions"] == []
    finally:
        parts.oracle(f"REVOKE {grant} FROM DMSUSER")
