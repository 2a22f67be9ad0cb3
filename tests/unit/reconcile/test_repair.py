"""The repair script's SQL for values that need more than a plain literal."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from reverse_sync.reconcile.plan import Plan, plan
from reverse_sync.reconcile.repair import script
from reverse_sync.table_mapping import Column, Table
from tests.support.mappings import include, mapping


def planned(postgres: str, oracle: str, **sizes: Any) -> Plan:
    columns = (Column("id", "bigint"), Column("v", postgres))
    projection = mapping(include()).project(Table("test", "t", columns, ("id",)))
    assert projection is not None
    return plan(projection, {"id": Column("id", "NUMBER"), "v": Column("v", oracle, **sizes)})


@pytest.mark.parametrize(
    ("types", "expected", "found", "statement"),
    [
        (("text", "CLOB"), "가" * 1001, "b", f"""SET "v" = TO_CLOB('{"가" * 1000}') || TO_CLOB('가') WHERE "id" = 1 AND DBMS_LOB.COMPARE("v", TO_CLOB('b')) = 0;"""),
        (("text", "VARCHAR2"), "", "x", """SET "v" = ' ' WHERE "id" = 1 AND "v" = 'x';"""),
        (("text", "CLOB"), "", "x", """SET "v" = NULL WHERE "id" = 1 AND DBMS_LOB.COMPARE("v", TO_CLOB('x')) = 0;"""),
        (("text", "VARCHAR2"), "it's\n/\r\n", "N;", """SET "v" = 'it''s' || CHR(10) || '/' || CHR(13) || CHR(10) WHERE "id" = 1 AND "v" = 'N;';"""),
        (("text", "NCLOB"), "a", "b", """SET "v" = TO_NCLOB('a') WHERE "id" = 1 AND DBMS_LOB.COMPARE("v", TO_NCLOB('b')) = 0;"""),
        (("bytea", "BLOB"), b"\x00", None, """SET "v" = TO_BLOB(HEXTORAW('00')) WHERE"""),
        (("timestamp with time zone", "TIMESTAMP WITH TIME ZONE"), datetime(2026, 11, 26, 9, tzinfo=UTC), None, """SET "v" = TIMESTAMP '2026-11-26 09:00:00.0 +00:00' WHERE "id" = 1 AND "v" IS NULL;"""),
        (("timestamp without time zone", "DATE"), "-0044-03-15 12:00:00.5", None, """SET "v" = TO_DATE('-0044-03-15 12:00:00', 'SYYYY-MM-DD HH24:MI:SS') WHERE"""),
        (("bytea", "RAW"), b"\x00\xff", b"\x01", """SET "v" = HEXTORAW('00ff') WHERE "id" = 1 AND "v" = HEXTORAW('01');"""),
        (("bytea", "RAW"), b"\xab" * 2000, None, f"""SET "v" = HEXTORAW({" || ".join([f"'{'ab' * 500}'"] * 4)}) WHERE"""),
        (("double precision", "BINARY_DOUBLE"), 0.5, 1.5, """SET "v" = TO_BINARY_DOUBLE('0.5') WHERE "id" = 1 AND "v" = TO_BINARY_DOUBLE('1.5');"""),
        (("numeric", "NUMBER"), Decimal("1E+3"), Decimal("0.5"), """SET "v" = 1000 WHERE "id" = 1 AND "v" = 0.5;"""),
    ],
)  # fmt: skip
def test_values_are_written_as_oracle_reads_them(
    types: tuple[str, str], expected: Any, found: Any, statement: str
) -> None:
    made = script(planned(*types), [{"id": 1, "v": expected}], [{"id": Decimal(1), "v": found}])
    assert f'UPDATE "test"."t" {statement}' in " ".join(made.split())


@pytest.mark.parametrize(
    ("types", "expected", "why"),
    [
        (("bytea", "BLOB"), b"x" * 2001, "2001 bytes are too many for a script"),
        (("numeric", "NUMBER"), Decimal("NaN"), "NaN is no number of Oracle"),
    ],
)
def test_a_value_that_no_literal_says_is_left_to_a_person(types: tuple[str, str], expected: Any, why: str) -> None:
    made = script(planned(*types), [{"id": 1, "v": expected}], [])
    assert f"\n-- 1: {why}; write this row by a program\n" in made
    assert "MERGE" not in made


def test_a_script_has_no_line_that_is_too_long_and_none_that_a_value_begins() -> None:
    columns = (Column("id", "text"), *(Column(f"c{n}", "text") for n in range(20)), Column("b", "bytea"))
    projection = mapping(include()).project(Table("test", "t", columns, ("id",)))
    assert projection is not None
    targets = {column.name: Column(column.name, "VARCHAR2", length=4000) for column in columns}
    made_by = plan(projection, targets | {"b": Column("b", "BLOB")})
    awkward = "가\n/\nDROP TABLE t;\n" * 200
    rows: list[dict[str, object]] = [
        {"id": key, **{f"c{n}": awkward for n in range(20)}, "b": b"x" * size}
        for key, size in (("1", 0), ("2\nDROP TABLE t;", 5000))
    ]
    lines = script(made_by, rows, []).splitlines()
    assert max(map(len, lines)) < 2499
    assert not [line for line in lines if line.startswith(("/", "DROP", ";"))]
    assert [line for line in lines if "by a program" in line] == [
        "-- 2 DROP TABLE t;: 5000 bytes are too many for a script; write this row by a program"
    ]


def test_equal_rows_have_no_statement() -> None:
    made = script(planned("text", "CLOB"), [{"id": 1, "v": "a"}], [{"id": Decimal(1), "v": "a"}])
    assert "UPDATE" not in made
