"""What differs between the pipeline file and DMS is applied with the task stopped, and nothing is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.errors import NeedsPersonError
from tests.support.procedure import Procedure
from tests.support.wait import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration


def with_dms(pipeline: Pipeline, mapping: dict[str, Any] | None = None, **changes: Any) -> Procedure:
    """The procedure of a pipeline file that says something else of DMS."""
    task = pipeline.dms.task.model_copy(update=changes.pop("task", {}))
    source = pipeline.dms.source_endpoint.model_copy(update=changes.pop("source", {}))
    dms = pipeline.dms.model_copy(update={"on_drift": "apply", "task": task, "source_endpoint": source, **changes})
    other = pipeline.model_copy(update={"dms": dms})
    if mapping:
        other.__dict__["mapping_text"] = json.dumps(mapping)
    return Procedure(other)


@pytest.fixture
def applying(replicating: Procedure, pipeline: Pipeline) -> Iterator[Procedure]:
    """The pipeline as it is, with `on_drift: apply`; whatever a test changed is as before afterwards."""
    procedure = with_dms(pipeline)
    yield procedure
    procedure.start(accept_mapping_change=True)


def header(running: RunningParts, row_id: int) -> str | None:
    with running.oracle() as session, session.cursor() as cursor:
        cursor.execute("SELECT HEADER FROM FLIGHTSPECIAL WHERE ID = :1", [row_id])
        row = cursor.fetchone()
    return str(row[0]) if row else None


def write(running: RunningParts, row_id: int, text: str) -> None:
    with running.postgres() as session:
        session.execute("UPDATE travelbuddy.flightspecial SET header = %s WHERE id = %s", [text, row_id])


def task(running: RunningParts) -> dict[str, Any]:
    return dict(running.aws("dms").describe_replication_tasks()["ReplicationTasks"][0])


def test_settings_are_corrected_with_the_task_stopped_and_no_change_is_lost(
    running: RunningParts, applying: Procedure, pipeline: Pipeline
) -> None:
    other = with_dms(pipeline, task={"limited_lob_max_kb": 64}, source={"extra_connection_attributes": "captureDdls=N"})
    assert other.settle()["what"] == "the task is stopped"
    write(running, 4, "정지 중에 쓴 값")
    steps = other.start()
    assert steps["source"]["what"] == "corrected ExtraConnectionAttributes.captureddls"
    assert steps["task"]["what"] == "corrected TargetMetadata.LobMaxSize"
    assert steps["started"]["how"] == "resume-processing"
    assert eventually(lambda: header(running, 4) == "정지 중에 쓴 값")
    assert json.loads(task(running)["ReplicationTaskSettings"])["TargetMetadata"]["LobMaxSize"] == 64


def test_where_nothing_differs_the_task_is_not_stopped(running: RunningParts, applying: Procedure) -> None:
    applying.start()
    began = task(running)["ReplicationTaskStartDate"]
    steps = applying.start()
    assert [steps[step]["outcome"] for step in ("source", "target", "task", "started")] == ["left alone"] * 4
    assert task(running)["ReplicationTaskStartDate"] == began


def test_what_is_ignored_stays(running: RunningParts, applying: Procedure, pipeline: Pipeline) -> None:
    steps = with_dms(pipeline, task={"limited_lob_max_kb": 64}, on_drift="ignore").start()
    assert steps["task"]["outcome"] == "left alone"
    assert "LobMaxSize is 32 in AWS, 64 in the pipeline file" in steps["task"]["differences"][0]
    assert json.loads(task(running)["ReplicationTaskSettings"])["TargetMetadata"]["LobMaxSize"] == 32


def test_what_is_reported_is_not_changed(running: RunningParts, applying: Procedure, pipeline: Pipeline) -> None:
    with pytest.raises(NeedsPersonError, match="LobMaxSize is 32 in AWS, 64 in the pipeline") as refused:
        with_dms(pipeline, task={"limited_lob_max_kb": 64}, on_drift="report").start()
    assert "set dms.on_drift to 'apply'" in str(refused.value)
    assert task(running)["Status"] == "running"


def test_another_mapping_of_a_task_that_has_run_must_be_accepted(
    running: RunningParts, applying: Procedure, pipeline: Pipeline
) -> None:
    mapping = json.loads(pipeline.mapping_text)
    for rule in mapping["rules"]:
        rule["rule-name"] += "-anew"
    other = with_dms(pipeline, mapping=mapping)
    with pytest.raises(NeedsPersonError, match="Rows in Oracle keep what the old mapping made of them") as refused:
        other.settle()
    assert "trigger the DAG with accept_mapping_change" in str(refused.value)
    assert task(running)["Status"] == "running"

    other.settle(accept_mapping_change=True)
    write(running, 5, "새 매핑")
    steps = other.start(accept_mapping_change=True)
    assert (steps["task"]["what"], steps["started"]["how"]) == ("corrected TableMappings", "resume-processing")
    assert eventually(lambda: header(running, 5) == "새 매핑")


def test_what_dms_cannot_change_is_refused_before_the_task_is_stopped(
    running: RunningParts, applying: Procedure, pipeline: Pipeline
) -> None:
    other = with_dms(pipeline, source={"identifier": "another-source"}, task={"limited_lob_max_kb": 64})
    with pytest.raises(NeedsPersonError, match=r"SourceEndpointArn is .*, and DMS can't change that of an existing"):
        other.settle()
    assert task(running)["Status"] == "running"
