"""Pipeline files under Airflow's own DAG processor and scheduler: a second one, broken ones, a canary of its own."""

from __future__ import annotations

import copy
import shutil
import time
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.support.mail import MailServer, mail_server
from tests.support.rehearsal import ROOT, Rehearsal
from tests.support.wait import eventually

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.end_to_end
MAIL = {
    "notifier": "airflow.providers.smtp.notifications.smtp.SmtpNotifier",
    "events": ["overdue"],
    "arguments": {
        "to": "on-call@example.com",
        "from_email": "airflow@example.com",
        "subject": "{{ notice.subject }}",
        "html_content": "{{ notice.reason }} {{ notice.link }}",
    },
}
LATE = "hotelspecials_reverse_sync: a run takes too long"


def test_each_file_stands_for_itself(tmp_path: Path) -> None:
    """A broken file is an import error of its own, a canary takes nothing from another service, and the others live."""
    include = shutil.copytree(ROOT / "include", tmp_path / "include")
    shipped = yaml.safe_load((include / "pipelines" / "flightspecials.yaml").read_text(encoding="utf-8"))
    elsewhere = {"table": "travelbuddy.flight", "column": "flight_name", "id": 2}
    for name, canary in (
        ("hotelspecials", shipped["canary"] | elsewhere),
        ("broken", shipped["canary"] | {"method": "GET"}),
        ("orders", {"table": "shop.orders", "column": "note", "id": 2}),
    ):
        dms = copy.deepcopy(shipped["dms"])
        for part in ("source_endpoint", "target_endpoint", "task"):
            dms[part]["identifier"] = f"{name}-{part}".replace("_", "-")
        more = {"name": name, "canary": canary, "dms": dms, "deadline_s": 0.5, "notices": [MAIL]}
        text = yaml.safe_dump(shipped | more, allow_unicode=True)
        (include / "pipelines" / f"{name}.yaml").write_text(text, encoding="utf-8")
    rehearsal = Rehearsal(tmp_path / "home")
    with mail_server() as mail:
        each_file_stands_for_itself(rehearsal, include, mail)


def each_file_stands_for_itself(rehearsal: Rehearsal, include: Path, mail: MailServer) -> None:
    started = rehearsal.verb("up", environment={"REVERSE_SYNC_INCLUDE": str(include)})
    assert started.returncode == 0, started.stderr
    try:
        errors = import_errors(rehearsal, 2)
        assert set(errors) == {"include/pipelines/broken.yaml", "include/pipelines/orders.yaml"}
        said = errors["include/pipelines/broken.yaml"]
        assert "canary.method: found 'GET'. Allowed: 'PUT', 'POST' or 'PATCH'" in said
        for key in ("connection", "path", "method", "text", "body"):
            assert f"canary.{key}: missing, and it has no default" in errors["include/pipelines/orders.yaml"]
        dags = {dag["dag_id"]: dag for dag in rehearsal.airflow.get("dags")["dags"]}
        assert {"flightspecials_reverse_sync", "hotelspecials_reverse_sync"} <= set(dags)
        assert not any(dag["has_import_errors"] or dag["is_stale"] for dag in dags.values())
        rehearsal.airflow.post("connections", {"connection_id": "smtp_default", **mail.connection})
        a_canary_that_the_mapping_does_not_carry_changes_nothing(rehearsal)
        assert eventually(lambda: [one["subject"] for one in mail.messages] == [LATE], 60), mail.messages
    finally:
        rehearsal.verb("down")
        rehearsal.verb("fresh")


def a_canary_that_the_mapping_does_not_carry_changes_nothing(rehearsal: Rehearsal) -> None:
    rows = "SELECT id::text, header FROM travelbuddy.flightspecial UNION SELECT flight_no::text, flight_name FROM travelbuddy.flight ORDER BY 1, 2"
    before = rehearsal.postgres(rows)
    dag = "dags/hotelspecials_reverse_sync"
    rehearsal.airflow.patch(dag, {"is_paused": False})
    rehearsal.airflow.post(f"{dag}/dagRuns", {"logical_date": None, "conf": {}})
    deadline = time.monotonic() + 180
    while not (records := list((rehearsal.layout.evidence / "hotelspecials_reverse_sync").glob("*.json"))):
        assert time.monotonic() < deadline, "the run left no evidence"
        time.sleep(0.5)
    [record] = records
    assert (
        "canary.table is travelbuddy.flight, but mappings/flightspecials.json does not select it"
        in record.read_text(encoding="utf-8")
    )
    assert rehearsal.postgres(rows) == before


def import_errors(rehearsal: Rehearsal, count: int) -> dict[str, str]:
    """The DAG processor's import errors by file, once there are so many."""
    deadline = time.monotonic() + 60
    while len(errors := rehearsal.airflow.get("importErrors")["import_errors"]) < count and time.monotonic() < deadline:
        time.sleep(0.5)
    return {error["filename"]: error["stack_trace"] for error in errors}
