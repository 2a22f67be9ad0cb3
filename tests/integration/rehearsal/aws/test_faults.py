"""Faults on demand, durations, and the record of calls."""

from __future__ import annotations

import time
from functools import partial

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.support.aws_stage import Stage, eventually

pytestmark = pytest.mark.integration

QUICK_ERRORS = {"Logging": {"EnableLogging": True}, "ErrorBehavior": {"RecoverableErrorInterval": 1}}


def test_throttling_refuses_n_calls_and_every_call_is_recorded(stage: Stage) -> None:
    stage.rehearsal("DELETE", "calls")
    stage.fault("throttle", calls=2, operation="DescribeEndpoints")
    stage.client("dms").describe_connections()
    for _ in range(2):
        with pytest.raises(ClientError, match=r"ThrottlingException.*Rate exceeded"):
            stage.client("dms").describe_endpoints()
    stage.client("dms").describe_endpoints()
    stage.client("rds").describe_db_instances()
    calls = [(call["service"], call["operation"], call["outcome"]) for call in stage.rehearsal("GET", "calls")]
    assert calls == [
        ("dms", "DescribeConnections", "ok"),
        ("dms", "DescribeEndpoints", "ThrottlingException"),
        ("dms", "DescribeEndpoints", "ThrottlingException"),
        ("dms", "DescribeEndpoints", "ok"),
        ("rds", "DescribeDBInstances", "ok"),
    ]


@pytest.mark.parametrize(("service", "call"), [("dms", "describe_endpoints"), ("rds", "describe_db_instances")])
def test_expired_credentials_are_refused_until_healed(stage: Stage, service: str, call: str) -> None:
    stage.fault("expire-credentials")
    with pytest.raises(ClientError, match=r"ExpiredToken.*security token included in the request is expired"):
        getattr(stage.client(service), call)()
    stage.rehearsal("DELETE", "faults/expire-credentials")
    getattr(stage.client(service), call)()


def test_a_call_hangs_once(stage: Stage) -> None:
    stage.fault("hang-call", seconds=1.5, operation="DescribeEndpoints")
    with pytest.raises(ReadTimeoutError):
        stage.client("dms", read_timeout=0.5).describe_endpoints()
    stage.client("dms", read_timeout=0.5).describe_endpoints()


def test_a_connection_test_fails_on_demand(stage: Stage) -> None:
    stage.fault("fail-connection-test")
    arn = stage.source_endpoint()
    assert "timeout expired" in stage.tested(arn)["LastFailureMessage"]
    assert stage.tested(arn)["Status"] == "successful"


def test_states_can_be_shown_and_held(stage: Stage) -> None:
    arn = stage.source_endpoint()
    stage.fault("endpoint-state", status="failed")
    assert stage.client("dms").describe_endpoints()["Endpoints"][0]["Status"] == "failed"
    stage.fault("hold-state", status="testing")
    stage.client("dms").test_connection(ReplicationInstanceArn=stage.instance_arn, EndpointArn=arn)
    with pytest.raises(AssertionError, match=r"still"):
        eventually(
            lambda: stage.client("dms").describe_connections()["Connections"][0]["Status"] != "testing", timeout_s=0.5
        )
    assert sorted(stage.rehearsal("DELETE", "faults")["healed"]) == ["endpoint-state", "hold-state"]
    eventually(lambda: stage.client("dms").describe_connections()["Connections"][0]["Status"] == "successful")


def test_a_fault_happens_to_what_it_names_only(stage: Stage) -> None:
    dms, named, other = stage.client("dms"), stage.source_endpoint("named"), stage.source_endpoint("other")
    stage.fault("throttle", calls=1, operation="DescribeEvents", service="rds")
    dms.describe_events()
    with pytest.raises(ClientError, match=r"Rate exceeded"):
        stage.client("rds").describe_events()
    stage.fault("fail-connection-test", endpoint="named")
    stage.fault("endpoint-state", endpoint="named", status="failed")
    assert "there is no instance 'other'" in stage.fault("replication-instance-state", instance="other")["error"]
    assert stage.tested(other)["Status"] == "successful"
    assert stage.tested(named)["Status"] == "failed"
    states = {one["EndpointIdentifier"]: one["Status"] for one in dms.describe_endpoints()["Endpoints"]}
    assert states == {"named": "failed", "other": "active"}
    assert dms.describe_replication_instances()["ReplicationInstances"][0]["ReplicationInstanceStatus"] == "available"
    stage.fault("hold-state", status="deleting", resource="named")
    for arn in (named, other):
        dms.delete_endpoint(EndpointArn=arn)
    left = eventually(lambda: dms.describe_endpoints()["Endpoints"], lambda found: len(found) == 1)
    assert left[0]["EndpointArn"] == named


def test_a_fault_of_a_task_happens_to_that_task_only(tables: Stage) -> None:
    named, other = tables.task("named"), tables.task("other")
    tables.fault("fail-start", task="named")
    tables.start(other)
    start = {"StartReplicationTaskType": "start-replication"}
    tables.client("dms").start_replication_task(ReplicationTaskArn=named, **start)
    tables.wait_for(named, "failed")
    tables.start(named, "start-replication")
    tables.fault("suspend-table", table="stage.item", task="named")
    eventually(lambda: tables.statistics(named)["TableState"] == "Table error")
    assert tables.statistics(other)["TableState"] == "Table completed"
    tables.fault("lose-slot", task="named")
    tables.wait_for(named, "failed")
    assert tables.describe(other)["Status"] == "running"


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("faults/nonsense", {}, "there is no fault 'nonsense'; there are kill-worker"),
        ("faults/throttle", {"cals": 3}, "fault throttle does not take cals; it takes calls, operation, service"),
        ("faults/throttle", {"calls": 0}, "calls of fault throttle is 0; it must be a number above 0"),
        ("faults/kill-worker", {}, "no replication task is running that the fault could strike: there is none"),
        ("faults/lose-slot", {}, "no replication task has a slot yet"),
        ("faults/kill-worker", {"task": "x"}, "fault kill-worker: there is no task 'x'; there are none like it"),
        ("faults/fail-start", {"task": "x"}, "fault fail-start: there is no task 'x'; there are none like it"),
        ("faults/endpoint-state", {"endpoint": "x"}, "fault endpoint-state: there is no endpoint 'x'; there are none"),
        (
            "faults/replication-instance-state",
            {"instance": "dmsworkshop"},
            "fault replication-instance-state: there is no instance 'dmsworkshop'; there are dmsworkshop-target-dmsrepl",
        ),
        (
            "faults/throttle",
            {"operation": "DescribeEndpoint"},
            "fault throttle: there is no operation 'DescribeEndpoint'; there are DescribeEndpoints",
        ),
        ("faults/hold-state", {"resource": "x"}, "fault hold-state: there is no resource 'x'; there are dmsworkshop"),
        ("durations", {"rebot": 1}, "there is no duration 'rebot'; there are"),
        ("durations", {"reboot": -1}, "duration reboot is -1; it must be a number of seconds, 0 or more"),
        (
            "policies",
            {"slot_on_task_deletion": "maybe"},
            "policy slot_on_task_deletion is 'maybe'; it can be kept or dropped",
        ),
        ("iam-policy", {}, "a statement here is an Allow of actions on resources, not None"),
        *(
            ("iam-policy", {"Statement": statement}, "a statement here is an Allow of actions on resources, not")
            for statement in (
                "Allow",
                {"Effect": "Deny", "Action": "*", "Resource": "*"},
                [{"Effect": "Allow", "Action": "*"}],
                [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {}}],
            )
        ),
        ("nothing", {}, "there is no PUT /rehearsal/nothing"),
    ],
)
def test_what_cannot_be_asked_for_is_said(stage: Stage, path: str, body: dict[str, object], message: str) -> None:
    assert stage.rehearsal("PUT", path, body)["error"].startswith(message)
    assert stage.rehearsal("GET", "faults")["on"] == {}


def test_health(stage: Stage) -> None:
    assert stage.rehearsal("GET", "health") == {"status": "available"}


def test_durations_hold(stage: Stage) -> None:
    before = stage.rehearsal("GET", "durations")
    stage.rehearsal("PUT", "durations", {"test_connection": 0.6})
    try:
        started = time.monotonic()
        assert stage.tested(stage.source_endpoint())["Status"] == "successful"
        assert 0.6 <= time.monotonic() - started < 2
    finally:
        stage.rehearsal("PUT", "durations", before)


def test_a_start_fails_on_demand_with_its_reason(tables: Stage) -> None:
    arn = tables.task(settings=QUICK_ERRORS)
    tables.fault("fail-start", message="Cannot connect to ORACLE server")
    tables.client("dms").start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType="start-replication")
    failed = tables.wait_for(arn, "failed")
    assert failed["LastFailureMessage"].startswith("Last Error Cannot connect to ORACLE server Task error notification")
    assert failed["StopReason"] == "Stop Reason FATAL_ERROR Error Level FATAL"
    assert "Cannot connect to ORACLE server" in tables.log(arn)
    tables.start(arn, "start-replication")


def test_a_fault_strikes_only_whom_it_names(tables: Stage) -> None:
    mine, other = tables.task("mine", settings=QUICK_ERRORS), tables.task("other", settings=QUICK_ERRORS)
    endpoints = tables.client("dms").describe_endpoints()["Endpoints"]
    arns = {one["EndpointIdentifier"]: one["EndpointArn"] for one in endpoints}

    tables.fault("endpoint-state", endpoint="mine-source", status="failed")
    shown = tables.client("dms").describe_endpoints()["Endpoints"]
    assert [one["EndpointIdentifier"] for one in shown if one["Status"] == "failed"] == ["mine-source"]
    tables.fault("fail-connection-test", endpoint="mine-source")
    assert tables.tested(arns["other-source"])["Status"] == "successful"
    assert tables.tested(arns["mine-source"])["Status"] == "failed"
    tables.rehearsal("DELETE", "faults")
    assert tables.tested(arns["mine-source"])["Status"] == "successful"

    tables.fault("fail-start", task="mine")
    tables.start(other)
    tables.client("dms").start_replication_task(ReplicationTaskArn=mine, StartReplicationTaskType="start-replication")
    tables.wait_for(mine, "failed")
    tables.start(mine, "start-replication")

    tables.fault("hold-state", status="stopping", resource="mine")
    tables.client("dms").stop_replication_task(ReplicationTaskArn=mine)
    tables.stop(other)
    assert tables.describe(mine)["Status"] == "stopping"
    tables.rehearsal("DELETE", "faults")
    tables.wait_for(mine, "stopped")
    for arn in (mine, other):
        tables.start(arn, "resume-processing")

    tables.fault("suspend-table", table="stage.item", task="mine")
    eventually(lambda: tables.statistics(mine)["TableState"] == "Table error")
    assert tables.statistics(other)["TableState"] == "Table completed"
    assert any("table stage.item of task mine is suspended" in one for one in tables.rehearsal("GET", "damage"))
    tables.fault("lose-slot", task="mine")
    tables.wait_for(mine, "failed")
    assert tables.describe(other)["Status"] == "running"
    damage = tables.rehearsal("GET", "damage")
    assert [one for one in damage if "other" in one] == []
    assert len([one for one in damage if " of task mine is gone, and with it every change since" in one]) == 1
    assert "replication task" not in str(tables.fault("kill-worker", task="other").get("error"))


def test_changes_that_oracle_refused_are_told_as_damage(tables: Stage) -> None:
    arn = tables.task(settings=QUICK_ERRORS)
    tables.start(arn)
    with tables.postgres() as postgres:
        postgres.execute("INSERT INTO stage.item (id, name) VALUES (7, repeat('a', 60))")
    told = eventually(lambda: [one for one in tables.rehearsal("GET", "damage") if "were not applied" in one])
    assert told[0].startswith("1 changes of TRAVELBUDDY.ITEM were not applied (")


def test_a_table_is_suspended_on_demand(tables: Stage) -> None:
    arn = tables.task(settings=QUICK_ERRORS)
    tables.start(arn)
    refused = tables.fault("suspend-table", table="stage.itme")["error"]
    assert refused.startswith("no running task replicates the table stage.itme; there are stage.doc, stage.item,")
    tables.fault("suspend-table", table="stage.item")
    eventually(lambda: tables.statistics(arn)["TableState"] == "Table error")
    assert "Table 'stage.item' was errored/suspended: on demand" in eventually(
        lambda: tables.log(arn), lambda log: "suspended" in log
    )


def test_a_lost_slot_fails_the_task(tables: Stage) -> None:
    arn = tables.task(settings=QUICK_ERRORS)
    tables.start(arn)
    tables.fault("lose-slot")
    failed = tables.wait_for(arn, "failed")
    assert 'replication slot "' in failed["LastFailureMessage"]
    assert "does not exist" in failed["LastFailureMessage"]


def test_a_killed_worker_comes_back(tables: Stage) -> None:
    arn = tables.task(settings=QUICK_ERRORS)
    tables.start(arn)
    assert "error" not in tables.fault("kill-worker", task="task")
    assert "RECOVERABLE_ERROR" in eventually(lambda: tables.describe(arn).get("LastFailureMessage"))
    with tables.postgres() as postgres:
        postgres.execute("UPDATE stage.item SET name = 'after' WHERE id = 1")
    eventually(lambda: tables.oracle_rows("SELECT NAME FROM ITEM") == [("after",)])
    assert tables.describe(arn)["Status"] == "running"


def test_a_dropped_control_table_is_made_again_and_nothing_is_lost(tables: Stage) -> None:
    arn = tables.task(settings=QUICK_ERRORS)
    tables.start(arn)
    with tables.oracle("dmsuser") as oracle:
        oracle.cursor().execute('DROP TABLE "DMSUSER"."awsdms_txn_state"')
    with tables.postgres() as postgres:
        postgres.execute("UPDATE stage.item SET name = 'kept' WHERE id = 1")
    eventually(lambda: tables.oracle_rows("SELECT NAME FROM ITEM") == [("kept",)])
    query = f"""SELECT "STATE" FROM "DMSUSER"."awsdms_txn_state"
                WHERE "SCOPE" = '*' AND "TASK_NAME" = '{arn.rpartition(":")[2]}'"""
    assert '{"lsn": "' in str(tables.oracle_rows(query, user="dmsuser")[0][0])
    assert tables.describe(arn)["Status"] == "running"


def test_an_oracle_outage_is_waited_for_with_growing_intervals(tables: Stage) -> None:
    arn = tables.task(settings=QUICK_ERRORS)
    tables.start(arn)
    with tables.oracle_away():
        with tables.postgres() as postgres:
            postgres.execute("UPDATE stage.item SET name = 'waited' WHERE id = 1")
        log = eventually(lambda: tables.log(arn), lambda text: "attempt 4 to recover" in text)
        intervals = [line.rpartition(" in ")[2] for line in log.splitlines() if "to recover follows" in line]
        assert intervals[:4] == ["0.02 s", "0.04 s", "0.08 s", "0.16 s"]
        assert tables.describe(arn)["Status"] == "running"
    eventually(lambda: tables.oracle_rows("SELECT NAME FROM ITEM") == [("waited",)])


def test_a_task_gives_up_after_as_many_attempts_as_it_is_allowed(tables: Stage) -> None:
    arn = tables.task(settings={"ErrorBehavior": {"RecoverableErrorCount": 2, "RecoverableErrorInterval": 1}})
    tables.start(arn)
    with tables.oracle_away():
        with tables.postgres() as postgres:
            postgres.execute("UPDATE stage.item SET name = 'in vain' WHERE id = 1")
        failed = tables.wait_for(arn, "failed")
    assert failed["StopReason"] == "Stop Reason RECOVERABLE_ERROR Error Level RECOVERABLE"
    assert "no more attempts" in failed["LastFailureMessage"]


def test_a_reboot_while_a_task_streams(tables: Stage) -> None:
    arn = tables.task(settings=QUICK_ERRORS)
    tables.start(arn)
    tables.client("rds").reboot_db_instance(DBInstanceIdentifier="flightspecials-test-postgres-db")
    eventually(
        lambda: tables.client("rds").describe_db_instances()["DBInstances"][0]["DBInstanceStatus"] == "available"
    )
    with tables.postgres() as postgres:
        postgres.execute("UPDATE stage.item SET name = 'rebooted' WHERE id = 1")
    eventually(lambda: tables.oracle_rows("SELECT NAME FROM ITEM") == [("rebooted",)])
    assert tables.describe(arn)["Status"] == "running"


def test_metrics_of_a_task(tables: Stage) -> None:
    arn = tables.task()
    tables.start(arn)
    with tables.postgres() as postgres:
        postgres.execute("UPDATE stage.item SET name = 'measured' WHERE id = 1")
    dimensions = [
        {"Name": "ReplicationInstanceIdentifier", "Value": "dmsworkshop-target-dmsrepl"},
        {"Name": "ReplicationTaskIdentifier", "Value": arn.rpartition(":")[2]},
    ]

    def measured(metric: str) -> bool:
        found = tables.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/DMS",
            MetricName=metric,
            Dimensions=dimensions,
            Statistics=["Maximum"],
            Period=60,
            StartTime=time.time() - 3600,
            EndTime=time.time() + 3600,
        )
        return any(point["Maximum"] > 0 for point in found["Datapoints"])

    for metric in ("CDCLatencySource", "CDCLatencyTarget", "CDCIncomingChanges"):
        eventually(partial(measured, metric))
