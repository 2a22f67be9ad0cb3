"""Endpoints whose logins are secrets in Secrets Manager: connection tests, workers, and secrets that cannot be used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.aws_tables import arrived, run_sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.aws_stage import Stage

pytestmark = pytest.mark.integration

ROLE = "arn:aws:iam::123456789012:role/dms-secrets-access"
NO_LOGIN: dict[str, Any] = {"ServerName": "", "Port": 0, "Username": "", "Password": ""}


@pytest.fixture
def secrets(oracle: Stage, stage: Stage) -> Iterator[Any]:
    """A client of Secrets Manager, with the logins of both databases in it: `source` and `target`."""
    client = stage.client("secretsmanager")
    for name, port in {"source": stage.postgres_port, "target": oracle.oracle_port}.items():
        client.create_secret(Name=name, SecretString=json.dumps(login(port)))
    yield client
    for secret in client.list_secrets()["SecretList"]:
        client.delete_secret(SecretId=secret["ARN"], ForceDeleteWithoutRecovery=True)


def login(port: int, **other: Any) -> dict[str, Any]:
    return {"username": "dmsuser", "password": "dmsuser123", "host": "127.0.0.1", "port": port, **other}


def endpoint(kind: str, secret: str) -> dict[str, Any]:
    settings = {"source": "PostgreSQLSettings", "target": "OracleSettings"}[kind]
    return NO_LOGIN | {settings: {"SecretsManagerSecretId": secret, "SecretsManagerAccessRoleArn": ROLE}}


def test_a_task_logs_in_by_secrets(tables: Stage, secrets: Any) -> None:
    arn = tables.task(source=endpoint("source", "source"), target=endpoint("target", "target"))
    tables.start(arn)
    run_sql(tables, "UPDATE stage.item SET name = '비밀' WHERE id = 1")
    arrived(tables, {1: "비밀"})

    tables.stop(arn)
    secrets.delete_secret(SecretId="target", ForceDeleteWithoutRecovery=True)
    tables.client("dms").start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType="resume-processing")
    failed = tables.wait_for(arn, "failed")
    assert "the secret target cannot be read: SecretNotFoundException" in failed["LastFailureMessage"]


@pytest.mark.parametrize(
    ("kind", "other", "message"),
    [
        ("source", None, "Failed to retrieve secret. Unable to find Secrets Manager secret"),
        ("target", None, "Failed to retrieve secret. Unable to find Secrets Manager secret"),
        ("source", {"password": "wrong-one"}, 'password authentication failed for user "dmsuser"'),
        ("target", {"password": "wrong-one"}, "ORACLE server, Application-Detailed-Message: OCI error 'ORA-01017"),
        ("target", [], "the secret target is not a JSON object"),
        ("target", {"host": None}, "the secret target has no host"),
    ],
    ids=["no source", "no target", "wrong source", "wrong target", "no object", "incomplete"],
)
def test_a_secret_that_cannot_be_used(stage: Stage, secrets: Any, kind: str, other: Any, message: str) -> None:
    if other is None:
        secrets.delete_secret(SecretId=kind, ForceDeleteWithoutRecovery=True)
    else:
        port = {"source": stage.postgres_port, "target": stage.oracle_port}[kind]
        text = json.dumps(login(port, **other) if isinstance(other, dict) else other)
        secrets.put_secret_value(SecretId=kind, SecretString=text)
    make = {"source": stage.source_endpoint, "target": stage.target_endpoint}[kind]
    found = stage.tested(make(**endpoint(kind, kind)))
    assert found["Status"] == "failed"
    assert found["LastFailureMessage"].startswith("Test Endpoint failed: Application-Status: 1020912, ")
    assert message in found["LastFailureMessage"]
    assert "wrong-one" not in found["LastFailureMessage"]
