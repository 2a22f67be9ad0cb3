"""A run whose evidence failed leaves no record, and with it no notice: whoever is told of failures is told of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.airflow_seams import without_secrets
from reverse_sync.errors import NotProvedError, reason_of
from reverse_sync.evidence.operator import EvidenceOperator
from reverse_sync.notices import run_link, tell

if TYPE_CHECKING:
    from airflow.sdk import Context


def tell_unrecorded(context: Context) -> None:
    """Callback of a task that failed for good; only the evidence is of interest, and only if it wrote nothing."""
    task, error, ti = context["task"], context.get("exception"), context["ti"]
    if not isinstance(task, EvidenceOperator) or isinstance(error, NotProvedError):
        return
    said = without_secrets(f"{type(error).__name__}: {error}" if error else "Airflow ended its task")
    tell(
        task.pipeline,
        context,
        {
            "pipeline": task.pipeline.name,
            "events": ["failure"],
            "subject": f"{ti.dag_id}: ended without a record",
            "reason": f"What the run {ti.run_id} proved is not known, because its record could not be written. {said}",
            "next_step": f"{reason_of(said, ti.task_id)['do']} Only {ti.task_id} has to run again.",
            "link": run_link(ti.dag_id, ti.run_id),
        },
    )
