"""Oracle, ready for replicated rows; and on its own again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import TaskGroup

from reverse_sync.decommission.operators import AdvanceSequencesOperator, CleanTargetOperator, EnableTriggersOperator
from reverse_sync.oracle.insert_triggers import OracleInsertTriggersOperator
from reverse_sync.steps import ADVANCE_SEQUENCES, CLEAN_TARGET, ENABLE_TRIGGERS, INSERT_TRIGGERS

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import SelectedTable
    from reverse_sync.task_groups.decommission import DecommissionArguments


def oracle_group(pipeline: Pipeline, tables: list[SelectedTable] | None) -> OracleInsertTriggersOperator:
    """Deal with the BEFORE INSERT triggers of the target tables."""
    with TaskGroup(INSERT_TRIGGERS.group):
        return OracleInsertTriggersOperator(
            **INSERT_TRIGGERS.named,
            oracle_conn_id=pipeline.oracle.connection,
            tables=tables,
            policy=pipeline.oracle.insert_triggers,
        )


def decommission_oracle_group(step: DecommissionArguments) -> list[BaseOperator]:
    """Enable the triggers, advance the sequences, drop DMS's tables: neither needs another."""
    with TaskGroup(INSERT_TRIGGERS.group):
        return [
            EnableTriggersOperator(**ENABLE_TRIGGERS.named, **step),
            AdvanceSequencesOperator(**ADVANCE_SEQUENCES.named, **step),
            CleanTargetOperator(**CLEAN_TARGET.named, **step),
        ]
