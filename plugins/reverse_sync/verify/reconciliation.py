"""Whole tables compared by value, under live traffic: what differs is looked at again before it counts."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk import BaseOperator

from reverse_sync.errors import NeedsPersonError, NotProvedError
from reverse_sync.oracle.session import oracle_session
from reverse_sync.postgres.session import postgres_session
from reverse_sync.verify.equality import shown
from reverse_sync.verify.selection import projection_of
from reverse_sync.verify.table_scan import TableScan, not_comparable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.table_mapping import Projection

# A table with more differences is out of step; to name more of them would help nobody.
MOST_DIFFERENCES = 1000
SHOWN = 10


class ReconcileTableOperator(BaseOperator):
    """Compares every row of one selected table with Oracle's, and waits, deferred, for rows that are on their way.

    Both sides are read while they change, so a row that differs is looked at again by its key, up to `rechecks` times;
    only what differs every time counts.

    :param pipeline: the pipeline
    :param table: the table, as :class:`SelectTablesOperator` returns it; a template
    :param accept: whether differences are noted only; a template
    :param whole: whether a table that can't be compared to its end counts as different
    """

    template_fields: Sequence[str] = ("table", "accept")

    def __init__(
        self, *, pipeline: Pipeline, table: Any, accept: str = "False", whole: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline
        self.table = table
        self.accept = accept
        self.whole = whole

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Walk the table once.

        :raises NotProvedError: where rows differ.
        """
        projection = self._projection()
        if why := not_comparable(projection):
            if self.whole and self.accept != "True":
                raise NeedsPersonError(
                    f"Every row of {_name(projection)} should be compared, but it can't be: {why}. Compare it "
                    "yourself, then trigger the DAG with accept_differences."
                )
            return {
                "outcome": "left alone",
                "why": f"{_name(projection)} can't be reconciled: {why}",
                "complete": False,
            }
        settings = self.pipeline.reconciliation
        with self._scan(projection) as scan:
            found = list(islice(scan.differences(settings.row_limit), MOST_DIFFERENCES))
            scanned = {"compared": scan.compared, "complete": scan.complete and len(found) < MOST_DIFFERENCES}
        return self._judge(scanned, [_as_json(difference.key) for difference in found], list(map(str, found)), 0)

    def look_again(
        self,
        context: Context,  # noqa: ARG002 - Airflow passes both
        event: Any,  # noqa: ARG002
        scanned: Mapping[str, Any],
        keys: list[list[Any]],
        rechecks: int,
    ) -> dict[str, Any]:
        """Look at the rows that differed, by their keys."""
        with self._scan(self._projection()) as scan:
            found = [difference for key in keys if (difference := scan.look_again(tuple(key)))]
        return self._judge(scanned, [_as_json(difference.key) for difference in found], list(map(str, found)), rechecks)

    def _judge(
        self, scanned: Mapping[str, Any], keys: list[list[Any]], differences: list[str], rechecks: int
    ) -> dict[str, Any]:
        settings = self.pipeline.reconciliation
        if differences and rechecks < settings.rechecks:
            moment = datetime.now(UTC) + timedelta(seconds=settings.recheck_after_s * 2**rechecks)
            again = {"scanned": dict(scanned), "keys": keys, "rechecks": rechecks + 1}
            self.log.info("%d rows differ so far; looking at them again at %s", len(keys), moment)
            self.defer(trigger=DateTimeTrigger(moment=moment), method_name="look_again", kwargs=again)
        name = ".".join(self.table["target"])
        rows = f"{'' if scanned['complete'] else 'the first '}{scanned['compared']} rows of {name}"
        if not differences and self.whole and not scanned["complete"] and self.accept != "True":
            raise NeedsPersonError(
                f"Every row of {name} should be compared, but only {rows} are, the same so far: raise "
                "reconciliation.row_limit; or trigger the DAG with accept_differences."
            )
        if not differences:
            return {"outcome": "found", "what": f"{rows}, all the same", **scanned, "differences": []}
        shown_first = "\n".join(f"  {difference}" for difference in differences[:SHOWN])
        at_least = "at least " if len(differences) == MOST_DIFFERENCES else ""
        said = f"{name} differs from PostgreSQL in {at_least}{len(differences)} of {rows}, by key:\n{shown_first}"
        if self.accept == "True":
            return {"outcome": "found", "what": said, **scanned, "differences": differences[:SHOWN]}
        raise NotProvedError(
            f"{said}\nThey differed in each of {rechecks + 1} looks. See awsdms_apply_exceptions in Oracle and the "
            "task's log for the reason; an UPDATE in PostgreSQL that sets a row to its own values sends it again, a "
            "missing row has to be inserted in Oracle. Then clear this task."
        )

    def _projection(self) -> Projection:
        return projection_of(self.pipeline, *self.table["source"])

    @contextmanager
    def _scan(self, projection: Projection) -> Iterator[TableScan]:
        with (
            postgres_session(self.pipeline.postgres.connection) as source,
            oracle_session(self.pipeline.oracle.connection) as target,
        ):
            yield TableScan(projection, source, target, self.pipeline.reconciliation.chunk_rows)


def _name(projection: Projection) -> str:
    return f"{projection.schema}.{projection.table}"


def _as_json(key: Sequence[Any]) -> list[Any]:
    """The key as a deferred task keeps it; a number as text is the same number to both databases."""
    return [shown(value) for value in key]
