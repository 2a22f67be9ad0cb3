"""`--assess`: have AWS assess the task, and wait until it has; the checks read the result."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from reverse_sync.aws import dms_client
from reverse_sync.aws.assessment import RUN_BROKE, RUN_ENDED, latest_run, start_run, task_to_assess
from reverse_sync.aws.faults import readable_aws_errors
from reverse_sync.errors import ReverseSyncError
from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline


def assess_now(pipeline: Pipeline) -> Iterator[Finding]:
    """Start a run and wait for its end; a finding where that can't be done."""
    try:
        _assess(pipeline)
    except ReverseSyncError as error:
        yield warning(
            str(error),
            "what the checks say below of AWS's assessment is an older run's",
            "correct that, and look again",
            code="aws-assessment",
            group=Group.REPLICATION,
            link=links.DMS_ASSESSMENT_RUNS,
            blind=True,
        )


def _assess(pipeline: Pipeline) -> None:
    """:raises ReverseSyncError: where the pipeline file, the task or AWS does not allow it, or it takes too long."""
    assessment, waits = pipeline.dms.assessment, pipeline.waits
    if assessment is None:
        raise ReverseSyncError("The pipeline file has no dms.assessment, which names the bucket and the role.")
    with readable_aws_errors(pipeline.aws.connection):
        client = dms_client(pipeline.aws.connection, pipeline.aws.region)
        task = task_to_assess(client, pipeline.dms.task.identifier)
        start_run(client, task, assessment)
        deadline = time.monotonic() + waits.dms_timeout_s
        while (run := latest_run(client, task)) and run.status not in (*RUN_ENDED, *RUN_BROKE):
            if time.monotonic() > deadline:
                raise ReverseSyncError(
                    f"The assessment run {run.name} is {run.status} after {waits.dms_timeout_s:g} s."
                )
            time.sleep(waits.first_poll_s)
