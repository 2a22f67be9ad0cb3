"""The DAG's first task: everything that would fail, all at once, before anything is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator

from reverse_sync.errors import NeedsPersonError, ReverseSyncError
from reverse_sync.results import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.preflight.runner import PreflightLook
    from reverse_sync.results import PreflightResult
    from reverse_sync.task_keywords import TaskKeywords


class PreflightOperator(BaseOperator):
    """Runs the preflight; an error among its findings stops the run, at once unless all of them may pass by themselves.

    :param pipeline: the pipeline
    :param table: the table of the run's canary, empty where there is no choice; a template
    """

    template_fields: Sequence[str] = ("table",)

    def __init__(self, *, pipeline: Pipeline, table: str = "", **kwargs: Unpack[TaskKeywords]) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline
        self.table = table

    def execute(self, context: Context) -> PreflightResult:
        """The findings, for the evidence.

        :raises NeedsPersonError: with every error at once.
        :raises ReverseSyncError: where nothing but passing failures keep it from looking: Airflow retries the task.
        """
        from reverse_sync.preflight import Severity, look
        from reverse_sync.preflight.report import as_text, summary

        seen = look(self.pipeline.with_canary(self.table) if self.table else self.pipeline)
        findings = seen.findings
        self.log.info("Preflight: %s\n%s", summary(findings), as_text(findings))
        result = _result(seen)
        # A task that fails returns nothing, but the evidence wants what it found.
        context["ti"].xcom_push(key="return_value", value=result)
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        if errors and all(finding.passing for finding in errors):
            raise ReverseSyncError(
                f"The preflight could not look everywhere, and nothing was changed:\n{as_text(errors)}\n"
                "This may pass by itself, and the next try looks again. After the last try do what is said above, then "
                "clear this task."
            )
        if errors:
            raise NeedsPersonError(
                f"The preflight found {len(errors)} error(s), and nothing was changed:\n{as_text(errors)}\n"
                "Correct them, then clear this task."
            )
        return result


def _result(seen: PreflightLook) -> PreflightResult:
    from reverse_sync.preflight.report import summary

    result: PreflightResult = {
        "outcome": Outcome.FOUND,
        "what": summary(seen.findings),
        "findings": [finding.as_json() for finding in seen.findings],
        "tables": seen.tables,
    }
    if seen.different_rules is not None:
        result["different_rules"] = seen.different_rules
    return result
