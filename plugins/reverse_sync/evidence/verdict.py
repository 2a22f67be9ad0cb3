"""What a run comes to, in words: proved completely, proved in part, not proved, stopped or rejected by a person."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync import steps
from reverse_sync.evidence.shapes import recorded, result_of, returned
from reverse_sync.results import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reverse_sync.evidence.marks import Mark
    from reverse_sync.evidence.shapes import RecordedStep, Verdict
    from reverse_sync.results import Answer, Result
    from reverse_sync.steps import Step

# How the text of a run ends; Airflow tells nobody of a run that is deleted, but its text stays in the row.
RUN_SUFFIX = re.compile(r" #[0-9a-f]{12}$")


class RunOutcome(StrEnum):
    """How a run may end."""

    COMPLETE = "proved, complete"
    INCOMPLETE = "proved, incomplete"
    NOT_BY_A_CHANGE = "not proved by a change"
    NOT_PROVED = "not proved"
    STOPPED = "stopped"
    REJECTED = "rejected"


_PROVED = (RunOutcome.COMPLETE, RunOutcome.INCOMPLETE)


class Proof(NamedTuple):
    """The task whose success is what a run is for, and how that and its lack are said.

    RECONCILE compares whole tables beside it.

    :param proves: whether that success proves what the pipeline is for
    """

    step: Step[Result]
    done: str
    meaning: str
    not_done: str
    proves: bool = True


ROW = Proof(
    step=steps.COMPARE_ROW,
    done="Proved",
    meaning="a changed row holds the same values in Oracle",
    not_done="Not proved: no changed row was found in Oracle",
)
WITHOUT_CHANGE = Proof(
    step=steps.HEALTH,
    done="Not proved by a change",
    meaning="the pipeline file has no canary; the replication is healthy, and what was compared is the same",
    not_done="Not proved by a change, and not healthy",
    proves=False,
)
NOTHING_LEFT = Proof(
    step=steps.NOTHING_LEFT,
    done="Taken down",
    meaning="nothing of the pipeline is left",
    not_done="Not taken down: something may be left",
)


def verdict(recorded_steps: Iterable[RecordedStep], proof: Proof = ROW, run_mark: Mark | None = None) -> Verdict:
    """Whether the run proved what it is for, what is wrong with it, and who ended it.

    :param recorded_steps: the tasks' results, as the record has them
    :param run_mark: who marked the whole run while it was under way
    """
    all_steps = list(recorded_steps)
    shown = recorded(all_steps, proof.step)
    # A task that a person marked as success returned nothing.
    done = shown is not None and shown["state"] == "success" and returned(shown, proof.step) is not None
    wrong = list(_wrong(all_steps))
    stopped = _stopped(all_steps, run_mark)
    rejected = _rejected(all_steps)
    not_compared = list(_not_compared(all_steps))
    outcome = _outcome(done=done, complete=not not_compared, stopped=stopped, rejected=rejected)
    if outcome in _PROVED and not proof.proves:
        outcome = RunOutcome.NOT_BY_A_CHANGE
    told = [rejected or stopped] if rejected or stopped else []
    if wrong or not rejected:
        told.append(_proof_sentence(proof, not_compared, wrong, done=done, ended=bool(stopped)))
    warnings = list(_warnings(all_steps))
    if warnings:
        told.append(f"Warnings: {'; '.join(warnings)}")
    return {
        "outcome": outcome.value,
        "proved": done and proof.proves,
        "succeeded": done and not (wrong or stopped or rejected),
        "failed_tasks": _tasks(all_steps, "failed"),
        "not_compared": not_compared if done else [],
        "warnings": warnings,
        "sentence": " ".join(f"{sentence}." for sentence in told),
    }


def _outcome(*, done: bool, complete: bool, stopped: str | None, rejected: str | None) -> RunOutcome:
    if rejected:
        return RunOutcome.REJECTED
    if stopped:
        return RunOutcome.STOPPED
    if not done:
        return RunOutcome.NOT_PROVED
    return RunOutcome.COMPLETE if complete else RunOutcome.INCOMPLETE


def _proof_sentence(proof: Proof, not_compared: list[str], wrong: list[str], *, done: bool, ended: bool) -> str:
    if not done:
        why = wrong or ([] if ended else ["the run did not get that far"])
        return "; ".join([proof.not_done, *why])
    complete = f", {'in' if not_compared else ''}complete" if proof.proves else ""
    said = f"{proof.done}{complete}: {proof.meaning}"
    if not_compared:
        said += f"; not compared: {'; '.join(not_compared)}"
    return f"{said}; but {'; '.join(wrong)}" if wrong else said


def _tasks(recorded_steps: Iterable[RecordedStep], state: str) -> list[str]:
    return list(dict.fromkeys(one["task"] for one in recorded_steps if one["state"] == state))


def _wrong(recorded_steps: list[RecordedStep]) -> Iterator[str]:
    marked = {one["task"]: one["marked"] for one in recorded_steps if "marked" in one}
    if failed := [task for task in _tasks(recorded_steps, "failed") if task not in marked]:
        yield f"{', '.join(failed)} failed"
    for task, mark in marked.items():
        if mark["state"] == "failed":
            yield f"{task} was stopped"
        else:
            yield f"{task} did not do its work: {mark['by']} marked it {mark['state']}"
    if _changed_after_restore(recorded_steps):
        yield f"the row was changed again after {steps.RESTORE_CANARY} had put the old text back: clear that task too"


def _changed_after_restore(recorded_steps: list[RecordedStep]) -> bool:
    """Whether a cleared run changed the row again, but its teardown, being successful before, was not cleared."""
    change, restored = result_of(recorded_steps, steps.CHANGE_ROW), result_of(recorded_steps, steps.RESTORE_CANARY)
    if change is None or restored is None or "looked_at" not in restored:
        return False
    return datetime.fromisoformat(restored["looked_at"]) < datetime.fromisoformat(change["answered_at"])


def _stopped(recorded_steps: Iterable[RecordedStep], run_mark: Mark | None) -> str | None:
    if run_mark:
        return f"Stopped by {run_mark['by']}, who marked the run {run_mark['state']} at {run_mark['at']}"
    for one in recorded_steps:
        mark = one.get("marked")
        if mark and mark["state"] == "failed":
            return f"Stopped by {mark['by']}, who marked {one['task']} failed at {mark['at']}"
    return None


def _rejected(recorded_steps: list[RecordedStep]) -> str | None:
    for step in recorded_steps:
        if _outcome_of(step) == Outcome.REJECTED:
            answer: Answer = step["result"]
            changed = [one["task"] for one in recorded_steps if _outcome_of(one) == Outcome.CHANGED]
            left = f"this run changed: {', '.join(changed)}" if changed else "nothing was changed"
            if step["task"] == steps.APPROVE_REPAIR.task_id:
                left = f"no row was repaired; {left}"
            return f"Rejected by {answer['by']} in {step['task']} at {answer['at']}; {left}"
    return None


def _outcome_of(step: RecordedStep) -> str | None:
    result = step["result"]
    return result.get("outcome") if isinstance(result, dict) else None


def _not_compared(recorded_steps: Iterable[RecordedStep]) -> Iterator[str]:
    """What a reader of "proved" might think was compared, and was not."""
    recorded_steps = list(recorded_steps)
    row = result_of(recorded_steps, steps.COMPARE_ROW)
    for column in row.get("columns", []) if row else []:
        if column["same"] is None:
            yield f"{column['column']} of its row ({column.get('not_compared')})"
    compared = [one for one in recorded_steps if one["task"] == steps.RECONCILE.task_id]
    if not compared:
        yield "whole tables (reconciliation.enabled is false)"
    repairs = _asked_to_repair(recorded_steps)
    for one in compared:
        result = returned(one, steps.RECONCILE)
        if result is None:
            if one["state"] != "success":
                yield f"{one['task']} was {one['state']}"
        elif not result["complete"]:
            yield result.get("why") or f"the rest of a table ({result.get('what')})"
        elif result.get("differences") and one["state"] == "success" and not repairs:
            yield f"accepted differences: {result.get('what')}"


def _asked_to_repair(recorded_steps: Iterable[RecordedStep]) -> bool:
    return any(one["task"] == steps.APPROVE_REPAIR.task_id and one["state"] != "skipped" for one in recorded_steps)


def _warnings(recorded_steps: list[RecordedStep]) -> Iterator[str]:
    preflight, canary = result_of(recorded_steps, steps.PREFLIGHT), result_of(recorded_steps, steps.READ_CANARY)
    findings = preflight["findings"] if preflight else []
    yield from (f"the preflight found that {one['what']}" for one in findings if one["severity"] == "warning")
    yield from _differences(recorded_steps)
    before = canary["old_text"] if canary else ""
    if RUN_SUFFIX.search(before):
        yield (
            f"the canary's row held {before!r}, which an earlier run wrote and did not take back (it was deleted, or "
            "asked to keep it): put the right text there"
        )


def _differences(recorded_steps: list[RecordedStep]) -> Iterator[str]:
    """How many rows differ, and whether they did before; and what was done about it.

    A run that accepts them says so as not compared.
    """
    repairs = _asked_to_repair(recorded_steps)
    for one in recorded_steps:
        if one["task"] == steps.BEFORE_START.task_id:
            result = returned(one, steps.BEFORE_START)
            if result and result.get("differences"):
                yield f"before the task's first start {result.get('what')}, which the task never corrects"
        elif one["task"] == steps.RECONCILE.task_id and (one["state"] == "failed" or repairs):
            result = returned(one, steps.RECONCILE)
            if result and result.get("differences"):
                yield str(result.get("what"))
        elif one["task"] == steps.REPAIR.task_id:
            repair = returned(one, steps.REPAIR)
            if repair and "repaired" in repair:
                yield str(repair.get("what"))
