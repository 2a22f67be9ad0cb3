"""A DAG for BI: it runs whenever a run of the pipeline has proved that Oracle holds every row of the table."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, Asset, task

TABLE = "TRAVELBUDDY.FLIGHTSPECIAL"
PROVED = Asset(name=f"flightspecials/{TABLE}", uri=f"x-reverse-sync://flightspecials/{TABLE}")

with DAG("bi_flightspecials", schedule=[PROVED], catchup=False, tags=["bi"]):

    @task
    def read_report(triggering_asset_events: Any = None) -> dict[str, Any]:
        """What the report rests on: the verdict, the record's address, PostgreSQL's position."""
        event = triggering_asset_events[PROVED][-1]
        return dict(event.extra)

    read_report()
