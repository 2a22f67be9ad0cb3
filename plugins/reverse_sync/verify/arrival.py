"""The change in Oracle: wait for it, then compare the whole row by value."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from reverse_sync.errors import NotProvedError
from reverse_sync.evidence.report import table_of_columns
from reverse_sync.oracle.sensors import OracleValueTrigger
from reverse_sync.verify.canary import CanaryOperator, canary_row
from reverse_sync.verify.diagnosis import diagnose
from reverse_sync.verify.equality import same, shown
from reverse_sync.waiting import DeferredSensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.verify.canary import CanaryRow
    from reverse_sync.waiting import LookTrigger


class OracleRowSensor(DeferredSensor):
    """Waits, deferred, until Oracle holds the canary's text, and says how long that took after the API's answer.

    :param pipeline: the pipeline
    :param row_id: the row's id; a template
    :param canary: what the reading of the canary returned; a template
    :param change: what the change returned; a template
    """

    template_fields: Sequence[str] = ("row_id", "canary", "change")

    def __init__(self, *, pipeline: Pipeline, row_id: str, canary: Any, change: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline
        self.row_id = row_id
        self.canary = canary
        self.change = change

    @property
    def row(self) -> CanaryRow:
        """The canary's row on both sides."""
        return canary_row(self.pipeline, int(self.row_id))

    def trigger(self, patience: dict[str, Any], context: Context) -> LookTrigger:  # noqa: ARG002
        """Read the changed column."""
        return OracleValueTrigger(
            oracle_conn_id=self.pipeline.oracle.connection,
            query=self.row.text_query(),
            key=[int(self.row_id)],
            expected=self.canary["new_text"],
            **patience,
        )

    def succeed(self, facts: dict[str, Any], context: Context) -> dict[str, Any]:  # noqa: ARG002
        """The latency, as exactly as it was looked at."""
        return {"outcome": "found", "seen_at": facts["seen_at"], "latency": self._latency(facts)}

    def _latency(self, facts: dict[str, Any]) -> str:
        measured = self.change["seen_in_oracle_after_s"]
        if measured is not None:
            return f"{measured} s after the API's answer"
        answered = datetime.fromisoformat(self.change["answered_at"])

        def after_s(moment: str) -> float:
            return (datetime.fromisoformat(moment) - answered).total_seconds()

        at_most = f"at most {after_s(facts['seen_at']):.1f} s after the API's answer"
        last_without = facts["last_without"]
        return f"between {after_s(last_without):.1f} and {at_most}" if last_without else at_most

    def explain(self, facts: dict[str, Any]) -> str:
        """What Oracle holds, against what it must, and DMS's own account."""
        if "could not look" in facts:
            return f"Oracle could not be asked for the change: {facts['could not look']}\n{diagnose(self.pipeline)}"
        found = f"holds {facts['value']!r}" if facts.get("row") else "has no such row"
        return (
            f"{self.row.target} row {self.row_id} should hold {self.canary['new_text']!r} in {self.row.text_column}, "
            f"but Oracle {found}: the change did not arrive.\n"
            f"{diagnose(self.pipeline)}"
        )


class CompareRowOperator(CanaryOperator):
    """Compares the whole row of PostgreSQL, taken through the table mapping, with Oracle's, value by value."""

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Both rows, column by column.

        :raises NotProvedError: where a value differs.
        """
        row = self.row
        expected, found = row.projection.transform(row.read_source()), row.read_target()
        columns = [
            {"column": name, "expected": shown(value), "found": shown(found[name]), "same": same(value, found[name])}
            for name, value in expected.items()
        ]
        different = [column["column"] for column in columns if not column["same"]]
        if different:
            raise NotProvedError(
                f"{row.target} row {row.row_id} differs from PostgreSQL's row in {', '.join(different)}:\n"
                + "\n".join(table_of_columns(columns))
                + f"\n{diagnose(self.pipeline)}"
            )
        return {
            "outcome": "found",
            "what": f"{len(columns)} columns, all the same",
            "target": row.target,
            "key": f"{row.projection.primary_key[0]}={row.row_id}",
            "columns": columns,
        }
