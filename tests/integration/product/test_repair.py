"""Rows that differ are corrected as a person approved: only what still is as it was seen, and compared again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.errors import NeedsPersonError, NotProvedError
from reverse_sync.verify.repair import RepairTableOperator
from tests.integration.product.test_reconciliation import in_oracle, quick
from tests.support.procedure import TABLES
from tests.support.reconciliation import reconciled
from tests.support.tasks import Store, context, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration

KIM: Any = {"outcome": "approved", "by": "김민지", "at": "2026-11-22 03:00:09+00:00"}


@pytest.fixture(autouse=True)
def in_step(running: RunningParts, replicating: Procedure, pipeline: Pipeline) -> Iterator[None]:
    """Both sides are the same before the test; after it, they are made so."""
    reconciled(quick(pipeline, rechecks=8))
    with running.oracle() as session, session.cursor() as cursor:
        rows = cursor.execute("SELECT * FROM FLIGHTSPECIAL").fetchall()
    yield
    with running.oracle() as session, session.cursor() as cursor:
        cursor.execute("DELETE FROM FLIGHTSPECIAL")
        places = ", ".join(f":{n}" for n in range(1, len(rows[0]) + 1))
        cursor.executemany(f"INSERT INTO FLIGHTSPECIAL VALUES ({places})", rows)
        session.commit()
    reconciled(quick(pipeline, rechecks=8))


def plant(running: RunningParts) -> None:
    """One row changed, one missing, one too many in Oracle."""
    in_oracle(
        running,
        "UPDATE FLIGHTSPECIAL SET HEADER = '다른 값', COST = COST + 9 WHERE ID = 6",
        "UPDATE FLIGHTSPECIAL SET ID = 700 WHERE ID = 7",
    )


def approved(pipeline: Pipeline, how: str = "oracle") -> dict[str, Any]:
    """The context of the repair, once the reconciliation has named the rows and a person has said yes."""
    values = context(repair=how)
    found = reconciled(quick(pipeline, rechecks=1), values)
    assert found["outcome"] == "found"
    left = values["ti"].pushed["found"]
    values = {**context(repair=how), "task_state_store": Store()}
    values["ti"].map_index = 0
    values["ti"].xcom_pull = lambda task_ids, key, map_indexes: {("verify.reconcile", "found", 0): left}[
        task_ids, key, map_indexes
    ]
    return values


def repair(pipeline: Pipeline, values: dict[str, Any], how: str = "oracle") -> Any:
    return run(
        RepairTableOperator(
            task_id="repair", pipeline=quick(pipeline, rechecks=1), table=TABLES[0], how=how, answer=KIM
        ),
        values,
    )


def test_every_kind_of_difference_is_repaired_and_compared_again(running: RunningParts, pipeline: Pipeline) -> None:
    plant(running)
    values = approved(pipeline)
    done = repair(pipeline, values)
    assert done["what"] == (
        "3 of 3 rows of TRAVELBUDDY.FLIGHTSPECIAL repaired in Oracle as 김민지 approved; all the same now"
    )
    assert (done["outcome"], done["skipped"], done["approved_at"]) == ("changed", [], KIM["at"])
    assert reconciled(quick(pipeline))["what"] == "11 rows of TRAVELBUDDY.FLIGHTSPECIAL, all the same"


def test_rows_that_were_not_named_are_said_with_a_row_limit_too(running: RunningParts, pipeline: Pipeline) -> None:
    plant(running)
    few = quick(pipeline, row_limit=1000, most_differences=1)
    with pytest.raises(NotProvedError, match="but these were not all that differ: 2 more rows differ than are named"):
        repair(few, approved(few))
    # What lies behind the limit is not asked for.
    first_rows = quick(pipeline, row_limit=8, range_rows=2)
    assert repair(first_rows, approved(first_rows))["what"].endswith("all the same now")


def test_a_retry_repairs_nothing_twice_and_still_says_what_was_done(running: RunningParts, pipeline: Pipeline) -> None:
    plant(running)
    values = approved(pipeline)
    first = repair(pipeline, values)
    assert repair(pipeline, values) == first


def test_a_row_that_has_changed_since_is_skipped_and_said(running: RunningParts, pipeline: Pipeline) -> None:
    plant(running)
    values = approved(pipeline)
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET HEADER = 'since' WHERE ID IN (6, 700)")
    with pytest.raises(NotProvedError) as failed:
        repair(pipeline, values)
    said = str(failed.value)
    assert (
        "1 of 3 rows of TRAVELBUDDY.FLIGHTSPECIAL repaired in Oracle as 김민지 approved; 2 skipped; 2 differ now"
        in said
    )
    assert "  skipped 6: it has changed since it was seen" in said
    assert values["ti"].pushed["return_value"]["repaired"] == 1
    with running.oracle() as session, session.cursor() as cursor:
        assert cursor.execute("SELECT ID FROM FLIGHTSPECIAL WHERE HEADER = 'since' ORDER BY ID").fetchall() == [
            (6,),
            (700,),
        ]


def test_a_row_that_postgresql_has_changed_since_is_left_to_the_replication(
    running: RunningParts, pipeline: Pipeline
) -> None:
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET COST = 1 WHERE ID = 6")
    values = approved(pipeline)
    with running.postgres() as session:
        [(cost,)] = session.execute("SELECT cost FROM travelbuddy.flightspecial WHERE id = 6").fetchall()
        session.execute("UPDATE travelbuddy.flightspecial SET cost = %s WHERE id = 6", [cost + 1])
    try:
        done = repair(pipeline, values)
        assert done["repaired"] == 0
        assert done["outcome"] == "left alone"
    finally:
        with running.postgres() as session:
            session.execute("UPDATE travelbuddy.flightspecial SET cost = %s WHERE id = 6", [cost])


def test_a_row_is_not_inserted_while_an_insert_trigger_would_rewrite_it(
    running: RunningParts, pipeline: Pipeline
) -> None:
    plant(running)
    values = approved(pipeline)
    with running.oracle() as session, session.cursor() as cursor:
        [(trigger,)] = cursor.execute(
            "SELECT TRIGGER_NAME FROM ALL_TRIGGERS WHERE OWNER = 'TRAVELBUDDY' AND TABLE_NAME = 'FLIGHTSPECIAL'"
        ).fetchall()
    in_oracle(running, f'ALTER TRIGGER TRAVELBUDDY."{trigger}" ENABLE')
    try:
        with pytest.raises(
            NotProvedError, match=rf"(?s)2 of 3 rows.*skipped 7: the insert trigger .*{trigger}.* is en"
        ):
            repair(pipeline, values)
    finally:
        in_oracle(running, f'ALTER TRIGGER TRAVELBUDDY."{trigger}" DISABLE')


def test_a_statement_that_oracle_refuses_is_named_and_the_others_go_on(
    running: RunningParts, pipeline: Pipeline
) -> None:
    plant(running)
    values = approved(pipeline)
    in_oracle(running, "ALTER TABLE FLIGHTSPECIAL ADD CONSTRAINT NEVER_SEVEN CHECK (ID <> 7)")
    try:
        with pytest.raises(NotProvedError, match=r"(?s)2 of 3 rows.*skipped 7: Oracle refuses it: ORA-02290"):
            repair(pipeline, values)
    finally:
        in_oracle(running, "ALTER TABLE FLIGHTSPECIAL DROP CONSTRAINT NEVER_SEVEN")


def test_a_touch_sends_a_row_again_and_changes_no_value(running: RunningParts, pipeline: Pipeline) -> None:
    rows = "SELECT * FROM travelbuddy.flightspecial ORDER BY id"
    with running.postgres() as session:
        before = session.execute(rows).fetchall()
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET HEADER = '다른 값' WHERE ID IN (6, 8)")
    done = repair(pipeline, approved(pipeline, "touch"), "touch")
    assert done["what"] == (
        "2 of 2 rows of TRAVELBUDDY.FLIGHTSPECIAL repaired by DMS, after a touch in PostgreSQL, as 김민지 approved; all "
        "the same now"
    )
    with running.postgres() as session:
        assert session.execute(rows).fetchall() == before


def test_a_touch_names_the_right_that_it_lacks(running: RunningParts, pipeline: Pipeline) -> None:
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET COST = COST + 9 WHERE ID = 6")
    values = approved(pipeline, "touch")
    with running.postgres() as session:
        session.execute("REVOKE UPDATE ON travelbuddy.flightspecial FROM reverse_sync")
        try:
            with pytest.raises(NeedsPersonError, match="permission denied for table flightspecial"):
                repair(pipeline, values, "touch")
        finally:
            session.execute("GRANT UPDATE ON travelbuddy.flightspecial TO reverse_sync")


def test_a_touch_does_not_pretend_to_mend_a_row_that_oracle_lacks(running: RunningParts, pipeline: Pipeline) -> None:
    plant(running)
    values = approved(pipeline, "touch")
    with pytest.raises(NotProvedError) as failed:
        repair(pipeline, values, "touch")
    assert re.search(r"1 of 3 rows .*; 2 skipped; 2 differ now", str(failed.value))
    assert "  skipped 7: it is missing in Oracle, and a touch sends an UPDATE: repair it in Oracle" in str(failed.value)


def test_nothing_is_touched_where_a_trigger_may_change_values(running: RunningParts, pipeline: Pipeline) -> None:
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET COST = COST + 9 WHERE ID = 6")
    values = approved(pipeline, "touch")
    with running.postgres() as session:
        session.execute(
            "CREATE FUNCTION public.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.header := ''x''; RETURN NEW; END';"
            "CREATE TRIGGER stamped BEFORE UPDATE ON travelbuddy.flightspecial FOR EACH ROW EXECUTE FUNCTION public.stamp()"
        )
    try:
        with pytest.raises(NeedsPersonError, match="its trigger stamped fires on an UPDATE and may change some"):
            repair(pipeline, values, "touch")
    finally:
        with running.postgres() as session:
            session.execute("DROP FUNCTION public.stamp() CASCADE")


def test_rows_that_may_be_in_flight_are_never_repaired(running: RunningParts, pipeline: Pipeline) -> None:
    plant(running)
    values = approved(pipeline)
    unsettled = values["ti"].xcom_pull("verify.reconcile", "found", 0) | {"unconfirmed": "the slot x has confirmed 0/0"}
    values["ti"].xcom_pull = lambda **_: unsettled
    with pytest.raises(NeedsPersonError, match=r"may be in flight: the slot x has confirmed 0/0. Nothing was repaired"):
        repair(pipeline, values)
    with running.oracle() as session, session.cursor() as cursor:
        assert cursor.execute("SELECT COUNT(*) FROM FLIGHTSPECIAL WHERE ID = 700").fetchone() == (1,)


def test_a_table_without_differences_is_left_alone(pipeline: Pipeline, tmp_path: Path) -> None:
    assert repair(pipeline, approved(pipeline))["outcome"] == "left alone"
