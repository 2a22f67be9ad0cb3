"""A run that starts long after it was due takes nothing that happened before it for its own."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import requests

from rehearsal.rehearse import DAG_ID, evidence_file, follow
from tests.support.wait import ASKS_AIRFLOW_S, eventually

if TYPE_CHECKING:
    from tests.support.rehearsal import Rehearsal

pytestmark = pytest.mark.end_to_end


def unpaused(rehearsal: Rehearsal) -> bool:
    """Unpause the DAG, once Airflow has read its file."""
    with contextlib.suppress(requests.HTTPError):
        rehearsal.airflow.patch(f"dags/{DAG_ID}", {"is_paused": False})
        return True
    return False


def test_a_restart_since_the_run_was_due_is_not_its_reboot(rehearsal: Rehearsal) -> None:
    [(before,)] = rehearsal.postgres("SELECT pg_postmaster_start_time()")
    due = datetime.now(UTC) - timedelta(days=1)
    assert before > due
    assert eventually(lambda: unpaused(rehearsal), 60, ASKS_AIRFLOW_S)
    body = {"logical_date": None, "run_after": due.isoformat(), "conf": {"reboot": "always"}}
    run_id = rehearsal.airflow.post(f"dags/{DAG_ID}/dagRuns", body)["dag_run_id"]
    assert follow(rehearsal.airflow, run_id, 180) == "success"
    file = evidence_file(rehearsal.layout, run_id)
    assert file is not None
    steps = {step["task"]: step for step in json.loads(file.read_text(encoding="utf-8"))["steps"]}
    assert steps["postgres.reboot"]["result"]["outcome"] == "changed"
    [(after,)] = rehearsal.postgres("SELECT pg_postmaster_start_time()")
    assert after > before
