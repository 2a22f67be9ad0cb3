"""Notes who marked what, where the evidence finds it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NotRequired, TypedDict

from airflow.models.log import Log
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import object_session

from reverse_sync.evidence.marks import MARKED, Mark

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun
    from sqlalchemy.orm import Session


class TaskKey(TypedDict):
    """Whose XComs are meant."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: NotRequired[int]


# Tells which DAGs are ours, in a database that knows every DAG.
EVIDENCE_OPERATOR = "EvidenceOperator"
# Airflow writes its audit log just before it sets the state.
JUST_NOW = timedelta(seconds=30)
NAMELESS = "a person whose name Airflow did not keep"


def evidence_task(session: Session, dag_id: str, run_id: str) -> TaskInstance | None:
    """The run's evidence task; None where the run is not this project's."""
    return session.scalar(
        select(TaskInstance).where(
            TaskInstance.dag_id == dag_id, TaskInstance.run_id == run_id, TaskInstance.operator == EVIDENCE_OPERATOR
        )
    )


def mark_task(task_instance: TaskInstance, state: str) -> None:
    """Note who marked a task; what an earlier attempt of it returned is no result of this one."""
    session = object_session(task_instance)
    if session is None or evidence_task(session, task_instance.dag_id, task_instance.run_id) is None:
        return
    of_task: TaskKey = {
        "dag_id": task_instance.dag_id,
        "run_id": task_instance.run_id,
        "task_id": task_instance.task_id,
        "map_index": task_instance.map_index,
    }
    session.execute(delete(XComModel).filter_by(**of_task))
    note_mark(MARKED, new_mark(session, task_instance.dag_run, state), session, of_task)


def note_mark(key: str, mark: Mark, session: Session, of_task: TaskKey) -> None:
    """Keep a mark beside a task: plain JSON, as a task itself would send it."""
    XComModel.set(key, mark, serialize=False, session=session, **of_task)


def new_mark(session: Session, dag_run: DagRun, state: str) -> Mark:
    """The mark that is being made now."""
    return Mark(
        state=state,
        by=_person(session, dag_run),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        times_cleared=dag_run.clear_number or 0,
    )


def _person(session: Session, dag_run: DagRun) -> str:
    """Who it is, by Airflow's audit log; a bulk change names its runs in its body only, and of tasks keeps nothing."""
    of_run = or_(Log.run_id == dag_run.run_id, Log.event.startswith("bulk_") & Log.extra.contains(dag_run.run_id))
    name = session.scalar(
        select(Log.owner)
        .where(of_run, or_(Log.dag_id == dag_run.dag_id, Log.dag_id == "~"))
        .where(Log.event.startswith("patch_") | Log.event.startswith("bulk_"))
        .where(Log.dttm >= datetime.now(UTC) - JUST_NOW)
        .order_by(Log.id.desc())
        .limit(1)
    )
    return name or NAMELESS
