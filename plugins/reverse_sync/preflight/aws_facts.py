"""What RDS and DMS say, each call made once and only when a check asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reverse_sync.aws.dms import find_endpoint, find_task
from reverse_sync.preflight.fact import fact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reverse_sync.pipeline import Endpoint, Pipeline

LOGS_ROLE = "dms-cloudwatch-logs-role"
"""https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.html#CHAP_Security.APIRole"""


class RdsFacts:
    """The source's RDS instance."""

    def __init__(self, client: Any, pipeline: Pipeline) -> None:
        self._client = client
        self._identifier = pipeline.postgres.db_instance

    @fact
    def instance(self) -> Mapping[str, Any] | None:
        """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html; None where there is none."""
        try:
            found = self._client.describe_db_instances(DBInstanceIdentifier=self._identifier)["DBInstances"]
        except self._client.exceptions.DBInstanceNotFoundFault:
            return None
        return dict(found[0]) if found else None

    @fact
    def parameters(self) -> dict[str, str]:
        """What the parameter groups of the instance set, whether applied or not."""
        pages = self._client.get_paginator("describe_db_parameters")
        return {
            parameter["ParameterName"]: parameter.get("ParameterValue", "")
            for group in (self.instance or {}).get("DBParameterGroups", ())
            for page in pages.paginate(DBParameterGroupName=group["DBParameterGroupName"], Source="user")
            for parameter in page["Parameters"]
        }

    @property
    def parameter_groups(self) -> dict[str, str]:
        """Name -> apply status, `in-sync` or `pending-reboot`."""
        groups = (self.instance or {}).get("DBParameterGroups", ())
        return {group["DBParameterGroupName"]: group["ParameterApplyStatus"] for group in groups}


class DmsFacts:
    """The replication instance, endpoints and task, and the role that lets DMS write logs."""

    def __init__(self, client: Any, iam: Any, pipeline: Pipeline, logins: Mapping[str, Any]) -> None:
        self._client = client
        self._iam = iam
        self._pipeline = pipeline
        self.logins = logins

    @fact
    def replication_instance(self) -> Mapping[str, Any] | None:
        """https://docs.aws.amazon.com/dms/latest/APIReference/API_ReplicationInstance.html; None if there is none."""
        identifier = self._pipeline.dms.replication_instance
        try:
            found = self._client.describe_replication_instances(
                Filters=[{"Name": "replication-instance-id", "Values": [identifier]}]
            )["ReplicationInstances"]
        except self._client.exceptions.ResourceNotFoundFault:
            return None
        return dict(found[0]) if found else None

    def endpoint(self, endpoint: Endpoint) -> Mapping[str, Any] | None:
        """The endpoint as DMS has it, or None."""
        found = find_endpoint(self._client, endpoint.identifier)
        return dict(found) if found else None

    @fact
    def task(self) -> Mapping[str, Any] | None:
        """The replication task as DMS has it, or None."""
        found = find_task(self._client, self._pipeline.dms.task.identifier)
        return dict(found) if found else None

    def has_logs_role(self) -> bool:
        """Whether the account has the role that DMS writes CloudWatch logs with."""
        try:
            self._iam.get_role(RoleName=LOGS_ROLE)
        except self._iam.exceptions.NoSuchEntityException:
            return False
        return True
