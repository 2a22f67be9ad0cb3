"""The parts of a table joined to one answer, which fails where rows differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator

from reverse_sync.errors import NeedsPersonError, NotProvedError
from reverse_sync.evidence.store import write_beside
from reverse_sync.oracle.insert_triggers import insert_triggers
from reverse_sync.oracle.session import oracle_session
from reverse_sync.reconcile import looks
from reverse_sync.reconcile.joined import joined
from reverse_sync.reconcile.known import known_differences, old_and_new
from reverse_sync.reconcile.report import NONE, headline, row, text
from reverse_sync.reconcile.results import TableResult
from reverse_sync.results import Outcome
from reverse_sync.table_mapping.schema import full_name
from reverse_sync.verify.compare_part import FOUND
from reverse_sync.verify.diagnosis import refusals
from reverse_sync.verify.opened_table import open_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.keys import Key
    from reverse_sync.reconcile.table import OpenTable
    from reverse_sync.results import SelectedTable, TableComparison, TablePart
    from reverse_sync.task_keywords import TaskKeywords

_KEPT_DIFFERENCES = 100


class ReconcileTableOperator(BaseOperator):
    """Joins what was found in the parts of one table, and looks once more at the rows that differed.

    So, once they are corrected, it is enough to clear this task.

    :param pipeline: the pipeline
    :param table: the table, as :class:`SelectTablesOperator` returns it; a template
    :param parts: the parts of all tables, as :class:`CutTablesOperator` returns them; a template
    :param compared_by: the id of the task that compared the parts
    :param whole: whether a table that can't be compared to its end counts as different
    """

    template_fields: Sequence[str] = ("table", "parts")
    next_step = (
        "The task's log may say more. An UPDATE in PostgreSQL that sets a "
        "row to its own values sends it again; the repair script, once reviewed, corrects the others in Oracle. Then "
        "clear this task."
    )

    def __init__(
        self,
        *,
        pipeline: Pipeline,
        table: SelectedTable,
        parts: Sequence[TablePart],
        compared_by: str,
        whole: bool = False,
        **kwargs: Unpack[TaskKeywords],
    ) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline
        self.table = table
        self.parts = parts
        self.compared_by = compared_by
        self.whole = whole

    def execute(self, context: Context) -> TableComparison:
        """The table's answer.

        :raises NotProvedError: where rows differ.
        :raises NeedsPersonError: where a database refuses the table, or the whole table should have been compared, and
            was not.
        """
        result, repair = joined(self._found(context)), None
        if result.refused:
            self._leave(context, result)
            # The table's comparison stands in the tasks of its parts.
            said = headline(result).replace("clear this task", f"clear {self.compared_by} with its downstream")
            raise NeedsPersonError(said)
        if result.differences:
            with open_table(self.pipeline, self.table) as comparison:
                result = looks.once_more(self.pipeline, result, comparison)
                repair = self._write_repair(context, result, comparison)
        old = known_differences(self.pipeline, result, f"{context['dag_run'].run_id} {self.task_id}")
        self.log.info("%s", text(result, old))
        self._leave(context, result, old, repair)
        return self._judge(result, old, repair, accepted=self.accepts(context))

    def _leave(
        self, context: Context, result: TableResult, old: Mapping[Key, str] = NONE, repair: str | None = None
    ) -> None:
        """A task that fails returns nothing, but the evidence wants what it found."""
        context["ti"].xcom_push(key="return_value", value=_record(result, old, repair))
        context["ti"].xcom_push(key=FOUND, value=result.model_dump(mode="json"))

    def accepts(self, context: Context) -> bool:
        """Whether a person said in the form that differences are noted only, or are to be repaired."""
        params = context["params"]
        return bool(params.get("accept_differences")) or params.get("repair", "none") != "none"

    def _found(self, context: Context) -> list[TableResult]:
        ti = context["ti"]
        mine = [number for number, part in enumerate(self.parts) if part["target"] == self.table["target"]]
        found = ti.xcom_pull(task_ids=self.compared_by, key=FOUND, map_indexes=mine)
        missing = [number for number, one in zip(mine, found, strict=True) if one is None]
        if missing or not mine:
            parts = ", ".join(map(str, missing)) or "none of it"
            raise NeedsPersonError(
                f"{full_name(*self.table['target'])} should have been compared by {self.compared_by}, but the task of "
                f"map index {parts} left no result: a person marked it, or the tables were selected again. Clear "
                f"{self.compared_by} with its downstream."
            )
        return [TableResult.model_validate(one) for one in found]

    def _write_repair(self, context: Context, result: TableResult, comparison: OpenTable) -> str | None:
        """Write what a person may review and run in Oracle; this task changes nothing."""
        if not result.differences:
            return None
        with oracle_session(self.pipeline.oracle.connection) as connection:
            triggers = [found.name for found in insert_triggers(connection, [self.table]) if found.enabled]
        script = comparison.repair(result.differences, triggers)
        name = f"{context['dag_run'].run_id}.{result.scanned.table}.repair.sql"
        return write_beside(self.pipeline.evidence, self.pipeline.dag_id, name, script) if script else None

    def _judge(
        self, result: TableResult, old: Mapping[Key, str], repair: str | None, *, accepted: bool
    ) -> TableComparison:
        if result.differing and not accepted:
            script = f"\n  the repair script: {repair}" if repair else ""
            looked = f"They differed in each of {result.looks} looks{_told(result, old)}."
            refused = refusals(self.pipeline, result.scanned.table)
            raise NotProvedError(f"{text(result, old)}{script}\n{looked} {refused}\n{self.next_step}")
        if self.whole and not accepted and (why := _not_whole(result)):
            raise NeedsPersonError(
                f"Every row of {result.scanned.table} should be compared, but {why}; {headline(result)} so far. "
                "Compare the rest yourself, then trigger the DAG with accept_differences."
            )
        return _record(result, old, repair)


def _not_whole(result: TableResult) -> str:
    scanned = result.scanned
    if result.refused:
        return f"it cannot be compared: {result.refused}"
    columns = "; ".join(f"{name} can't be compared: {why}" for name, why in scanned.left_out.items())
    return scanned.stopped or result.unnamed_rows or columns


def _record(result: TableResult, old: Mapping[Key, str], repair: str | None) -> TableComparison:
    why = _not_whole(result)
    kept = result.model_copy(update={"differences": result.differences[:_KEPT_DIFFERENCES]})
    record: TableComparison = {
        "outcome": Outcome.FOUND,
        "what": headline(result) + _told(result, old),
        "complete": not why,
        "compared": result.scanned.rows,
        "differences": [row(difference, old) for difference in kept.differences],
        "counts": result.counts,
        "differed_before": len(old),
        "comparison": kept.model_dump(mode="json"),
    }
    if why:
        record["why"] = f"{result.scanned.table}: {why}"
    if repair:
        record["repair_script"] = repair
    return record


def _told(result: TableResult, old: Mapping[Key, str]) -> str:
    told = old_and_new(result, old)
    return f"; {told}" if told else ""
