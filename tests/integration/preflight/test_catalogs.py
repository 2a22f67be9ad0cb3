"""What the catalogs read, on genuine databases with unusual tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import oracledb
import psycopg
import pytest

from reverse_sync.catalog import oracle, oracle_objects, postgres, postgres_server
from reverse_sync.table_mapping import Column
from reverse_sync.type_pairs.target_types import declared_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.preflight.conftest import Parts

pytestmark = pytest.mark.integration

SOURCE = """
CREATE SCHEMA odd;
CREATE TABLE odd.types (
    id bigint GENERATED ALWAYS AS IDENTITY, tenant integer, name varchar(10) NOT NULL DEFAULT 'x', amount numeric(12, 2),
    anything numeric, at timestamptz(3), doubled integer GENERATED ALWAYS AS (tenant * 2) STORED, tags text[],
    "이름" text, PRIMARY KEY (tenant, id)
);
ALTER TABLE odd.types ADD dropped integer;
ALTER TABLE odd.types DROP dropped;
CREATE UNLOGGED TABLE odd.quick (id integer PRIMARY KEY DEFERRABLE);
CREATE TABLE odd.parted (id integer, day date) PARTITION BY RANGE (day);
CREATE TABLE odd.parted_2024 PARTITION OF odd.parted FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
ALTER TABLE odd.parted_2024 REPLICA IDENTITY FULL;
ALTER TABLE odd.parted_2024 ENABLE ROW LEVEL SECURITY;
CREATE TABLE odd.serial (id serial PRIMARY KEY);
INSERT INTO odd.serial DEFAULT VALUES;
CREATE TYPE odd.mood AS ENUM ('happy', 'sad');
CREATE TYPE odd.place AS (x integer, y integer);
CREATE DOMAIN odd.price AS numeric(8, 2) NOT NULL;
CREATE DOMAIN odd.special_price AS odd.price;
CREATE TABLE odd.named (mood odd.mood, place odd.place, price odd.special_price, during tsrange, bits bit(4));
"""


@pytest.fixture
def source(parts: Parts) -> Iterator[psycopg.Connection[Any]]:
    parts.postgres(SOURCE)
    login = f"host=127.0.0.1 port={parts.ports.postgres} dbname=dso user=postgres password=sesame-7391"
    with psycopg.connect(login, autocommit=True) as connection:
        yield connection
    parts.postgres("DROP SCHEMA odd CASCADE")


def test_postgres_tables(source: psycopg.Connection[Any]) -> None:
    assert postgres.read_schemas(source) == ("odd", "public", "travelbuddy")
    tables = {table.name: table for table in postgres.read_tables(source, ["odd"])}
    assert sorted(tables) == ["named", "parted", "parted_2024", "quick", "serial", "types"]
    assert tables["named"].columns == (
        Column("mood", "odd.mood", category="enum"),
        Column("place", "odd.place", category="composite"),
        Column("price", "numeric", precision=8, scale=2),
        Column("during", "tsrange", category="range"),
        Column("bits", "bit", length=4),
    )
    assert tables["types"].primary_key == ("tenant", "id")
    assert tables["types"].columns == (
        Column("id", "bigint", nullable=False, identity=True),
        Column("tenant", "integer", nullable=False),
        Column("name", "character varying", nullable=False, default="'x'::character varying", length=10),
        Column("amount", "numeric", precision=12, scale=2),
        Column("anything", "numeric"),
        Column("at", "timestamp with time zone", scale=3),
        Column("doubled", "integer", default="(tenant * 2)", generated=True),
        Column("tags", "text[]", category="array"),
        Column("이름", "text"),
    )
    assert tables["types"].column("이름") is not None


def test_oracles_columns_whose_size_takes_more_than_one_view(parts: Parts) -> None:
    declared = "I INTEGER, S NUMBER(*, 2), N NUMBER, R RAW(16), V VARCHAR2(2000 CHAR), B VARCHAR2(6)"
    parts.oracle(f"CREATE TABLE SIZED ({declared})")
    try:
        dsn = f"127.0.0.1:{parts.ports.oracle}/XE"
        with oracledb.connect(user="TRAVELBUDDY", password="welcome", dsn=dsn) as session:
            found = oracle.read_columns(session, "TRAVELBUDDY", "SIZED")
    finally:
        parts.oracle("DROP TABLE SIZED")
    assert [declared_type(column) for column in found.values()] == [
        "NUMBER(38)", "NUMBER(38,2)", "NUMBER", "RAW(16)", "VARCHAR2(2000 CHAR)", "VARCHAR2(6 BYTE)",
    ]  # fmt: skip
    assert found["V"].most_bytes == 4000


def test_oracles_unique_indexes_and_checks(parts: Parts) -> None:
    parts.oracle(
        "CREATE TABLE KEPT (ID NUMBER PRIMARY KEY, CODE VARCHAR2(9) NOT NULL UNIQUE, YN CHAR(1), "
        "CONSTRAINT KEPT_YN CHECK (YN IN ('Y', 'N')))",
        "CREATE UNIQUE INDEX KEPT_BOTH ON KEPT (YN, CODE)",
        "CREATE INDEX KEPT_PLAIN ON KEPT (YN)",
    )
    try:
        dsn = f"127.0.0.1:{parts.ports.oracle}/XE"
        with oracledb.connect(user="TRAVELBUDDY", password="welcome", dsn=dsn) as session:
            found = [one for one in oracle.read_constraints(session, "TRAVELBUDDY") if one.table == "KEPT"]
            assert oracle.read_computed_columns(session, "TRAVELBUDDY") == {}
    finally:
        parts.oracle("DROP TABLE KEPT")
    assert sorted((one.kind, one.columns) for one in found) == [
        ("C", ("YN",)), ("P", ("ID",)), ("U", ("CODE",)), ("U", ("YN", "CODE")),
    ]  # fmt: skip
    [check] = [one for one in found if one.kind == "C"]
    assert (check.name, "'Y', 'N'" in check.condition) == ("KEPT_YN", True)


def test_postgres_traits(source: psycopg.Connection[Any]) -> None:
    traits = {name: found for (_, name), found in postgres.read_traits(source, ["odd"]).items()}
    assert (traits["quick"].unlogged, traits["quick"].key_immediate) == (True, False)
    assert (traits["parted"].partitioned, traits["parted"].partition) == (True, False)
    assert (traits["parted_2024"].partition, traits["parted_2024"].replica_identity) == (True, "f")
    assert (traits["parted_2024"].partition_of, traits["parted"].partition_of) == (("odd", "parted"), None)
    assert (traits["parted_2024"].row_security, traits["types"].row_security) == (True, False)
    assert traits["types"].estimated_rows == 0
    source.execute("INSERT INTO odd.parted SELECT n, '2024-02-01' FROM generate_series(1, 500) n")
    source.execute("ANALYZE odd.parted_2024")
    assert postgres.read_traits(source, ["odd"])["odd", "parted_2024"].estimated_rows == 500


def test_what_postgres_keeps_unique_row_by_row(source: psycopg.Connection[Any]) -> None:
    source.execute("""
        CREATE TABLE odd.uniques (
            id integer PRIMARY KEY, a integer UNIQUE, b integer, c integer UNIQUE DEFERRABLE, UNIQUE (b, a),
            EXCLUDE USING btree (b WITH =) DEFERRABLE
        );
        CREATE UNIQUE INDEX ON odd.uniques (b) WHERE c > 0;
        CREATE UNIQUE INDEX uniques_lower ON odd.uniques (abs(b));
        CREATE UNIQUE INDEX uniques_null ON odd.uniques (COALESCE(b, 0));
    """)
    traits = postgres.read_traits(source, ["odd"])["odd", "uniques"]
    assert set(traits.unique) == {frozenset({"id"}), frozenset({"a"}), frozenset({"a", "b"})}
    assert traits.deferrable == ("uniques_b_excl", "uniques_c_key")
    assert traits.coalesced == ("odd.uniques_null",)


def test_postgres_sequences_and_logins(source: psycopg.Connection[Any]) -> None:
    sequences = {found.table: found for found in postgres_server.read_sequences(source) if found.schema == "odd"}
    assert (sequences["serial"].column, sequences["serial"].last_value) == ("id", 1)
    assert (sequences["types"].column, sequences["types"].last_value) == ("id", None)
    dms = postgres_server.read_login(source, "dmsuser")
    assert dms is not None
    assert {"dmsuser", "rds_superuser", "rds_replication"} <= dms.roles
    assert ("travelbuddy", "flightspecial") in dms.readable
    assert ("odd", "types") not in dms.readable
    assert dms.makes_in == {"public"}
    source.execute("CREATE ROLE shy LOGIN NOINHERIT IN ROLE rds_superuser")
    try:
        shy = postgres_server.read_login(source, "shy")
        assert shy is not None
        assert shy.roles == {"shy"}, "DMS does not SET ROLE"
    finally:
        source.execute("DROP ROLE shy")
    assert postgres_server.read_login(source, "nobody") is None


def test_postgres_transactions_and_slots(source: psycopg.Connection[Any]) -> None:
    login = f"host=127.0.0.1 port={source.info.port} dbname=dso user=postgres password=sesame-7391"
    with psycopg.connect(login) as other:
        other.execute("SELECT 1")
        [found] = postgres_server.read_open_transactions(source, older_than_s=0)
        assert (found.name, found.prepared) == ("postgres", False)
        other.rollback()
    source.execute("SELECT pg_create_physical_replication_slot('kept', true)")
    try:
        [slot] = postgres_server.read_slots(source)
        assert (slot.name, slot.plugin, slot.active, slot.wal_status) == ("kept", None, False, "reserved")
        assert slot.retained_bytes >= 0
    finally:
        source.execute("SELECT pg_drop_replication_slot('kept')")


def test_oracle(parts: Parts) -> None:
    with oracledb.connect(user="TRAVELBUDDY", password="welcome", dsn=f"127.0.0.1:{parts.ports.oracle}/XE") as target:
        constraints = oracle.read_constraints(target, "TRAVELBUDDY")
        tables = {table.name: table for table in oracle.read_tables(target, "TRAVELBUDDY", constraints)}
        columns = {column.name: column for column in tables["FLIGHTSPECIAL"].columns}
        assert tables["FLIGHTSPECIAL"].primary_key == ("ID",)
        assert columns["HEADER"].length == 255
        assert (columns["HEADER"].nullable, columns["HEADER"].length_in_bytes) == (False, True)
        assert (columns["COST"].type, columns["COST"].nullable, columns["COST"].precision) == ("NUMBER", False, None)
        assert columns["EXPIRYDATE"].default is not None
        [trigger] = [item for item in oracle.read_triggers(target, "TRAVELBUDDY") if item.table == "FLIGHTSPECIAL"]
        assert (trigger.name, trigger.type, trigger.enabled) == ("FLIGHTSPECIAL_TRIGGER", "BEFORE EACH ROW", True)
        assert "NEXTVAL" in trigger.body.upper()
        assert {item.name for item in oracle.read_sequences(target, "TRAVELBUDDY")} == {
            "FLIGHTSPECIAL_SEQ",
            "HOTELSPECIAL_SEQ",
        }
        assert oracle.read_database_parameters(target)["NLS_CHARACTERSET"] == "AL32UTF8"
        assert oracle.read_free_bytes(target)["USERS"] > 0
    with oracledb.connect(user="DMSUSER", password="dmsuser123", dsn=f"127.0.0.1:{parts.ports.oracle}/XE") as dms:
        assert "SELECT ANY TRANSACTION" in oracle.read_privileges(dms)
        granted = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "ALTER"})
        assert oracle.read_table_grants(dms, "TRAVELBUDDY") == {"FLIGHTSPECIAL": granted}
        assert oracle.read_quotas(dms) == frozenset()


def test_what_is_no_plain_table_in_oracle(parts: Parts) -> None:
    parts.oracle(
        "CREATE TABLE CHILD (ID NUMBER PRIMARY KEY, PARENT NUMBER)",
        "ALTER TABLE CHILD ADD CONSTRAINT CHILD_FK FOREIGN KEY (PARENT) REFERENCES FLIGHTSPECIAL (ID) ON DELETE CASCADE",
    )
    try:
        dsn = f"127.0.0.1:{parts.ports.oracle}/XE"
        with oracledb.connect(user="TRAVELBUDDY", password="welcome", dsn=dsn) as session:
            keys = {found.name: found for found in oracle.read_constraints(session, "TRAVELBUDDY")}
            assert oracle_objects.read_kinds(session, "TRAVELBUDDY") == {}
            assert oracle_objects.read_invisible_columns(session, "TRAVELBUDDY") == {}
            assert oracle_objects.read_defaults_on_null(session, "TRAVELBUDDY") == {}
    finally:
        parts.oracle("DROP TABLE CHILD")
    assert (keys["CHILD_FK"].refers_to, keys["CHILD_FK"].on_delete) == ("FLIGHTSPECIAL", "CASCADE")
