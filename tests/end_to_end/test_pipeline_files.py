"""Pipeline files under Airflow's own DAG processor: a second one, and a broken one."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.rehearsal import ROOT, Rehearsal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.end_to_end


def test_a_broken_file_is_an_import_error_of_its_own_and_the_others_live(tmp_path: Path) -> None:
    include = shutil.copytree(ROOT / "include", tmp_path / "include")
    shipped = (include / "pipelines" / "flightspecials.yaml").read_text(encoding="utf-8")
    second = shipped.replace("name: flightspecials", "name: hotelspecials")
    (include / "pipelines" / "hotelspecials.yaml").write_text(second, encoding="utf-8")
    broken = shipped.replace("method: PUT", "method: PATCH")
    (include / "pipelines" / "broken.yaml").write_text(broken, encoding="utf-8")
    rehearsal = Rehearsal(tmp_path / "home")
    started = rehearsal.verb("up", environment={"REVERSE_SYNC_INCLUDE": str(include)})
    assert started.returncode == 0, started.stderr
    try:
        deadline = time.monotonic() + 60
        while not (errors := rehearsal.airflow.get("importErrors")["import_errors"]) and time.monotonic() < deadline:
            time.sleep(0.5)
        assert [error["filename"] for error in errors] == ["include/pipelines/broken.yaml"]
        assert "canary.method: found 'PATCH'. Allowed: input should be 'PUT' or 'POST'" in errors[0]["stack_trace"]
        dags = {dag["dag_id"]: dag for dag in rehearsal.airflow.get("dags")["dags"]}
        assert {"flightspecials_reverse_sync", "hotelspecials_reverse_sync"} <= set(dags)
        assert not any(dag["has_import_errors"] or dag["is_stale"] for dag in dags.values())
    finally:
        rehearsal.verb("down")
