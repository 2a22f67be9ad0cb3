"""The little of a record that the history of many runs shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync import steps
from reverse_sync.evidence.shapes import result_of, returned
from reverse_sync.evidence.verdict import RunOutcome
from reverse_sync.health.latency import canary_latency_s
from reverse_sync.page.verdicts import UNREADABLE, Look, look_of

if TYPE_CHECKING:
    from reverse_sync.evidence.shapes import Record, RecordedStep
    from reverse_sync.results import TableComparison


class Summary(NamedTuple):
    """One run in a line.

    :param latency_s: `canary`, `CDCLatencySource`, `CDCLatencyTarget`; what nobody measured is not there
    :param retained_wal_bytes: of the task's slot; None where the run did not look
    :param compared: rows compared in all tables; None where none was
    :param differing: rows that differ in the end
    """

    look: Look
    sentence: str
    triggered_by: str
    written_at: str
    latency_s: dict[str, float]
    retained_wal_bytes: int | None
    compared: int | None
    differing: int


def summary_of(record: Record) -> Summary:
    """What is said of a run; a record that is not one of ours, or damaged, is said to be so."""
    try:
        return _summary(record)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        sentence = f"The record can't be read: {type(error).__name__}: {error}."
        return Summary(UNREADABLE, sentence, "", "", {}, None, None, 0)


def _summary(record: Record) -> Summary:
    verdict, all_steps = record["verdict"], record["steps"]
    health = result_of(all_steps, steps.HEALTH)
    outcome = verdict.get("outcome") or (RunOutcome.INCOMPLETE if verdict["proved"] else RunOutcome.NOT_PROVED)
    compared = comparisons(all_steps)
    return Summary(
        look=look_of(outcome, succeeded=verdict["succeeded"]),
        sentence=verdict["sentence"],
        triggered_by=record["triggered_by"],
        written_at=record["written_at"],
        latency_s=latencies(all_steps),
        retained_wal_bytes=sum(slot["retained_wal_bytes"] for slot in health["slots"]) if health else None,
        compared=sum(one.get("compared", 0) for one in compared) if compared else None,
        differing=sum(differing_rows(one) for one in compared),
    )


def latencies(all_steps: list[RecordedStep]) -> dict[str, float]:
    """What was measured of the way, seconds."""
    health = result_of(all_steps, steps.HEALTH)
    if health:
        return {name: float(seconds) for name, seconds in health["latency_s"].items() if seconds is not None}
    canary = canary_latency_s(result_of(all_steps, steps.CHANGE_ROW), result_of(all_steps, steps.WAIT_FOR_ORACLE))
    return {} if canary is None else {"canary": canary}


def comparisons(all_steps: list[RecordedStep]) -> list[TableComparison]:
    """What the comparison of each table returned."""
    found = (returned(one, steps.RECONCILE) for one in all_steps if one["task"] == steps.RECONCILE.task_id)
    return [one for one in found if one]


def differing_rows(comparison: TableComparison) -> int:
    """How many rows of a table differ in the end."""
    counts = comparison.get("counts") or {}
    return sum(count for state, count in counts.items() if state not in ("equal", "in flight"))
