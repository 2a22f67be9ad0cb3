"""The change in Oracle: wait for it, then compare the whole row by value."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from reverse_sync.errors import NotProvedError
from reverse_sync.oracle.sensors import ValueFacts
from reverse_sync.oracle.session import oracle_session
from reverse_sync.pipeline import key_text
from reverse_sync.results import CanaryArrival, Outcome
from reverse_sync.steps import CHANGE_ROW, READ_CANARY
from reverse_sync.type_pairs import pair
from reverse_sync.type_pairs.differences import difference, listed
from reverse_sync.verify.canary import CanaryOperator
from reverse_sync.verify.diagnosis import diagnose
from reverse_sync.verify.triggers import ArrivalTrigger
from reverse_sync.waiting import DeferredSensor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.results import CanaryChange, CanaryRead, ComparedColumn, ComparedRow
    from reverse_sync.type_pairs import Pair
    from reverse_sync.verify.canary import CanaryWaitKeywords
    from reverse_sync.verify.canary_row import CanaryRow
    from reverse_sync.waiting import PollSchedule, PollTrigger

# More differences than these help nobody in a message.
MOST_SHOWN = 10


class OracleRowSensor(CanaryOperator, DeferredSensor[ValueFacts, CanaryArrival]):
    """Waits, deferred, until Oracle holds the canary's text, and says how long that took after the answer.

    Fails at once, with DMS's reason, where the replication task has ended or the table is suspended.

    :param canary: what the reading of the canary returned; a template
    :param change: what the change returned; a template
    """

    template_fields: Sequence[str] = (*CanaryOperator.template_fields, "canary", "change")

    def __init__(
        self, *, canary: CanaryRead | None, change: CanaryChange | None, **kwargs: Unpack[CanaryWaitKeywords]
    ) -> None:
        super().__init__(**kwargs)  # type: ignore[misc]  # CanaryOperator hands on what DeferredSensor takes
        self.canary = canary
        self.change = change

    def trigger(self, schedule: PollSchedule, context: Context) -> PollTrigger:  # noqa: ARG002
        """Read the changed column."""
        canary = READ_CANARY.needed(self.canary)
        CHANGE_ROW.needed(self.change)
        with self.canary_row() as row:
            return ArrivalTrigger(
                oracle_conn_id=self.pipeline.oracle.connection,
                target=(row.projection.schema, row.projection.table),
                column=row.text_column,
                key=self._key(row),
                expected=canary["new_text"],
                task_identifier=self.pipeline.dms.task.identifier,
                table=row.canary.table,
                aws_conn_id=self.pipeline.aws.connection,
                region_name=self.pipeline.aws.region,
                schedule=schedule,
            )

    def _key(self, row: CanaryRow) -> dict[str, object]:
        key = row.target_key
        if not any(isinstance(part, str) for part in key.values()):
            return key
        with oracle_session(self.pipeline.oracle.connection) as oracle:
            return row.target_key_as_held(oracle)

    def succeed(self, facts: ValueFacts, context: Context) -> CanaryArrival:  # noqa: ARG002
        """The latency, as exactly as it was looked at."""
        return {"outcome": Outcome.FOUND, "seen_at": facts["seen_at"], "latency": self._latency(facts)}

    def _latency(self, facts: ValueFacts) -> str:
        change = CHANGE_ROW.needed(self.change)
        measured = change["seen_in_oracle_after_s"]
        if measured is not None:
            return f"{measured} s after the answer"
        answered = datetime.fromisoformat(change["answered_at"])

        def after_s(moment: str) -> float:
            return (datetime.fromisoformat(moment) - answered).total_seconds()

        at_most = f"at most {after_s(facts['seen_at']):.1f} s after the answer"
        last_without = facts["last_without"]
        return f"between {after_s(last_without):.1f} and {at_most}" if last_without else at_most

    def explain_outage(self, reason: str) -> str:
        """Oracle's silence, or its refusal, and DMS's own account."""
        return f"Oracle could not be asked for the change: {reason}\n{diagnose(self.pipeline)}"

    def explain(self, facts: ValueFacts) -> str:
        """What Oracle holds, against what it must, and DMS's own account."""
        found = f"holds {facts['value']!r}" if facts["row"] else "has no such row"
        hopeless = ""
        if reason := facts.get("hopeless"):
            hopeless = f", and can't any more: {reason}. Correct what DMS names, then run the DAG again"
        return (
            f"{facts['where']} of row {key_text(self.chosen_id)} should hold "
            f"{READ_CANARY.needed(self.canary)['new_text']!r}, but Oracle {found}: the "
            f"change did not arrive{hopeless}.\n"
            f"{diagnose(self.pipeline)}"
        )


class CompareRowOperator(CanaryOperator):
    """Compares the whole row of PostgreSQL, taken through the table mapping, with Oracle's, value by value."""

    def execute(self, context: Context) -> ComparedRow:
        """Both rows, column by column; a column whose values can't be compared says why.

        The record has the columns of a row that differs, too.

        :raises NotProvedError: where a value differs.
        """
        with (
            self.canary_row() as row,
            oracle_session(self.pipeline.oracle.connection) as oracle,
        ):
            declared, key = row.declared(oracle), row.target_key
            expected, found = row.projection.transform(row.read_source()), row.read_target(oracle, declared)
        pairs = {column.name: pair(column, declared[column.name]) for column in row.projection.columns}
        limit_bytes = self.pipeline.dms.task.lob_limit_bytes(row.projection)
        columns: list[ComparedColumn] = [
            _compared(name, pairs[name], value, found[name], limit_bytes) for name, value in expected.items()
        ]
        compared: ComparedRow = {
            "outcome": Outcome.FOUND,
            "what": f"{len(columns)} columns, all the same",
            "target": row.target,
            "key": ", ".join(f"{column}={value}" for column, value in key.items()),
            "columns": columns,
        }
        if different := [column for column in columns if column["same"] is False]:
            compared["what"] = f"differences in {', '.join(column['column'] for column in different)}"
            context["ti"].xcom_push(key="return_value", value=compared)
            raise self._not_proved(row, different)
        if left_out := sum(column["same"] is None for column in columns):
            compared["what"] = f"{len(columns) - left_out} columns, all the same; {left_out} can't be compared"
        return compared

    def _not_proved(self, row: CanaryRow, different: list[ComparedColumn]) -> NotProvedError:
        names = ", ".join(column["column"] for column in different)
        said = listed([f"{column['column']} {column['difference']}" for column in different], MOST_SHOWN)
        return NotProvedError(
            f"{row.target} row {row.named} differs from PostgreSQL's row in {names}:\n"
            + "\n".join(f"    {line}" for line in said)
            + f"\n{diagnose(self.pipeline, row.target)}"
        )


def _compared(name: str, of: Pair, expected: object, found: object, limit_bytes: int | None) -> ComparedColumn:
    same = of.same(expected, found) if of.comparable else None
    shown: ComparedColumn = {"column": name, "expected": of.shown(expected), "found": of.shown(found), "same": same}
    if same is None:
        return {**shown, "not_compared": of.why_not_comparable}
    return shown if same else {**shown, "difference": difference(of, expected, found, limit_bytes)}
