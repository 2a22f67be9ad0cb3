"""Arguments that many operators of a pipeline share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypedDict, TypeVar, cast

from reverse_sync.waiting import PollSettings, poll_settings

if TYPE_CHECKING:
    from airflow.sdk import Context, XComArg

    from reverse_sync.pipeline import Pipeline

R_co = TypeVar("R_co", covariant=True)


class Returns(Protocol[R_co]):
    """An operator that returns such a result."""

    @property
    def output(self) -> XComArg:
        """What it will return, as Airflow puts it in place of a template."""

    def execute(self, context: Context) -> R_co:
        """Do the work."""


def output_of(task: Returns[R_co]) -> R_co:
    """What a task will return, for an argument of another: a template, which has the result's type when that executes.

    It is None then where a person marked the task as success.
    """
    return cast("R_co", task.output)


class AwsArguments(TypedDict):
    """How an operator reaches AWS."""

    aws_conn_id: str | None
    region_name: str | None


class DmsWaitArguments(AwsArguments, PollSettings):
    """How an operator reaches AWS and waits."""


class PostgresWaitArguments(DmsWaitArguments):
    """The same, for an RDS instance."""

    db_instance: str


class TaskArguments(DmsWaitArguments):
    """The same, for a replication task."""

    task_identifier: str
    replication_instance: str


def aws_arguments(pipeline: Pipeline) -> AwsArguments:
    """How an operator reaches AWS."""
    return {"aws_conn_id": pipeline.aws.connection, "region_name": pipeline.aws.region}


def dms_wait_arguments(pipeline: Pipeline) -> DmsWaitArguments:
    """How an operator reaches AWS and waits for DMS."""
    return {**aws_arguments(pipeline), **poll_settings(pipeline.waits, pipeline.waits.dms_timeout_s)}


def postgres_wait_arguments(pipeline: Pipeline) -> PostgresWaitArguments:
    """How an operator reaches AWS and waits for the RDS instance, or for PostgreSQL on it."""
    return {
        "db_instance": pipeline.postgres.db_instance,
        **aws_arguments(pipeline),
        **poll_settings(pipeline.waits, pipeline.waits.postgres_timeout_s),
    }


def task_arguments(pipeline: Pipeline) -> TaskArguments:
    """How an operator waits for the replication task."""
    return {
        "task_identifier": pipeline.dms.task.identifier,
        "replication_instance": pipeline.dms.replication_instance,
        **dms_wait_arguments(pipeline),
    }
