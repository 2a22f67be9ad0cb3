"""How a run ends, as Airflow's metadata database has it: by Airflow's own models, on a database of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from airflow.models import import_all_models
from airflow.models.base import Base
from airflow.models.dagrun import DagRun
from airflow.models.log import Log
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from airflow.utils.types import DagRunType
from sqlalchemy import create_engine, insert, select
from sqlalchemy.orm import Session

from reverse_sync.run_end import listener

if TYPE_CHECKING:
    from collections.abc import Iterator

DAG = "flightspecials_reverse_sync"
RUN = "manual__2026-11-22T03:00:00+00:00"
BEGAN = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PROVED = {"sentence": "Proved, complete: a row.", "outcome": "proved, complete"}


@pytest.fixture
def session() -> Iterator[Session]:
    import_all_models()
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def new_run(session: Session, state: str, **tasks: str) -> DagRun:
    """A run whose tasks ended a second after each other, the evidence last."""
    dag_run = DagRun(dag_id=DAG, run_id=RUN, run_type=DagRunType.MANUAL, run_after=BEGAN, start_date=BEGAN)
    dag_run._state = state
    session.add(dag_run)
    session.flush()
    operators = {"evidence": "EvidenceOperator"}
    for number, (task, task_state) in enumerate(tasks.items()):
        values = {
            "id": uuid4(),
            "dag_id": DAG,
            "run_id": RUN,
            "task_id": task,
            "map_index": -1,
            "state": task_state,
            "operator": operators.get(task, "AnyOperator"),
            "end_date": BEGAN + timedelta(seconds=number),
            "try_number": 1,
            "max_tries": 3,
            "pool": "default_pool",
            "pool_slots": 1,
            "priority_weight": 1,
        }
        session.execute(insert(TaskInstance).values(values))
    roots = [SimpleNamespace(task_id="check")]
    dag_run.dag = SimpleNamespace(roots=roots, get_task=lambda task: SimpleNamespace(is_teardown=task == "evidence"))  # type: ignore[assignment]
    return dag_run


def returns(session: Session, task: str, value: Any, key: str = "return_value") -> None:
    XComModel.set(key, value, dag_id=DAG, run_id=RUN, task_id=task, serialize=False, session=session)


def marks(session: Session, task: str) -> Any:
    return session.scalar(select(XComModel.value).filter_by(task_id=task, key="marked"))


def log(session: Session, owner: str, event: str = "patch_dag_run", age_s: float = 1, **more: Any) -> None:
    written = Log(event=event, owner=owner, **{"dag_id": DAG, "run_id": RUN, **more})
    written.dttm = datetime.now(UTC) - timedelta(seconds=age_s)
    session.add(written)
    session.flush()


def test_a_run_that_proved_stays_green_and_says_so(session: Session) -> None:
    dag_run = new_run(session, "success", check="success", evidence="success")
    returns(session, "evidence", PROVED)
    listener.on_dag_run_success(dag_run, "success")
    assert (dag_run.state, dag_run.note) == ("success", "Verdict: Proved, complete: a row.")


@pytest.mark.parametrize("evidence", ["success", "skipped", "failed", "removed"])
def test_a_run_without_a_record_is_not_green(session: Session, evidence: str) -> None:
    dag_run = new_run(session, "success", check="success", evidence=evidence)
    listener.on_dag_run_success(dag_run, "success")
    assert dag_run.state == "failed"
    assert str(dag_run.note).startswith("Verdict: Not proved: the run ended without a record (success), and the canary")


def test_a_run_that_timed_out_says_that_it_left_no_record(session: Session) -> None:
    dag_run = new_run(session, "failed", check="skipped", evidence="skipped")
    returns(session, "evidence", PROVED)  # of the time before it was cleared
    listener.on_dag_run_failed(dag_run, "timed_out")
    assert "the run ended without a record (timed_out)" in str(dag_run.note)


def test_a_record_from_before_a_task_ended_proves_nothing(session: Session) -> None:
    dag_run = new_run(session, "success", check="success", evidence="success", change="success")
    returns(session, "evidence", PROVED)
    listener.on_dag_run_success(dag_run, "success")
    assert dag_run.state == "failed"
    assert dag_run.note == "Verdict: Not proved: change ended after the record was written. Clear evidence."


def test_a_record_that_an_xcom_backend_keeps_elsewhere_counts(session: Session) -> None:
    dag_run = new_run(session, "success", check="success", evidence="success")
    returns(session, "evidence", "s3://xcoms/1")
    listener.on_dag_run_success(dag_run, "success")
    assert (dag_run.state, dag_run.note) == ("success", "Verdict: See the record.")


def test_runs_of_other_projects_are_left_alone(session: Session) -> None:
    dag_run = new_run(session, "success", check="success")
    listener.on_dag_run_success(dag_run, "success")
    assert (dag_run.state, dag_run.note) == ("success", None)
    check = session.scalars(select(TaskInstance)).one()
    returns(session, "check", 1)
    listener.on_task_instance_success(None, check)
    assert marks(session, "check") is None
    assert session.scalar(select(XComModel.value).filter_by(key="return_value")) == 1


def test_a_run_that_ended_red_cannot_be_marked_green(session: Session) -> None:
    dag_run = new_run(session, "success", check="success", evidence="failed")
    returns(session, "evidence", {"sentence": "Not proved: no changed row."})
    log(session, "김민지")
    listener.on_dag_run_success(dag_run, "Dag Run's state was manually set to `success`.")
    assert dag_run.state == "failed"
    assert str(dag_run.note).startswith("Verdict: Not proved: no changed row. 김민지 marked the run success at 20")
    assert str(dag_run.note).endswith(", which proves nothing: it stays failed.")


def test_a_run_that_is_under_way_is_told_who_marked_it(session: Session) -> None:
    dag_run = new_run(session, "running", check="success", evidence="scheduled")
    log(session, "김민지")
    listener.on_dag_run_failed(dag_run, "Dag Run's state was manually set to `failed`.")
    mark = session.scalar(select(XComModel.value).filter_by(task_id="check", key="run_marked"))
    assert mark is not None
    assert {**mark, "at": ""} == {"state": "failed", "by": "김민지", "at": "", "times_cleared": 0}
    assert (dag_run.state, dag_run.note) == ("running", None)


@pytest.mark.parametrize(
    ("entries", "by"),
    [
        ([("admin", {"event": "patch_task_instance"})], "admin"),
        ([("first", {}), ("last", {})], "last"),
        ([("before", {"age_s": 60})], "a person whose name Airflow did not keep"),
        ([("other", {"run_id": "another"})], "a person whose name Airflow did not keep"),
        ([("triggered", {"event": "trigger_dag_run"})], "a person whose name Airflow did not keep"),
        ([("bulk", {"event": "bulk_dag_runs", "run_id": None, "dag_id": "~", "extra": f'["{RUN}"]'})], "bulk"),
    ],
)
def test_who_marked_a_task_is_told_by_airflow_s_audit_log(
    session: Session, entries: list[tuple[str, dict[str, Any]]], by: str
) -> None:
    new_run(session, "running", check="success", evidence="scheduled")
    for owner, more in entries:
        log(session, owner, **more)
    check = session.scalars(select(TaskInstance).filter_by(task_id="check")).one()
    returns(session, "check", {"outcome": "found"})
    listener.on_task_instance_success(None, check)
    assert (marks(session, "check")["by"], marks(session, "check")["state"]) == (by, "success")
    assert session.scalar(select(XComModel.value).filter_by(task_id="check", key="return_value")) is None


def test_a_task_that_ends_by_itself_is_not_marked(session: Session) -> None:
    new_run(session, "running", check="failed", evidence="scheduled")
    check = session.scalars(select(TaskInstance).filter_by(task_id="check")).one()
    listener.on_task_instance_failed("running", check)
    assert marks(session, "check") is None
