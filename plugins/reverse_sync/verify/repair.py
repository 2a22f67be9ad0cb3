"""Corrects rows that differ once a person has approved that, and compares them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.errors import NeedsPersonError, NotProvedError
from reverse_sync.reconcile import looks
from reverse_sync.reconcile.report import text
from reverse_sync.reconcile.results import TableResult
from reverse_sync.reconcile.scan import ROW_LIMIT
from reverse_sync.results import Outcome, RepairResult
from reverse_sync.steps import APPROVE_REPAIR, RECONCILE
from reverse_sync.table_mapping.schema import full_name
from reverse_sync.verify.compare_part import FOUND
from reverse_sync.verify.corrected import Corrected
from reverse_sync.verify.opened_table import LookingOperator, open_table
from reverse_sync.verify.repair_oracle import OracleRepair
from reverse_sync.verify.repair_touch import Touch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.keys import Key
    from reverse_sync.reconcile.looks import Looks
    from reverse_sync.reconcile.table import OpenTable
    from reverse_sync.results import Answer, SelectedTable
    from reverse_sync.task_keywords import TaskKeywords

# So many rows are written in one transaction.
_ROWS_A_TRANSACTION = 100
_KEPT_ROWS = 100
_STORE_KEY = "corrected"


class RepairTableOperator(LookingOperator[RepairResult]):
    """Corrects the rows of one table that the reconciliation named and a person approved, then looks at them again.

    Every row is written only while both sides hold what was seen, so a retry, and a run that is cleared, change nothing
    twice. What was done is kept in Airflow's task state store from batch to batch.

    :param pipeline: the pipeline
    :param table: the table, as :class:`SelectTablesOperator` returns it; a template
    :param how: `oracle` or `touch`; a template
    :param answer: who approved; a template
    """

    template_fields: Sequence[str] = ("table", "how", "answer")

    def __init__(
        self,
        *,
        pipeline: Pipeline,
        table: SelectedTable,
        how: str,
        answer: Answer | None,
        **kwargs: Unpack[TaskKeywords],
    ) -> None:
        settings = pipeline.reconciliation
        at_least_once = settings.model_copy(update={"rechecks": max(1, settings.rechecks)})
        super().__init__(pipeline=pipeline.model_copy(update={"reconciliation": at_least_once}), **kwargs)
        self.table = table
        self.how = how
        self.answer = answer

    @property
    def looked_at(self) -> SelectedTable:
        """The table."""
        return self.table

    def execute(self, context: Context) -> RepairResult:
        """Correct, batch by batch, then look.

        :raises NotProvedError: where rows differ afterwards.
        :raises NeedsPersonError: where rows may be in flight, or nobody has answered, so that nothing is corrected.
        """
        APPROVE_REPAIR.needed(self.answer)
        found = self._found(context)
        if not found.differences:
            return {"outcome": Outcome.LEFT_ALONE, "table": found.scanned.table, "why": "no row differs"}
        _require_settled(found)
        with open_table(self.pipeline, self.table) as comparison:
            self._mend(context, found, comparison)
            state = looks.after_mending(self.pipeline, found, comparison)
            return self.go_on(context, state, comparison)

    def ended(self, context: Context, state: Looks, comparison: OpenTable) -> RepairResult:  # noqa: ARG002
        """Say what was done, and fail where rows still differ."""
        found = self._found(context)
        now = looks.outcome(self.pipeline, state)
        done = self._done(context)
        result = self._record(found, now, done)
        self.log.info("%s", result["what"])
        context["ti"].xcom_push(key="return_value", value=result)
        if now.differences:
            raise NotProvedError(
                f"{result['what']}. Rows still differ:\n{text(now)}\n{_list(done.skipped)}\nTrigger the DAG again: it "
                "compares again, and asks before it repairs."
            )
        # Rows behind row_limit are not to be compared at all; but within it, too, more may differ than are named.
        stopped = found.scanned.stopped if ROW_LIMIT not in found.scanned.stopped else ""
        if more := stopped or found.unnamed_rows:
            raise NotProvedError(
                f"{result['what']}, but these were not all that differ: {more}. Trigger the DAG again: it names "
                "the next ones."
            )
        return result

    def _mend(self, context: Context, found: TableResult, comparison: OpenTable) -> None:
        done = self._done(context)
        if not comparison.plan.key:
            done.skipped |= {
                row.key: f"its table can't be repaired: {comparison.plan.keyless}" for row in found.differences
            }
        rows = found.differences if comparison.plan.key else ()
        repairer = OracleRepair(self.pipeline, self.table) if self.how == "oracle" else Touch(self.pipeline)
        for start in range(0, len(rows), _ROWS_A_TRANSACTION):
            repairer.correct(comparison, rows[start : start + _ROWS_A_TRANSACTION], done)
            context["task_state_store"].set(_STORE_KEY, done.as_json())
            self.log.info("%d of %d rows: %d corrected so far", start, len(rows), done.repaired)
        context["task_state_store"].set(_STORE_KEY, done.as_json())

    def _found(self, context: Context) -> TableResult:
        ti = context["ti"]
        found = ti.xcom_pull(task_ids=RECONCILE.task_id, key=FOUND, map_indexes=ti.map_index)
        if found is None:
            raise NeedsPersonError(
                f"{full_name(*self.table['target'])} should be repaired by what {RECONCILE} found, but that left no "
                f"result: a person marked it. Clear {RECONCILE} with its downstream."
            )
        return TableResult.model_validate(found)

    def _done(self, context: Context) -> Corrected:
        kept = context["task_state_store"].get(_STORE_KEY)
        return Corrected.from_json(str(kept)) if kept else Corrected()

    def _record(self, found: TableResult, now: TableResult, done: Corrected) -> RepairResult:
        answer = APPROVE_REPAIR.needed(self.answer)
        where = OracleRepair.where if self.how == "oracle" else Touch.where
        by_itself = len(found.differences) - done.repaired - len(done.skipped)
        rows = f"{done.repaired} of {len(found.differences)} rows of {found.scanned.table}"
        parts = [f"{rows} repaired {where} as {answer['by']} approved"]
        if done.skipped:
            parts.append(f"{len(done.skipped)} skipped")
        if by_itself > 0:
            parts.append(f"{by_itself} were the same by then")
        parts.append(f"{len(now.differences)} differ now" if now.differences else "all the same now")
        return {
            "outcome": Outcome.CHANGED if done.repaired else Outcome.LEFT_ALONE,
            "table": found.scanned.table,
            "what": "; ".join(parts),
            "approved_by": answer["by"],
            "approved_at": answer["at"],
            "repaired": done.repaired,
            "skipped": [f"{', '.join(key)}: {why}" for key, why in list(done.skipped.items())[:_KEPT_ROWS]],
            "differences": [str(row) for row in now.differences[:_KEPT_ROWS]],
        }


def _require_settled(found: TableResult) -> None:
    """No row may be in flight.

    :raises NeedsPersonError: where the replication was not seen to have passed the rows.
    """
    if found.unconfirmed:
        raise NeedsPersonError(
            f"Rows of {found.scanned.table} should be repaired, but they may be in flight: {found.unconfirmed}. "
            f"Nothing was repaired. Once the replication runs and has caught up, clear {RECONCILE} with its downstream."
        )


def _list(skipped: dict[Key, str]) -> str:
    lines = [f"  skipped {', '.join(key)}: {why}" for key, why in list(skipped.items())[:10]]
    return "\n".join(lines)
