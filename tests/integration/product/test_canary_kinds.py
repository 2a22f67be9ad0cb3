"""Canaries of tables without an API, with keys of several columns, texts and uuids."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.errors import NeedsPersonError, NotProvedError
from reverse_sync.pipeline import Pipeline, SqlCanary
from reverse_sync.verify.arrival import CompareRowOperator, OracleRowSensor
from reverse_sync.verify.canary import ChangeRowOperator, ReadCanaryOperator, RestoreCanaryOperator
from reverse_sync.verify.canary_row import canary_row
from tests.support.procedure import QUICK
from tests.support.tasks import context, run

if TYPE_CHECKING:
    from tests.integration.product.conftest import RunningParts
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration

UUID = "5f0c1d1e-8a33-4a53-9a4e-0d6a6c1f8a01"
SOURCE = """
DROP TABLE IF EXISTS travelbuddy.line, travelbuddy.parcel, travelbuddy.grade;
CREATE TABLE travelbuddy.grade (code varchar(4) PRIMARY KEY, note varchar(80));
INSERT INTO travelbuddy.grade VALUES ('A1', 'old');
CREATE TABLE travelbuddy.line (order_no bigint, sku varchar(20), note varchar(80), PRIMARY KEY (sku, order_no));
CREATE TABLE travelbuddy.parcel (id uuid PRIMARY KEY, note varchar(80));
INSERT INTO travelbuddy.line VALUES (7, '나무-1', 'old'), (8, '나무-1', 'another');
"""
TARGET = (
    "CREATE TABLE LINE (ORDER_NO NUMBER(19), SKU VARCHAR2(80), NOTE VARCHAR2(400), PRIMARY KEY (SKU, ORDER_NO))",
    "CREATE TABLE PARCEL (ID VARCHAR2(36) PRIMARY KEY, NOTE VARCHAR2(400))",
    "CREATE TABLE GRADE (CODE CHAR(4 CHAR) PRIMARY KEY, NOTE CHAR(80 CHAR))",
    "INSERT INTO GRADE VALUES ('A1', 'old')",
    "INSERT INTO LINE VALUES (7, '나무-1', 'old')",
    f"INSERT INTO PARCEL VALUES ('{UUID}', 'old')",
)


def _canary(table: str, row_id: Any) -> SqlCanary:
    return SqlCanary(kind="sql", table=f"travelbuddy.{table}", id=row_id, column="note", text="무사히")


@pytest.fixture
def tables(running: RunningParts, replicating: Procedure, pipeline: Pipeline) -> Any:
    """The two tables on both sides; the mapping selects them too."""
    with running.postgres() as session:
        session.execute(SOURCE)
        session.execute("INSERT INTO travelbuddy.parcel VALUES (%s, 'old')", [UUID])
    with running.oracle() as oracle, oracle.cursor() as cursor:
        for statement in TARGET:
            cursor.execute(statement)
        oracle.commit()
    yield
    with running.postgres() as session:
        session.execute("DROP TABLE travelbuddy.line, travelbuddy.parcel, travelbuddy.grade")
    with running.oracle() as oracle, oracle.cursor() as cursor:
        for table in ("LINE", "PARCEL", "GRADE"):
            cursor.execute(f"DROP TABLE {table}")


def _selecting(pipeline: Pipeline, canary: SqlCanary) -> Pipeline:
    """The pipeline with that canary and a mapping that carries every table of the schema in upper case."""
    mapping = json.loads(pipeline.mapping_text)
    locator = {"schema-name": "travelbuddy", "table-name": "%"}
    rule: dict[str, Any] = {"rule-type": "transformation", "rule-action": "convert-uppercase"}
    rules = [
        {
            "rule-type": "selection",
            "rule-id": "1",
            "rule-name": "1",
            "object-locator": locator,
            "rule-action": "include",
        },
        rule
        | {"rule-id": "2", "rule-name": "2", "rule-target": "schema", "object-locator": {"schema-name": "travelbuddy"}},
        rule | {"rule-id": "3", "rule-name": "3", "rule-target": "table", "object-locator": locator},
        rule
        | {
            "rule-id": "4",
            "rule-name": "4",
            "rule-target": "column",
            "object-locator": {**locator, "column-name": "%"},
        },
    ]
    made = pipeline.model_copy(update={"canaries": (canary,)})
    made.__dict__["mapping_text"] = json.dumps(mapping | {"rules": rules})
    made.__dict__.pop("mapping", None)
    return made


def _common(pipeline: Pipeline, table: str, row_id: Any) -> dict[str, Any]:
    """What the canary's steps share, for a run that takes the row of the pipeline file."""
    return {"pipeline": _selecting(pipeline, _canary(table, row_id)), "table": f"travelbuddy.{table}", "row_id": "null"}


def _copied(running: RunningParts, table: str, row: str) -> None:
    """What the task would do, had it that table: the test is about the canary."""
    with running.postgres() as session:
        found = session.execute(f"SELECT note FROM travelbuddy.{table} WHERE note LIKE '무사히%'").fetchone()
    assert found is not None
    with running.oracle() as oracle, oracle.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET NOTE = :1 WHERE {row}", [found[0]])
        oracle.commit()


@pytest.mark.parametrize(
    ("table", "row_id", "row", "named"),
    [
        ("line", {"order_no": 7, "sku": "나무-1"}, "ORDER_NO = 7", "SKU=나무-1, ORDER_NO=7"),
        ("grade", "A1", "CODE = 'A1'", "CODE=A1"),
        ("parcel", UUID, f"ID = '{UUID}'", f"ID={UUID}"),
    ],
)
def test_an_update_is_proved_and_taken_back(
    running: RunningParts, pipeline: Pipeline, tables: None, table: str, row_id: Any, row: str, named: str
) -> None:
    common = _common(pipeline, table, row_id)
    read = run(ReadCanaryOperator(task_id="read", text="", **common), context("manual__sql"))
    changed = run(ChangeRowOperator(task_id="change", method="", canary=read, **common))
    assert changed["answer"] == "UPDATE 1"
    assert changed["what"].startswith(f"travelbuddy.{table} ")
    _copied(running, table, row)
    arrived = run(OracleRowSensor(task_id="wait", canary=read, change=changed, **common, **QUICK))
    assert arrived["outcome"] == "found"
    compared = run(CompareRowOperator(task_id="compare", **common))
    assert compared["key"] == named
    restore = RestoreCanaryOperator(task_id="restore", method="", canary=read, change=changed, **common)
    assert run(restore, context(canary_restore=True))["what"] == "note = 'old' again"
    with running.postgres() as session:
        notes = session.execute(f"SELECT note FROM travelbuddy.{table} ORDER BY 1").fetchall()
    assert notes == ([("another",), ("old",)] if table == "line" else [("old",)])


def test_an_id_that_is_not_the_key_is_refused(pipeline: Pipeline, tables: None) -> None:
    made = _selecting(pipeline, _canary("line", 7))
    with (
        canary_row(made, made.canaries[0], 7) as row,
        pytest.raises(
            NeedsPersonError, match=r"canary.id is 7, but the primary key of travelbuddy.line is sku, order_no"
        ),
    ):
        row.read_source()


def test_an_update_that_a_trigger_changes_is_not_proved(
    running: RunningParts, pipeline: Pipeline, tables: None
) -> None:
    with running.postgres() as session:
        session.execute(
            "CREATE OR REPLACE FUNCTION travelbuddy.shout() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN NEW.note := upper(NEW.note) || '!'; RETURN NEW; END $$; CREATE TRIGGER shout BEFORE UPDATE ON "
            "travelbuddy.parcel FOR EACH ROW EXECUTE FUNCTION travelbuddy.shout()"
        )
    common = _common(pipeline, "parcel", UUID)
    read = run(ReadCanaryOperator(task_id="read", text="", **common), context("manual__trigger"))
    with pytest.raises(
        NotProvedError, match=rf"UPDATE set travelbuddy.parcel.note of row id={UUID} to .* a trigger or"
    ):
        run(ChangeRowOperator(task_id="change", method="", canary=read, **common))


def test_a_step_after_one_that_a_person_marked_says_so(running: RunningParts, pipeline: Pipeline, tables: None) -> None:
    common = _common(pipeline, "parcel", UUID)
    said = "verify.read_canary is marked as success but returned nothing, so its work was not done: clear"
    with pytest.raises(NeedsPersonError, match=said):
        run(ChangeRowOperator(task_id="change", method="", canary=None, **common))
    with pytest.raises(NeedsPersonError, match=said):
        run(OracleRowSensor(task_id="wait", canary=None, change=None, **common, **QUICK))
    restore = RestoreCanaryOperator(task_id="restore", method="", canary=None, change=None, **common)
    assert "the row holds no text of a run" in run(restore, context(canary_restore=True))["why"]
    with running.postgres() as session:
        session.execute("UPDATE travelbuddy.parcel SET note = 'mine #0123456789ab'")
    with pytest.raises(NeedsPersonError, match=r"holds 'mine #0123456789ab', which a run wrote, .* kept no old text"):
        run(restore, context(canary_restore=True))


def test_a_canary_that_the_file_no_longer_has(pipeline: Pipeline, tables: None) -> None:
    gone = _common(pipeline, "parcel", UUID) | {"table": "travelbuddy.line"}
    with pytest.raises(
        NeedsPersonError, match=r"canary is travelbuddy.line, but the pipeline file .* has travelbuddy.p"
    ):
        run(ReadCanaryOperator(task_id="read", text="", **gone), context())
