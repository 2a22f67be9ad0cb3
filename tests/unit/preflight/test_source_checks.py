"""Each thing that can be wrong with the source's server, and its finding."""

from __future__ import annotations

from typing import Any

import pytest

from reverse_sync.catalog.postgres_server import Extension, Login, OpenTransaction, Server, Setting, Slot
from tests.support.cutovers import changed, dms, find, source

OURS = Slot("rsync_1", "pglogical_output", "dso", active=False, wal_status="reserved", retained_bytes=4096)
LOGIN = Login("dmsuser", frozenset({"dmsuser"}), readable=frozenset(), makes_in=frozenset())
FLIGHTSPECIAL = frozenset({("travelbuddy", "flightspecial")})


def _setting(value: str, *, pending: bool = False) -> Setting:
    return Setting(value, "MB", pending_restart=pending)


def _found(**parts: Any) -> list[tuple[str, str, str]]:
    return [(str(item.severity), item.code, item.what) for item in find(**parts)]


def test_a_source_that_is_ready_yields_nothing() -> None:
    assert _found(source=source()) == []


@pytest.mark.parametrize(
    ("facts", "severity", "code", "what"),
    [
        ({"server": Server(140010, "dso", in_recovery=True)}, "error", "replica", "the source is a replica (it is in recovery)"),
        (
            {"server": Server(140010, "other", in_recovery=False)},
            "error", "another-database", "flightspecials_postgres leads to the database other, the source endpoint to dso",
        ),
        (
            {"settings": {"wal_level": _setting("replica", pending=True)}},
            "note", "logical-decoding", "wal_level is 'replica' and must be logical; a change waits for a reboot",
        ),
        (
            {"settings": {"wal_level": _setting("replica")}},
            "error", "logical-decoding", "wal_level is 'replica' and must be logical",
        ),
        (
            {"settings": {"shared_preload_libraries": _setting("rdsutils")}},
            "error", "logical-decoding", "shared_preload_libraries is 'rdsutils' and must contain pglogical",
        ),
        (
            {"pglogical": Extension(None, None)},
            "error", "pglogical-unavailable", "the extension pglogical is not available in the source",
        ),
        (
            {"settings": {"max_replication_slots": _setting("0")}},
            "error", "replication-capacity", "max_replication_slots is 0 and 0 are in use",
        ),
        (
            {"settings": {"max_prepared_transactions": _setting("10")}},
            "warning", "two-phase-commits",
            "max_prepared_transactions is 10, so that PREPARE TRANSACTION works in the source",
        ),
        ({"wal_senders": 10}, "error", "replication-capacity", "max_wal_senders is 10 and 10 are in use"),
        (
            {"settings": {"wal_sender_timeout": _setting("5000")}},
            "error", "wal-sender-timeout", "wal_sender_timeout is 5000 ms",
        ),
        (
            {"settings": {"max_slot_wal_keep_size": _setting("1024")}},
            "warning", "slot-size-limit", "max_slot_wal_keep_size is 1024 MB",
        ),
        (
            {"settings": {"idle_replication_slot_timeout": Setting("3600", "s", pending_restart=False)}},
            "warning", "slot-idle-limit", "idle_replication_slot_timeout is 3600 s",
        ),
        (
            {"open_transactions": (OpenTransaction("bi", prepared=False, age_s=3600),)},
            "warning", "long-transaction", "a transaction of bi has been open for 60 min",
        ),
        (
            {"open_transactions": (OpenTransaction("tx-7", prepared=True, age_s=600),)},
            "warning", "long-transaction", "a prepared transaction tx-7 has been open for 10 min",
        ),
        (
            {"slots": (OURS,)},
            "warning", "slot-idle", "nobody reads the slot rsync_1 (pglogical_output); it keeps 4096 bytes of WAL",
        ),
        (
            {"slots": (Slot("standby", None, None, active=True, wal_status="reserved", retained_bytes=0),)},
            "note", "slot-foreign", "the slot standby (physical) is read by somebody else",
        ),
        (
            {"slots": (Slot("rsync_1", "pglogical_output", "dso", active=False, wal_status="lost", retained_bytes=0),)},
            "warning", "slot-lost", "the slot rsync_1 is lost",
        ),
        (
            {"slots": (Slot("cdc", "wal2json", "dso", active=False, wal_status="lost", retained_bytes=0),)},
            "warning", "slot-lost", "the slot cdc is lost",
        ),
        ({"login": None}, "error", "source-login-roles", "the source has no login dmsuser"),
    ],
)  # fmt: skip
def test_one_thing_wrong(facts: dict[str, Any], severity: str, code: str, what: str) -> None:
    assert _found(source=source(**facts)) == [(severity, code, what)]


def test_wal_sender_timeout_zero_means_never() -> None:
    assert _found(source=source(settings={"wal_sender_timeout": _setting("0")})) == []


def test_a_reboot_that_the_pipeline_forbids_is_an_error() -> None:
    facts = source(settings={"wal_level": _setting("replica", pending=True)})
    [finding] = find(pipeline=changed("postgres", reboot="never"), source=facts)
    assert (finding.severity, finding.do) == ("error", "reboot the instance; postgres.reboot is 'never'")


def test_the_idle_slot_of_a_stopped_task_must_stay() -> None:
    task = {"Status": "stopped", "RecoveryCheckpoint": "checkpoint:V1#1#0/1#0", "StopReason": "Stop Reason NORMAL"}
    found = find(source=source(slots=(OURS,)), dms=dms(task=task))
    assert [(item.severity, item.do) for item in found if item.code == "slot-idle"] == [
        ("note", "nothing: the run resumes the task")
    ]


@pytest.mark.parametrize(
    ("login", "findings"),
    [
        (
            LOGIN,
            [
                "dmsuser does not have rds_superuser and rds_replication",
                "dmsuser may not SELECT from travelbuddy.flightspecial",
                "dmsuser may not CREATE in the schema public",
            ],
        ),
        (
            Login("dmsuser", frozenset({"rds_superuser"}), FLIGHTSPECIAL, frozenset({"public"})),
            ["dmsuser does not have rds_replication"],
        ),
    ],
)
def test_what_the_dms_login_may_not(login: Login, findings: list[str]) -> None:
    assert [item.what for item in find(source=source(login=login))] == findings


@pytest.mark.parametrize(
    ("attributes", "schemas"),
    [
        ("", ["public"]),
        ("CaptureDDLs = n;PluginName=pglogical", []),
        ("captureDDLs=Y;ddlArtifactsSchema=dms_own", ["dms_own"]),
    ],
)
def test_where_dms_makes_tables_in_postgresql(attributes: str, schemas: list[str]) -> None:
    pipeline = changed("dms.source_endpoint", extra_connection_attributes=attributes)
    login = Login("dmsuser", frozenset({"rds_superuser", "rds_replication"}), FLIGHTSPECIAL, frozenset())
    assert [item.what for item in find(pipeline=pipeline, source=source(login=login))] == [
        f"dmsuser may not CREATE in the schema {schema}" for schema in schemas
    ]


def test_what_the_pipelines_own_login_may_not() -> None:
    facts = source(own_login=Login("app", frozenset({"app"}), frozenset(), frozenset()))
    assert [(item.severity, item.what) for item in find(source=facts)] == [
        ("error", "app, the login of postgres.connection, does not have rds_superuser and rds_replication"),
        ("warning", "app, the login of postgres.connection, does not have the rights of dmsuser"),
    ]
    others = changed("canary", table="travelbuddy.flight")
    assert "app, the login of postgres.connection, may not SELECT from travelbuddy.flightspecial" in [
        item.what for item in find(pipeline=others, source=facts)
    ]
