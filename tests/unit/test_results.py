"""What tasks return: plain JSON, so that XCom, the record of a run and a reader of it need no class of ours."""

import json

from airflow.sdk.serde import deserialize, serialize

from reverse_sync.results import Outcome, Result


def test_a_result_is_plain_json_in_xcom_and_in_the_record() -> None:
    result: Result = {"outcome": Outcome.LEFT_ALONE, "why": "그대로"}
    plain = {"outcome": "left alone", "why": "그대로"}
    assert json.loads(json.dumps(result)) == plain
    kept = json.loads(json.dumps(serialize(result)))
    assert kept == plain
    assert deserialize(kept) == result
