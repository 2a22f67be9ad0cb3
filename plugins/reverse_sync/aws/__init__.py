"""What the Amazon provider lacks for this job.

An RDS reboot, DMS endpoints, create-or-reuse, start-or-resume, and waits that hold no worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient
    from mypy_boto3_rds import RDSClient

# Bounded in time and tries; "standard" retries throttling and passing faults with jitter:
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
BOTOCORE_CONFIG: dict[str, object] = {
    "connect_timeout": 10,
    "read_timeout": 30,
    "retries": {"mode": "standard", "max_attempts": 5},
}


def dms_client(aws_conn_id: str | None, region_name: str | None) -> DmsClient:
    """boto3's DMS client, with the credentials of an Airflow connection."""
    from airflow.providers.amazon.aws.hooks.dms import DmsHook

    return cast("DmsClient", DmsHook(aws_conn_id=aws_conn_id, region_name=region_name, config=BOTOCORE_CONFIG).conn)


def rds_client(aws_conn_id: str | None, region_name: str | None) -> RDSClient:
    """boto3's RDS client, with the credentials of an Airflow connection."""
    from airflow.providers.amazon.aws.hooks.rds import RdsHook

    return RdsHook(aws_conn_id=aws_conn_id, region_name=region_name, config=BOTOCORE_CONFIG).conn
