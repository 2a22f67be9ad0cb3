"""After the replication task was stopped: nothing that was written in PostgreSQL is missing in Oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator

from reverse_sync.errors import NotProvedError
from reverse_sync.postgres.held_changes import held_changes
from reverse_sync.postgres.session import postgres_session
from reverse_sync.results import Outcome
from reverse_sync.steps import PLAN, SELECT_TABLES
from reverse_sync.verify.opened_table import open_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.results import RowDifference
    from reverse_sync.results import DecommissionPlan, Result, SelectedTable
    from reverse_sync.task_keywords import TaskKeywords

_MOST_NAMED = 5


class DrainedOperator(BaseOperator):
    """Compares once more the tables of which the stopped task's slot still holds changes.

    DMS confirms what it has written a while later, so that a change in the slot need not be missing; and somebody may
    have written after the tables were compared. Only the rows tell. As long as the slot is there, nothing is lost.

    :param pipeline: the pipeline
    :param tables: the selected tables; a template
    :param plan: what :class:`PlanOperator` returned; a template
    """

    template_fields: Sequence[str] = ("tables", "plan")

    def __init__(
        self,
        *,
        pipeline: Pipeline,
        tables: list[SelectedTable] | None,
        plan: DecommissionPlan | None,
        **kwargs: Unpack[TaskKeywords],
    ) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline
        self.tables = tables
        self.plan = plan

    def execute(self, context: Context) -> Result:
        """Look into the slot, and compare.

        :raises NotProvedError: naming rows that differ, unless the run accepts differences.
        :raises ReverseSyncError: while the slot is still being read.
        """
        slot, tables = PLAN.needed(self.plan)["slot"], SELECT_TABLES.needed(self.tables)
        selected = {(table["source"][0], table["source"][1]): table for table in tables}
        with postgres_session(self.pipeline.postgres.connection) as connection:
            held = held_changes(connection, slot, selected) if slot else None
        if held is None:
            return {"outcome": Outcome.LEFT_ALONE, "why": "there is no slot that could hold changes"}
        differ = [line for table in held.tables for line in self._differences(selected[table])]
        if differ and not context["params"]["accept_differences"]:
            raise NotProvedError(self._said(differ, slot))
        missing = f", but {len(differ)} row(s) differ, which the run accepts" if differ else ""
        return {
            "outcome": Outcome.FOUND,
            "what": f"Oracle has every change that slot {slot} holds up to {held.lsn}{missing}",
        }

    def _differences(self, table: SelectedTable) -> Iterator[str]:
        with open_table(self.pipeline, table) as comparison:
            _, found = comparison.scan(lambda _done, _expected: None)
            yield from (f"{comparison.plan.name} {_named(row)}" for row in found)

    def _said(self, differ: list[str], slot: str | None) -> str:
        more = f"\n  and {len(differ) - _MOST_NAMED} more" if len(differ) > _MOST_NAMED else ""
        rows = "\n".join(f"  {line}" for line in differ[:_MOST_NAMED])
        return (
            f"With the replication task stopped Oracle should have every row, but {len(differ)} row(s) differ: "
            f"somebody wrote to PostgreSQL after the tables were compared.\n{rows}{more}\n"
            f"Stop who still writes: slot {slot} holds what is missing. Then trigger "
            f"{self.pipeline.dag_id}, which resumes the task, and after it this DAG again."
        )


def _named(row: RowDifference) -> str:
    return f"{', '.join(row.key)}: {row.kind}"
