"""What every wait for an AWS resource shares."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, NotRequired

from reverse_sync.aws.triggers.status import AwsStatusTrigger
from reverse_sync.results import StatusFacts
from reverse_sync.waiting import DeferredSensor, F, R

if TYPE_CHECKING:
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.aws.triggers.status import StatusQuery
    from reverse_sync.waiting import PollSchedule, PollTrigger, WaitKeywords


class InstanceFacts(StatusFacts):
    """The status of an RDS instance or a replication instance."""

    arn: NotRequired[str]
    engine_version: NotRequired[str | None]


class AwsStatusSensor(DeferredSensor[F, R]):
    """Waits, deferred, for the status of one AWS resource.

    :param aws_conn_id: the Airflow connection to AWS
    :param region_name: the region
    """

    def __init__(self, *, aws_conn_id: str | None, region_name: str | None, **kwargs: Unpack[WaitKeywords]) -> None:
        super().__init__(**kwargs)
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name

    @property
    @abc.abstractmethod
    def query(self) -> StatusQuery:
        """What to describe and how to judge it."""

    def trigger(self, schedule: PollSchedule, context: Context) -> PollTrigger:  # noqa: ARG002
        """Describe the resource."""
        return self.observe(self.query, schedule)

    def observe(self, query: StatusQuery, schedule: PollSchedule) -> AwsStatusTrigger:
        """The trigger for a query."""
        return AwsStatusTrigger(
            query=query, aws_conn_id=self.aws_conn_id, region_name=self.region_name, schedule=schedule
        )
