"""The canary: one change, in at the service's API or by an UPDATE, out in Oracle."""

from __future__ import annotations

import hashlib
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict

from airflow.sdk import BaseOperator

from reverse_sync.airflow_seams import states_of_tasks
from reverse_sync.errors import NeedsPersonError
from reverse_sync.evidence import store
from reverse_sync.evidence.shapes import result_of
from reverse_sync.evidence.verdict import RUN_SUFFIX
from reverse_sync.oracle.session import oracle_session
from reverse_sync.pipeline import key_text
from reverse_sync.results import Outcome
from reverse_sync.steps import CHANGE_ROW, READ_CANARY
from reverse_sync.task_keywords import TaskKeywords
from reverse_sync.type_pairs.values import shown
from reverse_sync.verify.canary_row import canary_row
from reverse_sync.verify.change import change_of
from reverse_sync.verify.elsewhere import find_elsewhere
from reverse_sync.verify.watch import OracleWatch
from reverse_sync.waiting import PollSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.pipeline import Canary, Pipeline, RowId
    from reverse_sync.results import CanaryChange, CanaryRead, CanaryRestored
    from reverse_sync.verify.canary_row import CanaryRow

# A commit of the service may come a moment after its answer.
SEEN_IN_POSTGRES_WITHIN_S = 2
MADE_WITHIN_S = 60
"""A change that the service has accepted and queued."""


def unique_text(text: str, dag_id: str, run_id: str, times_cleared: int) -> str:
    """The text with a suffix that no other run has, so that an old value can't pass for a new one."""
    digest = hashlib.sha256(f"{dag_id}/{run_id}/{times_cleared}".encode()).hexdigest()
    return f"{text} #{digest[:12]}"


class CanaryArguments(TypedDict):
    """What each of the canary's steps is given."""

    pipeline: Pipeline
    table: str
    row_id: str


class CanaryKeywords(TaskKeywords, CanaryArguments):
    """The `**kwargs` of one of the canary's steps."""


class CanaryWaitKeywords(CanaryKeywords, PollSettings):
    """The same, for a step that waits."""


class CanaryOperator(BaseOperator):
    """What the canary's steps share.

    :param pipeline: the pipeline
    :param table: the table of the run's canary; a template
    :param row_id: the row's id, as JSON, `null` for the pipeline file's own; a template
    """

    template_fields: Sequence[str] = ("table", "row_id")

    def __init__(self, *, pipeline: Pipeline, table: str, row_id: str, **kwargs: Unpack[TaskKeywords]) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline
        self.table = table
        self.row_id = row_id

    @property
    def chosen(self) -> Canary:
        """The run's canary.

        :raises NeedsPersonError: where the pipeline file has none of that table.
        """
        return self.pipeline.canary_of(self.table)

    @property
    def chosen_id(self) -> RowId:
        """The id of the run's row."""
        row_id: RowId | None = json.loads(self.row_id)
        return self.chosen.id if row_id is None else row_id

    def canary_row(self) -> AbstractContextManager[CanaryRow]:
        """The canary's row on both sides, and a session on PostgreSQL."""
        return canary_row(self.pipeline, self.chosen, self.chosen_id)


class ReadCanaryOperator(CanaryOperator):
    """Reads the row on both sides and chooses the text that this run will write.

    :param text: the text that the run's own suffix is added to, empty for the pipeline file's own; a template
    """

    template_fields: Sequence[str] = (*CanaryOperator.template_fields, "text")

    def __init__(self, *, text: str, **kwargs: Unpack[CanaryKeywords]) -> None:
        super().__init__(**kwargs)
        self.text = text

    def execute(self, context: Context) -> CanaryRead:
        """Both rows, the text to put back afterwards, and the text to write.

        :raises NeedsPersonError: where a side lacks the row, or nothing tells the old text any more.
        """
        with self.canary_row() as row, oracle_session(self.pipeline.oracle.connection) as oracle:
            declared = row.declared(oracle)
            source, target = row.read_source(), row.read_target(oracle, declared)
        texts = [
            unique_text(self.text or self.chosen.text, context["ti"].dag_id, context["dag_run"].run_id, times_cleared)
            for times_cleared in range((context["dag_run"].clear_number or 0) + 1)
        ]
        return {
            "outcome": Outcome.FOUND,
            "row_id": row.row_id,
            "source": {name: shown(value) for name, value in source.items()},
            "target": {name: shown(value) for name, value in target.items()},
            "old_text": self._old_text(str(source[self.chosen.column]), texts, context),
            "new_text": texts[-1],
        }

    def _old_text(self, now: str, own_texts: list[str], context: Context) -> str:
        """The text from before this run: a run that was cleared may have left a text of its own in the row."""
        if now not in own_texts:
            return now
        for times_cleared in range(len(own_texts) - 1):
            ti = context["ti"]
            record = store.read(self.pipeline.evidence, ti.dag_id, context["dag_run"].run_id, times_cleared)
            earlier = result_of(record["steps"], READ_CANARY) if record else None
            if earlier and earlier["old_text"] not in own_texts:
                return earlier["old_text"]
        raise NeedsPersonError(
            f"{self.table} row {key_text(self.chosen_id)} holds {now!r}, which an earlier attempt of this run "
            "wrote, and no record of the run tells what was there before: put the right text back, then clear this "
            "task."
        )


class ChangeRowOperator(CanaryOperator):
    """Changes the row as the pipeline says and sees the change in PostgreSQL; an answer alone proves nothing.

    :param method: PUT, POST or PATCH where the canary is a call, empty for the pipeline file's own; a template
    :param canary: what :class:`ReadCanaryOperator` returned; a template
    """

    template_fields: Sequence[str] = (*CanaryOperator.template_fields, "method", "canary")

    def __init__(self, *, method: str, canary: CanaryRead | None, **kwargs: Unpack[CanaryKeywords]) -> None:
        super().__init__(**kwargs)
        self.method = method
        self.canary = canary

    def execute(self, context: Context) -> CanaryChange:  # noqa: ARG002
        """Change the row, see it in PostgreSQL, and watch Oracle for a moment to measure the latency.

        :raises NotProvedError: where the change is answered with a yes and PostgreSQL shows no change, or the API does
            not show it though the pipeline file says where it should.
        :raises NeedsPersonError: where the text is no longer the one that was read: a change of somebody else would be
            lost, because the old text is put back afterwards.
        """
        canary, read = self.chosen, READ_CANARY.needed(self.canary)
        text = read["new_text"]
        with self.canary_row() as row, OracleWatch(row) as watch:
            self._require_as_read(row, read)
            change = change_of(row, self.method, text)
            answer = change.send()
            answered = datetime.now(UTC)
            if (now := settled_text(row, text, is_under_way=change.is_under_way)) != text:
                raise change.no_effect(now, str(find_elsewhere(row.source, text, canary.schema_and_table)))
            seen_after_s = watch.seconds_until(text, answered)
            return {
                "outcome": Outcome.CHANGED,
                "what": f"{canary.table} {row.named}: {canary.column} = {text!r}",
                "answer": ", ".join(filter(None, (answer, change.shown()))),
                "answered_at": answered.isoformat(),
                "seen_in_oracle_after_s": seen_after_s,
            }

    def _require_as_read(self, row: CanaryRow, read: CanaryRead) -> None:
        """An attempt that was killed may have written this run's text."""
        now, seen = str(row.read_text()), str(read["source"][self.chosen.column])
        if now not in (seen, read["old_text"], read["new_text"]):
            raise NeedsPersonError(
                f"{self.table} {row.named} held {seen!r} when {READ_CANARY} read it, but holds {now!r} now: somebody "
                f"else has changed it since. Nothing was changed; clear {READ_CANARY} with its downstream, or choose "
                "another canary.id."
            )


class RestoreCanaryOperator(CanaryOperator):
    """Puts the old text back the way it was changed, also when the verification failed.

    :param method: PUT, POST or PATCH where the canary is a call, empty for the pipeline file's own; a template
    :param canary: what :class:`ReadCanaryOperator` returned; a template
    :param change: what :class:`ChangeRowOperator` returned, None where it failed; a template
    """

    template_fields: Sequence[str] = (*CanaryOperator.template_fields, "method", "canary", "change")

    def __init__(
        self, *, method: str, canary: CanaryRead | None, change: CanaryChange | None, **kwargs: Unpack[CanaryKeywords]
    ) -> None:
        super().__init__(**kwargs)
        self.method = method
        self.canary = canary
        self.change = change

    def execute(self, context: Context) -> CanaryRestored:
        """Restore the old text where it is not there, and see it in PostgreSQL.

        :raises NeedsPersonError: where something can't be restored: the old text, or what the change changed instead.
        """
        if not context["params"].get("canary_restore", True):  # the decommission's form does not ask
            return {"outcome": Outcome.LEFT_ALONE, "why": "the run was asked to keep the canary's text"}
        with self.canary_row() as row:
            looked_at = datetime.now(UTC).isoformat()
            now = row.read_text()
            if self.canary is None:
                return {"outcome": Outcome.LEFT_ALONE, "why": self._why_unread(row, now), "looked_at": looked_at}
            old, new = self.canary["old_text"], self.canary["new_text"]
            if now == old:
                tried = states_of_tasks(context).get(CHANGE_ROW.task_id) != "upstream_failed"
                why = self._why_nothing_to_restore(row, new) if tried else "the run did not come as far as the change"
                return {"outcome": Outcome.LEFT_ALONE, "why": why, "looked_at": looked_at}
            if now != new:
                why = f"somebody else changed the text meanwhile, to {now!r}"
                return {"outcome": Outcome.LEFT_ALONE, "why": why, "looked_at": looked_at}
            self._put_back(row, old)
        return {
            "outcome": Outcome.CHANGED,
            "what": f"{self.chosen.column} = {old!r} again",
            "looked_at": looked_at,
        }

    def _why_unread(self, row: CanaryRow, now: object) -> str:
        """Nothing was read before the change: is there a text to take back, which nobody knows the old one of?"""
        if isinstance(now, str) and RUN_SUFFIX.search(now):
            raise NeedsPersonError(
                f"{self.table} {row.named} holds {now!r}, which a run wrote, but {READ_CANARY} is marked as success "
                "and kept no old text: put the right text there."
            )
        return f"{READ_CANARY} was marked as success without its work, and the row holds no text of a run"

    def _why_nothing_to_restore(self, row: CanaryRow, text: str) -> str:
        """The row holds the old text: what became of a change that was not seen there?"""
        if self.change is not None:
            return "the old text is there"
        canary = self.chosen
        elsewhere = find_elsewhere(row.source, text, canary.schema_and_table)
        if elsewhere.found:
            raise NeedsPersonError(
                f"{canary.table} {row.named} holds its old text, but this run's text {text!r} is "
                f"elsewhere: the canary's call changed something else, and no record tells what was there before. "
                f"{elsewhere} Put the right value back there, and correct canary.path and canary.body."
            )
        why = (
            "the old text is there; the change was not seen in the row, and nothing was restored elsewhere. "
            f"{elsewhere}"
        )
        self.log.warning("%s: %s", canary.table, why)
        return why

    def _put_back(self, row: CanaryRow, old: str) -> None:
        canary = self.chosen
        change = change_of(row, self.method, old)
        try:
            change.send()
            if (now := settled_text(row, old, is_under_way=change.is_under_way)) != old:
                raise change.no_effect(now, "What that is can't be found by the old text.")
        except NeedsPersonError as error:
            raise NeedsPersonError(
                f"{canary.table} {row.named} still holds this run's text, not the old "
                f"one {old!r}: {error} Then clear this task, or put the old text back yourself."
            ) from None


def settled_text(row: CanaryRow, expected: str, *, is_under_way: bool = False) -> object:
    """What the canary's column holds in PostgreSQL once it is what is expected, or when the time for that is over.

    :param is_under_way: whether the service has only accepted the change, and makes it later
    """
    deadline = time.monotonic() + (MADE_WITHIN_S if is_under_way else SEEN_IN_POSTGRES_WITHIN_S)
    while (now := row.read_text()) != expected and time.monotonic() < deadline:
        time.sleep(0.1)
    return now
