"""Take a replication task and its endpoints away: stop, delete, and wait, deferred, until DMS has done it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reverse_sync.aws.dms import AT_REST
from reverse_sync.aws.sensors.base import AwsStatusSensor
from reverse_sync.aws.sensors.dms import DmsTaskSensor
from reverse_sync.aws.triggers.delete import DmsDeleteTrigger
from reverse_sync.aws.triggers.status import MISSING_STATUS
from reverse_sync.aws.triggers.stop import DmsStopTrigger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from reverse_sync.waiting import LookTrigger


class DmsStopTaskOperator(DmsTaskSensor):
    """Stops the task, whatever it is doing; done where it is at rest, or gone."""

    success = (*AT_REST, "failed-move", MISSING_STATUS)
    failure = ()

    def trigger(self, patience: dict[str, Any], context: Context) -> LookTrigger:  # noqa: ARG002
        """Stop it whenever it is found running."""
        return DmsStopTrigger(**self.question, aws_conn_id=self.aws_conn_id, region_name=self.region_name, **patience)


class DmsDeleteTaskOperator(DmsTaskSensor):
    """Deletes the task; done where it is gone.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_DeleteReplicationTask.html
    """

    success = (MISSING_STATUS,)
    failure = ()

    def trigger(self, patience: dict[str, Any], context: Context) -> LookTrigger:  # noqa: ARG002
        """Delete it where it is there."""
        return DmsDeleteTrigger(**self.question, aws_conn_id=self.aws_conn_id, region_name=self.region_name, **patience)


class DmsDeleteEndpointOperator(AwsStatusSensor):
    """Deletes an endpoint that no task uses any more; done where it is gone.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_DeleteEndpoint.html

    :param endpoint_identifier: the endpoint
    """

    template_fields: Sequence[str] = ("endpoint_identifier",)

    def __init__(self, *, endpoint_identifier: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.endpoint_identifier = endpoint_identifier

    @property
    def question(self) -> dict[str, Any]:
        """Describe the endpoint."""
        return {
            "service": "dms",
            "operation": "describe_endpoints",
            "call": {"Filters": [{"Name": "endpoint-id", "Values": [self.endpoint_identifier]}]},
            "facts": "Endpoints[0].{status: Status}",
            "success": [MISSING_STATUS],
            "failure": [],
        }

    def trigger(self, patience: dict[str, Any], context: Context) -> LookTrigger:  # noqa: ARG002
        """Delete it where it is there."""
        return DmsDeleteTrigger(**self.question, aws_conn_id=self.aws_conn_id, region_name=self.region_name, **patience)

    def explain(self, facts: dict[str, Any]) -> str:
        """Why it is still there."""
        return (
            f"Endpoint {self.endpoint_identifier} should be gone but is {facts.get('status', facts)!r}: see in the DMS "
            "console which other task uses it, then clear this task."
        )
