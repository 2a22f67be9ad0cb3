"""The first page: a card a pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.page.flow import Station, flow
from reverse_sync.page.history import PastRun, StorageError, past_runs, read_record, readable
from reverse_sync.page.latency import Chart, latency_chart
from reverse_sync.page.runs import paused, questions, recent_runs
from reverse_sync.page.verdicts import NEVER_RAN, UNREADABLE, Look

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from reverse_sync.page.runs import Question, Run
    from reverse_sync.pipeline import Pipeline

SHOWN = 50
MB = 2**20


class Wal(NamedTuple):
    """WAL that the slot kept when a run last looked, against its limit; `share` of 100, at most 100."""

    seen_at: datetime | None
    kept_mb: float
    limit_mb: int
    share: float


class Streak(NamedTuple):
    """For how many runs the verdict has been the same; `whole`: for all that were looked at, so perhaps for longer."""

    runs: int
    first: Run
    whole: bool


class Card(NamedTuple):
    """What is said of one pipeline.

    :param past: the newest runs, newest first
    :param newest: the newest run that ended, whose record the picture and the measures are of
    :param trouble: why the records can't be read
    """

    pipeline: Pipeline
    past: list[PastRun]
    newest: PastRun | None
    under_way: Run | None
    streak: Streak | None
    stations: list[Station]
    chart: Chart | None
    wal: Wal | None
    questions: list[Question]
    paused: bool
    trouble: str

    @property
    def look(self) -> Look:
        """The verdict of the newest run that ended."""
        return self.newest.look if self.newest else NEVER_RAN


def card(session: Session, pipeline: Pipeline) -> Card:
    """The card of a pipeline; what can't be read of its evidence is said on it."""
    runs = recent_runs(session, pipeline.dag_id, SHOWN)
    past, newest, trouble = [PastRun(run, None) for run in runs], None, ""
    stations = flow(pipeline, [])
    try:
        past = past_runs(pipeline.evidence, runs)
        newest = next((one for one in past if one.run.ended), None)
        stations = _stations(pipeline, newest)
    except StorageError as error:
        trouble = str(error)
    return Card(
        pipeline=pipeline,
        past=past,
        newest=newest,
        under_way=next((run for run in runs if not run.ended), None),
        streak=_streak(past),
        stations=stations,
        chart=latency_chart(past[::-1], pipeline.health.latency_limit_s) if any(one.summary for one in past) else None,
        wal=_wal(pipeline, past),
        questions=questions(session, [pipeline.dag_id, pipeline.decommission_dag_id]),
        paused=bool(paused(session, [pipeline.dag_id])),
        trouble=trouble,
    )


def _stations(pipeline: Pipeline, newest: PastRun | None) -> list[Station]:
    """As the newest run saw them; of a damaged record the verdict says that it can't be read."""
    if newest is None or newest.summary is None or newest.look is UNREADABLE:
        return flow(pipeline, [])
    record = read_record(pipeline.evidence, newest.run)
    with readable(f"The run {newest.run.run_id}"):
        return flow(pipeline, record["steps"] if record else [])


def _streak(past: Sequence[PastRun]) -> Streak | None:
    ended = [one for one in past if one.run.ended and one.summary]
    if not ended:
        return None
    runs = next((place for place, one in enumerate(ended) if one.look != ended[0].look), len(ended))
    return Streak(runs, ended[runs - 1].run, runs == len(ended))


def _wal(pipeline: Pipeline, past: Sequence[PastRun]) -> Wal | None:
    """As the newest run saw it that looked."""
    seen = ((one.run.ended_at, one.summary.retained_wal_bytes) for one in past if one.summary)
    seen_at, kept = next(((at, found) for at, found in seen if found is not None), (None, None))
    if kept is None:
        return None
    limit_mb = pipeline.health.retained_wal_limit_mb
    return Wal(seen_at, kept / MB, limit_mb, min(100.0, max(0.5, 100 * kept / MB / limit_mb)))
