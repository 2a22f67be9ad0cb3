"""What a run did as a time line: its phases, and in each the tasks with what they changed, reused or left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.page.addresses import task_log
from reverse_sync.page.verdicts import Look
from reverse_sync.steps import group_of, name_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from reverse_sync.evidence.shapes import RecordedStep
    from reverse_sync.page.runs import Run, Work

NARROWEST = 0.6  # of 100: a bar that can still be seen

_STATES = {
    "success": Look("good", "✔", "done"),
    "failed": Look("bad", "✖", "failed"),
    "upstream_failed": Look("none", "∅", "not reached"),
    "skipped": Look("none", "∅", "skipped"),
    "running": Look("live", "▶", "running"),
    "deferred": Look("live", "⏲", "waiting"),
    "awaiting_input": Look("live", "⏲", "waiting for a person"),
    "up_for_retry": Look("part", "↻", "will be tried again"),
    "queued": Look("live", "⏲", "queued"),
    "scheduled": Look("live", "⏲", "queued"),
}
_OTHER = Look("none", "·", "not begun")


class Bar(NamedTuple):
    """Where a task lies on the time line; of 100."""

    x: float
    width: float


class Doing(NamedTuple):
    """One task: its state, its outcome (`changed`, `left alone`, ...) and what it says."""

    task: str
    label: str
    look: Look
    outcome: str
    says: str
    duration_s: float | None
    attempts: int
    bar: Bar | None
    log: str


class Phase(NamedTuple):
    """The tasks of one group."""

    name: str
    look: Look
    seconds: float
    tasks: list[Doing]


def phases(run: Run, steps: Sequence[RecordedStep], works: Sequence[Work], now: datetime) -> list[Phase]:
    """The phases in the order of the procedure.

    :param steps: what the record says, or of a run under way what the tasks returned so far
    :param works: the tasks as Airflow has them, for their times
    """
    placed = {(work.step["task"], work.step["map_index"]): work for work in works}
    began = min((work.began_at for work in works if work.began_at), default=None)
    span = ((run.ended_at or now) - began).total_seconds() if began else 0.0
    groups: dict[str, list[Doing]] = {}
    for step in steps:
        work = placed.get((step["task"], step["map_index"]))
        doing = _doing(run, step, work, _bar(work, began, span, now))
        groups.setdefault(group_of(step["task"]) or step["task"], []).append(doing)
    return [
        Phase(name, _worst(doing), sum(one.duration_s or 0 for one in doing), doing) for name, doing in groups.items()
    ]


def state_look(state: str) -> Look:
    """How a task's state looks."""
    return _STATES.get(state, _OTHER)


def _doing(run: Run, step: RecordedStep, work: Work | None, bar: Bar | None) -> Doing:
    result: Mapping[str, object] = step["result"] if isinstance(step["result"], dict) else {}
    return Doing(
        task=name_of(step["task"]),
        label=work.label if work else "",
        look=state_look(step["state"]),
        outcome=str(result.get("outcome", "")),
        says=str(result.get("what") or result.get("why") or step.get("failure") or ""),
        duration_s=step["duration_s"],
        attempts=step["attempts"],
        bar=bar,
        log=task_log(run.dag_id, run.run_id, step["task"], step["map_index"]),
    )


def _bar(work: Work | None, began: datetime | None, span: float, now: datetime) -> Bar | None:
    if work is None or work.began_at is None or began is None or span <= 0:
        return None
    x = 100 * (work.began_at - began).total_seconds() / span
    width = 100 * ((work.ended_at or now) - work.began_at).total_seconds() / span
    x = min(max(x, 0.0), 100 - NARROWEST)
    return Bar(round(x, 2), round(min(max(width, NARROWEST), 100 - x), 2))


def _worst(tasks: Sequence[Doing]) -> Look:
    order = ("bad", "live", "part", "good", "none")
    return min((one.look for one in tasks), key=lambda look: order.index(look.tone))
