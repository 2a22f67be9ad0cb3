"""Whoever else writes to the replicated tables is named: a forward task, a job of the scheduler, other sessions."""

from __future__ import annotations

from typing import Any

import pytest

from reverse_sync.aws.neighbours import Neighbours
from reverse_sync.catalog.oracle import Job, Session
from reverse_sync.oracle.session import MODULE
from tests.support.cutovers import dms, dms_login, find, rds, source, target


@pytest.mark.parametrize(("status", "severity"), [("running", "error"), ("starting", "error"), ("stopped", "note")])
def test_the_migration_that_came_before_makes_a_loop_if_it_still_runs(status: str, severity: str) -> None:
    forward: Any = {"ReplicationTaskIdentifier": "oracle-to-postgres", "Status": status}
    found = find(dms=dms(neighbours=Neighbours([], [], [forward])), rds=rds())
    [item] = [item for item in found if item.code == "forward-task"]
    assert (item.severity, item.what) == (
        severity,
        f"the replication task oracle-to-postgres, which writes from Oracle to this PostgreSQL, is {status}",
    )


@pytest.mark.parametrize(
    ("job", "severity"),
    [
        (Job("BATCH", "NIGHTLY", "BEGIN UPDATE travelbuddy.FlightSpecial SET COST = 1; END;"), "warning"),
        (Job("TRAVELBUDDY", "NIGHTLY", "purge_pkg.run"), "note"),
        (Job("SYS", "PURGE_LOG", "sys.purge"), None),
        (Job("BATCH", "OTHER", "UPDATE FLIGHTSPECIAL_OLD SET A = 1"), None),
    ],
)
def test_an_enabled_job(job: Job, severity: str | None) -> None:
    found = find(source=source(), target=target(jobs=(job,)))
    items = [(str(item.severity), job.full_name in item.what) for item in found if item.code == "scheduled-job"]
    assert items == ([(severity, True)] if severity else [])


OURS = Session("TRAVELBUDDY", "python", "worker-1", MODULE)
OF_DMS = Session("DMSUSER", "repctl@ip-10-0-3-12", "ip-10-0-3-12")


@pytest.mark.parametrize(
    ("sessions", "said"),
    [
        ((OURS, OF_DMS), []),
        (
            (OURS, Session("ERP", "java", "erp-1"), Session("ERP", "java", "erp-1"), Session("BI")),
            [("note", "other logins are connected to Oracle: BI, ERP (java@erp-1) x 2")],
        ),
        (
            (OURS, Session("TRAVELBUDDY", "JDBC Thin Client", "legacy-web")),
            [
                (
                    "warning",
                    "somebody else uses the pipeline's own logins of Oracle: TRAVELBUDDY (JDBC Thin Client@legacy-web)",
                )
            ],
        ),
        (
            (OF_DMS, Session("DMSUSER", "sqlplus@admin", "admin")),
            [("warning", "somebody else uses the pipeline's own logins of Oracle: DMSUSER (sqlplus@admin)")],
        ),
        ((Session("DMSUSER", "engine", "ip-10-0-3-12"), Session("DMSUSER", "engine@10.0.3.12")), []),
        (None, [("note", "DMSUSER can't read V$SESSION")]),
    ],
)
def test_other_sessions_are_named_or_it_is_said_that_they_are_not_seen(
    sessions: tuple[Session, ...] | None, said: list[tuple[str, str]]
) -> None:
    instance = {
        "ReplicationInstanceStatus": "available",
        "EngineVersion": "3.5.3",
        "ReplicationInstanceArn": "arn:rep",
        "ReplicationInstancePrivateIpAddresses": ["10.0.3.12"],
    }
    parts = {"target": target(), "target_login": dms_login(sessions=sessions)}
    found = find(dms=dms(replication_instance=instance), **parts)
    assert [(str(item.severity), item.what) for item in found if item.code == "other-sessions"] == said
