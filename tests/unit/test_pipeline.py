"""The pipeline file: the seed's values are the shipped defaults, and whatever is wrong is said by key, value and allowed."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from reverse_sync import pipeline as module
from reverse_sync.errors import PipelineError
from reverse_sync.pipeline import Pipeline, load, pipeline_files, runbook

SHIPPED = Path(__file__).parents[2] / "include" / "pipelines" / "flightspecials.yaml"


@pytest.fixture
def document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    return found


def written(folder: Path, document: object) -> Path:
    path = folder / "orders.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(PipelineError) as refused:
        load(path)
    return str(refused.value)


def test_the_shipped_file_has_the_seeds_values() -> None:
    pipeline = load(SHIPPED)
    source, target, task = pipeline.dms.source_endpoint, pipeline.dms.target_endpoint, pipeline.dms.task
    assert pipeline.dag_id == "flightspecials_reverse_sync"
    assert pipeline.schedule is None
    assert pipeline.postgres.db_instance == "flightspecials-test-postgres-db"
    assert pipeline.dms.replication_instance == "dmsworkshop-target-dmsrepl"
    assert (source.identifier, source.engine, source.port, source.database, source.ssl_mode) == (
        "flightspecials-postgresql-rsync-source",
        "postgres",
        5432,
        "dso",
        "none",
    )
    assert (target.identifier, target.engine, target.port, target.database, target.ssl_mode) == (
        "travelbuddy-oracle-target",
        "oracle",
        1521,
        "XE",
        "none",
    )
    assert (task.identifier, task.migration_type) == ("flightspecials-postgresql-to-oracle-rsync-task", "cdc")
    assert task.start_on_create
    assert task.settings == {
        "TargetMetadata": {"SupportLobs": True, "FullLobMode": False, "LimitedSizeLobMode": True, "LobMaxSize": 32},
        "FullLoadSettings": {"TargetTablePrepMode": "DO_NOTHING"},
        "Logging": {"EnableLogging": True, "EnableLogContext": True},
        "ValidationSettings": {"EnableValidation": False},
    }
    assert pipeline.canary.method == "PUT"
    assert pipeline.canary.path.replace("{id}", "1") == "/travelbuddy/flightspecials/1/name"
    assert pipeline.canary.fill_body(1, "London to Busan") == {"id": 1, "flightSpecialHeader": "London to Busan"}


def test_the_shipped_mapping_is_the_document_that_dms_gets() -> None:
    pipeline = load(SHIPPED)
    assert json.loads(pipeline.mapping_text)["rules"]
    assert pipeline.mapping.selects("travelbuddy", "flightspecial")


def test_what_is_left_out_takes_the_shipped_default(tmp_path: Path, document: dict[str, Any]) -> None:
    least = {
        "name": "orders",
        "postgres": {"db_instance": "orders-db"},
        "dms": {
            "replication_instance": "repl",
            "source_endpoint": {"identifier": "a", "connection": "a", "database": "orders"},
            "target_endpoint": {"identifier": "b", "connection": "b", "database": "XE"},
            "task": {"identifier": "t", "mapping": "mappings/flightspecials.json"},
        },
    }
    assert load(written(tmp_path, least)).canary == Pipeline.model_validate({**document, "tags": ()}).canary


@pytest.mark.parametrize(
    ("keys", "value", "message"),
    [
        (("dms", "task", "migration_typ"), "cdc", "dms.task.migration_typ: unknown key (value 'cdc'). Remove it"),
        (
            ("dms", "task", "migration_type"),
            "full-load",
            "dms.task.migration_type: found 'full-load'. Allowed: input should be 'cdc'",
        ),
        (
            ("dms", "source_endpoint", "port"),
            "5432",
            "dms.source_endpoint.port: found '5432'. Allowed: input should be a valid integer",
        ),
        (
            ("dms", "source_endpoint", "port"),
            0,
            "dms.source_endpoint.port: found 0. Allowed: input should be greater than",
        ),
        (
            ("dms", "task", "identifier"),
            "two--hyphens",
            "dms.task.identifier: found 'two--hyphens'. Allowed: string should match",
        ),
        (
            ("postgres", "reboot"),
            "sometimes",
            "postgres.reboot: found 'sometimes'. Allowed: input should be 'when_needed', 'always' or",
        ),
        (("canary", "method"), "PATCH", "canary.method: found 'PATCH'. Allowed: input should be 'PUT' or 'POST'"),
        (
            ("canary", "table"),
            "flightspecial",
            "canary.table: found 'flightspecial'. Allowed: string should match pattern",
        ),
        (("schedule",), "every day", "schedule: found 'every day'. Allowed: a cron expression of five fields"),
        (
            ("waits", "canary_timeout_s"),
            -1,
            "waits.canary_timeout_s: found -1. Allowed: input should be greater than 0",
        ),
        (
            ("dms", "target_endpoint", "identifier"),
            "flightspecials-postgresql-rsync-source",
            "both endpoints are called",
        ),
        (("name",), "Flight Specials", "name: found 'Flight Specials'. Allowed: string should match pattern"),
    ],
)
def test_a_wrong_value_is_named(
    tmp_path: Path, document: dict[str, Any], keys: tuple[str, ...], value: object, message: str
) -> None:
    section = document
    for key in keys[:-1]:
        section = section[key]
    section[keys[-1]] = value
    said = refusal(written(tmp_path, document))
    assert said.startswith("orders.yaml: 1 value(s) to correct:")
    assert message in said


def test_a_missing_key_is_named(tmp_path: Path, document: dict[str, Any]) -> None:
    del document["dms"]["replication_instance"]
    assert "dms.replication_instance: missing." in refusal(written(tmp_path, document))


def test_every_wrong_value_is_said_at_once(tmp_path: Path, document: dict[str, Any]) -> None:
    document["postgres"]["reboot"] = document["canary"]["method"] = "나중에"
    said = refusal(written(tmp_path, document))
    assert said.startswith("orders.yaml: 2 value(s) to correct:")
    assert "postgres.reboot: found '나중에'" in said
    assert "canary.method: found '나중에'" in said


def test_a_mapping_file_that_is_not_there_is_named(tmp_path: Path, document: dict[str, Any]) -> None:
    document["dms"]["task"]["mapping"] = "mappings/absent.json"
    said = refusal(written(tmp_path, document))
    assert said.startswith("orders.yaml: Pipeline flightspecials: dms.task.mapping is 'mappings/absent.json', but ")
    assert "can't be read (No such file or directory). Put the table mapping there, or correct the key." in said


@pytest.mark.parametrize(
    ("text", "said"),
    [("{not json", "not JSON"), ('{"rules": [{"rule-type": "selektion", "rule-id": "1"}]}', "selektion")],
)
def test_a_mapping_that_breaks_the_rule_language_is_refused(
    tmp_path: Path, document: dict[str, Any], monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    (tmp_path / "broken.json").write_text(text)
    document["dms"]["task"]["mapping"] = "broken.json"
    monkeypatch.setattr(module, "INCLUDE", tmp_path)
    message = refusal(written(tmp_path, document))
    assert message.startswith("orders.yaml: broken.json")
    assert said in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: [", "orders.yaml: not YAML: while parsing a flow node"),
        ("", "orders.yaml: expected keys and values, found None."),
        ("- a\n- b\n", "orders.yaml: expected keys and values, found ['a', 'b']."),
    ],
)
def test_a_file_that_is_no_pipeline_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "orders.yaml"
    path.write_text(text)
    assert refusal(path).startswith(said)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    assert refusal(path).startswith("orders.yaml: can't be read (")


def test_every_yaml_file_is_a_pipeline() -> None:
    assert SHIPPED in list(pipeline_files())


def test_the_runbook_names_the_pipelines_own_resources() -> None:
    text = runbook(load(SHIPPED))
    assert "`flightspecials-postgresql-to-oracle-rsync-task`" in text
    assert "$" not in text
