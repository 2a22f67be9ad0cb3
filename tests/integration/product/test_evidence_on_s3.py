"""The evidence in an object storage, as in production."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.evidence import links, store
from reverse_sync.evidence.chain import append
from reverse_sync.evidence.export import history_as_csv
from reverse_sync.evidence.verification import verify
from reverse_sync.pipeline import Evidence
from tests.support.records import pipeline_with, run_record

if TYPE_CHECKING:
    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration


def test_a_record_is_written_to_s3_and_read_back(running: RunningParts) -> None:
    s3 = running.aws("s3")
    s3.create_bucket(Bucket="records", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"})
    evidence = Evidence(base_path="s3://records/reverse-sync", connection="aws_default")
    record: Any = {"dag_id": "d", "run_id": "manual__1", "times_cleared": 0, "text": "부산행"}
    address = store.write(evidence, record)
    assert address == "s3://aws_default@records/reverse-sync/d/manual__1.json"
    body = s3.get_object(Bucket="records", Key="reverse-sync/d/manual__1.json")["Body"].read()
    assert json.loads(body) == record
    assert store.read(evidence, "d", "manual__1", 0) == record
    assert store.read(evidence, "d", "manual__1", 1) is None


def test_a_chain_on_s3_loses_no_record_and_names_what_is_gone(running: RunningParts) -> None:
    s3 = running.aws("s3")
    s3.create_bucket(Bucket="chained", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"})
    pipeline = pipeline_with(Evidence(base_path="s3://chained/reverse-sync", connection="aws_default"))
    for run_id in ("manual__1", "manual__1", "manual__2"):
        append(pipeline, run_record(run_id))
    last, link = links.last_link(pipeline)
    assert link is not None
    assert (last, verify(pipeline)[:3]) == (3, ([], [], 3))
    assert not links.make_link(pipeline, link)
    assert len(history_as_csv(pipeline).splitlines()) == 4

    s3.delete_object(Bucket="chained", Key="reverse-sync/flightspecials_reverse_sync/manual__2.json")
    s3.delete_object(Bucket="chained", Key="reverse-sync/chains/flightspecials/0000000002.json")
    assert [problem.split(";")[0] for problem in verify(pipeline).problems] == [
        "record 2: its link is missing",
        "record 3: flightspecials_reverse_sync/manual__2.json is not there",
    ]
