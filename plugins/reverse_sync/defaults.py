"""What every task of both DAGs shares: owner, retries, bounds, notes for the evidence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.exceptions import HITLRejectException
from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from reverse_sync.errors import NeedsPersonError
from reverse_sync.evidence.notes import note_attempts, note_failure

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline

# Neither a fact that only a person can change nor a person's No is asked for again.
FINAL = [RetryRule(NeedsPersonError, RetryAction.FAIL), RetryRule(HITLRejectException, RetryAction.FAIL)]


def task_defaults(pipeline: Pipeline) -> dict[str, Any]:
    """The `default_args` of the pipeline's DAGs."""
    return {
        "owner": pipeline.owner,
        "retries": pipeline.retries.count,
        "retry_delay": timedelta(seconds=pipeline.retries.first_delay_s),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(seconds=pipeline.retries.longest_delay_s),
        "retry_policy": ExceptionRetryPolicy(rules=FINAL),
        "execution_timeout": timedelta(minutes=10),
        "on_failure_callback": note_failure,
        "on_success_callback": note_attempts,
    }
