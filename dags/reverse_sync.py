"""One DAG for each file in include/pipelines: from a check of PostgreSQL to a row proved in Oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.providers.standard.operators.python import BranchPythonOperator
from airflow.sdk import DAG, TaskGroup, TriggerRule, chain

from reverse_sync.alone import AloneOperator
from reverse_sync.aws.operators.endpoint import DmsEnsureEndpointOperator, DmsTestConnectionOperator
from reverse_sync.aws.operators.rds import RdsRebootOperator
from reverse_sync.aws.operators.settle import DmsSettleTaskOperator
from reverse_sync.aws.operators.statistics import DmsTableStatisticsOperator
from reverse_sync.aws.operators.task import DmsEnsureTaskOperator, DmsStartOrResumeOperator
from reverse_sync.aws.sensors.dms import (
    DmsReplicationInstanceSensor,
    DmsTablesSensor,
    DmsTaskReadySensor,
    DmsTaskRunningSensor,
)
from reverse_sync.aws.sensors.rds import RdsInstanceAvailableSensor
from reverse_sync.defaults import task_defaults
from reverse_sync.errors import PipelineError
from reverse_sync.evidence.operator import EvidenceOperator
from reverse_sync.form import trigger_form
from reverse_sync.health.operator import HealthCheckOperator
from reverse_sync.oracle.insert_triggers import OracleInsertTriggersOperator
from reverse_sync.pipeline import INCLUDE, load, pipeline_files, runbook
from reverse_sync.postgres.query import PostgresQueryOperator
from reverse_sync.postgres.sensors import PostgresSettingsSensor
from reverse_sync.postgres.server import decide_reboot, single_value
from reverse_sync.preflight.operator import PreflightOperator
from reverse_sync.unusable import unusable_pipeline
from reverse_sync.verify.arrival import CompareRowOperator, OracleRowSensor
from reverse_sync.verify.canary import ChangeRowOperator, ReadCanaryOperator, RestoreCanaryOperator
from reverse_sync.verify.reconciliation import ReconcileTableOperator
from reverse_sync.verify.selection import SelectTablesOperator
from reverse_sync.waiting import patience

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline


def reverse_sync(pipeline: Pipeline) -> DAG:
    """The DAG of one pipeline file."""
    with DAG(
        dag_id=pipeline.dag_id,
        description=pipeline.description,
        schedule=pipeline.schedule,
        catchup=False,
        max_active_runs=1,
        tags=list(pipeline.tags),
        template_searchpath=[str(INCLUDE.joinpath("sql"))],
        params=trigger_form(pipeline),
        doc_md=runbook(pipeline),
        default_args=task_defaults(pipeline),
    ) as dag:
        aws: dict[str, Any] = {"aws_conn_id": pipeline.aws.connection, "region_name": pipeline.aws.region}
        postgres_wait = patience(pipeline.waits, pipeline.waits.postgres_timeout_s)
        dms_wait = patience(pipeline.waits, pipeline.waits.dms_timeout_s)
        sql: dict[str, Any] = {
            "conn_id": pipeline.postgres.connection,
            "handler": single_value,
        }
        dms_task: dict[str, Any] = {
            "task_identifier": pipeline.dms.task.identifier,
            "replication_instance": pipeline.dms.replication_instance,
        }

        with TaskGroup("preflight"):
            check = PreflightOperator(task_id="check", pipeline=pipeline)
            select_tables = SelectTablesOperator(task_id="select_tables", pipeline=pipeline)
            tables: Any = select_tables.output
            alone = AloneOperator(task_id="alone", other_dag_id=pipeline.decommission_dag_id)
            check >> alone >> select_tables

        with TaskGroup("postgres"):
            libraries = PostgresQueryOperator(
                task_id="show_shared_preload_libraries", sql="SHOW shared_preload_libraries", **sql
            )
            wal_level = PostgresQueryOperator(task_id="show_wal_level", sql="SHOW wal_level", **sql)
            start_time = PostgresQueryOperator(
                task_id="show_start_time", sql="SELECT pg_postmaster_start_time()::text", **sql
            )
            decide = BranchPythonOperator(
                task_id="decide_reboot",
                python_callable=decide_reboot,
                op_kwargs={
                    "policy": "{{ params.reboot }}",
                    "shared_preload_libraries": libraries.output,
                    "wal_level": wal_level.output,
                    "reboot_task": "postgres.approve_reboot"
                    if pipeline.postgres.reboot_approval
                    else "postgres.reboot",
                    "otherwise": "postgres.wait_settings",
                },
            )
            reboot = RdsRebootOperator(
                task_id="reboot",
                db_instance=pipeline.postgres.db_instance,
                postgres_conn_id=pipeline.postgres.connection,
                seen_start=start_time.output,
                **aws,
                **postgres_wait,
            )
            wait_available = RdsInstanceAvailableSensor(
                task_id="wait_available", db_instance=pipeline.postgres.db_instance, **aws, **postgres_wait
            )
            wait_settings = PostgresSettingsSensor(
                task_id="wait_settings",
                postgres_conn_id=pipeline.postgres.connection,
                trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
                **postgres_wait,
            )
            create_extension = PostgresQueryOperator(
                task_id="create_extension",
                sql="create_extension.sql",
                split_statements=True,
                return_last=False,
                **sql,
            )
            chain([libraries, wal_level, start_time], decide, wait_settings, create_extension)
            chain(reboot, wait_available, wait_settings)
            if pipeline.postgres.reboot_approval:
                chain(
                    decide,
                    ApprovalOperator(
                        task_id="approve_reboot",
                        subject=f"Reboot {pipeline.postgres.db_instance} now?",
                        body="PostgreSQL needs a reboot before pglogical can be created. Its connections break.",
                        fail_on_reject=True,
                        execution_timeout=None,
                    ),
                    reboot,
                )
            else:
                chain(decide, reboot)

        with TaskGroup("oracle"):
            insert_triggers = OracleInsertTriggersOperator(
                task_id="insert_triggers",
                oracle_conn_id=pipeline.oracle.connection,
                tables=tables,
                policy=pipeline.oracle.insert_triggers,
            )

        with TaskGroup("dms"):
            instance = DmsReplicationInstanceSensor(
                task_id="replication_instance",
                multiple_outputs=True,
                replication_instance=pipeline.dms.replication_instance,
                **aws,
                **dms_wait,
            )
            settle_task = DmsSettleTaskOperator(
                task_id="settle_task",
                pipeline=pipeline,
                accept_mapping_change="{{ params.accept_mapping_change }}",
                **dms_wait,
            )
            source_endpoint = DmsEnsureEndpointOperator(
                task_id="ensure_source_endpoint",
                multiple_outputs=True,
                endpoint=pipeline.dms.source_endpoint,
                db_instance=pipeline.postgres.db_instance,
                on_drift=pipeline.dms.on_drift,
                **aws,
            )
            target_endpoint = DmsEnsureEndpointOperator(
                task_id="ensure_target_endpoint",
                multiple_outputs=True,
                endpoint=pipeline.dms.target_endpoint,
                db_instance=None,
                on_drift=pipeline.dms.on_drift,
                **aws,
            )
            replication: Any = instance.output
            source: Any = source_endpoint.output
            target: Any = target_endpoint.output
            test_source = DmsTestConnectionOperator(
                task_id="test_source_endpoint",
                endpoint_arn=source["arn"],
                replication_instance_arn=replication["arn"],
                **aws,
                **dms_wait,
            )
            test_target = DmsTestConnectionOperator(
                task_id="test_target_endpoint",
                endpoint_arn=target["arn"],
                replication_instance_arn=replication["arn"],
                **aws,
                **dms_wait,
            )
            ensure_task = DmsEnsureTaskOperator(
                task_id="ensure_task",
                task=pipeline.dms.task,
                mapping_text=pipeline.mapping_text,
                source_endpoint_arn=source["arn"],
                target_endpoint_arn=target["arn"],
                replication_instance_arn=replication["arn"],
                on_drift=pipeline.dms.on_drift,
                **aws,
            )
            wait_ready = DmsTaskReadySensor(task_id="wait_ready", **dms_task, **aws, **dms_wait)
            start = DmsStartOrResumeOperator(
                task_id="start_or_resume",
                task_identifier=pipeline.dms.task.identifier,
                postgres_conn_id=pipeline.postgres.connection,
                may_start=pipeline.dms.task.start_on_create,
                recover_lost_slot="{{ params.recover_lost_slot }}",
                **aws,
            )
            wait_running = DmsTaskRunningSensor(task_id="wait_running", **dms_task, **aws, **dms_wait)
            wait_tables = DmsTablesSensor(task_id="wait_tables", tables=tables, **dms_task, **aws, **dms_wait)
            # The source can be tested only once PostgreSQL is back; nothing but the start has to wait for that.
            create_extension >> test_source
            settle_task >> [source_endpoint, target_endpoint]
            chain(ensure_task, wait_ready, start, wait_running, wait_tables)
            [test_source, test_target, insert_triggers] >> start

        with TaskGroup("verify"):
            canary_row: dict[str, Any] = {"pipeline": pipeline, "row_id": "{{ params.canary_id }}"}
            statistics: dict[str, Any] = {"task_identifier": pipeline.dms.task.identifier, **aws}
            before = DmsTableStatisticsOperator(task_id="statistics_before", **statistics)
            read_canary = ReadCanaryOperator(task_id="read_canary", text="{{ params.canary_text }}", **canary_row)
            change_row = ChangeRowOperator(
                task_id="change_row",
                method="{{ params.canary_method }}",
                canary=read_canary.output,
                **canary_row,
            )
            wait_for_oracle = OracleRowSensor(
                task_id="wait_for_oracle",
                canary=read_canary.output,
                change=change_row.output,
                **canary_row,
                **patience(pipeline.waits, pipeline.waits.canary_timeout_s),
            )
            compare_row = CompareRowOperator(task_id="compare_row", **canary_row)
            after = DmsTableStatisticsOperator(task_id="statistics_after", **statistics)
            restore_canary = RestoreCanaryOperator(
                task_id="restore_canary",
                method="{{ params.canary_method }}",
                canary=read_canary.output,
                restore="{{ params.canary_restore }}",
                **canary_row,
            ).as_teardown(setups=read_canary)
            chain(wait_tables, [before, read_canary], change_row, wait_for_oracle, compare_row, after, restore_canary)
            if pipeline.reconciliation.enabled:
                reconcile = ReconcileTableOperator.partial(
                    task_id="reconcile",
                    pipeline=pipeline,
                    max_active_tis_per_dagrun=4,
                    map_index_template="{{ task.table.target | join('.') }}",
                ).expand(table=tables)
                compare_row >> reconcile >> restore_canary

        with TaskGroup("health"):
            health = HealthCheckOperator(
                task_id="check",
                pipeline=pipeline,
                insert_triggers=insert_triggers.output,
                started=start.output,
                change=change_row.output,
                arrival=wait_for_oracle.output,
            )
            compare_row >> health

        # The only leaf: its state is the run's. It waits for the end of every branch, whatever that end is.
        evidence = EvidenceOperator(task_id="evidence", evidence=pipeline.evidence, trigger_rule=TriggerRule.ALL_DONE)
        [
            create_extension,
            insert_triggers,
            test_source,
            test_target,
            compare_row,
            after,
            restore_canary,
            health,
        ] >> evidence

        select_tables >> [libraries, wal_level, start_time, instance, settle_task]
    return dag


for file in pipeline_files():
    try:
        reverse_sync(load(file))
    except PipelineError as error:
        unusable_pipeline(file, error)
