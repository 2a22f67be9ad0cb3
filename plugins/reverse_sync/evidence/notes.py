"""Notes beside a task: what the metadata database does not tell the evidence afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.airflow_seams import without_secrets

if TYPE_CHECKING:
    from airflow.sdk import Context

FAILURE = "failure"
ATTEMPTS = "attempts"
# Of a task that compares a table: a Progress, while it does.
PROGRESS = "progress"


def note_failure(context: Context) -> None:
    """Keep why the task failed, and after how many attempts; secrets that Airflow knows of are masked."""
    error = context.get("exception")
    reason = str(error) or type(error).__name__
    context["ti"].xcom_push(key=FAILURE, value=without_secrets(reason))
    note_attempts(context)


def note_attempts(context: Context) -> None:
    """Keep that the task needed more than one attempt."""
    attempts = context["ti"].try_number
    if attempts > 1:
        context["ti"].xcom_push(key=ATTEMPTS, value=attempts)
