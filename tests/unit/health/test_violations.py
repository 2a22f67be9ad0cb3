"""Each limit that a run breaks is named with both numbers; what keeps its limits is not mentioned."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from reverse_sync.aws.dms_notes import DmsNotes
from reverse_sync.catalog.postgres_server import Slot
from reverse_sync.health import dms_view
from reverse_sync.health.latency import canary_latency_s
from reverse_sync.health.operator import MB, HealthCheckOperator
from reverse_sync.oracle.control_tables import EXCEPTIONS, VALIDATION_FAILURES, Note, Notes
from reverse_sync.pipeline import load
from reverse_sync.results import CanaryArrival, CanaryChange, Outcome
from tests.support.parts import ROOT

SLOT = Slot("s_awsdms", "pglogical_output", "dso", active=True, wal_status="reserved", retained_bytes=MB)
FINE: dict[str, Any] = {
    "status": "running",
    "tables": [
        {
            "table": "a.b",
            "state": "Table completed",
            "validation": "Not enabled",
            "validation_failed": 0,
            "validation_suspended": 0,
        }
    ],
    "latency_s": {"canary": 0.3, "CDCLatencySource": None, "CDCLatencyTarget": 59.9},
    "slots": [SLOT],
}


def check(triggers: str = "left alone", started: str = "left alone") -> HealthCheckOperator:
    return HealthCheckOperator(
        task_id="check",
        pipeline=load(ROOT / "include" / "pipelines" / "flightspecials.yaml"),
        insert_triggers={"outcome": Outcome(triggers), "what": "disabled T.FLIGHTSPECIAL_TRIGGER on T.FLIGHTSPECIAL"},
        started={"outcome": Outcome(started), "arn": "", "task": {}},
        change=None,
        arrival=None,
    )


def violations(triggers: str = "left alone", started: str = "left alone", **facts: Any) -> list[str]:
    return check(triggers, started).violations(**{**FINE, **facts})


def test_what_keeps_its_limits_violates_nothing() -> None:
    assert violations() == []
    assert violations(triggers="changed", started="changed") == []


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"status": "stopped"}, "should be 'running' but is 'stopped'"),
        ({"tables": [{"table": "a.b", "state": "Table error"}]}, "table a.b should be 'Table completed' but is 'Table error'"),
        ({"latency_s": {"CDCLatencySource": 61.0}}, "latency CDCLatencySource is 61.0 s, above health.latency_limit_s of 60 s"),
        ({"slots": []}, "the task's replication slot is not being read (there is none)"),
        ({"slots": [SLOT, Slot("x", "pglogical_output", "dso", False, "lost", 0)]}, "slot x is lost"),
        ({"slots": [Slot("x", "pglogical_output", "dso", True, "extended", 20_000 * MB)]}, "keeps 20000 MB of WAL, above health.retained_wal_limit_mb of 10240"),
        ({"triggers": "changed"}, "this run disabled T.FLIGHTSPECIAL_TRIGGER on T.FLIGHTSPECIAL, which was enabled while"),
    ],
)  # fmt: skip
def test_one_limit_broken(facts: dict[str, Any], said: str) -> None:
    [violation] = violations(**facts)
    assert said in violation


def test_only_the_unread_slot_of_a_running_task_may_pass_by_itself() -> None:
    unread, lost = (Slot("x", "pglogical_output", "dso", False, wal_status, 0) for wal_status in ("reserved", "lost"))
    assert [*check().reconnecting("running", [unread])] == violations(slots=[unread])
    assert [*check().reconnecting("running", [lost])] != violations(slots=[lost])
    assert [*check().reconnecting("running", [])] != violations(slots=[])
    assert [*check().reconnecting("stopped", [unread])] == []


def _change(seen_in_oracle_after_s: float | None) -> CanaryChange:
    return {
        "outcome": Outcome.CHANGED,
        "answer": "HTTP 200",
        "answered_at": "2026-11-22T10:00:00+00:00",
        "seen_in_oracle_after_s": seen_in_oracle_after_s,
    }


def test_the_canarys_latency_is_measured_or_bounded() -> None:
    change = _change(seen_in_oracle_after_s=0.25)
    arrival: CanaryArrival = {"outcome": Outcome.FOUND, "seen_at": "2026-11-22T10:00:07+00:00", "latency": "7 s"}
    assert canary_latency_s(change, arrival) == 0.25
    assert canary_latency_s(_change(seen_in_oracle_after_s=None), arrival) == 7


def test_a_task_that_a_person_marked_as_success_measured_nothing() -> None:
    assert canary_latency_s(None, None) is None
    assert canary_latency_s(_change(seen_in_oracle_after_s=None), None) is None
    operator = HealthCheckOperator(
        task_id="check",
        pipeline=load(ROOT / "include" / "pipelines" / "flightspecials.yaml"),
        insert_triggers=None,
        started=None,
        change=None,
        arrival=None,
    )
    assert operator.violations(**FINE | {"latency_s": {"canary": None}}) == []


def test_what_dms_says_of_its_own_validation_counts() -> None:
    tables: list[Any] = [
        {"table": "a.corrected", "validation": "Validated", "validation_failed": 0, "validation_suspended": 0},
        {"table": "a.late", "validation": "Pending records", "validation_failed": 0, "validation_suspended": 0},
        {"table": "a.other", "validation": "Mismatched records", "validation_failed": 3, "validation_suspended": 1},
        {"table": "a.heap", "validation": "No primary key", "validation_failed": 0, "validation_suspended": 0},
    ]
    at = datetime(2026, 11, 26, 3, 0, 1)  # as the control tables have it
    failure = Note(at, "A.OTHER", 'RECORD_DIFF; {"key": ["7"]}; [[{"N": "1"}, {"N": "2"}],]')
    failures = Notes(VALIDATION_FAILURES, (failure,), 3)
    [said] = dms_view.failed_validation(tables, failures)
    assert said.startswith("DMS's validation says 'Mismatched records' of a.other (3 failed, 1 suspended)")
    assert "2026-11-26 03:00:01 UTC, A.OTHER: RECORD_DIFF" in said
    told = dms_view.summary(tables, DmsNotes(Notes(EXCEPTIONS), failures), validation=True)
    assert told.endswith("DMS validates 3 of 4 tables, not a.heap")


def test_suspended_records_count_whatever_the_state_of_the_table() -> None:
    tables: list[Any] = [
        {"table": "a.b", "validation": "Pending records", "validation_failed": 0, "validation_suspended": 2}
    ]
    unread = Notes(VALIDATION_FAILURES, unreadable="DMSUSER may not")
    [said] = dms_view.failed_validation(tables, unread)
    assert said.endswith("(0 failed, 2 suspended); awsdms_validation_failures_v1 could not be read: DMSUSER may not")
