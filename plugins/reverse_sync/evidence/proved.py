"""Assets: an event for each table that a run proved completely, for the DAGs that read it in Oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import Asset, AssetAlias

from reverse_sync import steps
from reverse_sync.evidence.shapes import returned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.sdk import Context
    from pydantic import JsonValue

    from reverse_sync.evidence.shapes import Record
    from reverse_sync.pipeline import Pipeline


def proved_tables_alias(pipeline: Pipeline) -> AssetAlias:
    """Any table of the pipeline: which there are, only a run knows."""
    return AssetAlias(f"{pipeline.dag_id}.proved")


def proved_table(pipeline_name: str, table: str) -> Asset:
    """One table, by its name in Oracle, `SCHEMA.TABLE`."""
    return Asset(name=f"{pipeline_name}/{table}", uri=f"x-reverse-sync://{pipeline_name}/{table}")


def announce(context: Context, pipeline: Pipeline, record: Record, address: str) -> None:
    """Add the events to the task that runs; Airflow makes them known where it is successful.

    Each has the verdict, the address of the record, and PostgreSQL's position (LSN) when the rows had been read.
    """
    events = context["outlet_events"]
    for table, position in _complete(record):
        extra: dict[str, JsonValue] = {
            "verdict": record["verdict"]["outcome"],
            "evidence": address,
            "position": position,
        }
        events[proved_tables_alias(pipeline)].add(proved_table(pipeline.name, table), extra=extra)


def _complete(record: Record) -> Iterator[tuple[str, str]]:
    """The tables of which every row is equal, in full, with their positions."""
    for one in record["steps"]:
        result = returned(one, steps.RECONCILE) if one["task"] == steps.RECONCILE.task_id else None
        if result and one["state"] == "success" and result["complete"] and not result.get("differences"):
            scanned = result.get("comparison", {}).get("scanned", {})
            if scanned.get("table"):
                yield scanned["table"], scanned.get("lsn", "")
