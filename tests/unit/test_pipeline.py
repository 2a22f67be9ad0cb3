"""The pipeline file: the seed's values are the shipped defaults, and whatever is wrong is said by key, value and allowed."""

import copy
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from reverse_sync.errors import PipelineError
from reverse_sync.pipeline import (
    HttpCanary,
    Pipeline,
    load,
    pipeline_files,
    pipelines,
    runbook,
    shared_names,
    usable_pipelines,
)
from reverse_sync.pipeline import model as module

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "include" / "pipelines" / "flightspecials.yaml"


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
        "TargetMetadata": {
            "SupportLobs": True,
            "FullLobMode": False,
            "LimitedSizeLobMode": True,
            "LobMaxSize": 32,
            "BatchApplyEnabled": False,
        },
        "FullLoadSettings": {"TargetTablePrepMode": "DO_NOTHING"},
        "Logging": {"EnableLogging": True, "EnableLogContext": True},
        "ValidationSettings": {"EnableValidation": False},
    }
    assert isinstance(pipeline.canaries[0], HttpCanary)
    assert pipeline.canaries[0].method == "PUT"
    assert pipeline.canaries[0].path.replace("{id}", "1") == "/travelbuddy/flightspecials/1/name"
    assert pipeline.canaries[0].fill_body(1, "London to Busan") == {"id": 1, "flightSpecialHeader": "London to Busan"}


def test_the_shipped_mapping_is_the_document_that_dms_gets() -> None:
    pipeline = load(SHIPPED)
    assert json.loads(pipeline.mapping_text)["rules"]
    assert pipeline.mapping.selects("travelbuddy", "flightspecial")


LINE: dict[str, Any] = {"table": "shop.line", "id": {"order_no": 7, "sku": "나무-1"}, "column": "note", "text": "t"}
LEAST: dict[str, Any] = {
    "name": "orders",
    "aws": {"region": "eu-west-1"},
    "postgres": {"connection": "shop_postgres", "db_instance": "orders-db"},
    "oracle": {"connection": "erp_oracle"},
    "dms": {
        "replication_instance": "repl",
        "source_endpoint": {"identifier": "a", "connection": "a", "database": "orders"},
        "target_endpoint": {"identifier": "b", "connection": "b", "database": "XE"},
        "task": {"identifier": "t", "mapping": "mappings/flightspecials.json"},
    },
    "canary": {
        "connection": "shop_api",
        "path": "/orders/{id}",
        "method": "POST",
        "table": "shop.orders",
        "id": 2,
        "column": "note",
        "text": "주문 메모",
        "body": {"note": "{text}"},
    },
}


def test_what_is_left_out_takes_a_default_that_names_no_service(tmp_path: Path) -> None:
    pipeline = load(written(tmp_path, LEAST))
    assert pipeline.canaries[0].restore
    assert pipeline.aws.connection == "aws_default"
    values = str(pipeline.model_dump(exclude={"dms": {"task": {"mapping"}}})).lower()
    assert [word for word in ("flight", "travelbuddy", "busan", "flightspecialheader") if word in values] == []


def _required(section: type[BaseModel] = Pipeline, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in section.model_fields.items():
        if not field.is_required():
            continue
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _required(field.annotation, (*path, name))
        yield (*path, name)


@pytest.mark.parametrize("keys", list(_required()), ids=".".join)
def test_each_key_without_a_default_is_named_where_it_is_missing(tmp_path: Path, keys: tuple[str, ...]) -> None:
    document = copy.deepcopy(LEAST)
    section = document
    for key in keys[:-1]:
        section = section[key]
    del section[keys[-1]]
    assert f"  {'.'.join(keys)}: missing, and it has no default. Add it" in refusal(written(tmp_path, document))


def test_a_canary_of_another_service_gets_nothing_of_this_one(tmp_path: Path) -> None:
    said = refusal(written(tmp_path, LEAST | {"canary": {"table": "shop.orders", "column": "note", "id": 2}}))
    assert said.startswith("orders.yaml: 5 value(s) to correct:")
    for key in ("connection", "path", "method", "text", "body"):
        assert f"canary.{key}: missing, and it has no default. Add it." in said


@pytest.mark.parametrize("canary", [{}, {"canary": None}, {"canary": []}])
def test_a_pipeline_may_have_no_canary(tmp_path: Path, canary: dict[str, Any]) -> None:
    without = {key: value for key, value in LEAST.items() if key != "canary"}
    assert load(written(tmp_path, without | canary)).canaries == ()


def test_several_canaries_one_a_table(tmp_path: Path) -> None:
    first, other = {"kind": "sql", **LINE}, {"kind": "sql", **LINE, "table": "shop.parcel"}
    pipeline = load(written(tmp_path, LEAST | {"canary": [first, other]}))
    assert [canary.table for canary in pipeline.canaries] == ["shop.line", "shop.parcel"]
    assert pipeline.with_canary("shop.parcel").canaries == (pipeline.canary_of("shop.parcel"),)
    said = refusal(written(tmp_path, LEAST | {"canary": [first, first]}))
    assert "Allowed: one canary a table, but shop.line has several; a run chooses its canary by table." in said
    said = refusal(written(tmp_path, LEAST | {"canary": [first, other | {"path": "/x"}, {"kind": "sql"}]}))
    assert "  canary[1].path: unknown key (value '/x')." in said
    assert "  canary[2].table: missing, and it has no default. Add it." in said
    said = refusal(written(tmp_path, LEAST | {"canary": [first, "shop.parcel"]}))
    assert "  canary[1]: found 'shop.parcel'." in said


@pytest.mark.parametrize("word", ["flightspecials", "flightspecial", "travelbuddy", "London to Busan"])
def test_no_service_is_named_in_the_code(word: str) -> None:
    files = [*(ROOT / "plugins").rglob("*.py"), *(ROOT / "dags").rglob("*.py")]
    assert files
    assert [file.name for file in files if word.lower() in file.read_text(encoding="utf-8").lower()] == []


@pytest.mark.parametrize(
    ("keys", "value", "message"),
    [
        (("dms", "task", "migration_typ"), "cdc", "dms.task.migration_typ: unknown key (value 'cdc'). Remove it"),
        (
            ("dms", "task", "migration_type"),
            "full-load",
            "dms.task.migration_type: found 'full-load'. Allowed: 'cdc'",
        ),
        (
            ("dms", "source_endpoint", "port"),
            "5432",
            "dms.source_endpoint.port: found '5432'. Allowed: a whole number.",
        ),
        (
            ("dms", "source_endpoint", "port"),
            0,
            "dms.source_endpoint.port: found 0. Allowed: at least 1.",
        ),
        (
            ("dms", "task", "identifier"),
            "two--hyphens",
            "dms.task.identifier: found 'two--hyphens'. Allowed: a small letter, then small letters and digits with single hyphens between them, for instance orders-source",
        ),
        (
            ("postgres", "reboot"),
            "sometimes",
            "postgres.reboot: found 'sometimes'. Allowed: 'when_needed', 'always' or",
        ),
        (("canary", "body"), "{text}", "canary.body: found '{text}'. Allowed: a section of keys and values; or a list"),
        (("canary", "method"), "DELETE", "canary.method: found 'DELETE'. Allowed: 'PUT', 'POST' or 'PATCH'"),
        (
            ("canary", "table"),
            "flightspecial",
            "canary.table: found 'flightspecial'. Allowed: a schema and a table with a dot between them, for instance shop.orders",
        ),
        (
            ("canary", "body"),
            {"note": "text"},
            "{text}', the text that the run writes",
        ),
        (
            ("canary", "address"),
            {"kind": "ingress", "name": "i", "namespace": "n", "connection": "c", "eks_cluster": "e"},
            "Allowed: either connection, a Kubernetes connection of Airflow, or eks_cluster, a name",
        ),
        (
            ("canary", "address"),
            {"kind": "ingress", "name": "i", "namespace": "n"},
            "Allowed: either connection, a Kubernetes connection of Airflow, or eks_cluster, a name",
        ),
        (
            ("canary", "address"),
            {"kind": "ingress", "name": "Flights/../secrets", "namespace": "n", "connection": "c"},
            "canary.address.name: found 'Flights/../secrets'. Allowed: a name of Kubernetes, small letters",
        ),
        (
            ("canary", "address"),
            {"kind": "ingress", "name": "i", "namespace": "n", "eks_cluster": ""},
            "canary.address.eks_cluster: found ''. Allowed: the name of an EKS cluster",
        ),
        (("schedule",), "every day", "schedule: found 'every day'. Allowed: a cron expression of five fields"),
        (
            ("waits", "canary_timeout_s"),
            -1,
            "waits.canary_timeout_s: found -1. Allowed: more than 0.",
        ),
        (
            ("dms", "target_endpoint", "identifier"),
            "flightspecials-postgresql-rsync-source",
            "both endpoints are called",
        ),
        (
            ("dms", "target_endpoint", "ssl_mode"),
            "require",
            "dms.target_endpoint.ssl_mode: found 'require'. Allowed: 'none' or 'verify-ca'",
        ),
        (
            ("dms", "source_endpoint", "ssl_mode"),
            "verify-full",
            "Allowed: ssl_mode 'verify-full' with certificate, a file below include/ that the run imports to DMS",
        ),
        (
            ("dms", "source_endpoint", "certificate"),
            "arn:aws:dms:eu-west-1:123456789012:cert:CA",
            "Allowed: certificate only with ssl_mode verify-ca or verify-full, not with 'none'",
        ),
        (
            ("dms", "source_endpoint", "certificate"),
            "ca.crt",
            "dms.source_endpoint.certificate: found 'ca.crt'. Allowed: a file below include/ that ends in .pem or .sso, or the ARN of a certificate",
        ),
        (
            ("dms", "target_endpoint"),
            {
                "identifier": "target",
                "connection": "target",
                "database": "XE",
                "ssl_mode": "verify-ca",
                "certificate": "tls/missing.pem",
            },
            "Allowed: certificate with a file that is there, and there is no ",
        ),
        (
            ("name",),
            "Flight Specials",
            "name: found 'Flight Specials'. Allowed: a small letter, then small letters, digits and _, at most 63 together, for instance orders",
        ),
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


@pytest.mark.parametrize(
    ("keys", "value", "example"),
    [
        (("name",), "Bestellungen", "orders"),
        (("dms", "replication_instance"), "-repl", "orders-source"),
        (("postgres", "db_instance"), "arn:aws:rds:eu-west-1:123456789012:db:orders", "orders-db"),
        (("dms", "source_endpoint", "certificate"), "/etc/ssl/ca.pem", "tls/rds.pem"),
        (
            ("dms", "assessment"),
            {"bucket": "reports", "role": "dms-role"},
            "arn:aws:iam::123456789012:role/reverse-sync",
        ),
        (("canary", "path"), "orders/2", "/orders/{id}"),
        (("canary", "table"), "shop.orders.2026", "shop.orders"),
    ],
)
def test_a_value_of_another_shape_is_told_the_right_one_in_words(
    tmp_path: Path, keys: tuple[str, ...], value: object, example: str
) -> None:
    document = copy.deepcopy(LEAST)
    section = document
    for key in keys[:-1]:
        section = section[key]
    section[keys[-1]] = value
    said = refusal(written(tmp_path, document))
    assert re.search(rf"Allowed: (?:an?|the) [^\\^$]+, for instance {re.escape(example)}", said)


def test_a_canary_whose_call_names_no_row_is_refused(tmp_path: Path) -> None:
    canary = LEAST["canary"] | {"path": "/orders/2"}
    said = refusal(written(tmp_path, LEAST | {"canary": canary}))
    assert "'{id}', of the canary's row, in canary.path, canary.body or canary.headers" in said


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
    assert (
        f"{tmp_path}/mappings/absent.json can't be read (No such file or directory). Put the table mapping there"
        in said
    )


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
        ("# nothing yet\n", "orders.yaml: 5 value(s) to correct:\n  name: missing, and it has no default. Add it."),
        ("- a\n- b\n", "orders.yaml: expected keys and values, found ['a', 'b']."),
        (
            "name: orders\ncanary: {id: 1}\ncanary: {id: 2}\n",
            "orders.yaml: not YAML: the key canary stands twice in one section; keep one in line 3, column 1",
        ),
        ("since: 2026-13-45\n", "orders.yaml: a value looks like a date or a number, but is none (month must be"),
        ("[" * 5000, "orders.yaml: not YAML that can be read: nested too deeply."),
    ],
)
def test_a_file_that_is_no_pipeline_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "orders.yaml"
    path.write_text(text)
    assert refusal(path).startswith(said)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("aws", "eu-west-1", "aws: found 'eu-west-1'. Allowed: a section of keys and values."),
        ("name", True, "name: found true. Allowed: a text, in quotes where YAML would read something else."),
        ("reconciliation", {"row_limit": 1.5}, "reconciliation.row_limit: found 1.5. Allowed: a whole number."),
        ("schedule", date(2026, 1, 1), "schedule: found 2026-01-01. Allowed: a text"),
        (
            "canary",
            {"kind": "sql", **LINE, "id": None},
            "canary.id: found null. Allowed: a whole number; or a text, in quotes where YAML would read something else;",
        ),
    ],
)
def test_what_is_allowed_is_said_in_words_of_the_file(tmp_path: Path, key: str, value: object, said: str) -> None:
    message = refusal(written(tmp_path, LEAST | {key: value}))
    assert message.startswith(f"orders.yaml: 1 value(s) to correct:\n  {said}")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    assert refusal(path) == "orders.yaml: can't be read (not UTF-8 at byte 1)."


def test_every_yaml_file_is_a_pipeline() -> None:
    assert SHIPPED in list(pipeline_files())


def test_the_runbook_names_the_pipelines_own_resources() -> None:
    text = runbook(load(SHIPPED))
    assert "`flightspecials-postgresql-to-oracle-rsync-task`" in text
    assert "$" not in text


@pytest.fixture
def include(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of pipelines beside the shipped mappings."""
    (tmp_path / "include" / "pipelines").mkdir(parents=True)
    (tmp_path / "include" / "mappings").symlink_to(ROOT / "include" / "mappings")
    monkeypatch.setattr(module, "INCLUDE", tmp_path / "include")
    return tmp_path / "include" / "pipelines"


def put(folder: Path, name: str, **sections: Any) -> Path:
    """The least file under that name, other values in its sections; what is not given is its own."""
    document = copy.deepcopy(LEAST) | {"name": name}
    dms = document["dms"]
    dms["source_endpoint"]["identifier"] = sections.get("source", f"{name}-source")
    dms["target_endpoint"]["identifier"] = sections.get("target", f"{name}-target")
    dms["task"]["identifier"] = sections.get("task", f"{name}-task")
    document["name"] = sections.get("called", name)
    document["aws"] = {"region": sections.get("region", "eu-west-1")}
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"called": "orders"}, "  name: 'orders' is also the one of {other} (name): both would be one DAG"),
        (
            {"task": "orders-task"},
            "  dms.task.identifier: 'orders-task' is also the one of {other} (dms.task.identifier)",
        ),
        (
            {"target": "orders-target"},
            "  dms.target_endpoint.identifier: 'orders-target' is also the one of {other} (dms.target_endpoint.identifier)",
        ),
    ],
)
def test_a_name_that_two_files_share_is_an_error_of_both(include: Path, second: dict[str, Any], said: str) -> None:
    first, other, third = put(include, "orders"), put(include, "stock", **second), put(include, "third")
    found = pipelines()
    for path, its in ((first, other), (other, first)):
        assert isinstance(found[path], PipelineError)
        assert said.format(other=its.name) in str(found[path])
        assert shared_names(path) == str(found[path])
    assert shared_names(third) is None
    assert [pipeline.name for pipeline in usable_pipelines()] == ["third"]


def test_a_source_endpoint_that_is_anothers_target_endpoint_is_an_error_of_both(include: Path) -> None:
    first, other = put(include, "orders"), put(include, "stock", source="orders-target")
    assert "dms.source_endpoint.identifier: 'orders-target' is also the one of orders.yaml" in str(pipelines()[other])
    assert "(dms.source_endpoint.identifier): each would change the other's endpoint" in str(pipelines()[first])


def test_a_name_of_dms_is_another_one_in_another_region(include: Path) -> None:
    put(include, "orders")
    put(include, "stock", task="orders-task", region="eu-west-2")
    assert len(list(usable_pipelines())) == 2


def test_a_draft_elsewhere_shares_nothing_with_the_pipeline_that_it_is_to_replace(
    include: Path, tmp_path: Path
) -> None:
    put(include, "orders")
    assert shared_names(put(tmp_path, "orders")) is None


def test_a_file_with_a_broken_mapping_holds_its_names_all_the_same(include: Path) -> None:
    first, other = put(include, "orders"), put(include, "stock", called="orders")
    text = other.read_text(encoding="utf-8").replace("flightspecials.json", "absent.json")
    other.write_text(text, encoding="utf-8")
    assert "name: 'orders' is also the one of stock.yaml" in str(pipelines()[first])


def test_a_canary_of_sql_needs_no_service(tmp_path: Path) -> None:
    canary = load(written(tmp_path, LEAST | {"canary": {"kind": "sql", **LINE}})).canaries[0]
    assert (canary.kind, canary.id, canary.restore) == ("sql", {"order_no": 7, "sku": "나무-1"}, True)
    said = refusal(written(tmp_path, LEAST | {"canary": {"kind": "sql", "path": "/x", "table": "shop.line"}}))
    assert "  canary.path: unknown key (value '/x')." in said
    assert "  canary.id: missing, and it has no default. Add it." in said
    said = refusal(written(tmp_path, LEAST | {"canary": {"kind": "ftp", **LINE}}))
    assert "Allowed: a section whose kind is 'http' or 'sql'." in said


def test_placeholders_are_filled_at_any_depth_and_keep_their_types(tmp_path: Path) -> None:
    call: dict[str, Any] = {
        "connection": "shop_api",
        "method": "PUT",
        "path": "/orders/{order_no}/lines/{sku}",
        "body": {"data": {"type": "line", "at": [{"order": "{order_no}"}], "note": "» {text} {else}"}, "n": 3},
        "headers": {"If-Match": "{order_no}-{sku}", "X-Note": "plain"},
    }
    canary: Any = load(written(tmp_path, LEAST | {"canary": {**LINE, **call}})).canaries[0]
    row = {"order_no": 8, "sku": "a/b ?"}
    assert canary.fill_path(row) == "/orders/8/lines/a%2Fb%20%3F"
    assert canary.fill_body(row, "부산행 #1") == {
        "data": {"type": "line", "at": [{"order": 8}], "note": "» 부산행 #1 {else}"},
        "n": 3,
    }
    assert canary.fill_headers(row, "x") == {"If-Match": "8-a/b ?", "X-Note": "plain"}
    call["path"] = "/orders/{order_no}"
    call["headers"] = {}
    said = refusal(written(tmp_path, LEAST | {"canary": {**LINE, **call}}))
    assert "'{sku}', of the canary's row, in canary.path, canary.body or canary.headers" in said


def test_the_page_for_a_new_user_shows_files_that_can_be_used(tmp_path: Path) -> None:
    """The mapping lies beside the pipeline file, in a folder laid out as include/ is."""
    page = (ROOT / "docs" / "your-own-tables.md").read_text(encoding="utf-8")
    for folder, kind in (("pipelines", "yaml"), ("mappings", "json")):
        (tmp_path / folder).mkdir()
        text = page.split(f"```{kind}\n")[1].split("```")[0]
        (tmp_path / folder / f"parcels.{kind}").write_text(text, encoding="utf-8")
    pipeline = load(tmp_path / "pipelines" / "parcels.yaml")
    assert pipeline.mapping_path == tmp_path / "mappings" / "parcels.json"
    assert pipeline.canaries[0].table == "shop.parcel"


def test_files_may_be_named_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "NAMED", (SHIPPED, tmp_path))
    (tmp_path / "pipelines").mkdir()
    first = put(tmp_path / "pipelines", "orders")
    assert list(pipeline_files()) == [SHIPPED, first]


def test_a_key_is_a_text_whatever_yaml_takes_it_for(tmp_path: Path, document: dict[str, Any]) -> None:
    """`no` and `on` are truth values to YAML, and columns to people."""
    document["canary"] |= {"path": "/visits/{patient}/{no}", "id": "@"}
    path = written(tmp_path, document)
    path.write_text(path.read_text(encoding="utf-8").replace("'@'", "{patient: 7, no: 2, on: A}"), encoding="utf-8")
    assert "'{on}', of the canary's row" in refusal(path)
    path.write_text(path.read_text(encoding="utf-8").replace(", on: A", ""), encoding="utf-8")
    assert load(path).canaries[0].id == {"patient": 7, "no": 2}
