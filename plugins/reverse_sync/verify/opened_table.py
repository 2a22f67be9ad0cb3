"""A selected table opened on both sides, and the looks at what differs in it, between which a task waits, deferred."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk import BaseOperator

from reverse_sync.postgres.session import postgres_session
from reverse_sync.reconcile import looks
from reverse_sync.reconcile.table import opened
from reverse_sync.verify.selection import projection_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.looks import Looks
    from reverse_sync.reconcile.table import OpenTable
    from reverse_sync.results import SelectedTable
    from reverse_sync.task_keywords import TaskKeywords

R = TypeVar("R")


@contextmanager
def open_table(pipeline: Pipeline, table: SelectedTable) -> Iterator[OpenTable]:
    """The table on both sides, in sessions that only read.

    :raises StatementRefusedError: where a database lacks the table, or refuses it to the login, or the mapping does not
        select it any more.
    :raises UnmappableRowError: where the mapping makes no value of what a row holds, later in the block.
    :raises ReverseSyncError: where a database does not answer, also later in the block.
    """
    with postgres_session(pipeline.postgres.connection) as connection:
        projection = projection_of(pipeline, connection, table["source"], "The table to reconcile")
    with opened(pipeline, projection) as comparison:
        yield comparison


class LookingOperator(BaseOperator, Generic[R]):
    """Looks at rows that differ until they are the same or are sure to differ, and waits, deferred, in between.

    :param pipeline: the pipeline; `reconciliation.rechecks` says how often
    """

    def __init__(self, *, pipeline: Pipeline, **kwargs: Unpack[TaskKeywords]) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline

    @property
    @abstractmethod
    def looked_at(self) -> SelectedTable:
        """The table."""

    @abstractmethod
    def ended(self, context: Context, state: Looks, comparison: OpenTable) -> R:
        """What the task returns after the last look."""

    def look_again(self, context: Context, event: object, state: dict[str, str]) -> R:  # noqa: ARG002
        """Look at the rows that differed, by their keys, unless they can't have arrived yet."""
        seen = looks.Looks.model_validate_json(state["json"])
        if why := looks.too_early(self.pipeline, seen):
            self._defer(seen, f"{why}: waiting for it")
        with open_table(self.pipeline, self.looked_at) as comparison:
            return self.go_on(context, looks.again(self.pipeline, seen, comparison), comparison)

    def go_on(self, context: Context, state: Looks, comparison: OpenTable) -> R:
        """Wait for the next look, or end."""
        if not looks.done(self.pipeline, state):
            self._defer(state, f"{len(state.differences)} rows differ so far: looking at them again")
        return self.ended(context, state, comparison)

    def _defer(self, state: Looks, why: str) -> None:
        moment = datetime.now(UTC) + timedelta(seconds=looks.pause_s(self.pipeline, state))
        self.log.info("%s at %s", why, moment)
        kwargs = {"state": {"json": state.model_dump_json()}}
        self.defer(trigger=DateTimeTrigger(moment=moment), method_name="look_again", kwargs=kwargs)
