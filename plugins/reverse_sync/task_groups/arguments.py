"""Arguments that many operators of a pipeline share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from reverse_sync.waiting import poll_settings

if TYPE_CHECKING:
    from airflow.sdk import Context, XComArg

    from reverse_sync.aws.keywords import AwsArguments, AwsWaitArguments, RdsWaitArguments, TaskWaitArguments
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import EndpointResult, InstanceResult

R_co = TypeVar("R_co", covariant=True)


class Returns(Protocol[R_co]):
    """An operator that returns such a result."""

    @property
    def output(self) -> XComArg:
        """What it will return, as Airflow puts it in place of a template."""

    def execute(self, context: Context) -> R_co:
        """Do the work."""


def output_of(task: Returns[R_co]) -> R_co | None:
    """What a task will return, for an argument of another: a template, which has the result's type when that executes.

    It is None then where a person marked the task as success.
    """
    return cast("R_co | None", task.output)


def arn_of(task: Returns[EndpointResult] | Returns[InstanceResult]) -> str | None:
    """The ARN in what a task will return, as :func:`output_of`; the task needs `multiple_outputs`."""
    output: XComArg = task.output["arn"]  # type: ignore[index]  # Airflow types no `XComArg.__getitem__`
    return cast("str | None", output)


def aws_arguments(pipeline: Pipeline) -> AwsArguments:
    """How an operator reaches AWS."""
    return {"aws_conn_id": pipeline.aws.connection, "region_name": pipeline.aws.region}


def dms_wait_arguments(pipeline: Pipeline) -> AwsWaitArguments:
    """How an operator reaches AWS and waits for DMS."""
    return {**aws_arguments(pipeline), **poll_settings(pipeline.waits, pipeline.waits.dms_timeout_s)}


def postgres_wait_arguments(pipeline: Pipeline) -> RdsWaitArguments:
    """How an operator reaches AWS and waits for the RDS instance, or for PostgreSQL on it."""
    return {
        "db_instance": pipeline.postgres.db_instance,
        **aws_arguments(pipeline),
        **poll_settings(pipeline.waits, pipeline.waits.postgres_timeout_s),
    }


def task_arguments(pipeline: Pipeline) -> TaskWaitArguments:
    """How an operator waits for the replication task."""
    return {
        "task_identifier": pipeline.dms.task.identifier,
        "replication_instance": pipeline.dms.replication_instance,
        **dms_wait_arguments(pipeline),
    }
