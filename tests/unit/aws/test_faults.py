"""AWS's errors in one sentence."""

import boto3
import pytest

from reverse_sync.aws.faults import readable_aws_errors
from reverse_sync.errors import NeedsPersonError


def test_what_boto3_does_not_send_is_neither_an_outage_nor_asked_again() -> None:
    dms = boto3.client("dms", "ap-northeast-2", aws_access_key_id="test", aws_secret_access_key="test")
    with pytest.raises(NeedsPersonError) as raised, readable_aws_errors("aws_default"):
        dms.create_endpoint(EndpointIdentifier=None, EndpointType="source", EngineName="postgres")  # type: ignore[arg-type]
    assert str(raised.value).startswith("AWS can't be asked so, and was not: Parameter validation failed: Invalid type")
    assert "EndpointIdentifier" in str(raised.value)
    assert str(raised.value).endswith(
        "Correct what that comes from in the pipeline file or the connection, then clear this task."
    )
