"""What every wait for an AWS resource shares."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from reverse_sync.aws.triggers.status import AwsStatusTrigger
from reverse_sync.waiting import DeferredSensor

if TYPE_CHECKING:
    from airflow.sdk import Context

    from reverse_sync.waiting import LookTrigger


class AwsStatusSensor(DeferredSensor):
    """Waits, deferred, for the status of one AWS resource.

    :param aws_conn_id: the Airflow connection to AWS
    :param region_name: the region
    """

    def __init__(self, *, aws_conn_id: str | None, region_name: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name

    @property
    @abc.abstractmethod
    def question(self) -> dict[str, Any]:
        """What to describe and how to judge it: the arguments of :class:`AwsStatusTrigger`."""

    def trigger(self, patience: dict[str, Any], context: Context) -> LookTrigger:  # noqa: ARG002
        """Describe the resource."""
        return AwsStatusTrigger(**self.question, aws_conn_id=self.aws_conn_id, region_name=self.region_name, **patience)
