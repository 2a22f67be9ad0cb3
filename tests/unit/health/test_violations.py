"""Each limit that a run breaks is named with both numbers; what keeps its limits is not mentioned."""

from __future__ import annotations

from typing import Any

import pytest

from reverse_sync.catalog.postgres_server import Slot
from reverse_sync.health.latency import canary_latency_s
from reverse_sync.health.operator import MB, HealthCheckOperator
from reverse_sync.pipeline import load
from tests.support.parts import ROOT

SLOT = Slot("s_awsdms", "pglogical_output", "dso", active=True, wal_status="reserved", retained_bytes=MB)
FINE: dict[str, Any] = {
    "status": "running",
    "tables": [{"table": "a.b", "state": "Table completed"}],
    "latency_s": {"canary": 0.3, "CDCLatencySource": None, "CDCLatencyTarget": 59.9},
    "slots": [SLOT],
}


def violations(triggers: str = "left alone", started: str = "left alone", **facts: Any) -> list[str]:
    operator = HealthCheckOperator(
        task_id="check",
        pipeline=load(ROOT / "include" / "pipelines" / "flightspecials.yaml"),
        insert_triggers={"outcome": triggers, "what": "disabled T.FLIGHTSPECIAL_TRIGGER on T.FLIGHTSPECIAL"},
        started={"outcome": started},
        change=None,
        arrival=None,
    )
    return operator.violations(**{**FINE, **facts})


def test_what_keeps_its_limits_violates_nothing() -> None:
    assert violations() == []
    assert violations(triggers="changed", started="changed") == []


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"status": "stopped"}, "should be 'running' but is 'stopped'"),
        ({"tables": [{"table": "a.b", "state": "Table error"}]}, "table a.b should be 'Table completed' but is 'Table error'"),
        ({"latency_s": {"CDCLatencySource": 61.0}}, "latency CDCLatencySource is 61.0 s, above health.latency_limit_s of 60 s"),
        ({"slots": []}, "no replication slot of DMS's is being read (there is none)"),
        ({"slots": [SLOT, Slot("x", "pglogical_output", "dso", False, "lost", 0)]}, "slot x is lost"),
        ({"slots": [Slot("x", "pglogical_output", "dso", True, "extended", 20_000 * MB)]}, "keeps 20000 MB of WAL, above health.retained_wal_limit_mb of 10240"),
        ({"triggers": "changed"}, "this run disabled T.FLIGHTSPECIAL_TRIGGER on T.FLIGHTSPECIAL, which was enabled while"),
    ],
)  # fmt: skip
def test_one_limit_broken(facts: dict[str, Any], said: str) -> None:
    [violation] = violations(**facts)
    assert said in violation


def test_the_canarys_latency_is_measured_or_bounded() -> None:
    change = {"seen_in_oracle_after_s": 0.25, "answered_at": "2026-11-22T10:00:00+00:00"}
    assert canary_latency_s(change, {}) == 0.25
    late = {**change, "seen_in_oracle_after_s": None}
    assert canary_latency_s(late, {"seen_at": "2026-11-22T10:00:07+00:00"}) == 7
