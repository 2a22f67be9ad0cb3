"""A task whose predecessor a person marked as success says which one to clear, before it does anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reverse_sync.aws.operators.connection import DmsTestConnectionOperator
from reverse_sync.aws.operators.task import DmsEnsureTaskOperator
from reverse_sync.aws.sensors.dms import DmsTablesSensor
from reverse_sync.aws.sensors.settings import RdsPostgresSettingsSensor
from reverse_sync.decommission.operators import CleanSourceOperator, NothingLeftOperator
from reverse_sync.errors import NeedsPersonError
from reverse_sync.oracle.insert_triggers import OracleInsertTriggersOperator
from reverse_sync.pipeline import load
from reverse_sync.verify.drained import DrainedOperator
from reverse_sync.verify.repair import RepairTableOperator
from tests.support.tasks import context, run

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator

    from reverse_sync.aws.keywords import AwsWaitArguments
    from reverse_sync.results import SelectedTable

AWS: AwsWaitArguments = {
    "aws_conn_id": "aws_default",
    "region_name": "ap-northeast-2",
    "first_poll_s": 1,
    "longest_poll_s": 5,
    "timeout_s": 60,
}
PIPELINE = load(Path(__file__).parents[2] / "include" / "pipelines" / "flightspecials.yaml")
TABLE: SelectedTable = {"source": ["s", "t"], "target": ["S", "T"]}
WITHOUT_RESULT = [
    (
        DmsTablesSensor(task_id="t", tables=None, task_identifier="t", replication_instance="i", **AWS),
        "preflight.select_tables",
    ),
    (
        OracleInsertTriggersOperator(task_id="t", oracle_conn_id="o", tables=None, policy="disable"),
        "preflight.select_tables",
    ),
    (
        RdsPostgresSettingsSensor(task_id="t", db_instance="d", postgres_conn_id="p", seen=None, **AWS),
        "postgres.decide_reboot",
    ),
    (
        DmsTestConnectionOperator(
            task_id="t",
            endpoint=PIPELINE.dms.source_endpoint,
            endpoint_arn=None,
            replication_instance_arn="arn",
            task_identifier="t",
            on_drift="apply",
            **AWS,
        ),
        "dms.ensure_source_endpoint",
    ),
    (
        DmsEnsureTaskOperator(
            task_id="t",
            task=PIPELINE.dms.task,
            mapping_text="{}",
            source_endpoint_arn="arn",
            target_endpoint_arn="arn",
            replication_instance_arn=None,
            on_drift="apply",
            aws_conn_id="aws_default",
            region_name="ap-northeast-2",
        ),
        "dms.replication_instance",
    ),
    (DrainedOperator(task_id="t", pipeline=PIPELINE, tables=[], plan=None), "preflight.plan"),
    (
        RepairTableOperator(task_id="t", pipeline=PIPELINE, table=TABLE, how="oracle", answer=None),
        "verify.approve_repair",
    ),
    (CleanSourceOperator(task_id="t", pipeline=PIPELINE, tables=None), "preflight.plan"),
    (NothingLeftOperator(task_id="t", pipeline=PIPELINE, tables=None), "preflight.plan"),
]


@pytest.mark.parametrize(("task", "before"), WITHOUT_RESULT, ids=lambda one: type(one).__name__)
def test_a_marked_predecessor_is_named(task: BaseOperator, before: str) -> None:
    with pytest.raises(
        NeedsPersonError, match=rf"^{before} is marked as success but returned nothing.* clear {before} with downstream"
    ):
        run(task, context(keep_control_objects=False))
