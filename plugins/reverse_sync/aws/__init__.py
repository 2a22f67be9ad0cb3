"""What the Amazon provider lacks for this job.

An RDS reboot, DMS endpoints, create-or-reuse, start-or-resume, and waits that hold no worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook
    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient
    from mypy_boto3_rds import RDSClient

    Client: TypeAlias = Any
    """boto3's or aiobotocore's client of a service that only the call says: it has the operations of AWS's model."""
    AwsHook: TypeAlias = AwsGenericHook[Any]
    """The Amazon provider's hook of such a service."""

# Bounded in time and tries; "standard" retries throttling and passing faults with jitter:
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
BOTOCORE_CONFIG: dict[str, object] = {
    "connect_timeout": 10,
    "read_timeout": 30,
    "retries": {"mode": "standard", "max_attempts": 5},
}


def client_of(hook: AwsHook) -> Client:
    """The hook's boto3 client, with its credentials, address, certificates and configuration.

    `hook.conn` would tell AWS the calling operator's name besides, which it finds by reading the source of every frame
    of the stack: that takes a worker half as long as all the rest.
    """
    service = hook.service_name
    session: Client = hook.get_session(region_name=hook.region_name)  # its types want the name of one service
    return session.client(
        service,
        endpoint_url=hook.conn_config.get_service_endpoint_url(service_name=service),
        config=hook.config,
        verify=hook.verify,
    )


def dms_client(aws_conn_id: str | None, region_name: str | None) -> DmsClient:
    """boto3's DMS client, with the credentials of an Airflow connection."""
    from airflow.providers.amazon.aws.hooks.dms import DmsHook

    hook = DmsHook(aws_conn_id=aws_conn_id, region_name=region_name, config=BOTOCORE_CONFIG)
    return cast("DmsClient", client_of(hook))


def rds_client(aws_conn_id: str | None, region_name: str | None) -> RDSClient:
    """boto3's RDS client, with the credentials of an Airflow connection."""
    from airflow.providers.amazon.aws.hooks.rds import RdsHook

    hook = RdsHook(aws_conn_id=aws_conn_id, region_name=region_name, config=BOTOCORE_CONFIG)
    return cast("RDSClient", client_of(hook))
