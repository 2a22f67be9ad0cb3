"""The notice of a run: what its record says that somebody asked to be told, and the one before it did not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync import steps
from reverse_sync.errors import reason_of
from reverse_sync.evidence.links import earlier_runs
from reverse_sync.evidence.shapes import recorded, result_of
from reverse_sync.evidence.verdict import RunOutcome
from reverse_sync.results import SUSPENDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.evidence.links import RunSummary
    from reverse_sync.evidence.shapes import Record, RecordedStep
    from reverse_sync.notices import Notice
    from reverse_sync.pipeline import NoticeEvent, Pipeline

BY_A_PERSON = (RunOutcome.STOPPED, RunOutcome.REJECTED)


def notice_of(pipeline: Pipeline, record: Record, link: str) -> Notice | None:
    """The one message about a run; None where nothing has happened that anybody asks for.

    :param record: the record, with its place in the chain
    """
    before = next(earlier_runs(pipeline, record["dag_id"], record["chain"]["sequence"]), None)
    events = list(_events(record, before))
    if not events:
        return None
    reasons = [str(step["failure"]) for step in record["steps"] if step.get("failure")]
    return {
        "pipeline": pipeline.name,
        "events": events,
        "subject": f"{record['dag_id']}: {record['verdict']['outcome']}" + (" again" if "recovery" in events else ""),
        "reason": "\n\n".join([record["verdict"]["sentence"], *dict.fromkeys(reasons)]),
        "next_step": _next_step(record),
        "link": link,
    }


def _next_step(record: Record) -> str:
    if record["verdict"]["succeeded"]:
        return "Nothing has to be done."
    failed = ((step["task"], step.get("failure")) for step in record["steps"] if step["state"] == "failed")
    steps_to_take = dict.fromkeys(reason_of(failure, task)["do"] for task, failure in failed if failure)
    return " ".join([*steps_to_take, "The DAG's documentation is the runbook."])


def _events(record: Record, before: RunSummary | None) -> Iterator[NoticeEvent]:
    verdict, recorded_steps = record["verdict"], record["steps"]
    if not verdict["succeeded"] and verdict["outcome"] not in BY_A_PERSON:
        yield "failure"
    if verdict["succeeded"] and before and not before["succeeded"]:
        yield "recovery"
    health = result_of(recorded_steps, steps.HEALTH)
    if health and health.get("violations"):
        yield "limits"
    if _suspended(recorded_steps):
        yield "suspended_table"
    tables = [one["result"] for one in recorded_steps if one["task"] == steps.RECONCILE.task_id and one["result"]]
    if any(len(table.get("differences", [])) > table.get("differed_before", 0) for table in tables):
        yield "new_differences"


def _suspended(recorded_steps: list[RecordedStep]) -> bool:
    waited = recorded(recorded_steps, steps.WAIT_TABLES)
    if waited and SUSPENDED in str(waited.get("failure")):
        return True
    statistics = result_of(recorded_steps, steps.STATISTICS_AFTER)
    return statistics is not None and any(table["state"] == SUSPENDED for table in statistics["tables"])
