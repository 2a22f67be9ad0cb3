"""The health check: one look at everything that has a limit, and every violation in one message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from reverse_sync.aws.dms import existing_task
from reverse_sync.aws.faults import explained
from reverse_sync.aws.operators.base import DmsOperator
from reverse_sync.aws.operators.statistics import table_statistics
from reverse_sync.aws.triggers.tables import GOOD
from reverse_sync.errors import NeedsPersonError
from reverse_sync.health.latency import canary_latency_s, dms_latency_s
from reverse_sync.postgres.slots import described, dms_slots

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from airflow.sdk import Context

    from reverse_sync.catalog.postgres_server import Slot
    from reverse_sync.pipeline import Pipeline

MB = 1024**2


class HealthCheckOperator(DmsOperator):
    """Measures task, tables, latency, slot and triggers against the pipeline's limits.

    Differences between DMS and the pipeline file are the ensuring steps' to find.

    :param pipeline: the pipeline
    :param insert_triggers: what the triggers' step returned; a template
    :param started: what the start of the task returned; a template
    :param change: what the canary's change returned; a template
    :param arrival: what the wait for the canary returned; a template
    """

    template_fields: Sequence[str] = aws_template_fields("insert_triggers", "started", "change", "arrival")

    def __init__(
        self, *, pipeline: Pipeline, insert_triggers: Any, started: Any, change: Any, arrival: Any, **kwargs: Any
    ) -> None:
        super().__init__(aws_conn_id=pipeline.aws.connection, region_name=pipeline.aws.region, **kwargs)
        self.pipeline = pipeline
        self.insert_triggers = insert_triggers
        self.started = started
        self.change = change
        self.arrival = arrival

    def execute(self, context: Context) -> dict[str, Any]:
        """The measurements, for the evidence.

        :raises NeedsPersonError: with every violation at once.
        """
        with explained(self.aws_conn_id):
            task = existing_task(self.client, self.pipeline.dms.task.identifier)
            tables = table_statistics(self.client, task["ReplicationTaskArn"])
            latency_s = {
                "canary": canary_latency_s(self.change, self.arrival),
                **dms_latency_s(self.pipeline, task["ReplicationTaskArn"]),
            }
        slots = dms_slots(self.pipeline.postgres.connection)
        violations = self.violations(task["Status"], tables, latency_s, slots)
        measured = {
            "outcome": "found",
            "what": _summary(latency_s, slots),
            "task": task["Status"],
            "latency_s": latency_s,
            "slots": [described(slot) for slot in slots],
            "violations": violations,
        }
        if violations:
            context["ti"].xcom_push(key="return_value", value=measured)
            listed = "\n".join(f"  {violation}" for violation in violations)
            raise NeedsPersonError(
                f"The replication is not healthy:\n{listed}\nMend these, then clear this task. {measured['what']}."
            )
        return measured

    def violations(
        self, status: str, tables: list[dict[str, Any]], latency_s: dict[str, float | None], slots: list[Slot]
    ) -> list[str]:
        """Every limit that these measurements break, a sentence each."""
        return [
            *self._task(status, tables),
            *self._latency(latency_s),
            *self._slots(slots),
            *self._triggers(),
        ]

    def _task(self, status: str, tables: list[dict[str, Any]]) -> Iterator[str]:
        if status != "running":
            yield f"task {self.pipeline.dms.task.identifier} should be 'running' but is {status!r}"
        for table in tables:
            if table["state"] != GOOD:
                yield f"table {table['table']} should be {GOOD!r} but is {table['state']!r}: its changes are dropped"

    def _latency(self, latency_s: dict[str, float | None]) -> Iterator[str]:
        limit_s = self.pipeline.health.latency_limit_s
        for name, seconds in latency_s.items():
            if seconds is not None and seconds > limit_s:
                yield f"latency {name} is {seconds:.1f} s, above health.latency_limit_s of {limit_s:g} s"

    def _slots(self, slots: list[Slot]) -> Iterator[str]:
        if not any(slot.active for slot in slots):
            names = ", ".join(slot.name for slot in slots) or "there is none"
            yield f"no replication slot of DMS's is being read ({names})"
        for slot in slots:
            if slot.wal_status == "lost":
                yield f"slot {slot.name} is lost: PostgreSQL removed WAL that its reader had not seen"
            if slot.retained_bytes > self.pipeline.health.retained_wal_limit_mb * MB:
                yield (
                    f"slot {slot.name} keeps {slot.retained_bytes / MB:.0f} MB of WAL, above "
                    f"health.retained_wal_limit_mb of {self.pipeline.health.retained_wal_limit_mb}: the source's "
                    "storage fills up"
                )

    def _triggers(self) -> Iterator[str]:
        if self.insert_triggers["outcome"] == "changed" and self.started["outcome"] == "left alone":
            yield (
                f"this run {self.insert_triggers['what']}, which was enabled while the task ran: rows inserted "
                "meanwhile may have other ids in Oracle; see what the reconciliation found"
            )


def _summary(latency_s: dict[str, float | None], slots: list[Slot]) -> str:
    measured = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in latency_s.items() if seconds is not None)
    kept = ", ".join(
        f"slot {slot.name} at {slot.confirmed_flush_lsn} keeps {slot.retained_bytes / MB:.1f} MB of WAL"
        for slot in slots
    )
    return f"Latency: {measured}; {kept or 'no slot'}"
