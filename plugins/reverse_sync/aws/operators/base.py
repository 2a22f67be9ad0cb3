"""What every DMS operator shares."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from airflow.providers.amazon.aws.hooks.dms import DmsHook
from airflow.providers.amazon.aws.operators.base_aws import AwsBaseOperator

from reverse_sync.aws import BOTOCORE_CONFIG, client_of

if TYPE_CHECKING:
    from typing import Unpack

    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient

    from reverse_sync.aws.keywords import AwsKeywords


class DmsOperator(AwsBaseOperator[DmsHook]):
    """An operator that calls DMS, every call bounded in time."""

    aws_hook_class = DmsHook

    def __init__(self, **kwargs: Unpack[AwsKeywords]) -> None:
        super().__init__(botocore_config=BOTOCORE_CONFIG, **kwargs)

    @cached_property
    def client(self) -> DmsClient:
        """boto3's client."""
        return cast("DmsClient", client_of(self.hook))
