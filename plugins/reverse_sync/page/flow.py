"""The way of a change as a picture: five stations, and the state of each link between them as a run saw it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync import steps
from reverse_sync.evidence.shapes import recorded, result_of
from reverse_sync.page.summary import latencies
from reverse_sync.pipeline import HttpCanary

if TYPE_CHECKING:
    from reverse_sync.evidence.shapes import RecordedStep
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import HealthResult, SlotFacts
    from reverse_sync.steps import Step

MB = 2**20


class Link(NamedTuple):
    """The way to a station: a tone of the style sheet, a sign, and words."""

    tone: str
    sign: str
    says: str


class Station(NamedTuple):
    """A station, what it is called in this pipeline, and the link that leads to it; the first has none."""

    name: str
    called: str
    link: Link | None


def flow(pipeline: Pipeline, all_steps: list[RecordedStep]) -> list[Station]:
    """The stations in their order.

    :param all_steps: what the run did so far
    """
    health = result_of(all_steps, steps.HEALTH)
    slot = _own_slot(health)
    services = {canary.connection for canary in pipeline.canaries if isinstance(canary, HttpCanary)}
    return [
        Station("API" if services else "SQL", ", ".join(sorted(services)), None),
        Station("PostgreSQL", pipeline.postgres.db_instance, _changed(all_steps)),
        Station("slot", slot["name"] if slot else "", _kept(slot, pipeline)),
        Station("DMS task", pipeline.dms.task.identifier, _read(all_steps, health, slot)),
        Station("Oracle", pipeline.oracle.connection, _arrived(all_steps)),
    ]


def _own_slot(health: HealthResult | None) -> SlotFacts | None:
    return health["slots"][0] if health and health["slots"] else None


def _failed_in(all_steps: list[RecordedStep], group: str) -> Link | None:
    """The first task of a group that failed."""
    failed = (one["task"] for one in all_steps if one["state"] == "failed" and one["task"].startswith(f"{group}."))
    return next((Link("bad", "✖", f"{task} failed") for task in failed), None)


def _changed(all_steps: list[RecordedStep]) -> Link:
    if failed := _failed_in(all_steps, steps.DECIDE_REBOOT.group):
        return failed
    change = result_of(all_steps, steps.CHANGE_ROW)
    return _of(all_steps, steps.CHANGE_ROW, f"the change was answered {change['answer']}" if change else "changed")


def _kept(slot: SlotFacts | None, pipeline: Pipeline) -> Link:
    if slot is None:
        return _unknown("no slot was seen")
    kept_mb = slot["retained_wal_bytes"] / MB
    if slot["wal_status"] == "lost":
        return Link("bad", "✖", "the slot is lost")
    if kept_mb > pipeline.health.retained_wal_limit_mb:
        return Link("bad", "✖", f"keeps {kept_mb:.0f} MB of WAL, above the limit")
    return Link("good", "✔", f"keeps {kept_mb:.1f} MB of WAL")


def _read(all_steps: list[RecordedStep], health: HealthResult | None, slot: SlotFacts | None) -> Link:
    if failed := _failed_in(all_steps, steps.ENSURE_TASK.group):
        return failed
    if health is None or slot is None:
        return _unknown("nobody looked")
    said = f"the task is {health['task']}, the slot is {'' if slot['active'] else 'not '}being read"
    fine = slot["active"] and health["task"] == "running"
    return Link("good", "✔", said) if fine else Link("bad", "✖", said)


def _arrived(all_steps: list[RecordedStep]) -> Link:
    seconds = latencies(all_steps).get("canary")
    return _of(all_steps, steps.COMPARE_ROW, "the same row" + (f" after {seconds:.3g} s" if seconds else ""))


def _of(all_steps: list[RecordedStep], step: Step[object], fine: str) -> Link:
    one = recorded(all_steps, step)
    if one is None:
        return _unknown("not in this run")
    if one["state"] == "success" and one["result"] is not None:
        return Link("good", "✔", fine)
    if one["state"] == "failed":
        return Link("bad", "✖", f"{step} failed")
    return _unknown(
        f"{step} is {one['state']}" if one["state"] != "upstream_failed" else "the run did not get that far"
    )


def _unknown(says: str) -> Link:
    return Link("none", "?", says)
