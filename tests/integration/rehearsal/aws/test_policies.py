"""Each policy of undocumented behaviour, in each of its settings: what a person sees of the difference."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from rehearsal.aws.settings import POLICIES
from tests.support.aws_stage import Stage, eventually
from tests.support.aws_tables import arrived, exceptions, names, run_sql

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

TRIED: set[str] = set()
ADD = "INSERT INTO stage.item VALUES ({0}, 'number {0}', 1, NULL)"


@pytest.fixture
def setting(request: pytest.FixtureRequest, tables: Stage) -> Iterator[str]:
    """The policy of the test in one of its settings."""
    name, value = request.param
    before = tables.rehearsal("GET", "policies")
    tables.rehearsal("PUT", "policies", {name: value})
    yield value
    tables.rehearsal("PUT", "policies", before)


def each_setting(name: str) -> pytest.MarkDecorator:
    """Run the test once in each setting of the policy."""
    TRIED.add(name)
    return pytest.mark.parametrize(
        "setting", [(name, value) for value in POLICIES[name]["values"]], indirect=True, ids=str
    )


@each_setting("missing_target_column")
def test_a_column_that_oracle_lacks(tables: Stage, setting: str) -> None:
    arn = tables.task()
    tables.start(arn)
    tables.oracle_run("ALTER TABLE ITEM DROP COLUMN PRICE")
    run_sql(tables, ADD.format(2))
    eventually(lambda: [error.partition(":")[0] for _, error in exceptions(tables, arn)] == ["ORA-00904"])
    state = {"table_error": "Table error", "data_error": "Table completed"}[setting]
    eventually(lambda: tables.statistics(arn)["TableState"] == state)


@each_setting("slot_on_task_deletion")
def test_the_slot_of_a_deleted_task(tables: Stage, setting: str) -> None:
    arn = tables.task()
    tables.start(arn)
    tables.stop(arn)
    tables.client("dms").delete_replication_task(ReplicationTaskArn=arn)
    eventually(lambda: not tables.client("dms").describe_replication_tasks()["ReplicationTasks"])

    def slots() -> int:
        with tables.postgres() as postgres:
            return len(postgres.execute("SELECT FROM pg_replication_slots").fetchall())

    eventually(lambda: slots() == {"kept": 1, "dropped": 0}[setting])


@each_setting("primary_key_update")
def test_an_update_of_the_primary_key(tables: Stage, setting: str) -> None:
    tables.start(tables.task())
    run_sql(tables, "UPDATE stage.item SET id = 10 WHERE id = 1", ADD.format(2))
    arrived(tables, {{"ignored": 1, "applied": 10}[setting]: "first", 2: "number 2"})


@each_setting("suspended_table_on_resume")
def test_a_suspended_table_after_a_resume(tables: Stage, setting: str) -> None:
    arn = tables.task()
    tables.start(arn)
    tables.fault("suspend-table", table="stage.item")
    eventually(lambda: tables.statistics(arn)["TableState"] == "Table error")
    run_sql(tables, ADD.format(2), "INSERT INTO stage.note VALUES ('behind it')")
    eventually(lambda: tables.oracle_rows("SELECT TEXT FROM NOTE"))
    tables.stop(arn)
    tables.start(arn, "resume-processing")
    run_sql(tables, ADD.format(3), "INSERT INTO stage.note VALUES ('resumed')")
    eventually(lambda: len(tables.oracle_rows("SELECT TEXT FROM NOTE")) == 2)
    after = {"stays": {1: "first"}, "retried": {1: "first", 3: "number 3"}}[setting]
    assert names(tables) == after  # what came while the table was suspended is lost either way


@each_setting("recovery_checkpoint")
def test_a_resume_after_the_target_committed_what_the_slot_was_not_told(tables: Stage, setting: str) -> None:
    arn = tables.task()
    tables.start(arn)
    tables.stop(arn)
    run_sql(tables, ADD.format(2))
    with tables.postgres() as postgres:
        [position] = postgres.execute("SELECT pg_current_wal_lsn()::text").fetchone() or [""]
    with tables.oracle("dmsuser") as oracle, oracle.cursor() as cursor:
        cursor.execute("INSERT INTO TRAVELBUDDY.ITEM (ID, NAME) VALUES (2, 'number 2')")
        cursor.execute(
            'UPDATE "DMSUSER"."awsdms_txn_state" SET "STATE" = :1 WHERE "TASK_NAME" = :2 AND "SCOPE" = :3',
            [json.dumps({"lsn": position}), arn.rpartition(":")[2], "*"],
        )
        oracle.commit()
    tables.start(arn, "resume-processing")
    run_sql(tables, ADD.format(3))
    arrived(tables, {1: "first", 2: "number 2", 3: "number 3"})
    twice = {"always": [], "as_task_setting": ["ORA-00001"]}[setting]
    assert [error.partition(":")[0] for _, error in exceptions(tables, arn)] == twice


@each_setting("table_state_of_a_cdc_task")
def test_the_state_of_a_table_that_never_was_loaded(tables: Stage, setting: str) -> None:
    arn = tables.task()
    tables.start(arn)
    assert tables.statistics(arn)["TableState"] == setting


def test_every_policy_is_tried() -> None:
    assert set(POLICIES) == TRIED
