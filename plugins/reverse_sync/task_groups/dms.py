"""DMS: instance, endpoints and their tests, the replication task; and how they go away."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from airflow.sdk import TaskGroup, chain

from reverse_sync.aws.operators.connection import DmsTestConnectionOperator
from reverse_sync.aws.operators.endpoint import DmsEnsureEndpointOperator
from reverse_sync.aws.operators.settle import DmsSettleTaskOperator
from reverse_sync.aws.operators.task import DmsEnsureTaskOperator, DmsStartOrResumeOperator
from reverse_sync.aws.operators.teardown import DmsDeleteEndpointOperator, DmsDeleteTaskOperator, DmsStopTaskOperator
from reverse_sync.aws.sensors.dms import DmsReplicationInstanceSensor, DmsTablesSensor
from reverse_sync.steps import (
    BEFORE_START,
    DELETE_SOURCE,
    DELETE_TARGET,
    DELETE_TASK,
    DRAINED,
    ENSURE_SOURCE,
    ENSURE_TARGET,
    ENSURE_TASK,
    INSTANCE,
    PARTS_BEFORE_START,
    SETTLE_TASK,
    START,
    STOP_TASK,
    TEST_SOURCE,
    TEST_TARGET,
    WAIT_TABLES,
)
from reverse_sync.task_groups.arguments import arn_of, aws_arguments, dms_wait_arguments, task_arguments
from reverse_sync.task_groups.reconciliation import compare_tables
from reverse_sync.verify.drained import DrainedOperator
from reverse_sync.verify.first_start import CompareBeforeStartOperator, ComparePartBeforeStartOperator
from reverse_sync.waiting import poll_settings

if TYPE_CHECKING:
    from airflow.sdk.definitions.mappedoperator import MappedOperator

    from reverse_sync.pipeline import Endpoint, Pipeline
    from reverse_sync.task_groups.decommission import DecommissionArguments
    from reverse_sync.task_groups.reconciliation import Compared, Operator, Selected


class Dms(NamedTuple):
    """The group's tasks that others are joined to.

    :param need_postgres: the tasks that want PostgreSQL back with its settings
    :param last: the tasks that nothing of the group follows
    """

    instance: DmsReplicationInstanceSensor
    settle: DmsSettleTaskOperator
    test_source: DmsTestConnectionOperator
    test_target: DmsTestConnectionOperator
    need_postgres: list[Operator]
    start: DmsStartOrResumeOperator
    wait_tables: DmsTablesSensor
    last: list[Operator]


def dms_group(pipeline: Pipeline, selected: Selected) -> Dms:
    """Make or reuse both endpoints and the task, test the endpoints, start or resume the task, wait for its tables."""
    with TaskGroup(ENSURE_TASK.group):
        instance = DmsReplicationInstanceSensor(
            **INSTANCE.named,
            multiple_outputs=True,
            replication_instance=pipeline.dms.replication_instance,
            **dms_wait_arguments(pipeline),
        )
        settle = DmsSettleTaskOperator(
            **SETTLE_TASK.named, pipeline=pipeline, **poll_settings(pipeline.waits, pipeline.waits.dms_timeout_s)
        )
        source, target = _ensure_endpoint(pipeline, "source"), _ensure_endpoint(pipeline, "target")
        test_source = _test_endpoint(pipeline, "source", source, instance)
        test_target = _test_endpoint(pipeline, "target", target, instance)
        ensure_task = DmsEnsureTaskOperator(
            **ENSURE_TASK.named,
            task=pipeline.dms.task,
            mapping_text=pipeline.mapping_text,
            source_endpoint_arn=arn_of(source),
            target_endpoint_arn=arn_of(target),
            replication_instance_arn=arn_of(instance),
            on_drift=pipeline.dms.on_drift,
            **aws_arguments(pipeline),
        )
        start = DmsStartOrResumeOperator(
            **START.named,
            pipeline=pipeline,
            **task_arguments(pipeline),
        )
        wait_tables = DmsTablesSensor(**WAIT_TABLES.named, tables=selected.tables, **task_arguments(pipeline))
        chain(settle, [source, target])
        before_start: list[MappedOperator] = []
        last: list[Operator] = []
        if pipeline.reconciliation.precedes_first_start:
            compared = _compare_before_first_start(pipeline, selected)
            before_start, last = [compared.parts], [compared.tables]
            settle >> compared.parts
            if pipeline.reconciliation.before_first_start == "stop":
                chain(compared.tables, start)
        chain([test_source, test_target, ensure_task, *before_start], start, wait_tables)
    need_postgres: list[Operator] = [test_source, *before_start]
    return Dms(instance, settle, test_source, test_target, need_postgres, start, wait_tables, last)


def _compare_before_first_start(pipeline: Pipeline, selected: Selected) -> Compared:
    """What is only reported needs no judgement before the start."""
    return compare_tables(
        pipeline,
        selected,
        (PARTS_BEFORE_START, BEFORE_START),
        (ComparePartBeforeStartOperator, CompareBeforeStartOperator),
    )


def _endpoint(pipeline: Pipeline, side: str) -> Endpoint:
    return pipeline.dms.source_endpoint if side == "source" else pipeline.dms.target_endpoint


def _ensure_endpoint(pipeline: Pipeline, side: str) -> DmsEnsureEndpointOperator:
    return DmsEnsureEndpointOperator(
        **(ENSURE_SOURCE if side == "source" else ENSURE_TARGET).named,
        multiple_outputs=True,
        endpoint=_endpoint(pipeline, side),
        db_instance=pipeline.postgres.db_instance if side == "source" else None,
        on_drift=pipeline.dms.on_drift,
        **aws_arguments(pipeline),
    )


def _test_endpoint(
    pipeline: Pipeline, side: str, endpoint: DmsEnsureEndpointOperator, instance: DmsReplicationInstanceSensor
) -> DmsTestConnectionOperator:
    return DmsTestConnectionOperator(
        **(TEST_SOURCE if side == "source" else TEST_TARGET).named,
        endpoint=_endpoint(pipeline, side),
        task_identifier=pipeline.dms.task.identifier,
        on_drift=pipeline.dms.on_drift,
        endpoint_arn=arn_of(endpoint),
        replication_instance_arn=arn_of(instance),
        **dms_wait_arguments(pipeline),
    )


class DmsTeardown(NamedTuple):
    """The group's tasks that others are joined to."""

    stop_task: DmsStopTaskOperator
    delete_task: DmsDeleteTaskOperator
    delete_endpoints: list[DmsDeleteEndpointOperator]


def decommission_dms_group(pipeline: Pipeline, step: DecommissionArguments) -> DmsTeardown:
    """Stop the task, show that nothing is missing in Oracle, delete the task, then both endpoints."""
    with TaskGroup(ENSURE_TASK.group):
        stop_task = DmsStopTaskOperator(**STOP_TASK.named, **task_arguments(pipeline))
        drained = DrainedOperator(**DRAINED.named, **step)
        delete_task = DmsDeleteTaskOperator(**DELETE_TASK.named, **task_arguments(pipeline))
        delete_endpoints = [
            DmsDeleteEndpointOperator(
                **step.named,
                endpoint=endpoint,
                **dms_wait_arguments(pipeline),
            )
            for step, endpoint in (
                (DELETE_SOURCE, pipeline.dms.source_endpoint),
                (DELETE_TARGET, pipeline.dms.target_endpoint),
            )
        ]
        chain(stop_task, drained, delete_task, delete_endpoints)
    return DmsTeardown(stop_task, delete_task, delete_endpoints)
