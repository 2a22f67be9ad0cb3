"""Records as runs write them, small."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from reverse_sync.evidence.schema import schema
from reverse_sync.pipeline import Evidence, load
from tests.support.parts import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_sync.evidence.shapes import Record
    from reverse_sync.pipeline import Pipeline

SHIPPED = ROOT / "include" / "pipelines" / "flightspecials.yaml"


def pipeline_with(evidence: Evidence) -> Pipeline:
    """The shipped pipeline, whose records are kept elsewhere."""
    return load(SHIPPED).model_copy(update={"evidence": evidence})


def written_record(file: Path) -> dict[str, Any]:
    """The record that a run wrote, which is as the published schema says."""
    record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    Draft202012Validator(schema()).validate(record)
    return record


def run_record(run_id: str = "manual__1", times_cleared: int = 0, **more: Any) -> Record:
    """The record of a run that proved its row and found one row of fifteen that differs."""
    compared = {"outcome": "found", "complete": True, "compared": 15, "counts": {"equal": 14, "different": 1}}
    record: Any = {
        "format": 2,
        "pipeline_file": "flightspecials.yaml",
        "mapping_file": "mappings/flightspecials.json",
        "mapping_sha256": "ab" * 32,
        "dag_id": "flightspecials_reverse_sync",
        "run_id": run_id,
        "run_type": "manual",
        "triggered_by": "김민지",
        "due_at": "2026-11-22T03:00:00+00:00",
        "started_at": "2026-11-22T03:00:01+00:00",
        "written_at": "2026-11-22T03:01:00+00:00",
        "times_cleared": times_cleared,
        "parameters": {"canary_text": "<b>부산행</b>"},
        "versions": {"python": "3.11.7"},
        "marked": None,
        "verdict": {
            "outcome": "proved, complete",
            "proved": True,
            "succeeded": True,
            "failed_tasks": [],
            "not_compared": [],
            "warnings": [],
            "sentence": "Proved, complete: a row.",
        },
        "steps": [
            {
                "task": "verify.reconcile",
                "map_index": 0,
                "state": "success",
                "duration_s": 0.5,
                "attempts": 1,
                "result": compared,
            },
            {
                "task": "health.check",
                "map_index": -1,
                "state": "success",
                "duration_s": 0.1,
                "attempts": 1,
                "result": {
                    "outcome": "found",
                    "task": "running",
                    "latency_s": {"canary": 0.04},
                    "slot": None,
                    "slots": [],
                    "dms_notes": {},
                    "slots_of_others": [],
                    "violations": [],
                },
            },
        ],
        **more,
    }
    return record  # type: ignore[no-any-return]
