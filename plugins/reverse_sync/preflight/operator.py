"""The DAG's first task: everything that would fail, all at once, before anything is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from reverse_sync.errors import NeedsPersonError

if TYPE_CHECKING:
    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline


class PreflightOperator(BaseOperator):
    """Runs the preflight; an error among its findings stops the run.

    :param pipeline: the pipeline
    """

    def __init__(self, *, pipeline: Pipeline, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """The findings, for the evidence.

        :raises NeedsPersonError: with every error at once.
        """
        from reverse_sync.preflight import Severity, run
        from reverse_sync.preflight.report import as_text, summary

        findings = run(self.pipeline)
        self.log.info("Preflight: %s\n%s", summary(findings), as_text(findings))
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        if errors:
            raise NeedsPersonError(
                f"The preflight found {len(errors)} error(s), and nothing was changed:\n{as_text(errors)}\n"
                "Mend them, then clear this task."
            )
        return {
            "outcome": "found",
            "what": summary(findings),
            "findings": [finding.as_json() for finding in findings],
        }
