"""What RDS and DMS say, each call made once and only when a check asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.aws import dms
from reverse_sync.aws.assessment import latest_run
from reverse_sync.aws.certificate import certificate_arn
from reverse_sync.aws.neighbours import find_neighbours
from reverse_sync.aws.rds import cluster_parameter_groups, find_instance, parameter_groups, user_parameters
from reverse_sync.aws.task_log import LOGS_ROLE
from reverse_sync.aws.task_slot import own_slot, slot_of
from reverse_sync.preflight.read_once import read_once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow.sdk import Connection
    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient
    from mypy_boto3_dms.type_defs import EndpointTypeDef, ReplicationInstanceTypeDef, ReplicationTaskTypeDef
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_rds.type_defs import DBInstanceTypeDef

    from reverse_sync.aws import Client
    from reverse_sync.aws.assessment import AssessmentRun
    from reverse_sync.aws.neighbours import Neighbours
    from reverse_sync.pipeline import Endpoint, Pipeline


class RdsFacts:
    """The source's RDS instance."""

    def __init__(self, client: RDSClient, pipeline: Pipeline) -> None:
        self._client = client
        self._identifier = pipeline.postgres.db_instance

    @read_once
    def instance(self) -> DBInstanceTypeDef | None:
        """The instance as RDS has it; None where there is none."""
        return find_instance(self._client, self._identifier)

    @read_once
    def parameters(self) -> dict[str, str]:
        """What the parameter groups of the instance set, whether applied or not."""
        return user_parameters(self._client, self.instance) if self.instance else {}

    @read_once
    def cluster_groups(self) -> dict[str, str]:
        """On Aurora the cluster's parameter group -> its apply status."""
        return cluster_parameter_groups(self._client, self.instance) if self.instance else {}

    @property
    def parameter_groups(self) -> dict[str, str]:
        """Name -> apply status, `in-sync` or `pending-reboot`."""
        return parameter_groups(self.instance) | self.cluster_groups if self.instance else {}


class DmsFacts:
    """The replication instance, endpoints and task, and the role that lets DMS write logs."""

    def __init__(self, client: DmsClient, iam: Client, pipeline: Pipeline, logins: Mapping[str, Connection]) -> None:
        self._client = client
        self._iam = iam
        self._pipeline = pipeline
        self.logins = logins

    @read_once
    def replication_instance(self) -> ReplicationInstanceTypeDef | None:
        """https://docs.aws.amazon.com/dms/latest/APIReference/API_ReplicationInstance.html; None if there is none."""
        return dms.find_instance(self._client, self._pipeline.dms.replication_instance)

    @property
    def engine_version(self) -> str:
        """The version of DMS on the replication instance, `3.5.3`; empty where it is not known."""
        return str((self.replication_instance or {}).get("EngineVersion", ""))

    @property
    def engine_release(self) -> tuple[int, ...]:
        """The same in its numbers, which can be compared."""
        return tuple(int(part) for part in self.engine_version.split(".") if part.isdigit())

    @property
    def instance_addresses(self) -> tuple[str, ...]:
        """The addresses from which DMS reaches the databases."""
        instance = self.replication_instance or {}
        private = instance.get("ReplicationInstancePrivateIpAddresses") or ()
        return (*private, *(instance.get("ReplicationInstancePublicIpAddresses") or ()))

    def endpoint(self, endpoint: Endpoint) -> EndpointTypeDef | None:
        """The endpoint as DMS has it, or None: one that is being deleted is made again, whatever it is."""
        found = dms.find_endpoint(self._client, endpoint.identifier)
        return None if found and found["Status"] == "deleting" else found

    def certificate(self, endpoint: Endpoint) -> str | None:
        """The ARN of the certificate that the endpoint is to trust; None where it has none."""
        return certificate_arn(self._client, endpoint) if endpoint.certificate else None

    @read_once
    def task(self) -> ReplicationTaskTypeDef | None:
        """The replication task as DMS has it, or None."""
        return dms.find_task(self._client, self._pipeline.dms.task.identifier)

    @read_once
    def slot(self) -> str | None:
        """The replication slot of the task, or None where there is no task or nothing tells its slot."""
        return own_slot(self._pipeline, self._client, self.task) if self.task else None

    @read_once
    def neighbours(self) -> Neighbours:
        """The other replication tasks on the pipeline's databases."""
        return find_neighbours(self._client, self._pipeline)

    @read_once
    def slots_of_neighbours(self) -> dict[str, str]:
        """Slot -> the other replication task that has it, of those on the same PostgreSQL, as far as DMS tells."""
        return {
            name: task["ReplicationTaskIdentifier"]
            for task in self.neighbours.source
            if (name := slot_of(task, self._client, self._pipeline))
        }

    @read_once
    def assessment(self) -> AssessmentRun | None:
        """AWS's newest assessment of the task; None where there is no task, or it was never assessed."""
        return latest_run(self._client, self.task["ReplicationTaskArn"]) if self.task else None

    def has_logs_role(self) -> bool:
        """Whether the account has the role that DMS writes CloudWatch logs with."""
        try:
            self._iam.get_role(RoleName=LOGS_ROLE)
        except self._iam.exceptions.NoSuchEntityException:
            return False
        return True
