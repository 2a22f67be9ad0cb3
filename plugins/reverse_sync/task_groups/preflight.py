"""Before anything is changed: what would fail, which tables there are, and that nobody else is at work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from airflow.sdk import TaskGroup, chain

from reverse_sync.aws.operators.assess import DmsAssessOperator
from reverse_sync.decommission.operators import PlanOperator
from reverse_sync.other_dag import OtherDagIdleOperator
from reverse_sync.preflight.operator import PreflightOperator
from reverse_sync.steps import API_ADDRESS, ASSESS, CUT_TABLES, OTHER_DAG_IDLE, PLAN, PREFLIGHT, SELECT_TABLES, Step
from reverse_sync.task_groups.arguments import output_of
from reverse_sync.task_groups.reconciliation import Selected
from reverse_sync.verify.cut import CutTablesOperator
from reverse_sync.verify.ingress import IngressAddressSensor
from reverse_sync.verify.selection import SelectTablesOperator
from reverse_sync.waiting import poll_settings

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator

    from reverse_sync.pipeline import Pipeline


R = TypeVar("R")


class Preflight(NamedTuple):
    """The group's tasks; what changes anything follows all but `check`."""

    check: PreflightOperator
    alone: OtherDagIdleOperator
    select_tables: SelectTablesOperator
    cut_tables: CutTablesOperator

    @property
    def passed(self) -> list[BaseOperator]:
        """What has to be successful before anything is changed; a reboot would take PostgreSQL away from it."""
        return [self.alone, self.select_tables, self.cut_tables]

    @property
    def selected(self) -> Selected:
        """The tables and their parts."""
        return Selected(output_of(self.select_tables), output_of(self.cut_tables))


def preflight_group(pipeline: Pipeline) -> Preflight:
    """The preflight of a run that builds or repairs."""
    with TaskGroup(PREFLIGHT.group):
        table = "{{ params.canary }}" if len(pipeline.canaries) > 1 else ""
        check = PreflightOperator(**PREFLIGHT.named, pipeline=pipeline, table=table)
        alone, select_tables, cut_tables = _looks(pipeline, pipeline.decommission_dag_id)
        check >> [alone, select_tables, cut_tables]
        wait = poll_settings(pipeline.waits, pipeline.waits.canary_timeout_s)
        addresses = [
            IngressAddressSensor(**_numbered(API_ADDRESS, n).named, address=address, pipeline=pipeline, **wait)
            for n, address in enumerate(pipeline.api_addresses, 1)
        ]
        # One after the other: a run that a person marks keeps that at its only first task.
        chain(*addresses, *_assess(pipeline), check)
    return Preflight(check, alone, select_tables, cut_tables)


def _numbered(step: Step[R], n: int) -> Step[R]:
    return step if n == 1 else replace(step, task_id=f"{step}_{n}", title=f"{step.title} {n}")


def _assess(pipeline: Pipeline) -> list[DmsAssessOperator]:
    if not pipeline.dms.assessment:
        return []
    wait = poll_settings(pipeline.waits, pipeline.waits.dms_timeout_s)
    return [DmsAssessOperator(**ASSESS.named, pipeline=pipeline, assessment=pipeline.dms.assessment, **wait)]


def decommission_preflight_group(pipeline: Pipeline) -> tuple[Selected, PlanOperator]:
    """The preflight of a decommission: its tables, and the plan that a person approves."""
    with TaskGroup(PREFLIGHT.group):
        alone, select_tables, cut_tables = _looks(pipeline, pipeline.dag_id)
        plan = PlanOperator(**PLAN.named, pipeline=pipeline, tables=output_of(select_tables))
        alone >> [select_tables, cut_tables]
        cut_tables >> plan
    return Selected(output_of(select_tables), output_of(cut_tables)), plan


def _looks(
    pipeline: Pipeline, other_dag_id: str
) -> tuple[OtherDagIdleOperator, SelectTablesOperator, CutTablesOperator]:
    return (
        OtherDagIdleOperator(**OTHER_DAG_IDLE.named, other_dag_id=other_dag_id),
        SelectTablesOperator(**SELECT_TABLES.named, pipeline=pipeline),
        CutTablesOperator(**CUT_TABLES.named, pipeline=pipeline),
    )
