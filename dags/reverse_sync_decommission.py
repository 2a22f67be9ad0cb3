"""One DAG for each file in include/pipelines: it takes down what the other one built, once a person approves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.providers.standard.operators.python import BranchPythonOperator
from airflow.sdk import DAG, TaskGroup, TriggerRule, chain

from reverse_sync.alone import AloneOperator
from reverse_sync.aws.operators.teardown import (
    DmsDeleteEndpointOperator,
    DmsDeleteTaskOperator,
    DmsStopTaskOperator,
)
from reverse_sync.decommission.operators import (
    AdvanceSequencesOperator,
    CleanSourceOperator,
    CleanTargetOperator,
    EnableTriggersOperator,
    NothingLeftOperator,
    PlanOperator,
)
from reverse_sync.decommission.plan import next_step
from reverse_sync.defaults import task_defaults
from reverse_sync.evidence.operator import EvidenceOperator
from reverse_sync.evidence.record import NOTHING_LEFT
from reverse_sync.form import decommission_form
from reverse_sync.pipeline import usable_pipelines
from reverse_sync.verify.arrival import OracleRowSensor
from reverse_sync.verify.canary import ChangeRowOperator, ReadCanaryOperator, RestoreCanaryOperator
from reverse_sync.verify.reconciliation import ReconcileTableOperator
from reverse_sync.verify.selection import SelectTablesOperator
from reverse_sync.waiting import patience

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline


def decommission(pipeline: Pipeline) -> DAG:
    """The decommission of one pipeline file."""
    with DAG(
        dag_id=pipeline.decommission_dag_id,
        description=f"Takes down what {pipeline.dag_id} built, once a person approves",
        schedule=None,
        catchup=False,
        max_active_runs=1,
        tags=list(pipeline.tags),
        params=decommission_form(),
        doc_md=__doc__,
        default_args=task_defaults(pipeline),
    ) as dag:
        aws: dict[str, Any] = {"aws_conn_id": pipeline.aws.connection, "region_name": pipeline.aws.region}
        dms_wait = patience(pipeline.waits, pipeline.waits.dms_timeout_s)
        dms_task: dict[str, Any] = {
            "task_identifier": pipeline.dms.task.identifier,
            "replication_instance": pipeline.dms.replication_instance,
            **aws,
            **dms_wait,
        }

        with TaskGroup("preflight"):
            alone = AloneOperator(task_id="alone", other_dag_id=pipeline.dag_id)
            select_tables = SelectTablesOperator(task_id="select_tables", pipeline=pipeline)
            step: dict[str, Any] = {
                "pipeline": pipeline,
                "tables": select_tables.output,
                "keep_control_objects": "{{ params.keep_control_objects }}",
            }
            plan = PlanOperator(task_id="plan", slot_name="{{ params.slot_name }}", **step)
            step["plan"] = plan.output
            alone >> select_tables

        approve = ApprovalOperator(
            task_id="approve",
            subject=f"Take down {pipeline.dag_id}?",
            body="{{ ti.xcom_pull(task_ids='preflight.plan')['text'] }}",
            fail_on_reject=True,
            execution_timeout=None,
        )

        with TaskGroup("verify"):
            canary_row: dict[str, Any] = {"pipeline": pipeline, "row_id": str(pipeline.canary.id)}
            decide = BranchPythonOperator(
                task_id="decide_canary",
                python_callable=next_step,
                op_kwargs={"plan": plan.output, "canary": "verify.read_canary", "otherwise": "verify.reconcile"},
            )
            read_canary = ReadCanaryOperator(task_id="read_canary", text=pipeline.canary.text, **canary_row)
            change_row = ChangeRowOperator(
                task_id="change_row", method=pipeline.canary.method, canary=read_canary.output, **canary_row
            )
            wait_for_oracle = OracleRowSensor(
                task_id="wait_for_oracle",
                canary=read_canary.output,
                change=change_row.output,
                **canary_row,
                **patience(pipeline.waits, pipeline.waits.canary_timeout_s),
            )
            restore_canary = RestoreCanaryOperator(
                task_id="restore_canary",
                method=pipeline.canary.method,
                canary=read_canary.output,
                restore="True",
                **canary_row,
            ).as_teardown(setups=read_canary)
            reconcile = ReconcileTableOperator.partial(
                task_id="reconcile",
                pipeline=pipeline,
                accept="{{ params.accept_differences }}",
                whole=True,
                trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
                max_active_tis_per_dagrun=4,
                map_index_template="{{ task.table.target | join('.') }}",
            ).expand(table=select_tables.output)
            chain(decide, read_canary, change_row, wait_for_oracle, restore_canary)
            [decide, wait_for_oracle, restore_canary] >> reconcile

        with TaskGroup("dms"):
            stop_task = DmsStopTaskOperator(task_id="stop_task", **dms_task)
            delete_task = DmsDeleteTaskOperator(task_id="delete_task", **dms_task)
            delete_source = DmsDeleteEndpointOperator(
                task_id="delete_source_endpoint",
                endpoint_identifier=pipeline.dms.source_endpoint.identifier,
                **aws,
                **dms_wait,
            )
            delete_target = DmsDeleteEndpointOperator(
                task_id="delete_target_endpoint",
                endpoint_identifier=pipeline.dms.target_endpoint.identifier,
                **aws,
                **dms_wait,
            )
            chain(stop_task, delete_task, [delete_source, delete_target])

        with TaskGroup("postgres"):
            clean_source = CleanSourceOperator(task_id="clean", **step)

        with TaskGroup("oracle"):
            enable_triggers = EnableTriggersOperator(task_id="enable_triggers", **step)
            advance_sequences = AdvanceSequencesOperator(task_id="advance_sequences", **step)
            clean_target = CleanTargetOperator(task_id="clean", **step)

        undo = [delete_source, delete_target, clean_source, enable_triggers, advance_sequences, clean_target]
        nothing_left = NothingLeftOperator(task_id="nothing_left", **step)
        evidence = EvidenceOperator(
            task_id="evidence",
            evidence=pipeline.evidence,
            proof=NOTHING_LEFT,
            trigger_rule=TriggerRule.ALL_DONE,
        )
        chain(plan, approve, decide)
        chain(reconcile, stop_task)
        delete_task >> [clean_source, enable_triggers, advance_sequences, clean_target]
        chain(undo, nothing_left, evidence)
        restore_canary >> evidence
    return dag


for usable in usable_pipelines():
    decommission(usable)
