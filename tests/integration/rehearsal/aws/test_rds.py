"""RDS: a real PostgreSQL behind genuine boto3, its parameters and its reboots."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from botocore.exceptions import ClientError

from tests.support.aws_stage import Stage, eventually
from tests.support.parts import call

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

INSTANCE = "flightspecials-test-postgres-db"
GROUP = "flightspecials-db-parameter-group"


def described(stage: Stage) -> dict[str, Any]:
    return dict(stage.client("rds").describe_db_instances(DBInstanceIdentifier=INSTANCE)["DBInstances"][0])


def postmaster_start(stage: Stage) -> object:
    with stage.postgres() as postgres:
        row = postgres.execute("SELECT pg_postmaster_start_time()").fetchone()
        assert row is not None
        return row[0]


def set_parameter(stage: Stage, name: str, value: str, method: str) -> None:
    stage.client("rds").modify_db_parameter_group(
        DBParameterGroupName=GROUP,
        Parameters=[{"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}],
    )


def parameter(stage: Stage, name: str) -> dict[str, Any]:
    pages = stage.client("rds").get_paginator("describe_db_parameters").paginate(DBParameterGroupName=GROUP)
    return dict(next(one for page in pages for one in page["Parameters"] if one["ParameterName"] == name))


@pytest.fixture
def restored(stage: Stage) -> Iterator[Stage]:
    yield stage
    set_parameter(stage, "max_wal_senders", "10", "pending-reboot")
    set_parameter(stage, "wal_sender_timeout", "60000", "immediate")
    call(f"{stage.control}/reboot", "POST")


def test_the_instance_has_the_address_and_version_of_the_real_server(stage: Stage) -> None:
    found = described(stage)
    assert found["Endpoint"] == {"Address": "localhost", "Port": stage.postgres_port}
    with stage.postgres() as postgres:
        assert found["EngineVersion"] == str(postgres.info.parameter_status("server_version")).split()[0]
    group = stage.client("rds").describe_db_parameter_groups(DBParameterGroupName=GROUP)["DBParameterGroups"][0]
    assert group["DBParameterGroupFamily"] == f"postgres{found['EngineVersion'].partition('.')[0]}"


def test_parameters_are_those_of_the_server_with_their_way_of_being_applied(stage: Stage) -> None:
    preloaded = parameter(stage, "shared_preload_libraries")
    assert (preloaded["ParameterValue"], preloaded["ApplyType"]) == ("pglogical", "static")
    assert (preloaded["Source"], preloaded["ApplyMethod"]) == ("user", "pending-reboot")
    assert parameter(stage, "wal_sender_timeout")["ApplyType"] == "dynamic"
    user = stage.client("rds").describe_db_parameters(DBParameterGroupName=GROUP, Source="user")["Parameters"]
    assert {"rds.logical_replication", "shared_preload_libraries"} <= {one["ParameterName"] for one in user}


def test_logical_replication_shows_as_on_rds_once_a_reboot_applied_it(restored: Stage) -> None:
    def shown() -> object:
        with restored.postgres() as postgres:
            return postgres.execute(
                "SELECT current_setting('rds.logical_replication'), current_setting('wal_level')"
            ).fetchone()

    assert shown() == ("on", "logical")
    for value, before, after in (
        ("0", ("on", "logical"), ("off", "replica")),
        ("1", ("off", "replica"), ("on", "logical")),
    ):
        set_parameter(restored, "rds.logical_replication", value, "pending-reboot")
        assert shown() == before
        restored.client("rds").reboot_db_instance(DBInstanceIdentifier=INSTANCE)
        eventually(lambda: described(restored)["DBInstanceStatus"] == "available")
        assert shown() == after


def test_a_static_parameter_waits_for_a_reboot_which_restarts_the_server(restored: Stage) -> None:
    stage = restored
    before = postmaster_start(stage)
    assert described(stage)["DBParameterGroups"][0]["ParameterApplyStatus"] == "in-sync"
    set_parameter(stage, "max_wal_senders", "12", "pending-reboot")
    assert described(stage)["DBParameterGroups"][0]["ParameterApplyStatus"] == "pending-reboot"

    rebooting = stage.client("rds").reboot_db_instance(DBInstanceIdentifier=INSTANCE)["DBInstance"]
    assert rebooting["DBInstanceStatus"] == "rebooting"
    with pytest.raises(ClientError, match=r"InvalidDBInstanceState.*not in available state"):
        stage.client("rds").reboot_db_instance(DBInstanceIdentifier=INSTANCE)
    eventually(lambda: described(stage)["DBInstanceStatus"] == "available")

    assert described(stage)["DBParameterGroups"][0]["ParameterApplyStatus"] == "in-sync"
    assert postmaster_start(stage) != before
    with stage.postgres() as postgres:
        assert postgres.execute("SHOW max_wal_senders").fetchone() == ("12",)
    events = stage.client("rds").describe_events(SourceType="db-instance", SourceIdentifier=INSTANCE)["Events"]
    assert [event["Message"] for event in events][-2:] == ["DB instance shutdown", "DB instance restarted"]


def test_a_dynamic_parameter_applies_at_once(restored: Stage) -> None:
    set_parameter(restored, "wal_sender_timeout", "30000", "immediate")
    with restored.postgres() as postgres:
        assert postgres.execute("SHOW wal_sender_timeout").fetchone() == ("30s",)
    assert described(restored)["DBParameterGroups"][0]["ParameterApplyStatus"] == "in-sync"


@pytest.mark.parametrize(
    ("name", "value", "method", "message"),
    [
        ("no_such", "1", "immediate", "InvalidParameterValue.*Could not find parameter with name: no_such"),
        ("max_wal_senders", "12", "immediate", "cannot use immediate apply method for static parameter"),
        ("block_size", "1", "pending-reboot", "block_size cannot be modified"),
        ("max_wal_senders", "many", "pending-reboot", "InvalidParameterValue.*max_wal_senders"),
        ("rds.logical_replication", "yes", "pending-reboot", "Invalid parameter value: yes for: rds.logical_repl"),
        ("rds.logical_replication", "on", "pending-reboot", "for: rds.logical_replication allowed values are: 0,1"),
        ("work_mem", "4096", "sometime", "Value 'sometime' at 'applyMethod' failed"),
        ("", "4096", "immediate", "InvalidParameterValue.*must be supplied"),
        (
            "work_mem",
            "64MB",
            "immediate",
            "Invalid parameter value: 64MB for: work_mem allowed values are: 64-2147483647",
        ),
        ("work_mem", "63", "immediate", "allowed values are: 64-2147483647"),
        ("autovacuum", "perhaps", "immediate", "Invalid parameter value: perhaps for: autovacuum"),
        ("log_statement", "some", "immediate", "allowed values are: none,ddl,mod,all"),
    ],
)
def test_a_parameter_that_cannot_be_set_changes_nothing(
    stage: Stage, name: str, value: str, method: str, message: str
) -> None:
    before = stage.client("rds").describe_db_parameters(DBParameterGroupName=GROUP, Source="user")["Parameters"]
    with pytest.raises(ClientError, match=message):
        set_parameter(stage, name, value, method)
    after = stage.client("rds").describe_db_parameters(DBParameterGroupName=GROUP, Source="user")["Parameters"]
    assert before == after
    assert described(stage)["DBParameterGroups"][0]["ParameterApplyStatus"] == "in-sync"


def test_events_between_two_times(stage: Stage) -> None:
    rds, now = stage.client("rds"), time.time()
    created = rds.describe_events(StartTime=now - 3600, EndTime=now)["Events"]
    assert created[0]["Message"] == "DB instance created"
    assert rds.describe_events(StartTime=now - 7200, EndTime=now - 3600)["Events"] == []


@pytest.mark.parametrize("wrong", [{"MaxRecords": 5}, {"Marker": "x"}])
def test_a_page_that_cannot_be(stage: Stage, wrong: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match=r"\(InvalidParameterValue\)"):
        stage.client("rds").describe_db_parameters(DBParameterGroupName=GROUP, **wrong)


KEPT = ("Endpoint", "EngineVersion", "DBInstanceClass", "AllocatedStorage", "MultiAZ", "DBParameterGroups")
ARN = "arn:aws:rds:ap-northeast-2:123456789012"
COPY: dict[str, Any] = {"DBInstanceIdentifier": "copy", "DBInstanceClass": "db.m5.large", "Engine": "postgres"}


@pytest.mark.parametrize(
    ("call_", "parameters", "error"),
    [
        ("create_db_instance", COPY, "InvalidAction"),
        ("create_db_instance_read_replica", {"DBInstanceIdentifier": "copy", "SourceDBInstanceIdentifier": INSTANCE},
         "InvalidAction"),
        ("restore_db_instance_to_point_in_time", {"TargetDBInstanceIdentifier": "copy",
         "SourceDBInstanceIdentifier": INSTANCE, "UseLatestRestorableTime": True}, "InvalidAction"),
        ("create_db_snapshot", {"DBInstanceIdentifier": INSTANCE, "DBSnapshotIdentifier": "shot"}, "InvalidAction"),
        ("stop_db_instance", {"DBInstanceIdentifier": INSTANCE}, "InvalidAction"),
        ("delete_db_instance", {"DBInstanceIdentifier": INSTANCE, "SkipFinalSnapshot": True}, "InvalidAction"),
        ("modify_db_instance", {"DBInstanceIdentifier": INSTANCE, "MasterUserPassword": "another-one"}, "InvalidAction"),
        ("modify_db_instance", {"DBInstanceIdentifier": INSTANCE, "EngineVersion": "99.1"}, "InvalidAction"),
        ("reboot_db_instance", {"DBInstanceIdentifier": INSTANCE, "ForceFailover": True}, "InvalidParameterCombination"),
        ("delete_db_parameter_group", {"DBParameterGroupName": GROUP}, "InvalidDBParameterGroupState"),
        ("describe_db_parameter_groups", {"DBParameterGroupName": "none"}, "DBParameterGroupNotFound"),
        ("describe_db_parameters", {"DBParameterGroupName": GROUP, "Source": "else"}, "InvalidParameterValue"),
        ("modify_db_parameter_group", {"DBParameterGroupName": GROUP, "Parameters": []}, "InvalidParameterValue"),
        ("create_db_parameter_group", {"DBParameterGroupName": "a b", "DBParameterGroupFamily": "postgres15",
         "Description": "d"}, "InvalidParameterValue"),
        ("create_db_parameter_group", {"DBParameterGroupName": "g", "DBParameterGroupFamily": "mysql8.0",
         "Description": "d"}, "InvalidParameterValue"),
        ("list_tags_for_resource", {"ResourceName": f"{ARN}:db:none"}, "DBInstanceNotFound"),
        ("add_tags_to_resource", {"ResourceName": f"{ARN}:pg:none", "Tags": [{"Key": "a"}]}, "DBParameterGroupNotFound"),
        ("remove_tags_from_resource", {"ResourceName": f"{ARN}:snapshot:a", "TagKeys": ["a"]}, "InvalidParameterValue"),
        ("describe_events", {"SourceIdentifier": INSTANCE}, "InvalidParameterCombination"),
        ("describe_db_instances", {"MaxRecords": 5}, "InvalidParameterValue"),
        ("describe_db_instances", {"Marker": "x"}, "InvalidToken"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_nothing_is_said_to_be_done_that_is_not(
    stage: Stage, call_: str, parameters: dict[str, Any], error: str
) -> None:
    before, started = described(stage), postmaster_start(stage)
    with pytest.raises(ClientError, match=rf"\({error}\)"):
        getattr(stage.client("rds"), call_)(**parameters)
    assert [one["DBInstanceIdentifier"] for one in stage.client("rds").describe_db_instances()["DBInstances"]] == [
        INSTANCE
    ]
    after = described(stage)
    assert [after[key] for key in KEPT] == [before[key] for key in KEPT]
    assert (after["DBInstanceStatus"], postmaster_start(stage)) == ("available", started)


def test_a_group_of_another_region_or_name_is_not_the_instances(stage: Stage) -> None:
    for rds, name in ((stage.client("rds", "eu-west-1"), GROUP), (stage.client("rds"), "other")):
        rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily="postgres15", Description="d")
        wait = {"ParameterName": "wal_sender_timeout", "ParameterValue": "12345", "ApplyMethod": "immediate"}
        rds.modify_db_parameter_group(DBParameterGroupName=name, Parameters=[wait])
        with stage.postgres() as postgres:
            assert postgres.execute("SHOW wal_sender_timeout").fetchone() != ("12345ms",)
        rds.delete_db_parameter_group(DBParameterGroupName=name)
    assert stage.client("rds", "eu-west-1").describe_events(Duration=600)["Events"] == []


def test_an_instance_that_does_not_exist(stage: Stage) -> None:
    with pytest.raises(ClientError, match=r"DBInstanceNotFound"):
        stage.client("rds").reboot_db_instance(DBInstanceIdentifier="other")


def test_a_failed_reboot_leaves_the_server_down_until_it_is_healed(stage: Stage) -> None:
    stage.fault("fail-reboot", status="incompatible-parameters")
    stage.client("rds").reboot_db_instance(DBInstanceIdentifier=INSTANCE)
    found = eventually(lambda: described(stage), lambda one: one["DBInstanceStatus"] != "rebooting")
    assert found["DBInstanceStatus"] == "incompatible-parameters"
    with pytest.raises(psycopg.OperationalError):
        stage.postgres()
    stage.rehearsal("DELETE", "faults/fail-reboot")
    assert described(stage)["DBInstanceStatus"] == "available"
    stage.postgres().close()


def test_a_failure_state_is_shown_and_refuses_a_reboot(stage: Stage) -> None:
    stage.fault("rds-state", status="storage-full")
    assert described(stage)["DBInstanceStatus"] == "storage-full"
    with pytest.raises(ClientError, match=r"not in available state"):
        stage.client("rds").reboot_db_instance(DBInstanceIdentifier=INSTANCE)
    stage.rehearsal("DELETE", "faults")
    assert described(stage)["DBInstanceStatus"] == "available"


def test_a_held_reboot_stays_rebooting(stage: Stage) -> None:
    stage.fault("hold-state", status="rebooting")
    stage.client("rds").reboot_db_instance(DBInstanceIdentifier=INSTANCE)
    with pytest.raises(AssertionError, match=r"still"):
        eventually(lambda: described(stage)["DBInstanceStatus"] == "available", timeout_s=1)
    stage.rehearsal("DELETE", "faults/hold-state")
    eventually(lambda: described(stage)["DBInstanceStatus"] == "available")
