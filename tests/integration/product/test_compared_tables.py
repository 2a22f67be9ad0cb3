"""Tables of every kind of key, compared on a real PostgreSQL and the stand-in: what is planted is found, exactly."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.catalog.postgres import read_tables
from reverse_sync.reconcile.parts import WHOLE
from reverse_sync.reconcile.results import Kind
from reverse_sync.reconcile.table import opened
from tests.support.mappings import include, mapping, transformation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.results import RowDifference, Scanned
    from reverse_sync.table_mapping import Projection
    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration

UPPER_CASE = (
    transformation(2, "schema", ("travelbuddy",), "convert-uppercase"),
    transformation(3, "table", ("travelbuddy", "%"), "convert-uppercase"),
    transformation(4, "column", ("travelbuddy", "%", "%"), "convert-uppercase"),
)


@dataclass
class Compared:
    """A table on both sides, without replication between them."""

    running: RunningParts
    pipeline: Pipeline
    name: str

    def postgres(self, *statements: str) -> None:
        with self.running.postgres() as session:
            for statement in statements:
                session.execute(statement)

    def oracle(self, *statements: str) -> None:
        with self.running.oracle() as session, session.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            session.commit()

    def projection(self, **selection: Any) -> Projection:
        with self.running.postgres() as session:
            tables = read_tables(session, ["travelbuddy"])
        table = next(table for table in tables if table.name == self.name)
        projection = mapping(include("travelbuddy", self.name, **selection), *UPPER_CASE).project(table)
        assert projection is not None
        return projection

    def scan(
        self, condition: str = "", selection: dict[str, Any] | None = None, **settings: Any
    ) -> tuple[Scanned, list[RowDifference]]:
        changed = self.pipeline.reconciliation.model_copy(update=settings)
        pipeline = self.pipeline.model_copy(update={"reconciliation": changed})
        with opened(pipeline, self.projection(**(selection or {}))) as comparison:
            return comparison.scan(lambda *_: None, condition)

    def keys(self, **settings: Any) -> dict[Kind, list[tuple[str, ...]]]:
        """Of each kind of difference, the keys."""
        found: dict[Kind, list[tuple[str, ...]]] = {}
        for difference in sorted(self.scan(**settings)[1], key=lambda row: row.key):
            found.setdefault(difference.kind, []).append(difference.key)
        return found


@contextmanager
def table(running: RunningParts, pipeline: Pipeline, postgres: str, oracle: str) -> Iterator[Compared]:
    compared = Compared(running, pipeline, "compared")
    compared.postgres(f"CREATE TABLE travelbuddy.compared ({postgres})")
    try:
        compared.oracle(f"CREATE TABLE COMPARED ({oracle})")
        try:
            yield compared
        finally:
            compared.oracle("DROP TABLE COMPARED")
    finally:
        compared.postgres("DROP TABLE travelbuddy.compared")


@dataclass(frozen=True)
class Id:
    """A key's value as PostgreSQL and Oracle write it, and as it is named."""

    postgres: str
    oracle: str
    named: tuple[str, ...]

    @staticmethod
    def alike(*literals: str) -> list[Id]:
        """Literals of both databases."""
        return [Id(one, one, (one.strip("'").replace("''", "'"),)) for one in literals]

    @staticmethod
    def moments(oracle: str, postgres: str, *texts: tuple[str, str]) -> list[Id]:
        """Moments behind the words that both databases begin their literals with."""
        return [Id(f"{postgres} '{text}'", f"{oracle} '{text}'", (named,)) for text, named in texts]


_UUIDS = [f"6f1e8b60-0000-4000-8000-00000000000{n}" for n in range(4)]
UNHASHED = "is a large object, and Oracle's user has no EXECUTE on DBMS_CRYPTO, which would hash it"
KEYS = {
    "bigint, sparse": ("id bigint PRIMARY KEY", "ID NUMBER(19) PRIMARY KEY", Id.alike("-5", "0", "7", "9000000000000000000")),
    "integer without an Oracle key": ("id integer PRIMARY KEY", "ID NUMBER", Id.alike("1", "2", "3", "4")),
    "numeric": ("id numeric(12,2) PRIMARY KEY", "ID NUMBER(12,2) PRIMARY KEY", Id.alike("-0.5", "0.25", "1", "10.1")),
    "text": ("id text PRIMARY KEY", "ID VARCHAR2(60) PRIMARY KEY", Id.alike("'a'", "'A '", "'부산'", "'it''s; N:1'")),
    "text in another order": ('id text COLLATE "ko-x-icu" PRIMARY KEY', "ID VARCHAR2(60) PRIMARY KEY", Id.alike("'나'", "'ㄱ'", "'a'", "'B'")),
    "text in cases": ("id text PRIMARY KEY", "ID VARCHAR2(60) PRIMARY KEY", Id.alike("'Seoul'", "'seoul'", "'SEOUL'", "'seouL'")),
    "text without cases": (
        "id text COLLATE no_cases PRIMARY KEY", "ID VARCHAR2(60) PRIMARY KEY", Id.alike("'Seoul'", "'busan'", "'DAEGU'", "'Jeju'"),
    ),
    "uuid": ("id uuid PRIMARY KEY", "ID VARCHAR2(36) PRIMARY KEY", Id.alike(*(f"'{text}'" for text in _UUIDS))),
    "varchar in CHAR": ("id varchar(4) PRIMARY KEY", "ID CHAR(4) PRIMARY KEY", Id.alike("'A1'", "'B'", "'C3'", "'D444'")),
    "char": ("id char(6) PRIMARY KEY", "ID CHAR(6 CHAR) PRIMARY KEY", Id.alike("'A1'", "'서울'", "'C3'", "'D444'")),
    "date": (
        "id date PRIMARY KEY", "ID DATE PRIMARY KEY",
        Id.moments("DATE", "date", *((day, f"{day} 00:00:00") for day in ("1970-01-01", "2026-11-26", "2026-11-27", "9999-12-31"))),
    ),
    "timestamp": (
        "id timestamp PRIMARY KEY", "ID TIMESTAMP PRIMARY KEY",
        Id.moments("TIMESTAMP", "timestamp", *((f"2026-11-26 15:00:00{part}", f"2026-11-26 15:00:00{part}") for part in ("", ".1", ".000001", ".999999"))),
    ),
    "timestamp in DATE": (
        "id timestamp(0) PRIMARY KEY", "ID DATE PRIMARY KEY",
        [Id(f"timestamp '{text}'", f"TO_DATE('{text}', 'YYYY-MM-DD HH24:MI:SS')", (text,)) for text in (f"2026-11-26 15:00:0{n}" for n in range(4))],
    ),
    "timestamp with time zone": (
        "id timestamp with time zone PRIMARY KEY", "ID TIMESTAMP WITH TIME ZONE",
        Id.moments("TIMESTAMP", "timestamp with time zone", *((f"2026-11-26 0{n}:30:00.5 +09:00", f"2026-11-25 {15 + n}:30:00.5") for n in range(4))),
    ),
    "moments without end": (
        "id bigint, until timestamp, PRIMARY KEY (id, until)", "ID NUMBER(19), UNTIL TIMESTAMP, PRIMARY KEY (ID, UNTIL)",
        [Id(f"{n}, timestamp '{until}'", f"{n}, TIMESTAMP '{moment}'", (str(n), moment)) for n, until, moment in (*((n, "infinity", "9999-12-31 23:59:59") for n in (1, 2, 3)), (3, "2026-11-26 15:00:00", "2026-11-26 15:00:00"))],
    ),
    "a flag among them": (
        "ok boolean, id smallint, PRIMARY KEY (ok, id)", "OK VARCHAR2(5), ID NUMBER(5), PRIMARY KEY (OK, ID)",
        [Id(f"{ok}, {n}", f"'{ok}', {n}", (ok, str(n))) for ok, n in (("true", 1), ("false", 1), ("true", 2), ("false", 2))],
    ),
    "date, text and uuid": (
        "day date, name text, id uuid, PRIMARY KEY (day, name, id)", "DAY DATE, NAME VARCHAR2(60), ID CHAR(36), PRIMARY KEY (DAY, NAME, ID)",
        [Id(f"date '2026-11-26', '{name}', '{id_}'", f"DATE '2026-11-26', '{name}', '{id_}'", ("2026-11-26 00:00:00", name, id_)) for name, id_ in (("a", _UUIDS[0]), ("a", _UUIDS[1]), ("A", _UUIDS[0]), ("가;N", _UUIDS[0]))],
    ),
}  # fmt: skip


@pytest.fixture
def no_cases(running: RunningParts) -> Iterator[None]:
    """A collation that takes `a` and `A` for the same."""
    with running.postgres() as session:
        session.execute(
            "CREATE COLLATION public.no_cases (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
        )
    yield
    with running.postgres() as session:
        session.execute("DROP COLLATION public.no_cases")


@pytest.mark.parametrize("kind", KEYS)
def test_every_kind_of_key_finds_what_is_planted(
    running: RunningParts, pipeline: Pipeline, kind: str, nothing_read: Callable[[bool], None], no_cases: None
) -> None:
    postgres, oracle, ids = KEYS[kind]
    changed, missing, added, _ = ids
    with table(
        running, pipeline, f"{postgres}, title text, cost integer", f"{oracle}, TITLE VARCHAR2(90), COST NUMBER(10)"
    ) as it:
        it.postgres(*(f"INSERT INTO travelbuddy.compared VALUES ({one.postgres}, '특가', 5)" for one in ids))
        it.oracle(*(f"INSERT INTO COMPARED VALUES ({one.oracle}, '특가', 5)" for one in ids))
        nothing_read(True)
        scanned, found = it.scan()
        nothing_read(False)
        assert (found, scanned.rows, scanned.stopped, scanned.how) == ([], 4, "", ("by hashes",))
        columns = oracle.partition(" PRIMARY KEY (")[2].strip("()") or oracle.split()[0]
        for one, change in ((changed, "UPDATE COMPARED SET COST = NULL"), (missing, "DELETE FROM COMPARED")):
            it.oracle(f"{change} WHERE {where(columns, one.oracle)}")
        it.postgres(f"DELETE FROM travelbuddy.compared WHERE ({columns.lower()}) = ({added.postgres})")
        found = it.scan()[1]
        assert {row.kind: row.key for row in found} == {
            Kind.DIFFERENT: changed.named, Kind.MISSING: missing.named, Kind.EXTRA: added.named,
        }  # fmt: skip
        with opened(pipeline, it.projection()) as comparison:
            again, _ = comparison.look_again(found)
            script = comparison.repair(again, [])
        assert {row.key: row.kind for row in again} == {row.key: row.kind for row in found}
        (different,) = (row for row in found if row.kind is Kind.DIFFERENT)
        assert str(different) == f"{', '.join(changed.named)}: COST should be 5, is None"
        for _ in range(2):  # the second time there is nothing left to do
            it.oracle(*statements(script))
            assert it.scan()[1] == []


def where(columns: str, values: str) -> str:
    """The condition that Oracle's columns have these values."""
    parts = values.split(", ") if ", " in columns else [values]
    return " AND ".join(f"{name} = {value}" for name, value in zip(columns.split(", "), parts, strict=True))


def test_a_table_without_a_key_is_a_multiset_of_rows(running: RunningParts, pipeline: Pipeline) -> None:
    with table(
        running, pipeline, "name text, cost integer, body jsonb", "NAME VARCHAR2(20), COST NUMBER(10), BODY CLOB"
    ) as it:
        it.postgres("INSERT INTO travelbuddy.compared VALUES ('a', 1), ('a', 1), ('b', NULL), (NULL, 2)")
        for values in ("'a', 1", "'a', 1", "'b', NULL", "NULL, 2"):
            it.oracle(f"INSERT INTO COMPARED (NAME, COST) VALUES ({values})")
        scanned, found = it.scan()
        assert found == []
        assert scanned.how == ("as a multiset of rows: it has no primary key",)
        assert list(scanned.left_out) == ["BODY"]
        it.postgres("INSERT INTO travelbuddy.compared VALUES ('a', 1)")
        it.oracle("UPDATE COMPARED SET COST = 3 WHERE NAME = 'b'")
        scanned, found = it.scan()
        assert sorted((row.kind, row.key) for row in found) == [
            (Kind.EXTRA, ("NAME='b'", "COST=3")),
            (Kind.MISSING, ("NAME='a'", "COST=1")),
            (Kind.MISSING, ("NAME='b'", "COST=None")),
        ]
        with opened(pipeline, it.projection()) as comparison:
            again, _ = comparison.look_again(found)
            assert {row.steady for row in again} == {1}
            it.oracle(
                "UPDATE COMPARED SET COST = NULL WHERE NAME = 'b'", "INSERT INTO COMPARED (NAME, COST) VALUES ('a', 1)"
            )
            assert comparison.look_again(again)[0] == []


def test_a_row_without_a_key_that_is_only_written_otherwise_is_the_same(
    running: RunningParts, pipeline: Pipeline
) -> None:
    with table(running, pipeline, "name text, cost integer", "NAME VARCHAR2(20), COST NUMBER") as it:
        it.postgres("INSERT INTO travelbuddy.compared VALUES ('', 1), ('', 1), ('', 2), ('a', 1)")
        for values in ("' ', 1", "NULL, 1", "NULL, 3", "'a', 1"):
            it.oracle(f"INSERT INTO COMPARED VALUES ({values})")
        left = [(Kind.EXTRA, ("NAME=None", "COST=3")), (Kind.MISSING, ("NAME=''", "COST=2"))]
        _, found = it.scan()
        assert sorted((row.kind, row.key) for row in found) == left
        with opened(pipeline, it.projection()) as comparison:
            assert sorted((row.kind, row.key) for row in comparison.look_again(found)[0]) == left


def test_some_rows_of_a_table_without_a_key_are_not_looked_up_and_it_says_so(
    running: RunningParts, pipeline: Pipeline
) -> None:
    with table(running, pipeline, "name text", "NAME VARCHAR2(20)") as it:
        it.postgres("INSERT INTO travelbuddy.compared VALUES ('a')")
        scanned, found = it.scan(condition="name = 'a'")
        assert (found, scanned.rows) == ([], 0)
        assert scanned.stopped == (
            "some rows can't be looked up, because it has no primary key: compare the whole table"
        )


def test_200_differences_among_many_rows_are_found_and_no_other(running: RunningParts, pipeline: Pipeline) -> None:
    with table(
        running, pipeline, "id bigint PRIMARY KEY, name text", "ID NUMBER(19) PRIMARY KEY, NAME VARCHAR2(40)"
    ) as it:
        it.postgres(
            "INSERT INTO travelbuddy.compared SELECT n * 37, 'name ' || n FROM generate_series(1, 20000) n",
            "ANALYZE travelbuddy.compared",
        )
        with running.oracle() as session, session.cursor() as cursor:
            rows = [(n * 37, f"name {n}" if n % 100 else f"Name {n}") for n in range(1, 20001)]
            cursor.executemany("INSERT INTO COMPARED VALUES (:1, :2)", rows)
            session.commit()
        scanned, found = it.scan(range_rows=7000)
        assert [(row.kind, row.key) for row in found] == [(Kind.DIFFERENT, (str(n * 3700),)) for n in range(1, 201)]
        assert scanned.rows == 20000
        assert scanned.how == ("by hashes",)
        scanned, found = it.scan(most_differences=5)
        assert len(found) == 50
        assert scanned.stopped == "it ended after 50 rows that differ"


def test_keys_in_clusters_are_divided_until_little_is_read(
    running: RunningParts, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reverse_sync.reconcile.scan._LARGEST_BUCKET_ROWS", 10)
    with table(running, pipeline, "id bigint PRIMARY KEY", "ID NUMBER(19) PRIMARY KEY") as it:
        ids = [*range(1, 3001), 4 * 10**18]
        it.postgres(f"INSERT INTO travelbuddy.compared SELECT * FROM unnest(ARRAY{ids}::bigint[])")
        with running.oracle() as session, session.cursor() as cursor:
            cursor.executemany("INSERT INTO COMPARED VALUES (:1)", [(n,) for n in ids if n != 1234])
            session.commit()
        assert it.keys() == {Kind.MISSING: [("1234",)]}


def test_what_has_no_common_text_is_compared_by_value_and_said(running: RunningParts, pipeline: Pipeline) -> None:
    with table(
        running, pipeline,
        "id bigint PRIMARY KEY, rate double precision, doc jsonb, memo text, part varchar(9), nothing interval",
        "ID NUMBER(19) PRIMARY KEY, RATE NUMBER, DOC CLOB, MEMO CLOB, PART VARCHAR2(9), NOTHING NUMBER",
    ) as it:  # fmt: skip
        it.postgres(
            """INSERT INTO travelbuddy.compared VALUES (1, 0.1, '{"a": 1}', repeat('가', 40000), ''), (2, NULL, NULL, 'x', ' ')"""
        )
        with running.oracle() as session, session.cursor() as cursor:
            cursor.execute(
                "INSERT INTO COMPARED (ID, RATE, DOC, MEMO) VALUES (1, 0.1, :1, :2)", ['{"a": 1}', "가" * 16384]
            )
            cursor.execute("INSERT INTO COMPARED (ID, MEMO) VALUES (2, 'y')")
            session.commit()
        scanned, found = it.scan()
        assert [row.kind for row in found] == [Kind.TRUNCATED, Kind.DIFFERENT]
        assert found[0].columns[0].lengths == (40000, 16384)
        assert [column.column for column in found[1].columns] == ["MEMO", "PART"]
        assert scanned.left_out == {"NOTHING": "an interval can't be written to a NUMBER"}
        assert scanned.how == (
            "by value: RATE: a double-precision number in a NUMBER has no text that both databases write alike",
            f"by value: DOC {UNHASHED}",
            f"by value: MEMO {UNHASHED}",
        )


def test_large_objects_are_hashed_where_that_is_granted(
    running: RunningParts, pipeline: Pipeline, granted: None, nothing_read: Callable[[bool], None]
) -> None:
    with table(
        running, pipeline,
        "id bigint PRIMARY KEY, memo text, doc jsonb, scan bytea", "ID NUMBER(19) PRIMARY KEY, MEMO CLOB, DOC CLOB, SCAN BLOB",
    ) as it:  # fmt: skip
        it.postgres(
            r"""INSERT INTO travelbuddy.compared VALUES (1, repeat('가', 40000), '{"a": 1}', '\x00ff'), (2, '', NULL, ''), (3, 'c', NULL, NULL)"""
        )
        with running.oracle() as session, session.cursor() as cursor:
            rows = [(1, "가" * 40000, '{"a": 1}', b"\x00\xff"), (2, None, None, None), (3, "c", None, None)]
            for row in rows:
                cursor.execute("INSERT INTO COMPARED VALUES (:1, :2, :3, :4)", row)
            session.commit()
            nothing_read(True)
            scanned, found = it.scan()
            assert (found, scanned.rows, scanned.how) == ([], 3, ("by hashes",))
            nothing_read(False)
            cursor.execute("UPDATE COMPARED SET MEMO = :1 WHERE ID = 1", ["가" * 16384])
            cursor.execute("UPDATE COMPARED SET SCAN = :1 WHERE ID = 3", [b"x"])
            session.commit()
        found = it.scan()[1]
        assert [(row.key, row.kind) for row in found] == [(("1",), Kind.TRUNCATED), (("3",), Kind.DIFFERENT)]
        assert str(found[0]) == (
            "1: MEMO should be a text of 40000 characters, is one of 16384: truncated by the LOB limit of 32 KB; "
            "what is there is the same"
        )
        assert str(found[1]) == "3: SCAN should be None, is '78'"


@pytest.mark.parametrize(
    ("condition", "how"),
    [
        ({"filter-operator": "gte", "value": "3"}, "by hashes"),
        ({"filter-operator": "eq", "value": "three"}, "by value: a filter of the mapping has no counterpart in PostgreSQL's SQL"),
    ],
)  # fmt: skip
def test_rows_that_a_filter_keeps_out_are_expected_nowhere(
    running: RunningParts, pipeline: Pipeline, condition: dict[str, str], how: str
) -> None:
    filters = [
        {
            "filter-type": "source",
            "column-name": "id",
            "filter-conditions": [condition, {"filter-operator": "eq", "value": "1"}],
        }
    ]
    with table(running, pipeline, "id bigint PRIMARY KEY", "ID NUMBER(19) PRIMARY KEY") as it:
        it.postgres("INSERT INTO travelbuddy.compared VALUES (1), (2)")
        it.oracle("INSERT INTO COMPARED VALUES (1)")
        scanned, found = it.scan(selection={"filters": filters})
        assert (found, scanned.rows, scanned.how) == ([], 1, (how,))
        it.oracle("INSERT INTO COMPARED VALUES (2)")
        assert [row.kind for row in it.scan(selection={"filters": filters})[1]] == [Kind.EXTRA]


def test_a_condition_compares_some_rows_only(running: RunningParts, pipeline: Pipeline) -> None:
    with table(
        running, pipeline, "id bigint PRIMARY KEY, name text", "ID NUMBER(19) PRIMARY KEY, NAME VARCHAR2(9)"
    ) as it:
        it.postgres("INSERT INTO travelbuddy.compared VALUES (1, 'a'), (2, 'b'), (3, 'c%')")
        it.oracle("INSERT INTO COMPARED VALUES (1, 'x')", "INSERT INTO COMPARED VALUES (9, 'x')")
        scanned, found = it.scan(condition="name LIKE 'c%' OR id = 2")
        assert {row.key for row in found} == {("2",), ("3",)}
        assert scanned.rows == 2


def test_a_key_that_is_null_in_oracle_is_an_extra_row(running: RunningParts, pipeline: Pipeline) -> None:
    with table(running, pipeline, "id bigint PRIMARY KEY", "ID NUMBER(19)") as it:
        it.oracle("INSERT INTO COMPARED VALUES (NULL)")
        assert [row.kind for row in it.scan()[1]] == [Kind.EXTRA]


def test_without_hashes_the_answer_is_the_same(
    running: RunningParts, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reverse_sync.reconcile.oracle_side.OracleSide.refuses_hashes", lambda _self: "ORA-03001")
    with table(
        running, pipeline, "id text PRIMARY KEY, cost integer", "ID VARCHAR2(9) PRIMARY KEY, COST NUMBER(9)"
    ) as it:
        it.postgres("INSERT INTO travelbuddy.compared VALUES ('a', 1), ('b', 2), ('c', 3)")
        for row in ("'a', 1", "'b', 9", "'d', 3"):
            it.oracle(f"INSERT INTO COMPARED VALUES ({row})")
        assert it.keys() == {Kind.DIFFERENT: [("b",)], Kind.MISSING: [("c",)], Kind.EXTRA: [("d",)]}
        assert it.scan()[0].how == ("by value: Oracle does not compute the hashes (ORA-03001)",)


def test_an_oracle_of_another_character_set_has_its_text_keys_looked_up(
    running: RunningParts, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reverse_sync.reconcile.table.has_utf8", lambda _session: False)
    with table(
        running, pipeline, "id text PRIMARY KEY, cost integer", "ID VARCHAR2(9) PRIMARY KEY, COST NUMBER(9)"
    ) as it:
        it.postgres("INSERT INTO travelbuddy.compared VALUES ('가', 1), ('나', 2), ('다', 3)")
        for row in ("'가', 1", "'나', 9", "'라', 3"):
            it.oracle(f"INSERT INTO COMPARED VALUES ({row})")
        assert it.keys() == {Kind.DIFFERENT: [("나",)], Kind.MISSING: [("다",)], Kind.EXTRA: [("라",)]}
        with opened(pipeline, it.projection()) as comparison:
            assert comparison.plan.order is None
            assert comparison.parts() == [WHOLE]


WIDE = "x" * 3990
VALUES = {
    "numbers": ("a numeric(12,4), b smallint, c numeric", "A NUMBER(10,2), B NUMBER(5), C NUMBER", "1.005, -3, 0.1234567", "1.01, -3, 0.123457"),
    "zero and NULL": ("a numeric(9,2), b integer", "A NUMBER(9,2), B NUMBER", "0.00, NULL", "0, NULL"),
    "booleans": ("a boolean, b boolean", "A VARCHAR2(5), B VARCHAR2(5)", "true, false", "'true', 'false'"),
    "texts": ("a text, b varchar(9), c char(9)", "A VARCHAR2(90), B VARCHAR2(30), C VARCHAR2(30)", "'부산행 특가 😀', '', '서울'", "'부산행 특가 😀', ' ', '서울'"),
    "legacy CHAR": ("a varchar(9), b text", "A CHAR(9), B CHAR(9)", "'one', ''", "'one', NULL"),
    "long texts": ("a varchar(4000), b varchar(4000), c varchar(200)", "A VARCHAR2(4000), B VARCHAR2(4000), C VARCHAR2(200)", f"'{WIDE}', NULL, 'x'", f"'{WIDE}', NULL, 'x'"),
    "many texts": (
        ", ".join(f"c{n} varchar(300)" for n in range(12)), ", ".join(f"C{n} VARCHAR2(900)" for n in range(12)),
        ", ".join(f"'{WIDE[:300]}'" for _ in range(12)), ", ".join(f"'{WIDE[:300]}'" for _ in range(12)),
    ),
    "moments": (
        "a timestamp, b timestamp with time zone, c date, d timestamp", "A TIMESTAMP, B TIMESTAMP WITH TIME ZONE, C DATE, D DATE",
        "'2026-11-26 15:00:00.25', '2026-11-26 15:00:00+09', '2026-11-26', '2026-11-26 15:00:00.75'",
        "TIMESTAMP '2026-11-26 15:00:00.25', TIMESTAMP '2026-11-26 08:00:00 +02:00', DATE '2026-11-26', TO_DATE('2026-11-26 15:00:00', 'YYYY-MM-DD HH24:MI:SS')",
    ),
    "whole seconds": ("a timestamp(3), b timestamp", "A TIMESTAMP(3), B TIMESTAMP(0)", "'2026-11-26 15:00:00', NULL", "TIMESTAMP '2026-11-26 15:00:00', NULL"),
    "uuid, enum-like": ("a uuid, b inet", "A VARCHAR2(36), B VARCHAR2(40)", "'6f1e8b60-0000-4000-8000-000000000001', '10.0.0.1'", "'6f1e8b60-0000-4000-8000-000000000001', '10.0.0.1'"),
}  # fmt: skip


@pytest.mark.parametrize("kind", VALUES)
def test_equal_values_have_equal_hashes_and_another_value_is_found(
    running: RunningParts, pipeline: Pipeline, kind: str, nothing_read: Callable[[bool], None]
) -> None:
    postgres, oracle, mine, theirs = VALUES[kind]
    with table(running, pipeline, f"id bigint PRIMARY KEY, {postgres}", f"ID NUMBER(19) PRIMARY KEY, {oracle}") as it:
        it.postgres(f"INSERT INTO travelbuddy.compared VALUES (1, {mine})")
        it.oracle(f"INSERT INTO COMPARED VALUES (1, {theirs})")
        nothing_read(True)
        assert it.scan()[1] == []
        nothing_read(False)
        column = oracle.split()[0]
        other = "7" if "NUMBER" in oracle else "TIMESTAMP '2027-01-01 00:00:00'" if "TIMESTAMP" in oracle else "'7'"
        it.oracle(f"UPDATE COMPARED SET {column} = {other}")
        (found,) = it.scan()[1]
        assert [different.column for different in found.columns] == [column]


def statements(script: str) -> list[str]:
    lines = [line for line in script.splitlines() if not line.startswith(("--", "SET "))]
    return [statement for statement in "\n".join(lines).strip().removesuffix(";").split(";\n\n") if statement]


def test_the_repair_script_makes_the_rows_equal_and_leaves_alone_what_has_changed_since(
    running: RunningParts, pipeline: Pipeline
) -> None:
    with table(
        running, pipeline,
        "id varchar(9) PRIMARY KEY, name text, cost numeric(9,2), ok boolean, doc text",
        "ID CHAR(9) PRIMARY KEY, NAME VARCHAR2(90), COST NUMBER(9,2), OK VARCHAR2(5), DOC VARCHAR2(900)",
    ) as it:  # fmt: skip
        it.postgres(
            "INSERT INTO travelbuddy.compared VALUES ('a', 'it''s; 부산', 1.5, true, repeat('가', 250)), ('b', '', NULL, false, NULL),"
            " ('c', 'c', 3, true, 'c'), ('d', E'two\\nlines', 4, NULL, 'd')"
        )
        it.oracle(
            "INSERT INTO COMPARED VALUES ('b', 'b', 2, 'true', 'b')",
            "INSERT INTO COMPARED VALUES ('c', 'C', 3, 'true', 'c')",
            "INSERT INTO COMPARED VALUES ('d', 'other', 4, NULL, 'd')",
            "INSERT INTO COMPARED VALUES ('e', 'e', 5, NULL, NULL)",
        )
        with opened(pipeline, it.projection()) as comparison:
            _, found = comparison.scan(lambda *_: None)
            assert len(found) == 5
            script = comparison.repair(found, ["COMPARED_IDS"])
        assert "Disable the trigger COMPARED_IDS" in script
        it.oracle("UPDATE COMPARED SET NAME = 'changed since' WHERE ID = 'c'")
        it.oracle(*statements(script))
        assert it.keys() == {Kind.DIFFERENT: [("c",)]}
        it.oracle(*statements(script))
        assert it.keys() == {Kind.DIFFERENT: [("c",)]}
