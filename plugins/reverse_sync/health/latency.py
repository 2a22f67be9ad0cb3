"""How far the replication lags, by CloudWatch and by the canary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from reverse_sync.aws import BOTOCORE_CONFIG

if TYPE_CHECKING:
    from reverse_sync.aws import AwsHook
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import CanaryArrival, CanaryChange

# CDCLatencySource grows also while a transaction stays open at the source.
METRICS = ("CDCLatencySource", "CDCLatencyTarget")
LOOK_BACK = timedelta(minutes=10)


def dms_latency_s(pipeline: Pipeline, task_arn: str) -> dict[str, float | None]:
    """The newest point of each latency metric, seconds; None where CloudWatch has none of the last minutes.

    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html#CHAP_Monitoring.Metrics
    """
    from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook

    aws = pipeline.aws
    hook: AwsHook = AwsGenericHook(
        aws_conn_id=aws.connection, region_name=aws.region, client_type="cloudwatch", config=BOTOCORE_CONFIG
    )
    now = datetime.now(UTC)
    dimensions = {
        "ReplicationInstanceIdentifier": pipeline.dms.replication_instance,
        "ReplicationTaskIdentifier": task_arn.rsplit(":", 1)[-1],
    }
    newest: dict[str, float | None] = {}
    for metric in METRICS:
        points = hook.conn.get_metric_statistics(
            Namespace="AWS/DMS",
            MetricName=metric,
            Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
            StartTime=now - LOOK_BACK,
            EndTime=now + timedelta(minutes=1),
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        newest[metric] = max(points, key=lambda point: point["Timestamp"])["Maximum"] if points else None
    return newest


def canary_latency_s(change: CanaryChange | None, arrival: CanaryArrival | None) -> float | None:
    """From the answer to the change until Oracle showed the canary, seconds, at most; None where nobody measured it.

    A task that a person marked as success measured nothing.
    """
    if change is None:
        return None
    if change["seen_in_oracle_after_s"] is not None:
        return float(change["seen_in_oracle_after_s"])
    if arrival is None:
        return None
    answered, seen = (datetime.fromisoformat(moment) for moment in (change["answered_at"], arrival["seen_at"]))
    return (seen - answered).total_seconds()
