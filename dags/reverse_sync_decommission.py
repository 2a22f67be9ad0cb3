"""One DAG for each file in include/pipelines: it takes down what the other one built, once a person approves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import DAG, chain

from reverse_sync.decommission.approve import ApproveDecommissionOperator
from reverse_sync.decommission.operators import NothingLeftOperator
from reverse_sync.defaults import task_defaults
from reverse_sync.evidence.operator import EvidenceOperator
from reverse_sync.evidence.verdict import NOTHING_LEFT
from reverse_sync.form import decommission_form
from reverse_sync.overdue import deadline_of
from reverse_sync.pipeline import usable_pipelines
from reverse_sync.steps import APPROVE, EVIDENCE
from reverse_sync.task_groups.arguments import output_of
from reverse_sync.task_groups.dms import decommission_dms_group
from reverse_sync.task_groups.oracle import decommission_oracle_group
from reverse_sync.task_groups.postgres import decommission_postgres_group
from reverse_sync.task_groups.preflight import decommission_preflight_group
from reverse_sync.task_groups.verify import decommission_verify_group

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.task_groups.decommission import DecommissionArguments


def decommission(pipeline: Pipeline) -> DAG:
    """The decommission of one pipeline file."""
    with DAG(
        dag_id=pipeline.decommission_dag_id,
        dag_display_name=f"{pipeline.name}: take the reverse sync down",
        description=f"Takes down what {pipeline.dag_id} built, once a person approves",
        schedule=None,
        catchup=False,
        max_active_runs=1,
        deadline=deadline_of(pipeline),
        tags=list(pipeline.tags),
        params=decommission_form(),
        doc_md=__doc__,
        default_args=task_defaults(pipeline),
    ) as dag:
        selected, plan = decommission_preflight_group(pipeline)
        step: DecommissionArguments = {"pipeline": pipeline, "tables": selected.tables, "plan": output_of(plan)}
        approve = ApproveDecommissionOperator(
            **APPROVE.named,
            pipeline=pipeline,
            question="decommission",
            subject=f"Take down {pipeline.dag_id}?",
            plan=step["plan"],
        )
        verify = decommission_verify_group(pipeline, step, selected)
        dms = decommission_dms_group(pipeline, step)
        clean = [decommission_postgres_group(step), *decommission_oracle_group(step)]
        nothing_left = NothingLeftOperator(**NOTHING_LEFT.step.named, **step)
        evidence = EvidenceOperator(**EVIDENCE.named, pipeline=pipeline, proof=NOTHING_LEFT)
        chain(plan, approve, verify.first)
        chain(verify.reconcile, dms.stop_task)
        chain(dms.delete_task, clean)
        chain([*dms.delete_endpoints, *clean], nothing_left, evidence)
        chain(verify.last, evidence)
    return dag


for usable in usable_pipelines():
    decommission(usable)
