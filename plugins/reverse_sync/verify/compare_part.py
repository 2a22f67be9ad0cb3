"""One part of a table compared by value, under live traffic: what differs is looked at again before it counts."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from reverse_sync.errors import OF_ONE_TABLE, NeedsPersonError, ReverseSyncError
from reverse_sync.evidence.notes import PROGRESS
from reverse_sync.reconcile import looks
from reverse_sync.reconcile.pace import Pace
from reverse_sync.reconcile.parts import Part
from reverse_sync.reconcile.report import headline, text
from reverse_sync.reconcile.results import refused
from reverse_sync.results import Outcome, PartComparison, Progress
from reverse_sync.table_mapping.schema import full_name
from reverse_sync.verify.opened_table import LookingOperator, open_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.looks import Looks
    from reverse_sync.reconcile.results import TableResult
    from reverse_sync.reconcile.table import OpenTable
    from reverse_sync.results import SelectedTable, TablePart
    from reverse_sync.task_keywords import TaskKeywords

# The XCom that holds all that was found; what the task returns is in the record, too, and short.
FOUND = "found"
_KEPT_SCAN = "scan"
# So long may a retry build on the scan of the attempt before it.
_SCAN_IS_GOOD_FOR = timedelta(hours=6)
# Each query is bounded by reconciliation.statement_timeout_s; this bounds all queries of a part.
EXECUTION_TIMEOUT = timedelta(hours=6)


class ComparePartOperator(LookingOperator[PartComparison]):
    """Compares the rows of one part with Oracle's, and waits, deferred, for rows that are on their way.

    Both sides are read while they change. A row that differs is looked at again once replication has passed the
    position at which PostgreSQL was read, up to `rechecks` times; only what differs in the end counts. Rows that
    differ are no failure of this task, nor is a table that a database lacks or refuses: the task that joins the parts
    judges them, so that one table does not keep the others' answers back. Another error of a database's, and one that
    does not answer, are tried again first.

    The scan is kept in Airflow's task state store until the task has ended well, so that an attempt that comes after
    an outage or a killed worker goes on with the looks.

    :param pipeline: the pipeline
    :param part: the part, as :class:`CutTablesOperator` returns it; a template
    """

    template_fields: Sequence[str] = ("part",)

    def __init__(self, *, pipeline: Pipeline, part: TablePart, **kwargs: Unpack[TaskKeywords]) -> None:
        super().__init__(pipeline=pipeline, **kwargs)
        self.part = part

    @property
    def looked_at(self) -> SelectedTable:
        """The table."""
        return self.part

    def execute(self, context: Context) -> PartComparison:
        """Walk the part once, unless an earlier attempt has."""
        return self._or_refusal(context, partial(self._compare, context))

    def look_again(self, context: Context, event: object, state: dict[str, str]) -> PartComparison:
        """Look at the rows that differed; a database may refuse the table by now."""
        return self._or_refusal(context, partial(super().look_again, context, event, state))

    def _or_refusal(self, context: Context, compare: Callable[[], PartComparison]) -> PartComparison:
        """The comparison; where it can't be made, and no further try may help, why."""
        ti = context["ti"]
        try:
            return compare()
        except ReverseSyncError as why:
            if isinstance(why, OF_ONE_TABLE):
                self._forget_scan(context)
            elif isinstance(why, NeedsPersonError) or ti.try_number <= ti.max_tries:
                raise
            return self._keep(context, refused(full_name(*self.part["target"]), why))

    def _compare(self, context: Context) -> PartComparison:
        with open_table(self.paced(self._rows), self.part) as comparison:
            return self.go_on(context, self._scanned(context, comparison), comparison)

    def _scanned(self, context: Context, comparison: OpenTable) -> Looks:
        part = self._rows
        if part.of > 1:
            self.log.info("Comparing %s", part)
        store = context.get("task_state_store")
        if store is not None and (kept := store.get(_KEPT_SCAN)):
            self.log.info("An earlier attempt has walked these rows: going on with what differed then")
            return looks.Looks.model_validate_json(str(kept))
        settings = self.paced(part)
        pace = Pace(settings, partial(self._tell, context))
        scanned, found = comparison.scan(pace, part=part)
        pace.ended(scanned.rows)
        state = looks.first(self.pipeline, scanned, found)
        if store is not None:
            store.set(_KEPT_SCAN, state.model_dump_json(), retention=_SCAN_IS_GOOD_FOR)
        return state

    def ended(self, context: Context, state: Looks, comparison: OpenTable) -> PartComparison:  # noqa: ARG002
        """Keep all that was found for the task that joins the parts."""
        self._forget_scan(context)
        return self._keep(context, looks.outcome(self.pipeline, state))

    def _forget_scan(self, context: Context) -> None:
        """Let a task that is cleared compare from the beginning."""
        if (store := context.get("task_state_store")) is not None:
            store.delete(_KEPT_SCAN)

    def _keep(self, context: Context, result: TableResult) -> PartComparison:
        self.log.info("%s", text(result))
        context["ti"].xcom_push(key=FOUND, value=result.model_dump(mode="json"))
        if result.refused:
            return {"outcome": Outcome.FOUND, "what": headline(result)}
        differing = result.differing
        of = f" of {self._rows}" if self._rows.of > 1 else ""
        return {
            "outcome": Outcome.FOUND,
            "what": f"{result.scanned.rows} rows{of}, {f'{differing} differ' if differing else 'all the same'}",
            "compared": result.scanned.rows,
            "differing": differing,
        }

    @property
    def _rows(self) -> Part:
        low, high = (None if bound is None else tuple(bound) for bound in (self.part["low"], self.part["high"]))
        return Part(low, high, self.part["number"], self.part["of"])

    def paced(self, part: Part) -> Pipeline:
        """What the pipeline allows a table in a second, its parts share."""
        settings = self.pipeline.reconciliation
        if settings.rows_per_s is None:
            return self.pipeline
        share = max(1, settings.rows_per_s // min(part.of, settings.parts_at_once))
        return self.pipeline.model_copy(update={"reconciliation": settings.model_copy(update={"rows_per_s": share})})

    def _tell(self, context: Context, rows: int, expected: int, rate: float) -> None:
        left = expected - rows
        seconds = f" (about {left / rate:,.0f} s)" if left and rate else ""
        self.log.info("%d of about %d rows, %.0f rows/s, %d left%s", rows, expected, rate, left, seconds)
        context["ti"].xcom_push(key=PROGRESS, value=Progress(rows=rows, expected=expected))
