"""PostgreSQL gets pglogical: one look, a reboot only where it is needed, the extension."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from airflow.sdk import TaskGroup, TriggerRule, chain

from reverse_sync.approval import ApproveOperator
from reverse_sync.aws.operators.rds import RdsRebootOperator
from reverse_sync.aws.sensors.settings import RdsPostgresSettingsSensor
from reverse_sync.decommission.operators import CleanSourceOperator
from reverse_sync.postgres.query import PostgresQueryOperator
from reverse_sync.postgres.reboot import DecideRebootOperator
from reverse_sync.steps import APPROVE_REBOOT, CLEAN_SOURCE, CREATE_EXTENSION, DECIDE_REBOOT, REBOOT, WAIT_SETTINGS
from reverse_sync.task_groups.arguments import output_of, postgres_wait_arguments

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.task_groups.decommission import DecommissionArguments


class Postgres(NamedTuple):
    """The group's tasks that others are joined to.

    :param changes: the tasks that change something, or ask a person to
    """

    decide: DecideRebootOperator
    changes: list[BaseOperator]
    wait_settings: RdsPostgresSettingsSensor
    create_extension: PostgresQueryOperator


def postgres_group(pipeline: Pipeline) -> Postgres:
    """Look, reboot where it is needed, wait for the settings, create the extension."""
    asks = pipeline.postgres.reboot_approval
    wait = postgres_wait_arguments(pipeline)
    with TaskGroup(DECIDE_REBOOT.group):
        decide = DecideRebootOperator(
            **DECIDE_REBOOT.named,
            postgres_conn_id=pipeline.postgres.connection,
            reboot_task=str(APPROVE_REBOOT if asks else REBOOT),
            otherwise=str(WAIT_SETTINGS),
        )
        seen, connection = output_of(decide), pipeline.postgres.connection
        reboot = RdsRebootOperator(**REBOOT.named, postgres_conn_id=connection, seen=seen, **wait)
        wait_settings = RdsPostgresSettingsSensor(
            **WAIT_SETTINGS.named,
            trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
            postgres_conn_id=connection,
            seen=seen,
            **wait,
        )
        create_extension = PostgresQueryOperator(
            **CREATE_EXTENSION.named,
            conn_id=pipeline.postgres.connection,
            sql="create_extension.sql",
            split_statements=True,
            return_last=False,
        )
        first = _approve(pipeline, reboot) if asks else reboot
        decide >> [first, wait_settings]
        chain(reboot, wait_settings, create_extension)
    return Postgres(decide, [first, create_extension], wait_settings, create_extension)


def _approve(pipeline: Pipeline, reboot: RdsRebootOperator) -> ApproveOperator:
    approve = ApproveOperator(
        **APPROVE_REBOOT.named,
        pipeline=pipeline,
        question="reboot",
        subject=f"Reboot {pipeline.postgres.db_instance} now?",
        body="PostgreSQL needs a reboot before pglogical can be created. Its connections break.",
    )
    approve >> reboot
    return approve


def decommission_postgres_group(step: DecommissionArguments) -> CleanSourceOperator:
    """Take away what DMS left in PostgreSQL."""
    with TaskGroup(DECIDE_REBOOT.group):
        return CleanSourceOperator(**CLEAN_SOURCE.named, **step)
