"""What others learn of a run by Airflow: assets of tables that are proved completely, and metrics."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.execution_time.context import OutletEventAccessors
from airflow.sdk.observability import stats

from reverse_sync.evidence.chain import append
from reverse_sync.evidence.metrics import measure
from reverse_sync.evidence.proved import announce, proved_table, proved_tables_alias
from reverse_sync.pipeline import Evidence
from tests.support.parts import ROOT
from tests.support.records import pipeline_with, run_record

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "TRAVELBUDDY.FLIGHTSPECIAL"
WHOLE = {"complete": True, "comparison": {"scanned": {"table": TABLE, "lsn": "0/1A2B3C8"}}}


@pytest.mark.parametrize(
    ("state", "result", "announced"),
    [
        ("success", WHOLE, [TABLE]),
        ("success", WHOLE | {"complete": False}, []),
        ("success", WHOLE | {"differences": ["ID=1: NAME differs"]}, []),
        ("failed", WHOLE, []),
        ("success", None, []),
    ],
)
def test_only_a_table_that_was_proved_completely_is_an_event(
    tmp_path: Path, state: str, result: Any, announced: list[str]
) -> None:
    pipeline = pipeline_with(Evidence(base_path=f"file://{tmp_path}"))
    context: Any = {"outlet_events": OutletEventAccessors()}
    record = run_record(steps=[{"task": "verify.reconcile", "state": state, "result": result}])
    announce(context, pipeline, record, "s3://records/1.json")
    events = context["outlet_events"][proved_tables_alias(pipeline)].asset_alias_events
    assert [event.dest_asset_key.name for event in events] == [f"flightspecials/{table}" for table in announced]
    for event in events:
        assert event.extra == {
            "verdict": "proved, complete",
            "evidence": "s3://records/1.json",
            "position": "0/1A2B3C8",
        }


def test_the_example_for_bi_waits_for_that_very_asset() -> None:
    spec = spec_from_file_location("bi_report", ROOT / "examples" / "downstream" / "bi_report.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = module_from_spec(spec)
    spec.loader.exec_module(module)
    assert proved_table("flightspecials", TABLE) == module.PROVED


def test_a_run_sets_its_gauges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = pipeline_with(Evidence(base_path=f"file://{tmp_path}"))
    gauges: dict[str, float] = {}
    monkeypatch.setattr(stats, "gauge", lambda name, value: gauges.update({name: value}))
    append(pipeline, run_record("manual__1"))
    red = run_record("manual__2", written_at="2026-11-22T04:01:00+00:00")
    red["verdict"]["succeeded"] = False
    red["steps"][1]["result"]["slots"] = [{"retained_wal_bytes": 4096}]
    _, red["chain"] = append(pipeline, red)
    measure(pipeline, red)
    assert gauges == {
        "reverse_sync.flightspecials.latency_s.canary": 0.04,
        "reverse_sync.flightspecials.retained_wal_bytes": 4096,
        "reverse_sync.flightspecials.rows_differing": 1,
        "reverse_sync.flightspecials.seconds_since_proved": 3600,
    }
