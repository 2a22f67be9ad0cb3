"""The canary: one change, in at the service's API, out in Oracle."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from airflow.sdk import BaseOperator

from reverse_sync.catalog.database import fetch_all
from reverse_sync.errors import NeedsPersonError, ReverseSyncError
from reverse_sync.evidence import store
from reverse_sync.oracle.rows import fetch_row
from reverse_sync.postgres.session import postgres_session
from reverse_sync.sql import select_by_key
from reverse_sync.verify import api
from reverse_sync.verify.equality import shown
from reverse_sync.verify.selection import projection_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.table_mapping import Projection

# A commit of the service may come a moment after its answer.
SEEN_IN_POSTGRES_WITHIN_S = 2
# Short enough to hold no worker, long enough to measure a replication that is quick; the sensor waits for a slower one.
WATCH_ORACLE_S = 2
WATCH_EVERY_S = 0.02


class CanaryRow(NamedTuple):
    """Where the canary's row is, on both sides."""

    pipeline: Pipeline
    projection: Projection
    row_id: int

    @property
    def key_column(self) -> str:
        """The source's primary key; the API addresses the row by it."""
        return self.projection.source.primary_key[0]

    @property
    def target(self) -> str:
        """The target table's name, as a person writes it."""
        return f"{self.projection.schema}.{self.projection.table}"

    def read_source(self) -> dict[str, Any]:
        """The row in PostgreSQL.

        :raises NeedsPersonError: where there is no such row.
        :raises ReverseSyncError: where PostgreSQL does not answer.
        """
        source = self.projection.source
        columns = [column.name for column in source.columns]
        query = select_by_key((source.schema, source.name), columns, [self.key_column], "%s")
        with postgres_session(self.pipeline.postgres.connection) as connection:
            rows = fetch_all(connection, query, (self.row_id,))
        if not rows:
            raise NeedsPersonError(
                f"The canary is row {self.row_id} of {source.schema}.{source.name}, but PostgreSQL has no such row: "
                "choose another canary.id in the pipeline file or the trigger form."
            )
        return dict(zip(columns, rows[0], strict=True))

    def read_target(self) -> dict[str, Any]:
        """The row in Oracle.

        :raises NeedsPersonError: where there is no such row.
        :raises ReverseSyncError: where Oracle does not answer.
        """
        columns = [column.name for column in self.projection.columns]
        row = fetch_row(self.pipeline.oracle.connection, self._target_query(columns), [self.row_id])
        if row is None:
            raise NeedsPersonError(
                f"The canary is row {self.row_id}, which PostgreSQL has, but {self.target} in Oracle has no such row: "
                "change data only is replicated, so both sides must hold the same rows first. Load the row into "
                "Oracle, or choose another canary.id."
            )
        return dict(zip(columns, row, strict=True))

    def text_query(self) -> str:
        """Selects the changed column in Oracle by key."""
        return self._target_query([self.text_column])

    def _target_query(self, columns: list[str]) -> str:
        projection = self.projection
        return select_by_key((projection.schema, projection.table), columns, projection.primary_key, ":{}")

    @property
    def text_column(self) -> str:
        """The target column that the changed source column becomes.

        :raises NeedsPersonError: where it becomes none.
        """
        wanted = self.pipeline.canary.column
        for column in self.projection.columns:
            if column.source is not None and column.source.name == wanted:
                return column.name
        raise NeedsPersonError(
            f"canary.column is {wanted!r}, but the mapping carries no such column of {self.pipeline.canary.table} to "
            "Oracle: correct the key or the mapping."
        )


def canary_row(pipeline: Pipeline, row_id: int) -> CanaryRow:
    """The row on both sides, by the mapping.

    :raises NeedsPersonError: where its table is not replicated, or has no single key.
    """
    projection = projection_of(pipeline, *pipeline.canary.schema_and_table)
    if len(projection.source.primary_key) != 1 or len(projection.primary_key) != 1:
        raise NeedsPersonError(
            f"The canary needs a table with one key column that the mapping keeps, but {pipeline.canary.table} has "
            f"{list(projection.source.primary_key)}: choose another canary.table."
        )
    return CanaryRow(pipeline, projection, row_id)


def unique_text(text: str, dag_id: str, run_id: str, times_cleared: int) -> str:
    """The text with a suffix that no other run has, so that an old value can't pass for a new one."""
    digest = hashlib.sha256(f"{dag_id}/{run_id}/{times_cleared}".encode()).hexdigest()
    return f"{text} #{digest[:12]}"


class CanaryOperator(BaseOperator):
    """What the canary's steps share.

    :param pipeline: the pipeline
    :param row_id: the row's id; a template
    """

    template_fields: Sequence[str] = ("row_id",)

    def __init__(self, *, pipeline: Pipeline, row_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline
        self.row_id = row_id

    @property
    def row(self) -> CanaryRow:
        """The canary's row on both sides."""
        return canary_row(self.pipeline, int(self.row_id))


class ReadCanaryOperator(CanaryOperator):
    """Reads the row on both sides and chooses the text that this run will write.

    :param text: the text that the run's own suffix is added to; a template
    """

    template_fields: Sequence[str] = ("row_id", "text")

    def __init__(self, *, text: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text = text

    def execute(self, context: Context) -> dict[str, Any]:
        """Both rows, the text to put back afterwards, and the text to write.

        :raises NeedsPersonError: where a side lacks the row, or nothing tells the old text any more.
        """
        row = self.row
        source, target = row.read_source(), row.read_target()
        texts = [
            unique_text(self.text, context["ti"].dag_id, context["dag_run"].run_id, times_cleared)
            for times_cleared in range((context["dag_run"].clear_number or 0) + 1)
        ]
        return {
            "outcome": "found",
            "row_id": row.row_id,
            "source": {name: shown(value) for name, value in source.items()},
            "target": {name: shown(value) for name, value in target.items()},
            "old_text": self._old_text(source[self.pipeline.canary.column], texts, context),
            "new_text": texts[-1],
        }

    def _old_text(self, now: str, own_texts: list[str], context: Context) -> str:
        """The text from before this run: a run that was cleared may have left a text of its own in the row."""
        if now not in own_texts:
            return now
        for times_cleared in range(len(own_texts) - 1):
            ti = context["ti"]
            record = store.read(self.pipeline.evidence, ti.dag_id, context["dag_run"].run_id, times_cleared) or {}
            for step in record.get("steps", []):
                if step["task"] == self.task_id and step["result"] and step["result"]["old_text"] not in own_texts:
                    return str(step["result"]["old_text"])
        raise NeedsPersonError(
            f"{self.pipeline.canary.table} row {self.row_id} holds {now!r}, which an earlier attempt of this run "
            "wrote, and no record of the run tells what was there before: put the right text back, then clear this "
            "task."
        )


class ChangeRowOperator(CanaryOperator):
    """Changes the row through the API and sees the change in PostgreSQL; a 2xx alone proves nothing.

    :param method: PUT or POST; a template
    :param canary: what :class:`ReadCanaryOperator` returned; a template
    """

    template_fields: Sequence[str] = ("row_id", "method", "canary")

    def __init__(self, *, method: str, canary: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.method = method
        self.canary = canary

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Change the row, see it in PostgreSQL, and watch Oracle for a moment to measure the latency.

        :raises NotProvedError: where the API says yes and PostgreSQL shows no change.
        """
        row, text = self.row, self.canary["new_text"]
        status = api.change(self.pipeline.canary, self.method, row.row_id, text)
        answered = datetime.now(UTC)
        see_in_postgres(row, text, status)
        return {
            "outcome": "changed",
            "what": f"{self.pipeline.canary.table} {row.key_column}={row.row_id}: {self.pipeline.canary.column} = "
            f"{text!r}",
            "api_status": status,
            "answered_at": answered.isoformat(),
            "seen_in_oracle_after_s": watch_oracle(row, text, answered),
        }


class RestoreCanaryOperator(CanaryOperator):
    """Puts the old text back through the API, also when the verification failed.

    :param method: PUT or POST; a template
    :param canary: what :class:`ReadCanaryOperator` returned; a template
    :param restore: whether to; a template
    """

    template_fields: Sequence[str] = ("row_id", "method", "canary", "restore")

    def __init__(self, *, method: str, canary: Any, restore: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.method = method
        self.canary = canary
        self.restore = restore

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Restore the old text where it is not there, and see it in PostgreSQL.

        :raises NeedsPersonError: with the old text, where it can't be restored.
        """
        if str(self.restore) == "False":
            return {"outcome": "left alone", "why": "the run was asked to keep the canary's text"}
        row, old = self.row, self.canary["old_text"]
        looked_at = {"looked_at": datetime.now(UTC).isoformat()}
        now = row.read_source()[self.pipeline.canary.column]
        if now == old:
            return {"outcome": "left alone", "why": "the old text is there", **looked_at}
        if now != self.canary["new_text"]:
            return {
                "outcome": "left alone",
                "why": f"somebody else changed the text meanwhile, to {now!r}",
                **looked_at,
            }
        try:
            status = api.change(self.pipeline.canary, self.method, row.row_id, old)
            see_in_postgres(row, old, status)
        except NeedsPersonError as error:
            raise NeedsPersonError(
                f"{self.pipeline.canary.table} {row.key_column}={row.row_id} still holds this run's text, not the old "
                f"one {old!r}: {error} Then clear this task, or put the old text back yourself."
            ) from None
        return {"outcome": "changed", "what": f"{self.pipeline.canary.column} = {old!r} again", **looked_at}


def see_in_postgres(row: CanaryRow, text: str, status: int) -> None:
    """Look for the text in PostgreSQL.

    :raises NotProvedError: where it is not there.
    """
    deadline = time.monotonic() + SEEN_IN_POSTGRES_WITHIN_S
    while (now := row.read_source()[row.pipeline.canary.column]) != text:
        if time.monotonic() > deadline:
            raise api.no_effect(row.pipeline.canary, row.row_id, status, expected=text, found=now)
        time.sleep(0.1)


def watch_oracle(row: CanaryRow, text: str, since: datetime) -> float | None:
    """Seconds from the API's answer until Oracle showed the text; None where that takes longer than a moment."""
    query = row.text_query()
    while (waited_s := (datetime.now(UTC) - since).total_seconds()) < WATCH_ORACLE_S:
        try:
            found = fetch_row(row.pipeline.oracle.connection, query, [row.row_id])
        except ReverseSyncError:
            return None
        if found and found[0] == text:
            return round((datetime.now(UTC) - since).total_seconds(), 3)
        time.sleep(min(WATCH_EVERY_S, WATCH_ORACLE_S - waited_s))
    return None
