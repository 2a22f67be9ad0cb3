"""The runs as Airflow's metadata database has them: which there are, how far one is, what waits for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from airflow.models.dag import DagModel
from airflow.models.dagrun import DagRun
from airflow.models.hitl import HITLDetail
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from sqlalchemy import select

from reverse_sync.evidence.marks import MARKED
from reverse_sync.evidence.notes import ATTEMPTS, FAILURE, PROGRESS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from reverse_sync.evidence.shapes import RecordedStep
    from reverse_sync.results import Json

ENDED = ("success", "failed")
# A task that asks a person; Airflow 3.3 has a state of its own for that.
ASKING = ("deferred", "awaiting_input")


class Run(NamedTuple):
    """One run; moments are UTC."""

    dag_id: str
    run_id: str
    state: str
    due_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    times_cleared: int
    triggered_by: str
    note: str

    @property
    def ended(self) -> bool:
        """Whether nothing of it runs any more."""
        return self.state in ENDED


class Work(NamedTuple):
    """One task of a run under way or ended; `waits_until` is when a wait gives up."""

    step: RecordedStep
    operator: str
    began_at: datetime | None
    ended_at: datetime | None
    waits_until: datetime | None
    progress: dict[str, int] | None
    label: str


class Question(NamedTuple):
    """What a task asks a person."""

    dag_id: str
    run_id: str
    task_id: str
    subject: str
    asked_at: datetime


def recent_runs(
    session: Session, dag_id: str, most: int, *, before: datetime | None = None, offset: int = 0
) -> list[Run]:
    """The newest runs of a DAG, newest first.

    :param before: only those that were due before this moment
    :param offset: so many are left out
    """
    query = select(DagRun).where(DagRun.dag_id == dag_id).order_by(DagRun.run_after.desc()).limit(most).offset(offset)
    if before:
        query = query.where(DagRun.run_after < before)
    return [_run(found) for found in session.scalars(query)]


def one_run(session: Session, dag_id: str, run_id: str) -> Run | None:
    """A run; None where Airflow has none of that name."""
    found = session.scalar(select(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id))
    return _run(found) if found else None


def work_of(session: Session, dag_id: str, run_id: str) -> list[Work]:
    """Every task of the run as it is now, in the order in which they began; those that have not begun come last."""
    notes: dict[tuple[str, int, str], Json] = {
        (found.task_id, found.map_index, found.key): XComModel.deserialize_value(found)
        for found in session.scalars(select(XComModel).where(XComModel.dag_id == dag_id, XComModel.run_id == run_id))
    }
    tasks = session.scalars(select(TaskInstance).where(TaskInstance.dag_id == dag_id, TaskInstance.run_id == run_id))
    found = [_work(task, notes) for task in tasks]
    return sorted(found, key=lambda one: (one.began_at is None, one.began_at and one.began_at.timestamp()))


def questions(session: Session, dag_ids: Iterable[str]) -> list[Question]:
    """What waits for a person, the oldest first."""
    query = (
        select(HITLDetail, TaskInstance)
        .join(TaskInstance, HITLDetail.ti_id == TaskInstance.id)
        .where(TaskInstance.dag_id.in_(list(dag_ids)), TaskInstance.state.in_(ASKING))
        .where(HITLDetail.responded_at.is_(None))
        .order_by(HITLDetail.created_at)
    )
    return [
        Question(task.dag_id, task.run_id, task.task_id, asked.subject, asked.created_at)
        for asked, task in session.execute(query)
    ]


def paused(session: Session, dag_ids: Iterable[str]) -> set[str]:
    """Which of these DAGs are paused."""
    query = select(DagModel.dag_id).where(DagModel.dag_id.in_(list(dag_ids)), DagModel.is_paused)
    return set(session.scalars(query))


def _run(found: DagRun) -> Run:
    return Run(
        dag_id=found.dag_id,
        run_id=found.run_id,
        state=str(getattr(found.state, "value", found.state)),
        due_at=found.run_after,
        started_at=found.start_date,
        ended_at=found.end_date,
        times_cleared=found.clear_number or 0,
        triggered_by=found.triggering_user_name or "the schedule",
        note=found.note or "",
    )


def _work(task: TaskInstance, notes: dict[tuple[str, int, str], Json]) -> Work:
    def note(key: str) -> Json:
        return notes.get((task.task_id, task.map_index, key))

    step: RecordedStep = {
        "task": task.task_id,
        "map_index": task.map_index,
        "state": str(getattr(task.state, "value", task.state) or "not begun"),
        "duration_s": task.duration,
        "attempts": note(ATTEMPTS) or 1,
        "result": note("return_value"),
        "failure": note(FAILURE),
    }
    if mark := note(MARKED):
        step["marked"] = mark
    return Work(
        step=step,
        operator=task.operator or "",
        began_at=task.start_date,
        ended_at=task.end_date,
        waits_until=task.trigger_timeout,
        progress=progress if isinstance(progress := note(PROGRESS), dict) else None,
        label=str(task.rendered_map_index) if task.map_index >= 0 else "",
    )
