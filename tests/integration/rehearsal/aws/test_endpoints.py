"""Endpoints, connections, replication instances, tags and pages, as genuine boto3 sees them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.certificates import write_certificates
from tests.support.aws_stage import Stage, eventually

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

ROLE = "arn:aws:iam::123456789012:role/dms-secrets-access"


def test_an_endpoint_is_made_found_changed_and_deleted(stage: Stage) -> None:
    dms = stage.client("dms")
    arn = stage.source_endpoint(
        PostgreSQLSettings={"PluginName": "pglogical", "HeartbeatEnable": True}, Tags=[{"Key": "team", "Value": "항공"}]
    )
    where = [{"Name": "endpoint-id", "Values": ["source"]}, {"Name": "engine-name", "Values": ["postgres"]}]
    found = dms.describe_endpoints(Filters=where)["Endpoints"][0]
    assert (found["EndpointArn"], found["Status"], found["SslMode"]) == (arn, "active", "none")
    assert "dmsuser123" not in json.dumps(dms.describe_endpoints(), default=str)

    changed = dms.modify_endpoint(EndpointArn=arn, DatabaseName="other", PostgreSQLSettings={"SlotName": "s"})[
        "Endpoint"
    ]
    assert changed["DatabaseName"] == "other"
    assert changed["PostgreSQLSettings"] == {"PluginName": "pglogical", "HeartbeatEnable": True, "SlotName": "s"}
    exact = dms.modify_endpoint(EndpointArn=arn, ExactSettings=True, PostgreSQLSettings={"SlotName": "t"})["Endpoint"]
    assert exact["PostgreSQLSettings"] == {"SlotName": "t"}

    assert dms.list_tags_for_resource(ResourceArn=arn)["TagList"][0]["Value"] == "항공"
    dms.add_tags_to_resource(ResourceArn=arn, Tags=[{"Key": "more", "Value": "1"}])
    dms.remove_tags_from_resource(ResourceArn=arn, TagKeys=["team"])
    assert [tag["Key"] for tag in dms.list_tags_for_resource(ResourceArn=arn)["TagList"]] == ["more"]

    assert dms.delete_endpoint(EndpointArn=arn)["Endpoint"]["Status"] == "deleting"
    eventually(lambda: not dms.describe_endpoints()["Endpoints"])
    with pytest.raises(ClientError, match=r"ResourceNotFoundFault.*No Endpoints found matching the given filter"):
        dms.describe_endpoints(Filters=where)


def test_what_an_endpoint_cannot_be(stage: Stage) -> None:
    stage.source_endpoint()
    wrong: dict[str, dict[str, Any]] = {
        "ResourceAlreadyExistsFault.*already exists: source": {},
        "does not connect to 'mysql', only to postgres": {"name": "b", "EngineName": "mysql"},
        "not a valid identifier": {"name": "-b"},
        "Value 'both' at 'endpointType' failed to satisfy constraint": {"name": "b", "EndpointType": "both"},
        "ServerName, Port, DatabaseName, Username and Password are needed": {"name": "b", "Password": ""},
        "SecretsManagerSecretId and Username.* both given": {
            "name": "b",
            "PostgreSQLSettings": {"SecretsManagerSecretId": "s", "SecretsManagerAccessRoleArn": ROLE},
        },
    }
    for message, attributes in wrong.items():
        with pytest.raises(ClientError, match=message):
            stage.source_endpoint(**attributes)
    assert len(stage.client("dms").describe_endpoints()["Endpoints"]) == 1


def test_a_connection_test_really_connects(stage: Stage) -> None:
    arn = stage.source_endpoint()
    assert stage.tested(arn) | {"ReplicationInstanceArn": ""} == {
        "ReplicationInstanceArn": "",
        "EndpointArn": arn,
        "Status": "successful",
        "LastFailureMessage": "",
        "EndpointIdentifier": "source",
        "ReplicationInstanceIdentifier": "dmsworkshop-target-dmsrepl",
    }
    dms = stage.client("dms")
    dms.modify_endpoint(EndpointArn=arn, Password="wrong")  # which tests it again
    where = [{"Name": "endpoint-arn", "Values": [arn]}]
    failed = eventually(
        lambda: dms.describe_connections(Filters=where)["Connections"][0], lambda c: c["Status"] == "failed"
    )
    assert 'password authentication failed for user "dmsuser"' in failed["LastFailureMessage"]
    assert failed["LastFailureMessage"].startswith("Test Endpoint failed: Application-Status: 1020912")
    assert "wrong" not in failed["LastFailureMessage"]


@pytest.mark.parametrize(
    ("kind", "attributes", "message"),
    [
        ("source_endpoint", {"Port": 1}, "Network error has occurred.*Connection refused"),
        ("source_endpoint", {"DatabaseName": "none"}, 'database "none" does not exist'),
        ("target_endpoint", {"Port": 1}, "Cannot connect to ORACLE server.*DPY-6005"),
    ],
)
def test_a_connection_test_says_why_it_failed(
    stage: Stage, kind: str, attributes: dict[str, Any], message: str
) -> None:
    connection = stage.tested(getattr(stage, kind)(**attributes))
    assert connection["Status"] == "failed"
    assert re.search(message, connection["LastFailureMessage"])


def test_an_endpoint_in_use_stays(stage: Stage) -> None:
    dms, source, target = stage.client("dms"), stage.source_endpoint(), stage.target_endpoint()
    rules = {"rules": [
        {"rule-type": "selection", "rule-id": "1", "rule-name": "1", "rule-action": "include", "filters": [],
         "object-locator": {"schema-name": "stage", "table-name": "%"}}
    ]}  # fmt: skip
    dms.create_replication_task(
        ReplicationTaskIdentifier="task",
        SourceEndpointArn=source,
        TargetEndpointArn=target,
        ReplicationInstanceArn=stage.instance_arn,
        MigrationType="cdc",
        TableMappings=json.dumps(rules),
    )
    with pytest.raises(ClientError, match=r"InvalidResourceStateFault.*is part of one or more ReplicationTasks"):
        dms.delete_endpoint(EndpointArn=source)


def test_filters_and_pages(stage: Stage) -> None:
    dms = stage.client("dms")
    for number in range(23):
        stage.source_endpoint(f"e{number}")
    first = dms.describe_endpoints(MaxRecords=20)
    assert len(first["Endpoints"]) == 20
    assert len(dms.describe_endpoints(MaxRecords=20, Marker=first["Marker"])["Endpoints"]) == 3
    assert len(dms.get_paginator("describe_endpoints").paginate().build_full_result()["Endpoints"]) == 23
    with pytest.raises(ClientError, match=r"MaxRecords is 5; it must be between 20 and 100"):
        dms.describe_endpoints(MaxRecords=5)
    with pytest.raises(ClientError, match=r"InvalidParameterValueException.*'colour' is not valid"):
        dms.describe_endpoints(Filters=[{"Name": "colour", "Values": ["red"]}])


def test_replication_instances(stage: Stage) -> None:
    dms = stage.client("dms")
    seeded = dms.describe_replication_instances(
        Filters=[{"Name": "replication-instance-id", "Values": ["dmsworkshop-target-dmsrepl"]}]
    )["ReplicationInstances"][0]
    assert (seeded["ReplicationInstanceStatus"], seeded["ReplicationInstanceClass"]) == ("available", "dms.c5.xlarge")
    with pytest.raises(ClientError, match=r"ResourceNotFoundFault"):
        dms.describe_replication_instances(Filters=[{"Name": "replication-instance-id", "Values": ["none"]}])
    stage.fault("replication-instance-state", status="incompatible-network")
    with pytest.raises(ClientError, match=r"InvalidResourceStateFault.*incompatible-network"):
        dms.test_connection(
            ReplicationInstanceArn=seeded["ReplicationInstanceArn"], EndpointArn=stage.source_endpoint()
        )


def test_an_endpoint_is_tested_as_its_ssl_mode_says(stage: Stage, tmp_path: Path) -> None:
    dms = stage.client("dms")
    assert stage.tested(stage.source_endpoint(SslMode="require"))["Status"] == "successful"
    with pytest.raises(ClientError, match=r"InvalidCertificateFault.*no X\.509 certificate in PEM"):
        dms.import_certificate(CertificateIdentifier="broken", CertificatePem="-----BEGIN")
    pem = write_certificates(tmp_path, "stranger").authority.read_text()
    arn = dms.import_certificate(CertificateIdentifier="stranger", CertificatePem=pem)["Certificate"]["CertificateArn"]
    found = stage.tested(stage.source_endpoint("verified", SslMode="verify-full", CertificateArn=arn))
    assert (found["Status"], "certificate verify failed" in found["LastFailureMessage"]) == ("failed", True)
    with pytest.raises(ClientError, match=r"InvalidResourceStateFault.*in use by an endpoint"):
        dms.delete_certificate(CertificateArn=arn)
    with pytest.raises(ClientError, match=r"InvalidParameterCombinationException.*needs a CertificateArn"):
        stage.target_endpoint("unverified", SslMode="verify-ca")
    with pytest.raises(
        ClientError, match=r"InvalidParameterValueException.*SslMode require is not supported for oracle"
    ):
        stage.target_endpoint("required", SslMode="require")


def test_what_dms_does_not_know_is_a_fault_and_no_500(stage: Stage) -> None:
    with pytest.raises(
        ClientError, match=r"UnknownOperationException.*the rehearsal does not do DescribeSchemas of dms"
    ):
        stage.client("dms").describe_schemas(EndpointArn="x")
    with pytest.raises(ClientError, match=r"ResourceNotFoundFault"):
        stage.client("dms").test_connection(ReplicationInstanceArn=stage.instance_arn, EndpointArn="none")


def test_another_region_is_empty(stage: Stage) -> None:
    elsewhere = stage.client("dms", region_name="us-east-1")
    assert elsewhere.describe_replication_instances()["ReplicationInstances"] == []
