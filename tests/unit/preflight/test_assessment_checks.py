"""What AWS's assessments of a PostgreSQL source warn of is found here before DMS is asked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from reverse_sync.aws.assessment import AssessmentRun
from reverse_sync.catalog.postgres_server import Server, Setting
from reverse_sync.preflight.assessments import ASSESSMENTS, Assessment
from reverse_sync.preflight.registry import CHECKS
from reverse_sync.preflight.runner import examine
from reverse_sync.preflight.target_facts import SchemaFacts
from tests.support.cutovers import (
    TARGET,
    TRAITS,
    changed,
    cutover,
    dms,
    dms_login,
    find,
    given,
    source,
    target,
)
from tests.support.mappings import FLIGHTSPECIAL, SHIPPED_MAPPING


def _instance(engine: str) -> dict[str, str]:
    return {
        "ReplicationInstanceStatus": "available",
        "EngineVersion": engine,
        "ReplicationInstanceArn": "arn:rep",
    }


@pytest.mark.parametrize(
    ("version", "engine", "said"),
    [
        (150_018, "3.5.3", []),
        (160_001, "3.5.2", ["the source is PostgreSQL 16, and dmsworkshop-target-dmsrepl has the DMS engine 3.5.2"]),
        (170_000, "3.5.4", ["the source is PostgreSQL 17, and dmsworkshop-target-dmsrepl has the DMS engine 3.5.4"]),
        (170_000, "3.6.1", []),
        (
            180_001,
            "3.6.1",
            ["the source is PostgreSQL 18, newer than the last that is known here to be supported (17)"],
        ),
        (90_324, "3.6.1", ["the source is PostgreSQL 9.3"]),
    ],
)
def test_the_sources_version_is_held_against_the_engines(version: int, engine: str, said: list[str]) -> None:
    server = Server(version, "dso", in_recovery=False)
    found = find(source=source(server=server), dms=dms(replication_instance=_instance(engine)))
    assert [item.what for item in found if item.code.startswith("source-")] == said


@pytest.mark.parametrize(("value", "mode", "count"), [("1", "none", 1), ("on", "none", 1), ("0", "none", 0), ("1", "require", 0)])  # fmt: skip
def test_a_source_that_demands_tls_meets_an_endpoint_without(value: str, mode: str, count: int) -> None:
    facts = source(settings={"rds.force_ssl": Setting(value, None, pending_restart=False)})
    found = find(pipeline=changed("dms.source_endpoint", ssl_mode=mode), source=facts)
    assert [(item.severity, item.code) for item in found] == [("error", "tls-demanded")] * count


@pytest.mark.parametrize(
    ("source_mode", "target_mode", "said"),
    [
        ("none", "none", ["ssl_mode is 'none' for the source and the target endpoint"]),
        ("require", "none", ["ssl_mode is 'none' for the target endpoint"]),
        ("require", "verify-ca", []),
    ],
)
def test_an_endpoint_without_tls_is_a_warning(source_mode: str, target_mode: str, said: list[str]) -> None:
    arn = "arn:aws:dms:eu-west-1:123456789012:cert:CA" if target_mode == "verify-ca" else None
    pipeline = changed("dms.target_endpoint", ssl_mode=target_mode, certificate=arn)
    pipeline.dms.source_endpoint.__dict__["ssl_mode"] = source_mode
    found = [item for item in examine(cutover(pipeline=pipeline)) if item.code == "tls-off"]
    assert [(str(item.severity), item.what) for item in found] == [("warning", what) for what in said]


def test_little_memory_for_decoding_is_a_note() -> None:
    found = find(source=source(settings={"logical_decoding_work_mem": Setting("4096", "kB", pending_restart=False)}))
    assert [(item.severity, item.what) for item in found] == [("note", "logical_decoding_work_mem is 4096 kB")]
    enough = source(settings={"logical_decoding_work_mem": Setting("65536", "kB", pending_restart=False)})
    assert find(source=enough) == []


def test_tables_whose_names_differ_by_case_only_are_twins() -> None:
    twin = replace(FLIGHTSPECIAL, name="FlightSpecial")
    mapping = """{"rules": [{"rule-type": "selection", "rule-id": "1", "rule-name": "1", "rule-action": "include",
        "object-locator": {"schema-name": "travelbuddy", "table-name": "%"}}]}"""
    traits = {("travelbuddy", "flightspecial"): TRAITS, ("travelbuddy", "FlightSpecial"): TRAITS}
    found = find(mapping, source=source(tables=(FLIGHTSPECIAL, twin), traits=traits))
    [item] = [item for item in found if item.code == "case-twins"]
    assert item.what == "travelbuddy.FlightSpecial and travelbuddy.flightspecial differ by case only"


@pytest.mark.parametrize(("fires", "said"), [("O", "not ENABLE ALWAYS"), ("D", "disabled")])
def test_an_event_trigger_that_does_not_always_fire_misses_ddl(fires: str, said: str) -> None:
    facts = source(ddl_triggers={"awsdms_intercept_ddl": fires})
    assert [(item.code, item.what) for item in find(source=facts)] == [
        ("ddl-trigger", f"the event trigger awsdms_intercept_ddl is {said}")
    ]
    assert find(source=source(ddl_triggers={"awsdms_intercept_ddl": "A"})) == []


@pytest.mark.parametrize(("value", "found"), [("60000", ["idle-transactions-ended"]), ("0", [])])
def test_postgres_must_not_end_idle_transactions(value: str, found: list[str]) -> None:
    setting = Setting(value, "ms", pending_restart=False)
    facts = source(settings={"idle_in_transaction_session_timeout": setting})
    assert [item.code for item in find(source=facts)] == found


@pytest.mark.parametrize(("validation", "found"), [(True, ["validation-of-masked"]), (False, [])])
def test_masks_and_validation_do_not_go_together(validation: bool, found: list[str]) -> None:
    mapping = json.loads(SHIPPED_MAPPING.read_text())
    mapping["rules"].append(
        {
            "rule-type": "transformation",
            "rule-id": "900",
            "rule-name": "900",
            "rule-target": "column",
            "rule-action": "data-masking-hash-mask",
            "object-locator": {"schema-name": "travelbuddy", "table-name": "flightspecial", "column-name": "body"},
        }
    )
    items = find(json.dumps(mapping), pipeline=changed("dms.task", validation=validation))
    assert [item.code for item in items if item.code == "validation-of-masked"] == found


def _run(status: str, **results: str) -> AssessmentRun:
    named = {name.replace("_", "-"): result for name, result in results.items()}
    return AssessmentRun("nightly", status, datetime(2026, 11, 26, 1, 2, tzinfo=UTC), named)


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (_run("passed", postgres_check_pk="passed"), []),
        (_run("running", postgres_check_pk="pending"), []),
        (
            _run("failed", postgres_check_pk="failed", something_new="warning"),
            [
                ("postgres-check-pk failed", "here no-primary-key and replica-identity look at the same"),
                ("something-new warning", "no check here looks at the same"),
            ],
        ),
        (_run("error-executing"), [("is error-executing", "it says nothing of the task")]),
    ],
)
def test_what_did_not_pass_in_aws_is_a_warning(run: AssessmentRun, said: list[tuple[str, str]]) -> None:
    found = find(dms=dms(task={"Status": "running", "ReplicationTaskArn": "arn"}, assessment=run))
    items = [item for item in found if item.code == "aws-assessment"]
    assert [(item.what.rpartition("UTC")[2].lstrip(": "), item.why) for item in items] == said
    assert all("nightly of 2026-11-26 01:02 UTC" in item.what for item in items)


@pytest.mark.parametrize("assessment", ASSESSMENTS, ids=lambda one: one.subject)
def test_each_assessment_of_aws_has_a_check_or_a_reason(assessment: Assessment) -> None:
    assert set(assessment.checks) <= {item.code for item in CHECKS}
    assert assessment.checks or assessment.reason


def test_no_assessment_stands_there_twice() -> None:
    keys = [one.key for one in ASSESSMENTS]
    assert len(set(keys)) == len(keys)
    assert all(keys)


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("19.24.0.0.0", []),
        ("11.2.0.4.0", []),
        ("23.4.0.24.5", ["the target is Oracle 23.4.0.24.5; AWS lists 10, 11, 12, 18, 19 for targets"]),
    ],
)
def test_an_oracle_that_aws_does_not_list_is_a_warning(version: str, said: list[str]) -> None:
    server = SimpleNamespace(version=version, max_identifier_length=128)
    found = [item for item in find(target=target(_connection=server)) if item.code == "target-version"]
    assert [(str(item.severity), item.what) for item in found] == [("warning", what) for what in said]


def test_a_standby_takes_no_changes() -> None:
    [found] = [item for item in find(target=target(role="PHYSICAL STANDBY")) if item.code == "target-read-only"]
    assert (found.severity, found.what) == ("error", "travelbuddy_oracle leads to a physical standby database")


def test_a_profile_that_ends_idle_sessions_is_a_warning() -> None:
    found = [item for item in find(target_login=dms_login(idle_limit_min=30)) if item.code == "idle-sessions-ended"]
    assert [item.what for item in found] == ["the profile of DMSUSER ends sessions that are idle for 30 min"]


@pytest.mark.parametrize(
    ("validation", "grants", "said"),
    [
        (True, {}, 1),
        (False, {}, 0),
        (True, {"DBMS_CRYPTO": frozenset({"EXECUTE"})}, 0),
    ],
)
def test_lobs_are_validated_by_a_package_that_has_to_be_granted(
    validation: bool, grants: dict[str, frozenset[str]], said: int
) -> None:
    columns = [replace(column, type="CLOB") if column.name == "BODY" else column for column in TARGET.columns]
    found = find(
        pipeline=changed("dms.task", validation=validation),
        source=source(),
        target=target(replace(TARGET, columns=tuple(columns))),
        target_login=dms_login(schema=lambda _owner: given(SchemaFacts, grants=grants)),
    )
    assert len([item for item in found if item.code == "validation-privilege"]) == said
