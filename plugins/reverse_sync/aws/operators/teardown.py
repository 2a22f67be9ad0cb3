"""Take a replication task and its endpoints away: stop or delete, and wait, deferred, until DMS has done it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reverse_sync.aws import dms_client
from reverse_sync.aws.certificate import delete_certificates
from reverse_sync.aws.dms import AT_REST, find_endpoint, find_task, named, tasks_of_endpoint
from reverse_sync.aws.faults import readable_aws_errors
from reverse_sync.aws.sensors.base import AwsStatusSensor
from reverse_sync.aws.sensors.dms import DmsTaskSensor
from reverse_sync.aws.triggers.status import MISSING_STATUS, StatusQuery
from reverse_sync.errors import NeedsPersonError
from reverse_sync.results import (
    DeletedEndpointResult,
    Outcome,
    Result,
    SettledTaskResult,
    StatusFacts,
    TaskStatusFacts,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context
    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient

    from reverse_sync.aws.keywords import AwsWaitKeywords
    from reverse_sync.pipeline import Endpoint
    from reverse_sync.waiting import PollSchedule, PollTrigger


def settled(facts: TaskStatusFacts) -> SettledTaskResult:
    """The state that the task is in."""
    return {"outcome": Outcome.FOUND, "what": f"the task is {facts['status']}", "task": facts}


class DmsStopTaskOperator(DmsTaskSensor[TaskStatusFacts, SettledTaskResult]):
    """Stops the task, whatever it is doing; done where it is at rest, or gone.

    A task that is just starting can't be stopped, so it is first waited for until it runs.
    https://docs.aws.amazon.com/dms/latest/APIReference/API_StopReplicationTask.html
    """

    success: Sequence[str] = (*AT_REST, "failed-move", MISSING_STATUS)
    failure: Sequence[str] = ()

    def trigger(self, schedule: PollSchedule, context: Context) -> PollTrigger:  # noqa: ARG002
        """Observe the task until it runs, or is at rest already."""
        return self.observe(replace(self.query, success=[*self.success, "running"]), schedule)

    def succeed(self, facts: TaskStatusFacts, context: Context) -> SettledTaskResult:
        """Stop the task where it runs, and wait until it is at rest.

        :raises ReverseSyncError: where DMS can't stop it for the moment: the next try looks again.
        """
        if facts["status"] != "running":
            return settled(facts)
        client = dms_client(self.aws_conn_id, self.region_name)
        with readable_aws_errors(self.aws_conn_id):
            client.stop_replication_task(ReplicationTaskArn=facts["arn"])
        return self.wait(self.observe(self.query, self.schedule()), context)


class DmsDeleteTaskOperator(DmsTaskSensor[TaskStatusFacts, Result]):
    """Deletes the task; done where it is gone.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_DeleteReplicationTask.html
    """

    success = (MISSING_STATUS,)
    failure = ()

    def execute(self, context: Context) -> Result:
        """Delete it where it is there, then wait until it is gone.

        :raises ReverseSyncError: where DMS can't delete it for the moment: the next try looks again.
        """
        client = dms_client(self.aws_conn_id, self.region_name)
        with readable_aws_errors(self.aws_conn_id):
            task = find_task(client, self.task_identifier)
            if task and task["Status"] != "deleting":
                client.delete_replication_task(ReplicationTaskArn=task["ReplicationTaskArn"])
        return super().execute(context)

    def succeed(self, facts: TaskStatusFacts, context: Context) -> Result:  # noqa: ARG002
        """The task is gone."""
        return {"outcome": Outcome.FOUND, "what": f"the task is {facts['status']}"}


class DmsDeleteEndpointOperator(AwsStatusSensor[StatusFacts, DeletedEndpointResult]):
    """Deletes an endpoint that no task uses any more, and what was imported for it; done where it is gone.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_DeleteEndpoint.html
    https://docs.aws.amazon.com/dms/latest/APIReference/API_DeleteCertificate.html

    :param endpoint: the endpoint
    """

    def __init__(self, *, endpoint: Endpoint, **kwargs: Unpack[AwsWaitKeywords]) -> None:
        super().__init__(**kwargs)
        self.endpoint = endpoint

    @property
    def query(self) -> StatusQuery:
        """Describe the endpoint."""
        return StatusQuery(
            service="dms",
            operation="describe_endpoints",
            call={"Filters": [named("endpoint-id", self.endpoint.identifier)]},
            facts="Endpoints[0].{status: Status}",
            success=[MISSING_STATUS],
        )

    def execute(self, context: Context) -> DeletedEndpointResult:
        """Delete it where it is there, then wait until it is gone.

        :raises ReverseSyncError: where DMS can't delete it for the moment: the next try looks again.
        :raises NeedsPersonError: where another task uses it.
        """
        client = dms_client(self.aws_conn_id, self.region_name)
        with readable_aws_errors(self.aws_conn_id):
            endpoint = find_endpoint(client, self.endpoint.identifier)
            if endpoint and endpoint["Status"] != "deleting":
                self._refuse_used(client, endpoint["EndpointArn"])
                client.delete_endpoint(EndpointArn=endpoint["EndpointArn"])
        return super().execute(context)

    def _refuse_used(self, client: DmsClient, arn: str) -> None:
        users = tasks_of_endpoint(client, arn)
        if users:
            raise NeedsPersonError(
                f"Endpoint {self.endpoint.identifier} should go, but DMS deletes no endpoint that a task uses, and "
                f"{', '.join(users)} uses it: delete that task, or leave the endpoint to it."
            )

    def succeed(self, facts: StatusFacts, context: Context) -> DeletedEndpointResult:  # noqa: ARG002
        """Delete the endpoint's certificates, which DMS refuses while it is there."""
        gone: DeletedEndpointResult = {"outcome": Outcome.FOUND, "what": f"the endpoint is {facts['status']}"}
        with readable_aws_errors(self.aws_conn_id):
            if deleted := delete_certificates(dms_client(self.aws_conn_id, self.region_name), self.endpoint):
                gone["certificates_deleted"] = deleted
        return gone

    def explain(self, facts: StatusFacts) -> str:
        """Why it is still there."""
        return (
            f"Endpoint {self.endpoint.identifier} should be gone but is {facts['status']!r}: see in the DMS "
            "console which other task uses it, then clear this task."
        )
