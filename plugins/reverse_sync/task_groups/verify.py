"""The proof: a change through the API, seen in Oracle; whole tables compared; limits measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from airflow.providers.standard.operators.python import BranchPythonOperator
from airflow.sdk import TaskGroup, TriggerRule, chain

from reverse_sync.aws.operators.statistics import DmsTableStatisticsOperator
from reverse_sync.decommission.plan import next_step
from reverse_sync.form import has_calls
from reverse_sync.health.operator import HealthCheckOperator
from reverse_sync.steps import (
    APPROVE_REPAIR,
    CHANGE_ROW,
    COMPARE_PARTS,
    COMPARE_ROW,
    DECIDE_CANARY,
    DECIDE_REPAIR,
    HEALTH,
    READ_CANARY,
    RECONCILE,
    REPAIR,
    RESTORE_CANARY,
    STATISTICS_AFTER,
    WAIT_FOR_ORACLE,
)
from reverse_sync.task_groups.arguments import aws_arguments, output_of
from reverse_sync.task_groups.reconciliation import TABLE_NAME, compare_tables, mapped
from reverse_sync.verify.approve_repair import ApproveRepairOperator
from reverse_sync.verify.arrival import CompareRowOperator, OracleRowSensor
from reverse_sync.verify.canary import CanaryArguments, ChangeRowOperator, ReadCanaryOperator, RestoreCanaryOperator
from reverse_sync.verify.compare_part import EXECUTION_TIMEOUT, ComparePartOperator
from reverse_sync.verify.decide_repair import DecideRepairOperator
from reverse_sync.verify.reconciliation import ReconcileTableOperator
from reverse_sync.verify.repair import RepairTableOperator
from reverse_sync.waiting import poll_settings

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.definitions.mappedoperator import MappedOperator

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import CanaryChange, CanaryRead, ReplicationTaskResult, Result
    from reverse_sync.task_groups.arguments import Returns
    from reverse_sync.task_groups.decommission import DecommissionArguments
    from reverse_sync.task_groups.reconciliation import Compared, Operator, Selected


class _ChangeArguments(CanaryArguments):
    canary: CanaryRead | None
    change: CanaryChange | None


class Canary(NamedTuple):
    """The steps of one change, and what the others of the row are made with."""

    row: CanaryArguments
    read: ReadCanaryOperator
    change: ChangeRowOperator
    wait: OracleRowSensor
    restore: RestoreCanaryOperator


class Verify(NamedTuple):
    """The group's tasks that others are joined to.

    :param canary: None where the pipeline has none
    :param seen: what has to be seen before limits are measured
    :param meanwhile: the tasks for which the replication need not run yet
    :param first: the tasks that need nothing but a replication that runs
    :param last: the tasks that nothing of the group follows
    """

    canary: Canary | None
    seen: BaseOperator
    meanwhile: list[Operator]
    first: list[Operator]
    last: list[Operator]


def verify_group(pipeline: Pipeline, selected: Selected) -> Verify:
    """Change the canary's row, see it in Oracle, then compare the row and the tables at once, and put the text back.

    Without a canary only the tables are compared.
    """
    with TaskGroup(COMPARE_ROW.group):
        after = DmsTableStatisticsOperator(
            **STATISTICS_AFTER.named, task_identifier=pipeline.dms.task.identifier, **aws_arguments(pipeline)
        )
        found = [_reconcile(pipeline, selected)] if pipeline.reconciliation.enabled else []
        repairs = [_repair(pipeline, selected, one) for one in found]
        parts, decide = [one.parts for one in found], [one.decide for one in repairs]
        # A run that asks for no repair skips it while the tables are still compared.
        answers = [*(one.tables for one in found), *(one.tables for one in repairs)]
        if not pipeline.canaries:
            return Verify(None, after, [], [after, *parts, *decide], [after, *answers])
        canary = _canary(
            pipeline,
            table="{{ params.canary }}" if len(pipeline.canaries) > 1 else pipeline.canaries[0].table,
            row_id="{{ params.canary_id | tojson }}",
            text="{{ params.canary_text or '' }}",
            method="{{ params.canary_method or '' }}" if has_calls(pipeline) else "",
        )
        compare = CompareRowOperator(**COMPARE_ROW.named, **canary.row)
        chain(canary.wait, [compare, after, *parts], canary.restore)
    last: list[Operator] = [compare, after, canary.restore, *answers]
    return Verify(canary, compare, meanwhile=[canary.read], first=[canary.change, *decide], last=last)


class CaughtUp(NamedTuple):
    """The tasks of a decommission's verification that others are joined to; `reconcile` is mapped over the tables.

    :param last: the tasks that nothing of the group follows, `reconcile` aside
    """

    first: Operator
    reconcile: MappedOperator
    last: list[BaseOperator]


def decommission_verify_group(pipeline: Pipeline, step: DecommissionArguments, selected: Selected) -> CaughtUp:
    """Show by a canary that a task which runs has caught up, then that all tables are the same.

    Without a canary the tables alone have to be the same.
    """
    with TaskGroup(COMPARE_ROW.group):
        if not pipeline.canaries:
            compared = _reconcile(pipeline, selected, whole=True)
            return CaughtUp(compared.parts, compared.tables, [])
        decide = BranchPythonOperator(
            **DECIDE_CANARY.named,
            python_callable=next_step,
            op_kwargs={"plan": step["plan"], "canary": str(READ_CANARY), "otherwise": str(COMPARE_PARTS)},
        )
        canary = _canary(pipeline, table=pipeline.canaries[0].table, row_id="null", text="", method="")
        either_way = TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS
        compared = _reconcile(pipeline, selected, whole=True, trigger_rule=either_way)
        chain(decide, canary.read)
        [decide, canary.wait, canary.restore] >> compared.parts
    return CaughtUp(decide, compared.tables, [canary.restore])


def _canary(pipeline: Pipeline, *, table: str, row_id: str, text: str, method: str) -> Canary:
    row: CanaryArguments = {"pipeline": pipeline, "table": table, "row_id": row_id}
    read = ReadCanaryOperator(**READ_CANARY.named, text=text, **row)
    change = ChangeRowOperator(**CHANGE_ROW.named, method=method, canary=output_of(read), **row)
    seen: _ChangeArguments = {"canary": output_of(read), "change": output_of(change), **row}
    wait = OracleRowSensor(
        **WAIT_FOR_ORACLE.named, **seen, **poll_settings(pipeline.waits, pipeline.waits.canary_timeout_s)
    )
    restore = RestoreCanaryOperator(**RESTORE_CANARY.named, method=method, **seen)
    restore.as_teardown(setups=read)
    chain(read, change, wait, restore)
    return Canary(row, read, change, wait, restore)


def _reconcile(
    pipeline: Pipeline,
    selected: Selected,
    *,
    whole: bool = False,
    trigger_rule: TriggerRule = TriggerRule.ALL_SUCCESS,
) -> Compared:
    operators = (ComparePartOperator, ReconcileTableOperator)
    steps = (COMPARE_PARTS, RECONCILE)
    return compare_tables(pipeline, selected, steps, operators, whole=whole, trigger_rule=trigger_rule)


class _Repair(NamedTuple):
    """Whether there is to be a repair, and the repair itself, mapped over the tables."""

    decide: DecideRepairOperator
    tables: MappedOperator


def _repair(pipeline: Pipeline, selected: Selected, found: Compared) -> _Repair:
    """Correct the rows that differ, table by table, where the form asks for it and a person approves."""
    how = "{{ params.repair }}"
    decide = DecideRepairOperator(**DECIDE_REPAIR.named, how=how, question=str(APPROVE_REPAIR))
    approve = ApproveRepairOperator(
        pipeline=pipeline,
        **APPROVE_REPAIR.named,
        question="repair",
        subject=f"Repair the rows of {pipeline.name} that differ?",
        how=how,
        comparisons=found.answers,
    )
    decide >> approve
    tables = RepairTableOperator.partial(
        **REPAIR.named,
        pipeline=pipeline,
        how=how,
        answer=output_of(approve),
        max_active_tis_per_dagrun=1,
        execution_timeout=EXECUTION_TIMEOUT,
        map_index_template=TABLE_NAME,
    ).expand(table=mapped(selected.tables))
    return _Repair(decide, tables)


def health_group(
    pipeline: Pipeline,
    *,
    insert_triggers: Returns[Result],
    start: Returns[ReplicationTaskResult],
    canary: Canary | None,
) -> HealthCheckOperator:
    """Measure everything that has a limit."""
    with TaskGroup(HEALTH.group):
        return HealthCheckOperator(
            **HEALTH.named,
            pipeline=pipeline,
            insert_triggers=output_of(insert_triggers),
            started=output_of(start),
            change=output_of(canary.change) if canary else None,
            arrival=output_of(canary.wait) if canary else None,
        )
