"""What the operators and sensors that call AWS are given, from a DAG to the class that keeps it."""

from __future__ import annotations

from typing import TypedDict

from reverse_sync.task_keywords import TaskKeywords
from reverse_sync.waiting import PollSettings, WaitKeywords


class AwsArguments(TypedDict):
    """How an operator reaches AWS."""

    aws_conn_id: str | None
    region_name: str | None


class AwsWaitArguments(AwsArguments, PollSettings):
    """How a sensor reaches AWS and waits."""


class RdsWaitArguments(AwsWaitArguments):
    """The same, for an RDS instance."""

    db_instance: str


class TaskWaitArguments(AwsWaitArguments):
    """The same, for a replication task."""

    task_identifier: str
    replication_instance: str


class AwsKeywords(TaskKeywords, AwsArguments):
    """The `**kwargs` of an operator that calls AWS."""


class AwsWaitKeywords(WaitKeywords, AwsArguments):
    """The `**kwargs` of a sensor that calls AWS."""


class RdsWaitKeywords(AwsWaitKeywords):
    """The same, for an RDS instance."""

    db_instance: str


class TaskWaitKeywords(AwsWaitKeywords):
    """The same, for a replication task."""

    task_identifier: str
    replication_instance: str
