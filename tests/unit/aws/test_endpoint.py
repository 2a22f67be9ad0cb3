"""The endpoint that the pipeline wants against the one that DMS has."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk import Connection

from reverse_sync.aws.endpoint import EndpointRequest, endpoint_differences, endpoint_request
from reverse_sync.errors import NeedsPersonError
from reverse_sync.pipeline import Heartbeat, Pipeline, load
from tests.support.parts import ROOT


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return load(ROOT / "include" / "pipelines" / "flightspecials.yaml")


def address() -> str:
    return "db.example"


@pytest.fixture
def request_(pipeline: Pipeline) -> EndpointRequest:
    login = Connection(conn_id="dms", conn_type="postgres", login="dmsuser", password="dmsuser123")
    return endpoint_request(pipeline.dms.source_endpoint, login, address)


def test_the_request_has_the_seeds_values_and_no_password(request_: dict[str, Any]) -> None:
    assert request_ == {
        "EndpointIdentifier": "flightspecials-postgresql-rsync-source",
        "EndpointType": "source",
        "EngineName": "postgres",
        "ServerName": "db.example",
        "Port": 5432,
        "DatabaseName": "dso",
        "Username": "dmsuser",
        "SslMode": "none",
        "ExtraConnectionAttributes": "",
    }


def test_the_connections_own_port_wins(pipeline: Pipeline) -> None:
    login = Connection(conn_id="dms", conn_type="oracle", login="dmsuser", host="legacy", port=11521)
    request = endpoint_request(pipeline.dms.target_endpoint, login, None)
    assert (request["EndpointType"], request["Port"]) == ("target", 11521)


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"EndpointType": "SOURCE"},
        {"DatabaseName": None, "PostgreSQLSettings": {"DatabaseName": "dso"}},
        {"Status": "active", "KmsKeyId": "arn:key"},
    ],
)
def test_an_endpoint_as_dms_describes_it_does_not_differ(request_: dict[str, Any], found: dict[str, Any]) -> None:
    described = {key: value for key, value in {**request_, **found}.items() if value is not None}
    assert endpoint_differences(described, request_) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ServerName", "old.example"),
        ("Port", 5433),
        ("Username", "admin"),
        ("SslMode", "require"),
        ("EngineName", "aurora-postgresql"),
    ],
)
def test_a_differing_endpoint_is_reported_with_both_values(request_: dict[str, Any], key: str, value: object) -> None:
    (difference,) = endpoint_differences({**request_, key: value}, request_)
    assert str(difference) == (
        f"endpoint flightspecials-postgresql-rsync-source: {key} is {value!r} in AWS, {request_[key]!r} in the pipeline file"
    )


def test_a_heartbeat_is_asked_for_where_the_file_has_one(pipeline: Pipeline, request_: dict[str, Any]) -> None:
    endpoint = pipeline.dms.source_endpoint.model_copy(
        update={"heartbeat": Heartbeat(every_min=3, artifacts_schema="dms")}
    )
    login = Connection(conn_id="dms", conn_type="postgres", login="dmsuser")
    request = endpoint_request(endpoint, login, address)
    settings = {"HeartbeatEnable": True, "HeartbeatFrequency": 3, "HeartbeatSchema": "dms"}
    assert request == {**request_, "PostgreSQLSettings": settings}
    assert endpoint_differences(request, request) == []
    found = {**request, "PostgreSQLSettings": {"HeartbeatEnable": False, "DatabaseName": "dso"}}
    assert [difference.key for difference in endpoint_differences(found, request)] == list(settings)


def test_the_connections_own_host_wins_and_rds_is_not_asked(pipeline: Pipeline) -> None:
    def never() -> str:
        raise AssertionError("RDS was asked")

    login = Connection(conn_id="dms", conn_type="postgres", login="dmsuser", host="by.name.example")
    assert endpoint_request(pipeline.dms.source_endpoint, login, never)["ServerName"] == "by.name.example"


@pytest.mark.parametrize("host", ["db.example:1522/ERP", "tcps://db.example:1522/ERP"])
def test_dms_is_given_host_and_port_of_a_connect_string(pipeline: Pipeline, host: str) -> None:
    login = Connection(conn_id="dms", conn_type="oracle", login="dmsuser", host=host)
    request = endpoint_request(pipeline.dms.target_endpoint, login, None)
    assert (request["ServerName"], request["Port"]) == ("db.example", 1522)


def test_a_connect_string_without_one_host_is_refused(pipeline: Pipeline) -> None:
    login = Connection(conn_id="dms", conn_type="oracle", login="dmsuser", extra='{"dsn": "ALIAS"}')
    with pytest.raises(NeedsPersonError, match=r"tells none: 'ALIAS' names no host that can be found\. Put them into"):
        endpoint_request(pipeline.dms.target_endpoint, login, None)


@pytest.mark.parametrize("rds_address", [None, lambda: None])
def test_an_endpoint_without_an_address_is_refused(pipeline: Pipeline, rds_address: Any) -> None:
    login = Connection(conn_id="dms", conn_type="oracle", login="dmsuser")
    with pytest.raises(NeedsPersonError) as raised:
        endpoint_request(pipeline.dms.target_endpoint, login, rds_address)
    assert "but the connection 'travelbuddy_dms_target' has no host: add the host" in str(raised.value)


def test_an_endpoint_without_a_login_is_refused(pipeline: Pipeline) -> None:
    with pytest.raises(NeedsPersonError) as raised:
        endpoint_request(pipeline.dms.source_endpoint, Connection(conn_id="dms", conn_type="postgres"), address)
    assert "but the connection 'flightspecials_dms_source' has none: add the login" in str(raised.value)


@pytest.mark.parametrize("section", ["OracleSettings", "PostgreSQLSettings", "GcpMySQLSettings"])
def test_settings_of_any_engine_count_as_far_as_they_are_asked_for(request_: dict[str, Any], section: str) -> None:
    wanted = request_ | {section: {"CharLengthSemantics": "char", "NumberDatatypeScale": 4}}
    described = request_ | {section: {"CharLengthSemantics": "char", "NumberDatatypeScale": 4, "DatabaseName": "dso"}}
    assert endpoint_differences(described, wanted) == []
    described[section]["NumberDatatypeScale"] = 10
    (difference,) = endpoint_differences(described, wanted)
    assert (difference.key, difference.found, difference.wanted) == ("NumberDatatypeScale", 10, 4)
    (difference, other) = endpoint_differences(request_, wanted)
    assert (difference.found, other.found) == ("", "")


@pytest.mark.parametrize(
    ("found", "wanted", "differs"),
    [
        ("captureDdls=N;slotName=s", "slotName=s;captureDdls=N", False),
        ("CaptureDDLs=N;", "captureDdls=N", False),
        ("captureDdls=N; slotName=s ;", "captureDdls=N;slotName=s", False),
        ("", ";", False),
        ("captureDdls=N", "captureDdls=Y", True),
        ("pluginName=pglogical", "pluginName=PGLOGICAL", True),
        ("captureDdls=N;slotName=s", "captureDdls=N", True),
        ("", "captureDdls=N", True),
        ("afterConnectScript=SET a=1", "afterConnectScript=SET a=2", True),
    ],
)
def test_extra_connection_attributes_are_compared_one_by_one(
    request_: dict[str, Any], found: str, wanted: str, differs: bool
) -> None:
    key = "ExtraConnectionAttributes"
    assert bool(endpoint_differences({**request_, key: found}, {**request_, key: wanted})) is differs


def test_an_attribute_that_differs_is_named_and_a_secret_one_keeps_its_value(request_: dict[str, Any]) -> None:
    key = "ExtraConnectionAttributes"
    found = {**request_, key: "captureDdls=N;asm_user_password=old-secret;slotName=s"}
    wanted = {**request_, key: "captureDdls=Y;asm_user_password=new-secret"}
    where = f"endpoint {request_['EndpointIdentifier']}: {key}"
    assert [str(difference) for difference in endpoint_differences(found, wanted)] == [
        f"{where}.captureddls is 'N' in AWS, 'Y' in the pipeline file",
        f"{where}.asm_user_password: another value, which is not shown, in AWS than in the pipeline file",
        f"{where}.slotname is 's' in AWS, None in the pipeline file",
    ]


def test_a_certificate_is_asked_for_by_its_arn(pipeline: Pipeline) -> None:
    arn = "arn:aws:dms:eu-west-1:123456789012:cert:ORACLE-CA"
    endpoint = pipeline.dms.target_endpoint.model_copy(update={"ssl_mode": "verify-ca", "certificate": arn})
    login = Connection(conn_id="dms", conn_type="oracle", host="legacy", login="dmsuser")
    request = endpoint_request(endpoint, login, None, arn)
    assert (request["SslMode"], request["CertificateArn"]) == ("verify-ca", arn)
    [difference] = endpoint_differences({**request, "CertificateArn": f"{arn}2"}, request)
    assert difference.key == "CertificateArn"


def test_a_secret_stands_in_place_of_address_and_login(pipeline: Pipeline) -> None:
    role = "arn:aws:iam::123456789012:role/dms-reads-secrets"
    source = pipeline.dms.source_endpoint
    secret = {"secret": {"id": "prod/dms", "role": role}, "heartbeat": {"every_min": 5}}
    endpoint = type(source).model_validate(source.model_dump() | secret)
    request = endpoint_request(endpoint, Connection(conn_id="dms", conn_type="postgres", login="dmsuser"), None)
    assert request.keys().isdisjoint({"ServerName", "Port", "Username"})
    assert request["PostgreSQLSettings"].items() >= {
        ("SecretsManagerSecretId", "prod/dms"),
        ("SecretsManagerAccessRoleArn", role),
        ("HeartbeatFrequency", 5),
    }
    other = {**request, "PostgreSQLSettings": request["PostgreSQLSettings"] | {"SecretsManagerSecretId": "test/dms"}}
    [difference] = endpoint_differences(other, request)
    assert (difference.key, difference.found) == ("SecretsManagerSecretId", "test/dms")
