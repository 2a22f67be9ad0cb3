"""One run: what it came to, why, what it changed, and what is different from the run before that was proved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync import steps
from reverse_sync.errors import reason_of
from reverse_sync.evidence.shapes import result_of
from reverse_sync.page.addresses import answers, task_log
from reverse_sync.page.comparison import Change, Subject, compared
from reverse_sync.page.history import PastRun, past_runs, read_record, readable
from reverse_sync.page.phases import Phase, phases, state_look
from reverse_sync.page.runbook import Row, row_of
from reverse_sync.page.runs import questions, recent_runs, work_of
from reverse_sync.page.summary import comparisons, latencies, summary_of
from reverse_sync.page.verdicts import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from reverse_sync.errors import Reason
    from reverse_sync.evidence.shapes import Record, RecordedStep
    from reverse_sync.page.runs import Question, Run, Work
    from reverse_sync.page.verdicts import Look
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import ComparedRow, FoundFinding, TableComparison

LOOKED_BACK = 50
_INSIDE_DMS = {
    "CDCLatencySource": "DMS was behind PostgreSQL by then (CDCLatencySource, of all changes)",
    "CDCLatencyTarget": "DMS was behind PostgreSQL in what it wrote (CDCLatencyTarget, of all changes)",
}


class Failure(NamedTuple):
    """A task that failed: why, what the runbook says, and where its log is."""

    task: str
    reason: Reason
    row: Row | None
    log: str


class Waiting(NamedTuple):
    """A task that is at work or waits: until when, and how far it is; `answer` is where a person is asked."""

    task: str
    look: Look
    since: datetime | None
    until: datetime | None
    rows: int | None
    expected: int | None
    answer: str


class Moment(NamedTuple):
    """One station of the canary's journey, and how long after the change was answered it was reached.

    Inside DMS no change is timed by itself: of that there is DMS's own latency, None where CloudWatch had none.
    """

    what: str
    after_ms: int | None


class Live(NamedTuple):
    """The part of the page that moves while the run is under way."""

    past: PastRun
    failures: list[Failure]
    waiting: list[Waiting]
    phases: list[Phase]


class RunView(NamedTuple):
    """Everything that the page shows of a run; `trouble` says what can't be shown, and why."""

    live: Live
    record: Record | None
    row: ComparedRow | None
    journey: list[Moment]
    tables: list[TableComparison]
    changed_parameters: list[Change]
    findings: list[FoundFinding]
    previous: Run | None
    subjects: list[Subject]
    earlier: list[PastRun]
    trouble: str


def live_view(session: Session, pipeline: Pipeline, run: Run, record: Record | None) -> Live:
    """How far a run is."""
    works = work_of(session, run.dag_id, run.run_id)
    asked = {
        question.task_id: question for question in questions(session, [run.dag_id]) if question.run_id == run.run_id
    }
    recorded_steps = record["steps"] if record and run.ended else [work.step for work in works]
    return Live(
        past=PastRun(run, summary_of(record) if record and run.ended else None),
        failures=_failures(pipeline, run, recorded_steps),
        waiting=[_waiting(run, work, asked) for work in works if state_look(work.step["state"]).tone == "live"],
        phases=phases(run, recorded_steps, works, datetime.now(UTC)),
    )


def run_view(session: Session, pipeline: Pipeline, run: Run, times_cleared: int | None = None) -> RunView:
    """The page of a run.

    :param times_cleared: show the record as it was after having been cleared so many times
    :raises StorageError: where the evidence can't be read.
    """
    with readable(f"The run {run.run_id}"):
        return _view(session, pipeline, run, read_record(pipeline.evidence, run, times_cleared))


def _view(session: Session, pipeline: Pipeline, run: Run, record: Record | None) -> RunView:
    trouble = ""
    if record is not None and summary_of(record).look is UNREADABLE:
        trouble, record = summary_of(record).sentence, None
    live = live_view(session, pipeline, run, record)
    all_steps = record["steps"] if record else [work.step for work in work_of(session, run.dag_id, run.run_id)]
    earlier = past_runs(pipeline.evidence, recent_runs(session, run.dag_id, LOOKED_BACK, before=run.due_at))
    previous = next((one.run for one in earlier if one.look.tone in ("good", "part")), None)
    before = read_record(pipeline.evidence, previous) if previous and record else None
    preflight = result_of(all_steps, steps.PREFLIGHT)
    return RunView(
        live=live,
        record=record,
        row=result_of(all_steps, steps.COMPARE_ROW),
        journey=_journey(all_steps),
        tables=comparisons(all_steps),
        changed_parameters=_changed_parameters(record),
        findings=preflight["findings"] if preflight else [],
        previous=previous,
        subjects=compared(before, record) if before and record else [],
        earlier=earlier,
        trouble=trouble,
    )


def _failures(pipeline: Pipeline, run: Run, all_steps: Sequence[RecordedStep]) -> list[Failure]:
    return [
        Failure(
            step["task"],
            reason_of(step.get("failure") or "It failed without a reason.", step["task"]),
            row_of(pipeline, step["task"]),
            task_log(run.dag_id, run.run_id, step["task"], step["map_index"]),
        )
        for step in all_steps
        if step["state"] == "failed" and step["task"] != steps.EVIDENCE.task_id
    ]


def _waiting(run: Run, work: Work, asked: dict[str, Question]) -> Waiting:
    task, progress = work.step["task"], work.progress
    return Waiting(
        task=task + (f" ({work.label})" if work.label else ""),
        look=state_look(work.step["state"]),
        since=work.began_at,
        until=work.waits_until,
        rows=progress["rows"] if progress else None,
        expected=progress["expected"] if progress else None,
        answer=answers(run.dag_id, run.run_id, task) if task in asked else "",
    )


def _journey(all_steps: list[RecordedStep]) -> list[Moment]:
    change = result_of(all_steps, steps.CHANGE_ROW)
    if change is None:
        return []
    known = latencies(all_steps)
    seconds = known.get("canary")
    arrived = [Moment("Oracle held the row", round(seconds * 1000))] if seconds is not None else []
    return [
        Moment(f"the change was answered {change['answer']}, and PostgreSQL held it", 0),
        *(Moment(what, _ms(known.get(metric))) for metric, what in _INSIDE_DMS.items()),
        *arrived,
    ]


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def _changed_parameters(record: Record | None) -> list[Change]:
    if record is None or "defaults" not in record:
        return []
    defaults = record["defaults"]
    return [
        Change(name, defaults.get(name), value)
        for name, value in record["parameters"].items()
        if defaults.get(name) != value
    ]
