"""DMS endpoints: create one, reuse or correct it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk import BaseHook

from reverse_sync.aws.certificate import import_certificate
from reverse_sync.aws.dms import correction, find_endpoint, report
from reverse_sync.aws.drift import wanted_endpoint
from reverse_sync.aws.endpoint import endpoint_differences
from reverse_sync.aws.faults import readable_aws_errors
from reverse_sync.aws.operators.base import DmsOperator
from reverse_sync.errors import NeedsPersonError, ReverseSyncError
from reverse_sync.results import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context
    from mypy_boto3_dms.type_defs import EndpointTypeDef

    from reverse_sync.aws.keywords import AwsKeywords
    from reverse_sync.pipeline import Endpoint, OnDrift
    from reverse_sync.results import EndpointResult


class _Password(TypedDict, total=False):
    Password: str


class DmsEnsureEndpointOperator(DmsOperator):
    """Makes the endpoint, or reuses the one of that name; a difference is reported, applied or ignored.

    Login and password come from the Airflow connection and go to DMS only.

    :param endpoint: the endpoint as the pipeline file has it
    :param db_instance: the RDS instance whose address a source endpoint takes; None: the connection's host
    :param on_drift: `report` (fail), `apply` or `ignore`
    """

    template_fields: Sequence[str] = aws_template_fields()

    def __init__(
        self, *, endpoint: Endpoint, db_instance: str | None, on_drift: OnDrift, **kwargs: Unpack[AwsKeywords]
    ) -> None:
        super().__init__(**kwargs)
        self.endpoint = endpoint
        self.db_instance = db_instance
        self.on_drift = on_drift

    def execute(self, context: Context) -> EndpointResult:  # noqa: ARG002
        """Look, make or correct, and say which.

        :raises NeedsPersonError: where the endpoint differs and `on_drift` is `report`, or AWS refuses.
        :raises ReverseSyncError: where it is being deleted; a later try makes it.
        """
        with readable_aws_errors(self.aws_conn_id):
            found = find_endpoint(self.client, self.endpoint.identifier)
            if found and found["Status"] == "deleting":
                raise ReverseSyncError(
                    f"The endpoint {self.endpoint.identifier} should be there or not at all, but is being deleted: "
                    "the next try makes it, once it is gone."
                )
            if found is None or self.on_drift == "apply":
                import_certificate(self.client, self.endpoint)
            request = wanted_endpoint(self.endpoint, self.db_instance, self.aws_conn_id, self.region_name)
            if found is None:
                made = self.client.create_endpoint(**request, **self._password)["Endpoint"]
                return {
                    "outcome": Outcome.CHANGED,
                    "what": f"created endpoint {made['EndpointIdentifier']}",
                    "arn": made["EndpointArn"],
                    "endpoint": _described(made),
                }
            differences = endpoint_differences(found, request)
            if not differences or self.on_drift == "ignore":
                return {
                    "outcome": Outcome.LEFT_ALONE,
                    "differences": [str(one) for one in differences],
                    "arn": found["EndpointArn"],
                    "endpoint": _described(found),
                }
            if self.on_drift == "report":
                raise NeedsPersonError(report(differences))
            arn = found["EndpointArn"]
            changed = self.client.modify_endpoint(EndpointArn=arn, **request, **self._password)["Endpoint"]
        return {
            "outcome": Outcome.CHANGED,
            "what": correction(differences),
            "differences": [str(one) for one in differences],
            "arn": changed["EndpointArn"],
            "endpoint": _described(changed),
        }

    @property
    def _password(self) -> _Password:
        if self.endpoint.secret:
            return {}
        return {"Password": BaseHook.get_connection(self.endpoint.connection).password or ""}


def _described(endpoint: EndpointTypeDef) -> dict[str, str | int | None]:
    return {
        "EndpointIdentifier": endpoint["EndpointIdentifier"],
        "EndpointArn": endpoint["EndpointArn"],
        "EngineName": endpoint["EngineName"],
        "ServerName": endpoint.get("ServerName"),
        "Port": endpoint.get("Port"),
        "DatabaseName": endpoint.get("DatabaseName"),
        "Username": endpoint.get("Username"),
        "SslMode": endpoint.get("SslMode"),
    }
