"""The health check: one look at everything that has a limit, and every violation in one message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from reverse_sync.aws.dms import existing_task
from reverse_sync.aws.dms_notes import in_utc, read_notes
from reverse_sync.aws.faults import readable_aws_errors
from reverse_sync.aws.operators.base import DmsOperator
from reverse_sync.aws.operators.statistics import table_statistics
from reverse_sync.aws.task_slot import learn_slot
from reverse_sync.aws.triggers.tables import GOOD
from reverse_sync.errors import NeedsPersonError, ReverseSyncError
from reverse_sync.health import dms_view
from reverse_sync.health.latency import canary_latency_s, dms_latency_s
from reverse_sync.postgres.slots import dms_slots, only, slot_facts
from reverse_sync.results import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.aws.dms_notes import DmsNotes
    from reverse_sync.catalog.postgres_server import Slot
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import (
        CanaryArrival,
        CanaryChange,
        HealthResult,
        ReplicationTaskResult,
        Result,
        TableStatistics,
    )
    from reverse_sync.task_keywords import TaskKeywords

MB = 1024**2
_WAIT_FOR_DMS = (
    "After an outage of PostgreSQL or the network DMS connects again by itself: the next try looks again; if it stays "
    "so, see the task's log in CloudWatch, then clear this task"
)


class HealthCheckOperator(DmsOperator):
    """Measures task, tables, latency, slot, triggers and DMS's own notes against the pipeline's limits.

    Only the task's own slot is measured; where nothing tells which that is, every slot that may be it.

    Differences between DMS and the pipeline file are the ensuring steps' to find.

    :param pipeline: the pipeline
    :param insert_triggers: what the triggers' step returned; a template
    :param started: what the start of the task returned; a template
    :param change: what the canary's change returned; a template
    :param arrival: what the wait for the canary returned; a template
    """

    template_fields: Sequence[str] = aws_template_fields("insert_triggers", "started", "change", "arrival")

    def __init__(
        self,
        *,
        pipeline: Pipeline,
        insert_triggers: Result | None,
        started: ReplicationTaskResult | None,
        change: CanaryChange | None,
        arrival: CanaryArrival | None,
        **kwargs: Unpack[TaskKeywords],
    ) -> None:
        super().__init__(aws_conn_id=pipeline.aws.connection, region_name=pipeline.aws.region, **kwargs)
        self.pipeline = pipeline
        self.insert_triggers = insert_triggers
        self.started = started
        self.change = change
        self.arrival = arrival

    def execute(self, context: Context) -> HealthResult:
        """The measurements, for the evidence.

        :raises NeedsPersonError: with every violation at once.
        :raises ReverseSyncError: where all that is wrong may be over at the next try.
        """
        with readable_aws_errors(self.aws_conn_id):
            task = existing_task(self.client, self.pipeline.dms.task.identifier)
            own = learn_slot(self.pipeline, self.client, task)
            tables = table_statistics(self.client, task["ReplicationTaskArn"])
            latency_s = {
                "canary": canary_latency_s(self.change, self.arrival),
                **dms_latency_s(self.pipeline, task["ReplicationTaskArn"]),
            }
        found = dms_slots(self.pipeline.postgres.connection)
        slots = only(found, own)
        notes = read_notes(self.pipeline, task)
        violations = [
            *self.violations(task["Status"], tables, latency_s, slots),
            *self._dms_view(tables, notes, in_utc(context["dag_run"].run_after)),
        ]
        measured: HealthResult = {
            "outcome": Outcome.FOUND,
            "what": f"{_summary(latency_s, slots)}; "
            f"{dms_view.summary(tables, notes, validation=self.pipeline.dms.task.validation)}",
            "task": task["Status"],
            "latency_s": latency_s,
            "slot": own,
            "slots": [slot_facts(slot) for slot in slots],
            "slots_of_others": [slot.name for slot in found if slot not in slots],
            "dms_notes": notes.as_json(),
            "violations": violations,
        }
        if violations:
            context["ti"].xcom_push(key="return_value", value=measured)
            listed = "\n".join(f"  {violation}" for violation in violations)
            passes = violations == [*self.reconnecting(task["Status"], slots)]
            do = _WAIT_FOR_DMS if passes else "Correct these, then clear this task"
            raise (ReverseSyncError if passes else NeedsPersonError)(
                f"The replication is not healthy:\n{listed}\n{do}. {measured.get('what')}."
            )
        return measured

    def violations(
        self, status: str, tables: list[TableStatistics], latency_s: dict[str, float | None], slots: list[Slot]
    ) -> list[str]:
        """Every limit that these measurements break, a sentence each."""
        return [
            *self._task(status, tables),
            *self._latency(latency_s),
            *self._slots(slots),
            *self._triggers(),
        ]

    def reconnecting(self, status: str, slots: list[Slot]) -> Iterator[str]:
        """The violation that may pass by itself: nobody reads the slot of a task that runs.

        After an outage DMS tries to connect again, after longer and longer pauses (RecoverableErrorInterval):
        https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ErrorHandling.html
        """
        if status == "running" and slots:
            yield from self._unread(slots)

    def _dms_view(self, tables: list[TableStatistics], notes: DmsNotes, run_began: datetime) -> Iterator[str]:
        yield from dms_view.refused_changes(notes, run_began, reconciled=self.pipeline.reconciliation.enabled)
        yield from dms_view.failed_validation(tables, notes.validation_failures)

    def _task(self, status: str, tables: list[TableStatistics]) -> Iterator[str]:
        if status != "running":
            yield f"replication task {self.pipeline.dms.task.identifier} should be 'running' but is {status!r}"
        for table in tables:
            if table["state"] != GOOD:
                yield f"table {table['table']} should be {GOOD!r} but is {table['state']!r}: its changes are dropped"

    def _latency(self, latency_s: dict[str, float | None]) -> Iterator[str]:
        limit_s = self.pipeline.health.latency_limit_s
        for name, seconds in latency_s.items():
            if seconds is not None and seconds > limit_s:
                yield f"latency {name} is {seconds:.1f} s, above health.latency_limit_s of {limit_s:g} s"

    def _unread(self, slots: list[Slot]) -> Iterator[str]:
        if not any(slot.active for slot in slots):
            names = ", ".join(slot.name for slot in slots) or "there is none"
            yield f"the task's replication slot is not being read ({names})"

    def _slots(self, slots: list[Slot]) -> Iterator[str]:
        yield from self._unread(slots)
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
        # A task that a person marked as success returned nothing.
        triggers, started = self.insert_triggers, self.started
        if not triggers or not started:
            return
        if triggers["outcome"] == Outcome.CHANGED and started["outcome"] == Outcome.LEFT_ALONE:
            yield (
                f"this run {triggers.get('what')}, which was enabled while the task ran: rows inserted "
                "meanwhile may have other ids in Oracle; see what the reconciliation found"
            )


def _summary(latency_s: dict[str, float | None], slots: list[Slot]) -> str:
    measured = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in latency_s.items() if seconds is not None)
    kept = ", ".join(
        f"slot {slot.name} at {slot.confirmed_flush_lsn} keeps {slot.retained_bytes / MB:.1f} MB of WAL"
        for slot in slots
    )
    return f"Latency: {measured}; {kept or 'no slot'}"
