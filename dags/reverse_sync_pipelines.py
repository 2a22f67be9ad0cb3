"""One DAG for each file in include/pipelines: from a check of PostgreSQL to a row proved in Oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import DAG, chain, cross_downstream

from reverse_sync.broken_pipeline import broken_pipeline
from reverse_sync.defaults import task_defaults
from reverse_sync.errors import PipelineError
from reverse_sync.evidence.operator import EvidenceOperator
from reverse_sync.evidence.verdict import ROW, WITHOUT_CHANGE
from reverse_sync.form import trigger_form
from reverse_sync.overdue import deadline_of
from reverse_sync.pipeline import INCLUDE, pipelines, runbook
from reverse_sync.steps import EVIDENCE
from reverse_sync.task_groups.dms import dms_group
from reverse_sync.task_groups.oracle import oracle_group
from reverse_sync.task_groups.postgres import postgres_group
from reverse_sync.task_groups.preflight import preflight_group
from reverse_sync.task_groups.verify import health_group, verify_group

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline


def reverse_sync(pipeline: Pipeline) -> DAG:
    """The DAG of one pipeline file."""
    with DAG(
        dag_id=pipeline.dag_id,
        dag_display_name=f"{pipeline.name}: reverse sync",
        description=pipeline.description,
        schedule=pipeline.schedule,
        catchup=False,
        max_active_runs=1,
        deadline=deadline_of(pipeline),
        tags=list(pipeline.tags),
        template_searchpath=[str(INCLUDE.joinpath("sql"))],
        params=trigger_form(pipeline),
        doc_md=runbook(pipeline),
        default_args=task_defaults(pipeline),
    ) as dag:
        preflight = preflight_group(pipeline)
        selected = preflight.selected
        postgres = postgres_group(pipeline)
        insert_triggers = oracle_group(pipeline, selected.tables)
        dms = dms_group(pipeline, selected)
        verify = verify_group(pipeline, selected)
        health = health_group(pipeline, insert_triggers=insert_triggers, start=dms.start, canary=verify.canary)
        # The only leaf: its state is the run's. It waits for the end of every branch, whatever that end is.
        proof = ROW if pipeline.canaries else WITHOUT_CHANGE
        evidence = EvidenceOperator(**EVIDENCE.named, pipeline=pipeline, proof=proof)

        preflight.check >> [postgres.decide, dms.instance]
        cross_downstream(preflight.passed, [*postgres.changes, insert_triggers, dms.settle])
        # The source can be tested and read only once PostgreSQL is back; nothing but the start has to wait for that.
        chain(postgres.wait_settings, dms.need_postgres)
        [postgres.create_extension, insert_triggers] >> dms.start
        dms.start >> verify.meanwhile
        chain(dms.wait_tables, verify.first)
        chain(verify.seen, health)
        tested = [dms.test_source, dms.test_target]
        [postgres.create_extension, insert_triggers, *tested, *dms.last, *verify.last, health] >> evidence
    return dag


for file, found in pipelines().items():
    if isinstance(found, PipelineError):
        broken_pipeline(file, found)
    else:
        reverse_sync(found)
