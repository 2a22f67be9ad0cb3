"""What a run measured, as Airflow's own metrics: StatsD or OpenTelemetry, wherever Airflow sends its own."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from airflow.sdk.observability import stats

from reverse_sync import steps
from reverse_sync.evidence.linking import summary
from reverse_sync.evidence.links import earlier_runs
from reverse_sync.evidence.shapes import result_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.evidence.shapes import Record
    from reverse_sync.pipeline import Pipeline


def measure(pipeline: Pipeline, record: Record) -> None:
    """Set the gauges `reverse_sync.<pipeline>.<name>`, once a run."""
    for name, value in _gauges(pipeline, record):
        stats.gauge(f"reverse_sync.{pipeline.name}.{name}", value)


def _gauges(pipeline: Pipeline, record: Record) -> Iterator[tuple[str, float]]:
    said = summary(record)
    for kind, seconds in said["latency_s"].items():
        if seconds is not None:
            yield f"latency_s.{kind}", seconds
    if health := result_of(record["steps"], steps.HEALTH):
        yield "retained_wal_bytes", sum(slot["retained_wal_bytes"] for slot in health["slots"])
    if any(one["task"] == steps.RECONCILE.task_id for one in record["steps"]):
        yield "rows_differing", said["rows_differing"]
    for run in chain([said], earlier_runs(pipeline, record["dag_id"], record["chain"]["sequence"])):
        if run["succeeded"]:
            since = datetime.fromisoformat(said["written_at"]) - datetime.fromisoformat(run["written_at"])
            yield "seconds_since_proved", since.total_seconds()
            return
