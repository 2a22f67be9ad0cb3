"""What every task of both DAGs shares: owner, retries, bounds, notes for the evidence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from reverse_sync.errors import NeedsPersonError
from reverse_sync.evidence.notes import note_attempts, note_failure
from reverse_sync.evidence.unrecorded import tell_unrecorded
from reverse_sync.last_lines import log_failure, log_retry

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline

# A fact that only a person can change is not asked for again.
FINAL = [RetryRule(NeedsPersonError, RetryAction.FAIL)]


def task_defaults(pipeline: Pipeline) -> dict[str, object]:
    """The `default_args` of the pipeline's DAGs."""
    return {
        "owner": pipeline.owner,
        "retries": pipeline.retries.count,
        "retry_delay": timedelta(seconds=pipeline.retries.first_delay_s),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(seconds=pipeline.retries.longest_delay_s),
        "retry_policy": ExceptionRetryPolicy(rules=FINAL),
        "execution_timeout": timedelta(minutes=10),
        "on_failure_callback": [note_failure, log_failure, tell_unrecorded],
        "on_retry_callback": log_retry,
        "on_success_callback": note_attempts,
    }
