"""The first look at DMS: nothing is under way, and a task that has to be corrected is stopped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reverse_sync.aws import dms_client
from reverse_sync.aws.dms import AT_REST, RUNNING
from reverse_sync.aws.drift import all_differences, refuse_unaccepted_mapping, refuse_unmodifiable
from reverse_sync.aws.faults import readable_aws_errors
from reverse_sync.aws.operators.teardown import DmsStopTaskOperator, settled
from reverse_sync.aws.triggers.status import MISSING_STATUS

if TYPE_CHECKING:
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import SettledTaskResult, TaskStatusFacts
    from reverse_sync.waiting import PollSchedule, PollTrigger, WaitKeywords


class DmsSettleTaskOperator(DmsStopTaskOperator):
    """Waits, deferred, until the task is in no passing state; stops it where `dms.on_drift: apply` has to correct DMS.

    DMS modifies neither a task that runs nor its endpoints. The tasks that follow correct them, and `start_or_resume`
    resumes the task at its checkpoint.

    :param pipeline: the pipeline
    """

    success = (*AT_REST, MISSING_STATUS)
    failure = ("failed-move",)

    def __init__(self, *, pipeline: Pipeline, **kwargs: Unpack[WaitKeywords]) -> None:
        super().__init__(
            task_identifier=pipeline.dms.task.identifier,
            replication_instance=pipeline.dms.replication_instance,
            aws_conn_id=pipeline.aws.connection,
            region_name=pipeline.aws.region,
            **kwargs,
        )
        self.pipeline = pipeline

    def trigger(self, schedule: PollSchedule, context: Context) -> PollTrigger:
        """Observe the task until it is at rest or runs; one that has to be stopped must run before it can be.

        :raises NeedsPersonError: where DMS can't apply a difference, or a person has to accept its consequences.
        """
        if self._has_to_be_stopped(context):
            return super().trigger(schedule, context)
        return self.observe(replace(self.query, success=[*self.success, *RUNNING]), schedule)

    def succeed(self, facts: TaskStatusFacts, context: Context) -> SettledTaskResult:
        """Stop the task where it runs and has to be corrected; the state that the run begins with."""
        if facts["status"] == "running" and not self._has_to_be_stopped(context):
            return settled(facts)
        return super().succeed(facts, context)

    def _has_to_be_stopped(self, context: Context) -> bool:
        with readable_aws_errors(self.aws_conn_id):
            task, differences = all_differences(dms_client(self.aws_conn_id, self.region_name), self.pipeline)
        if self.pipeline.dms.on_drift != "apply":
            return False
        refuse_unmodifiable(differences)
        accepted = bool(context["params"]["accept_mapping_change"])
        refuse_unaccepted_mapping(task, differences, self.pipeline.dms.task.mapping, accepted)
        return bool(differences)
