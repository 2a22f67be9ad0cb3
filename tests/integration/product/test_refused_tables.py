"""One table that a database lacks or refuses keeps no other table's answer back, by the command or by the tasks."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from airflow.sdk.exceptions import TaskDeferred

from reverse_sync.errors import NeedsPersonError, ReverseSyncError, StatementFailedError
from reverse_sync.pipeline import load
from reverse_sync.reconcile import looks
from reverse_sync.reconcile.table import opened
from reverse_sync.verify.__main__ import main
from reverse_sync.verify.compare_part import ComparePartOperator
from reverse_sync.verify.cut import CutTablesOperator
from reverse_sync.verify.reconciliation import ReconcileTableOperator
from reverse_sync.verify.selection import SelectTablesOperator, projections
from tests.integration.product.conftest import PIPELINE
from tests.support.mappings import include, transformation
from tests.support.tasks import Store, context, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration

RULES = [
    include("refused", "%"),
    transformation(2, "schema", ("refused",), "rename", value="TRAVELBUDDY"),
    transformation(3, "table", ("refused", "%"), "convert-uppercase"),
    transformation(4, "column", ("refused", "odd", "N"), "change-data-type", data_type={"type": "numeric"}),
    transformation(5, "column", ("refused", "%", "%"), "convert-uppercase"),
]
POSTGRES = """
CREATE SCHEMA refused;
CREATE TABLE refused.failing (id integer PRIMARY KEY); INSERT INTO refused.failing VALUES (1);
ALTER TABLE refused.failing ENABLE ROW LEVEL SECURITY;
CREATE POLICY failing ON refused.failing USING (1 / (id - 1) > 0);
CREATE TABLE refused.gone (id integer PRIMARY KEY);
CREATE TABLE refused.hotel (id integer PRIMARY KEY); INSERT INTO refused.hotel VALUES (1), (2);
CREATE TABLE refused.keyless (id integer); INSERT INTO refused.keyless VALUES (1), (1);
CREATE TABLE refused.secret (id integer PRIMARY KEY);
CREATE TABLE refused.wide (id integer PRIMARY KEY); INSERT INTO refused.wide VALUES (1), (2), (3);
CREATE TABLE refused.odd (id integer PRIMARY KEY, "N" varchar(9)); INSERT INTO refused.odd VALUES (1, 'abc');
REVOKE ALL ON refused.secret FROM reverse_sync, dmsuser;
"""
ORACLE = (
    "CREATE TABLE FAILING (ID NUMBER PRIMARY KEY)",
    "CREATE TABLE HOTEL (ID NUMBER PRIMARY KEY)",
    "INSERT INTO HOTEL SELECT 1 FROM DUAL UNION ALL SELECT 2 FROM DUAL",
    "CREATE TABLE KEYLESS (ID NUMBER)",
    "INSERT INTO KEYLESS SELECT 1 FROM DUAL UNION ALL SELECT 1 FROM DUAL",
    "CREATE TABLE ODD (ID NUMBER PRIMARY KEY, N NUMBER)",
    "CREATE TABLE SECRET (ID NUMBER PRIMARY KEY)",
    "CREATE TABLE WIDE (ID NUMBER PRIMARY KEY)",
    "INSERT INTO WIDE SELECT 1 FROM DUAL",
)
FAILS = (
    "PostgreSQL should do what the connection 'flightspecials_postgres' asks, but fails: division by zero. Look that error "
    "up and correct what it names, then clear this task."
)
MISSING = "The mapping sends refused.gone to TRAVELBUDDY.GONE, but that is not in Oracle, or the login may not see it"


@pytest.fixture
def tables(running: RunningParts) -> Iterator[None]:
    with running.postgres() as source, running.oracle() as target:
        source.execute("DROP SCHEMA IF EXISTS refused CASCADE")
        source.execute(POSTGRES)
        for statement in ORACLE:
            target.cursor().execute(statement)
        target.commit()
        yield
        source.execute("DROP SCHEMA refused CASCADE")
        for name in ("FAILING", "HOTEL", "KEYLESS", "ODD", "SECRET", "WIDE"):
            target.cursor().execute(f"DROP TABLE {name}")


@pytest.fixture
def file(tables: None, tmp_path: Path) -> Path:
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"rules": RULES}))
    text = PIPELINE.read_text(encoding="utf-8").replace("mappings/flightspecials.json", str(mapping))
    file = tmp_path / "refused.yaml"
    file.write_text(text.replace("rechecks: 3 ", "rechecks: 0 "))
    return file


@pytest.fixture
def selected(file: Path, pipeline: Pipeline) -> Pipeline:
    return load(file).model_copy(update={"evidence": pipeline.evidence})


def by_table(printed: str) -> dict[str, dict[str, Any]]:
    return {one["scanned"]["table"].partition(".")[2]: one for one in json.loads(printed)}


def test_the_command_names_what_is_refused_and_compares_the_rest(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(file), "--json"]) == 1
    found = by_table(capsys.readouterr().out)
    assert [*found] == ["FAILING", "GONE", "HOTEL", "KEYLESS", "ODD", "SECRET", "WIDE"]
    assert found["FAILING"]["refused"] == FAILS
    assert MISSING in found["GONE"]["refused"]
    assert "permission denied for table secret" in found["SECRET"]["refused"]
    assert "'abc' is not a number" in found["ODD"]["refused"]
    assert [found[name]["counts"]["equal"] for name in ("HOTEL", "KEYLESS", "WIDE")] == [2, 2, 1]
    assert found["WIDE"]["counts"]["missing in Oracle"] == 2


def test_where_nothing_differs_a_refused_table_exits_with_2(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(file), "--table", "refused.gone", "--table", "refused.hotel"]) == 2
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith(f"TRAVELBUDDY.GONE cannot be compared: {MISSING}: create the table, grant")
    assert "2 rows of TRAVELBUDDY.HOTEL, all the same" in others


def test_a_table_that_oracle_shows_but_does_not_let_read_is_named(
    running: RunningParts, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (file.parent / "mapping.json").read_text()
    (file.parent / "mapping.json").write_text(text.replace('"TRAVELBUDDY"', '"DMSUSER"'))
    dsn = f"127.0.0.1:{running.ports.oracle}/XE"
    with oracledb.connect(user="SYSTEM", password="manager", dsn=dsn) as administrator:
        cursor = administrator.cursor()
        for statement in (
            "CREATE TABLE DMSUSER.HOTEL (ID NUMBER PRIMARY KEY)",
            "CREATE TABLE DMSUSER.WIDE (ID NUMBER PRIMARY KEY)",
            "GRANT INSERT ON DMSUSER.HOTEL TO TRAVELBUDDY",
            "GRANT SELECT ON DMSUSER.WIDE TO TRAVELBUDDY",
        ):
            cursor.execute(statement)
        try:
            assert main([str(file), "--json"]) == 1
        finally:
            cursor.execute("DROP TABLE DMSUSER.HOTEL")
            cursor.execute("DROP TABLE DMSUSER.WIDE")
    found = by_table(capsys.readouterr().out)
    assert "Oracle refuses what the connection 'travelbuddy_oracle' asks: ORA-" in found["HOTEL"]["refused"]
    assert found["WIDE"]["counts"]["missing in Oracle"] == 3


def test_an_outage_names_every_table_that_was_not_compared(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_TRAVELBUDDY_ORACLE", "oracle://TRAVELBUDDY:welcome@127.0.0.1:1/XE")
    assert main([str(file), "--table", "refused.hotel", "--table", "refused.wide"]) == 2
    said = capsys.readouterr().out
    assert "TRAVELBUDDY.HOTEL cannot be compared: Oracle does not answer" in said
    assert "TRAVELBUDDY.WIDE cannot be compared: Oracle does not answer" in said


def test_the_tasks_answer_for_each_table_alone(selected: Pipeline) -> None:
    parts = run(CutTablesOperator(task_id="cut_tables", pipeline=selected))
    left = []
    for part in parts:
        values = context()
        run(ComparePartOperator(task_id="compare_parts", pipeline=selected, part=part), values)
        left.append(values["ti"].pushed)
    answers: dict[str, Any] = {}
    for table in run(SelectTablesOperator(task_id="select_tables", pipeline=selected)):
        values = context(accept_differences=True)
        values["ti"].xcom_pull = lambda *, map_indexes, key, **_: [left[index].get(key) for index in map_indexes]
        join = ReconcileTableOperator(
            task_id="reconcile", pipeline=selected, table=table, parts=parts, compared_by="verify.compare_parts"
        )
        name = table["target"][1]
        try:
            answers[name] = run(join, values)["what"]
        except NeedsPersonError as failed:
            answers[name] = str(failed)
            assert values["ti"].pushed["return_value"]["complete"] is False
            assert "it cannot be compared" in values["ti"].pushed["return_value"]["why"]
    assert answers["FAILING"].startswith(f"TRAVELBUDDY.FAILING cannot be compared: {FAILS.removesuffix('this task.')}")
    assert answers["GONE"].startswith(f"TRAVELBUDDY.GONE cannot be compared: {MISSING}")
    assert answers["GONE"].endswith("then clear verify.compare_parts with its downstream.")
    assert "permission denied for table secret" in answers["SECRET"]
    assert "'abc' is not a number" in answers["ODD"]
    assert answers["HOTEL"] == "2 rows of TRAVELBUDDY.HOTEL, all the same"
    assert "2 missing in Oracle" in answers["WIDE"]


def test_what_a_database_fails_at_is_tried_again_before_it_is_the_tables_answer(selected: Pipeline) -> None:
    parts = run(CutTablesOperator(task_id="cut_tables", pipeline=selected))
    part = next(part for part in parts if part["target"][1] == "FAILING")
    values = context()
    values["ti"].max_tries = 1
    compare = ComparePartOperator(task_id="compare_parts", pipeline=selected, part=part)
    with pytest.raises(StatementFailedError) as failed:
        run(compare, values)
    assert str(failed.value) == FAILS
    values["ti"].try_number = 2
    assert FAILS in run(compare, values)["what"]


def test_an_outage_that_outlasts_the_tries_keeps_no_other_table_from_its_answer(
    running: RunningParts, selected: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what the walk has shown is kept for the time when the task is cleared."""
    looking = selected.reconciliation.model_copy(update={"rechecks": 1})
    selected = selected.model_copy(update={"reconciliation": looking})
    parts = run(CutTablesOperator(task_id="cut_tables", pipeline=selected))
    part = next(part for part in parts if part["target"][1] == "WIDE")
    compare = ComparePartOperator(task_id="compare_parts", pipeline=selected, part=part)
    store = Store()
    values: Any = context() | {"task_state_store": store}
    values["ti"].max_tries = 1
    with pytest.raises(TaskDeferred) as deferred:
        compare.execute(values)
    assert deferred.value.kwargs is not None
    look_again = partial(compare.look_again, values, None, deferred.value.kwargs["state"])
    with monkeypatch.context() as outage:
        outage.setenv("AIRFLOW_CONN_TRAVELBUDDY_ORACLE", "oracle://TRAVELBUDDY:welcome@127.0.0.1:1/XE")
        with pytest.raises(ReverseSyncError, match="Oracle does not answer over the connection"):
            look_again()
        values["ti"].try_number = 2
        assert look_again()["what"].startswith("TRAVELBUDDY.WIDE cannot be compared: Oracle does not answer")
    assert store
    with monkeypatch.context() as password:
        wrong = f"oracle://TRAVELBUDDY:wrong@127.0.0.1:{running.ports.oracle}/XE"
        password.setenv("AIRFLOW_CONN_TRAVELBUDDY_ORACLE", wrong)
        with pytest.raises(NeedsPersonError, match="ORA-01017"):
            look_again()
    values["ti"].pushed.clear()
    monkeypatch.setattr("reverse_sync.reconcile.table.OpenTable.scan", None)
    assert run(compare, values)["differing"] == 2
    assert not store


def test_rows_that_were_found_by_a_key_are_not_looked_at_by_another(running: RunningParts, selected: Pipeline) -> None:
    def wide() -> Any:
        return next(one for one in projections(selected) if one.table == "WIDE")

    with opened(selected, wide()) as comparison:
        state = looks.first(selected, *comparison.scan(lambda *_: None))
    assert [row.key for row in state.differences] == [("2",), ("3",)]
    with running.postgres() as source:
        source.execute("ALTER TABLE refused.wide DROP CONSTRAINT wide_pkey")
    with (
        opened(selected, wide()) as comparison,
        pytest.raises(NeedsPersonError, match=r"were found by ID, but are found by all that they hold \(it has no pri"),
    ):
        looks.again(selected, state, comparison)


def test_a_part_that_was_cut_by_a_key_which_is_gone_says_so(running: RunningParts, selected: Pipeline) -> None:
    with running.postgres() as source:
        source.execute("ANALYZE refused.wide")
    in_parts = selected.reconciliation.model_copy(update={"part_rows": 1, "parts_per_table": 2})
    cut = selected.model_copy(update={"reconciliation": in_parts})
    parts = [part for part in run(CutTablesOperator(task_id="cut_tables", pipeline=cut)) if part["target"][1] == "WIDE"]
    assert len(parts) == 2
    with running.postgres() as source:
        source.execute("ALTER TABLE refused.wide DROP CONSTRAINT wide_pkey")
    found = run(ComparePartOperator(task_id="compare_parts", pipeline=cut, part=parts[0]))
    assert "TRAVELBUDDY.WIDE was cut into parts by a key, but rows are found by all that they hold" in found["what"]
