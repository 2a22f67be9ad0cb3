"""The connection test of a DMS endpoint; a password that was changed in the database is brought to DMS."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, NotRequired

from airflow.sdk import BaseHook
from botocore.exceptions import ClientError

from reverse_sync.aws import dms_client
from reverse_sync.aws.dms import AT_REST, find_connection, find_task
from reverse_sync.aws.faults import code_of, readable_aws_errors
from reverse_sync.aws.sensors.base import AwsStatusSensor
from reverse_sync.aws.sensors.dms import task_query
from reverse_sync.aws.triggers.status import MISSING_STATUS, StatusQuery
from reverse_sync.pipeline.model import SourceEndpoint
from reverse_sync.results import EndpointTest, Outcome, StatusFacts
from reverse_sync.steps import ENSURE_SOURCE, ENSURE_TARGET, INSTANCE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context
    from mypy_boto3_dms.type_defs import FilterTypeDef

    from reverse_sync.aws.keywords import AwsWaitKeywords
    from reverse_sync.pipeline import Endpoint, OnDrift
    from reverse_sync.waiting import PollEvent

LOGIN_REFUSED = ("ORA-01017", "28P01", "password authentication failed")
"""What a test says of a wrong password. A locked account (ORA-28000) is none: another password would not open it."""


class ConnectionTestFacts(StatusFacts):
    """DMS's test of an endpoint's connection, and its own message where that failed."""

    endpoint: NotRequired[str]
    message: NotRequired[str | None]


class _Arns(NamedTuple):
    endpoint: str
    instance: str


class DmsTestConnectionOperator(AwsStatusSensor[ConnectionTestFacts, EndpointTest]):
    """Tests an endpoint's connection from the replication instance and waits, deferred, for the result.

    DMS never tells the password that it has; that it is another one than the database's shows in this test only. With
    `on_drift` `apply` the connection's own password, with which the preflight has just logged in, goes to DMS then: the
    task is stopped where it runs, and `start_or_resume` resumes it at its checkpoint. One refused login is made, so no
    account is locked.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_TestConnection.html

    :param endpoint: the endpoint as the pipeline file has it
    :param task_identifier: the replication task that uses it
    :param on_drift: `apply` lets the connection's password win
    """

    template_fields: Sequence[str] = ("endpoint_arn", "replication_instance_arn")

    def __init__(
        self,
        *,
        endpoint: Endpoint,
        endpoint_arn: str | None,
        replication_instance_arn: str | None,
        task_identifier: str,
        on_drift: OnDrift,
        **kwargs: Unpack[AwsWaitKeywords],
    ) -> None:
        super().__init__(**kwargs)
        self.endpoint = endpoint
        self.endpoint_arn = endpoint_arn
        self.replication_instance_arn = replication_instance_arn
        self.task_identifier = task_identifier
        self.on_drift = on_drift

    def execute(self, context: Context) -> EndpointTest:
        """Start a test unless one is under way, then wait for it."""
        self._start_test()
        return super().execute(context)

    def execute_complete(self, context: Context, event: PollEvent[ConnectionTestFacts]) -> EndpointTest:
        """The result of the test, or what follows from a refused login."""
        if event["status"] == "failure" and self._may_renew(event["facts"]):
            return self._stop_task(context)
        return super().execute_complete(context, event)

    def renew(self, context: Context, event: PollEvent[ConnectionTestFacts]) -> EndpointTest:
        """Give DMS the connection's password, and test again."""
        self.facts_of(event)
        password = BaseHook.get_connection(self.endpoint.connection).password or ""
        client = dms_client(self.aws_conn_id, self.region_name)
        with readable_aws_errors(self.aws_conn_id):
            client.modify_endpoint(EndpointArn=self._tested.endpoint, Password=password)
        self._start_test()
        return self.wait(self.trigger(self.schedule(), context), context, self.renewed)

    def renewed(self, context: Context, event: PollEvent[ConnectionTestFacts]) -> EndpointTest:
        """The result of the test with the new password."""
        tested = self.succeed(self.facts_of(event), context)
        what = f"gave endpoint {self.endpoint.identifier} the password of {self.endpoint.connection!r}"
        return {**tested, "outcome": Outcome.CHANGED, "what": what}

    def _may_renew(self, facts: ConnectionTestFacts) -> bool:
        refused = any(text in str(facts.get("message")) for text in LOGIN_REFUSED)
        return refused and self.on_drift == "apply" and self.endpoint.secret is None

    def _stop_task(self, context: Context) -> EndpointTest:
        """DMS modifies no endpoint of a task that runs."""
        client = dms_client(self.aws_conn_id, self.region_name)
        with readable_aws_errors(self.aws_conn_id):
            task = find_task(client, self.task_identifier)
            if task and task["Status"] not in AT_REST:
                try:
                    client.stop_replication_task(ReplicationTaskArn=task["ReplicationTaskArn"])
                except ClientError as error:  # the test of the other endpoint may have stopped it meanwhile
                    if code_of(error) != "InvalidResourceStateFault":
                        raise
        at_rest = task_query(self.task_identifier, [*AT_REST, MISSING_STATUS])
        return self.wait(self.observe(at_rest, self.schedule()), context, self.renew)

    def _start_test(self) -> None:
        client = dms_client(self.aws_conn_id, self.region_name)
        with readable_aws_errors(self.aws_conn_id):
            tested = find_connection(client, self._filters)
            if tested is None or tested["Status"] != "testing":
                client.test_connection(EndpointArn=self._tested.endpoint, ReplicationInstanceArn=self._tested.instance)

    @property
    def _tested(self) -> _Arns:
        ensured = ENSURE_SOURCE if isinstance(self.endpoint, SourceEndpoint) else ENSURE_TARGET
        return _Arns(ensured.needed(self.endpoint_arn), INSTANCE.needed(self.replication_instance_arn))

    @property
    def _filters(self) -> list[FilterTypeDef]:
        return [
            {"Name": "endpoint-arn", "Values": [self._tested.endpoint]},
            {"Name": "replication-instance-arn", "Values": [self._tested.instance]},
        ]

    @property
    def query(self) -> StatusQuery:
        """Describe the connection."""
        return StatusQuery(
            service="dms",
            operation="describe_connections",
            call={"Filters": self._filters},
            facts="Connections[0].{status: Status, endpoint: EndpointIdentifier, message: LastFailureMessage}",
            success=["successful"],
            failure=["failed", "deleting"],
        )

    def succeed(self, facts: ConnectionTestFacts, context: Context) -> EndpointTest:  # noqa: ARG002
        """The test's result."""
        return {
            "outcome": Outcome.FOUND,
            "status": facts["status"],
            "endpoint": facts.get("endpoint", self.endpoint.identifier),
            "message": facts.get("message"),
        }

    def explain(self, facts: ConnectionTestFacts) -> str:
        """DMS's own message, and where to look."""
        said = (
            f"The connection test of endpoint {facts.get('endpoint', self.endpoint.identifier)} should be 'successful' "
            f"but is {facts['status']!r}: {facts.get('message') or 'DMS gives no reason'}. "
        )
        if secret := self.endpoint.secret:
            return (
                f"{said}DMS takes host, port, username and password from the secret {secret.id}, with the role "
                f"{secret.role}: correct the secret in Secrets Manager, the role's right to read it, or the security "
                "groups between the replication instance and the database; then clear this task."
            )
        if any(text in str(facts.get("message")) for text in LOGIN_REFUSED):
            return (
                f"{said}The database does not take the password that DMS has: correct it in the endpoint; or, where it "
                f"was changed in the connection {self.endpoint.connection!r} too, set dms.on_drift to 'apply', which "
                "brings it to DMS. Then clear this task."
            )
        return (
            f"{said}Check the login and password of its Airflow connection, the address, and the security groups "
            "between the replication instance and the database; then clear this task."
        )
