"""The first look at DMS: nothing is under way, and a task that has to be corrected is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reverse_sync.aws import dms_client
from reverse_sync.aws.dms import AT_REST, SETTLED
from reverse_sync.aws.drift import all_differences, refuse_unaccepted_mapping, refuse_unmodifiable
from reverse_sync.aws.faults import explained
from reverse_sync.aws.sensors.dms import DmsTaskSensor
from reverse_sync.aws.triggers.status import MISSING_STATUS
from reverse_sync.aws.triggers.stop import DmsStopTrigger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.waiting import LookTrigger


class DmsSettleTaskOperator(DmsTaskSensor):
    """Waits, deferred, until the task is in no passing state; stops it where `dms.on_drift: apply` has to correct DMS.

    DMS modifies neither a task that runs nor its endpoints. The tasks that follow correct them, and `start_or_resume`
    resumes the task at its checkpoint.

    :param pipeline: the pipeline
    :param accept_mapping_change: whether a task that has run may get another mapping; a template
    """

    template_fields: Sequence[str] = (*DmsTaskSensor.template_fields, "accept_mapping_change")
    success = (*SETTLED, MISSING_STATUS)
    failure = ("failed-move",)

    def __init__(self, *, pipeline: Pipeline, accept_mapping_change: str, **kwargs: Any) -> None:
        super().__init__(
            task_identifier=pipeline.dms.task.identifier,
            replication_instance=pipeline.dms.replication_instance,
            aws_conn_id=pipeline.aws.connection,
            region_name=pipeline.aws.region,
            **kwargs,
        )
        self.pipeline = pipeline
        self.accept_mapping_change = accept_mapping_change
        self.stops = False

    def execute(self, context: Context) -> Any:
        """See what is to be applied, then wait.

        :raises NeedsPersonError: where DMS can't apply a difference, or a person has to accept its consequences.
        """
        with explained(self.aws_conn_id):
            task, differences = all_differences(dms_client(self.aws_conn_id, self.region_name), self.pipeline)
        if self.pipeline.dms.on_drift == "apply":
            refuse_unmodifiable(differences)
            accepted = self.accept_mapping_change == "True"
            refuse_unaccepted_mapping(task, differences, self.pipeline.dms.task.mapping, accepted)
            self.stops = bool(differences)
        return super().execute(context)

    def trigger(self, patience: dict[str, Any], context: Context) -> LookTrigger:
        """Describe the task, or stop it."""
        if not self.stops:
            return super().trigger(patience, context)
        question = {**self.question, "success": [*AT_REST, MISSING_STATUS]}
        return DmsStopTrigger(**question, aws_conn_id=self.aws_conn_id, region_name=self.region_name, **patience)

    def succeed(self, facts: dict[str, Any], context: Context) -> dict[str, Any]:  # noqa: ARG002
        """The state that the run begins with."""
        return {"outcome": "found", "what": f"the task is {facts['status']}", "task": facts}
