"""What the pipeline wants of DMS against what DMS has."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from reverse_sync.aws.dms import MOST_RULES, Difference, has_run, report, task_differences
from reverse_sync.aws.drift import refuse_unaccepted_mapping, refuse_unmodifiable
from reverse_sync.errors import NeedsPersonError
from reverse_sync.pipeline import Pipeline, load
from tests.support.parts import ROOT

ARNS = {"SourceEndpointArn": "arn:s", "TargetEndpointArn": "arn:t", "ReplicationInstanceArn": "arn:i"}


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return load(ROOT / "include" / "pipelines" / "flightspecials.yaml")


@pytest.fixture
def described(pipeline: Pipeline) -> dict[str, Any]:
    """The task as DMS gives it back: settings merged with DMS's own defaults, the mapping in its own layout."""
    settings: dict[str, Any] = json.loads(json.dumps(pipeline.dms.task.settings))
    settings["TargetMetadata"]["ParallelLoadThreads"] = 0
    settings["ErrorBehavior"] = {"DataErrorPolicy": "LOG_ERROR"}
    return {
        **ARNS,
        "MigrationType": "cdc",
        "TableMappings": json.dumps(json.loads(pipeline.mapping_text), separators=(",", ":")),
        "ReplicationTaskSettings": json.dumps(settings),
    }


def differences(pipeline: Pipeline, described: Any) -> list[str]:
    return [str(d) for d in task_differences(described, pipeline.dms.task, pipeline.mapping_text, ARNS)]


def test_dms_own_defaults_are_no_difference(pipeline: Pipeline, described: dict[str, Any]) -> None:
    assert differences(pipeline, described) == []


def test_every_difference_of_a_task_is_found(pipeline: Pipeline, described: dict[str, Any]) -> None:
    settings = json.loads(described["ReplicationTaskSettings"])
    settings["TargetMetadata"]["LobMaxSize"] = 64
    rules = json.loads(described["TableMappings"])["rules"]
    described |= {
        "MigrationType": "full-load-and-cdc",
        "SourceEndpointArn": "arn:other",
        "TableMappings": json.dumps({"rules": [rule for rule in rules if rule["rule-id"] != "10"]}),
        "ReplicationTaskSettings": json.dumps(settings),
    }
    where = "replication task flightspecials-postgresql-to-oracle-rsync-task: "
    assert differences(pipeline, described) == [
        where + "MigrationType is 'full-load-and-cdc' in AWS, 'cdc' in the pipeline file",
        where + "SourceEndpointArn is 'arn:other' in AWS, 'arn:s' in the pipeline file",
        where + "TableMappings: rule 10 (convert-uppercase on travelbuddy) is only in mappings/flightspecials.json",
        where + "TargetMetadata.LobMaxSize is 64 in AWS, 32 in the pipeline file",
    ]


def test_a_mapping_that_differs_much_is_not_listed_whole(pipeline: Pipeline, described: dict[str, Any]) -> None:
    more = [
        {
            "rule-type": "transformation", "rule-id": str(number), "rule-name": str(number), "rule-target": "table",
            "object-locator": {"schema-name": "s", "table-name": f"t{number}"}, "rule-action": "convert-uppercase",
        }
        for number in range(1000, 1050)
    ]  # fmt: skip
    described["TableMappings"] = json.dumps({"rules": [*json.loads(described["TableMappings"])["rules"], *more]})
    found = differences(pipeline, described)
    assert len(found) == MOST_RULES + 1
    assert found[0].endswith("TableMappings: rule 1000 (convert-uppercase on s.t1000) is only in AWS")
    assert found[-1].endswith(f"TableMappings: {50 - MOST_RULES} more differences of its rules")


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"rules": [{}]}'])
def test_what_is_no_mapping_in_aws_is_said(pipeline: Pipeline, described: dict[str, Any], text: str) -> None:
    described["TableMappings"] = text
    [found] = differences(pipeline, described)
    assert "TableMappings is" in found
    assert "not a table mapping: " in found


def test_the_report_says_what_to_do(pipeline: Pipeline, described: Any) -> None:
    described["MigrationType"] = "full-load"
    said = report(task_differences(described, pipeline.dms.task, pipeline.mapping_text, ARNS))
    assert said.startswith("AWS differs from the pipeline file:\n  replication task flightspecials-")
    assert "set dms.on_drift to 'apply'" in said


@pytest.mark.parametrize(
    ("task", "ran"),
    [
        ({"Status": "ready"}, False),
        ({"Status": "ready", "StopReason": ""}, False),
        ({"Status": "ready", "RecoveryCheckpoint": "checkpoint:V1#1#0/1#0#0#*#0#0"}, True),
        ({"Status": "stopped", "ReplicationTaskStartDate": datetime(2026, 11, 22, tzinfo=UTC)}, True),
        ({"Status": "failed", "StopReason": "Stop Reason FATAL_ERROR Error Level FATAL"}, True),
    ],
)
def test_a_task_that_ever_ran_is_known_by_its_traces(task: Any, ran: bool) -> None:
    assert has_run(task) is ran


def task_difference(key: str) -> Difference:
    return Difference("replication task", "t", key, "a", "b")


@pytest.mark.parametrize("key", ["TableMappings", "TargetMetadata.LobMaxSize"])
def test_what_dms_can_modify_is_not_refused(key: str) -> None:
    refuse_unmodifiable([task_difference(key), Difference("endpoint", "e", "ServerName", "a", "b")])


def test_another_instance_is_refused_with_both_values() -> None:
    with pytest.raises(NeedsPersonError, match="ReplicationInstanceArn is 'a' in AWS, 'b' in the pipeline file"):
        refuse_unmodifiable([task_difference("TableMappings"), task_difference("ReplicationInstanceArn")])


@pytest.mark.parametrize(("ran", "accepted"), [(False, False), (True, True)])
def test_a_mapping_may_change_before_the_first_run_or_with_consent(ran: bool, accepted: bool) -> None:
    task: Any = {"ReplicationTaskIdentifier": "t", **({"RecoveryCheckpoint": "1"} if ran else {})}
    refuse_unaccepted_mapping(task, [task_difference("TableMappings")], "m.json", accepted)
