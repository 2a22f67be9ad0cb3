"""DMS endpoints: create or reuse one, and test its connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk import BaseHook

from reverse_sync.aws import dms_client
from reverse_sync.aws.dms import corrected, endpoint_differences, find_connection, find_endpoint, report
from reverse_sync.aws.drift import wanted_endpoint
from reverse_sync.aws.faults import explained
from reverse_sync.aws.operators.base import DmsOperator
from reverse_sync.aws.sensors.base import AwsStatusSensor
from reverse_sync.errors import NeedsPersonError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context
    from mypy_boto3_dms.type_defs import FilterTypeDef

    from reverse_sync.pipeline import Endpoint, OnDrift


class DmsEnsureEndpointOperator(DmsOperator):
    """Makes the endpoint, or reuses the one of that name; a difference is reported, applied or ignored.

    Login and password come from the Airflow connection and go to DMS only.

    :param endpoint: the endpoint as the pipeline file has it
    :param db_instance: the RDS instance whose address a source endpoint takes; None: the connection's host
    :param on_drift: `report` (fail), `apply` or `ignore`
    """

    template_fields: Sequence[str] = aws_template_fields()

    def __init__(self, *, endpoint: Endpoint, db_instance: str | None, on_drift: OnDrift, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.endpoint = endpoint
        self.db_instance = db_instance
        self.on_drift = on_drift

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Look, make or mend, and say which.

        :raises NeedsPersonError: where the endpoint differs and `on_drift` is `report`, or AWS refuses.
        """
        password = BaseHook.get_connection(self.endpoint.connection).password or ""
        with explained(self.aws_conn_id):
            request = wanted_endpoint(self.endpoint, self.db_instance, self.aws_conn_id, self.region_name)
            found = find_endpoint(self.client, self.endpoint.identifier)
            if found is None:
                made = self.client.create_endpoint(**request, Password=password)["Endpoint"]
                return {"outcome": "changed", "what": f"created endpoint {made['EndpointIdentifier']}", **_facts(made)}
            differences = endpoint_differences(found, request)
            if not differences or self.on_drift == "ignore":
                return {"outcome": "left alone", "differences": [str(d) for d in differences], **_facts(found)}
            if self.on_drift == "report":
                raise NeedsPersonError(report(differences))
            changed = self.client.modify_endpoint(EndpointArn=found["EndpointArn"], **request, Password=password)[
                "Endpoint"
            ]
        return {"outcome": "changed", **corrected(differences), **_facts(changed)}


class DmsTestConnectionOperator(AwsStatusSensor):
    """Tests an endpoint's connection from the replication instance and waits, deferred, for the result.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_TestConnection.html
    """

    template_fields: Sequence[str] = ("endpoint_arn", "replication_instance_arn")

    def __init__(self, *, endpoint_arn: str, replication_instance_arn: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.endpoint_arn = endpoint_arn
        self.replication_instance_arn = replication_instance_arn

    def execute(self, context: Context) -> Any:
        """Start a test unless one is under way, then wait for it."""
        client = dms_client(self.aws_conn_id, self.region_name)
        with explained(self.aws_conn_id):
            tested = find_connection(client, self._filters)
            if tested is None or tested["Status"] != "testing":
                client.test_connection(
                    EndpointArn=self.endpoint_arn, ReplicationInstanceArn=self.replication_instance_arn
                )
        return super().execute(context)

    @property
    def _filters(self) -> list[FilterTypeDef]:
        return [
            {"Name": "endpoint-arn", "Values": [self.endpoint_arn]},
            {"Name": "replication-instance-arn", "Values": [self.replication_instance_arn]},
        ]

    @property
    def question(self) -> dict[str, Any]:
        """Describe the connection."""
        return {
            "service": "dms",
            "operation": "describe_connections",
            "call": {"Filters": self._filters},
            "facts": "Connections[0].{status: Status, endpoint: EndpointIdentifier, message: LastFailureMessage}",
            "success": ["successful"],
            "failure": ["failed", "deleting"],
        }

    def explain(self, facts: dict[str, Any]) -> str:
        """DMS's own message, and where to look."""
        return (
            f"The connection test of endpoint {facts.get('endpoint', self.endpoint_arn)} should be 'successful' but is "
            f"{facts.get('status', facts)!r}: {facts.get('message') or 'DMS gives no reason'}. Check the login and "
            "password of its Airflow connection, the address, and the security groups between the replication instance "
            "and the database; then clear this task."
        )


def _facts(endpoint: Any) -> dict[str, Any]:
    keys = (
        "EndpointIdentifier",
        "EndpointArn",
        "EngineName",
        "ServerName",
        "Port",
        "DatabaseName",
        "Username",
        "SslMode",
    )
    return {"arn": endpoint["EndpointArn"], "endpoint": {key: endpoint.get(key) for key in keys}}
