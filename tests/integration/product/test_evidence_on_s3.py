"""The evidence in an object storage, as in production."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reverse_sync.evidence import store
from reverse_sync.pipeline import Evidence

if TYPE_CHECKING:
    from tests.integration.product.conftest import World

pytestmark = pytest.mark.integration


def test_a_record_is_written_to_s3_and_read_back(world: World) -> None:
    s3 = world.aws("s3")
    s3.create_bucket(Bucket="records", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"})
    evidence = Evidence(base_path="s3://records/reverse-sync", connection="aws_default")
    record = {"dag_id": "d", "run_id": "manual__1", "times_cleared": 0, "text": "부산행"}
    address = store.write(evidence, record)
    assert address == "s3://aws_default@records/reverse-sync/d/manual__1.json"
    body = s3.get_object(Bucket="records", Key="reverse-sync/d/manual__1.json")["Body"].read()
    assert json.loads(body) == record
    assert store.read(evidence, "d", "manual__1", 0) == record
    assert store.read(evidence, "d", "manual__1", 1) is None
