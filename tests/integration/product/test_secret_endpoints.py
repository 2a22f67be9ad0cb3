"""Endpoints whose logins are secrets of Secrets Manager, made and tested by the run's own steps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.errors import NeedsPersonError, ReverseSyncError
from reverse_sync.pipeline.model import EndpointSecret
from tests.support.procedure import Procedure
from tests.support.wait import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Endpoint, Pipeline
    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration

NAME = "prod/by-secret"
ROLE = "arn:aws:iam::123456789012:role/dms-reads-secrets"


@pytest.fixture(params=["source", "target"])
def by_secret(running: RunningParts, pipeline: Pipeline, request: pytest.FixtureRequest) -> Iterator[Endpoint]:
    """One of the endpoints under another name, with a secret in place of its login; it is gone afterwards."""
    own = pipeline.dms.source_endpoint if request.param == "source" else pipeline.dms.target_endpoint
    port = running.ports.postgres if request.param == "source" else running.ports.oracle
    login = {"username": "dmsuser", "password": "dmsuser123", "host": "127.0.0.1", "port": port}
    secrets = running.aws("secretsmanager")
    secrets.create_secret(Name=NAME, SecretString=json.dumps(login))
    secret = EndpointSecret(id=NAME, role=ROLE)
    yield own.model_copy(update={"identifier": f"by-secret-{request.param}", "secret": secret})
    for arn in endpoints_by_secret(running):
        running.aws("dms").delete_endpoint(EndpointArn=arn)
    assert eventually(lambda: not endpoints_by_secret(running))
    secrets.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)


def endpoints_by_secret(running: RunningParts) -> list[str]:
    """The ARNs of the fixture's endpoints."""
    found = running.aws("dms").describe_endpoints()["Endpoints"]
    return [one["EndpointArn"] for one in found if one["EndpointIdentifier"].startswith("by-secret")]


def made(running: RunningParts, pipeline: Pipeline, endpoint: Endpoint) -> dict[str, Any]:
    """What `ensure_endpoint` did, and the test that follows it."""
    procedure = Procedure(pipeline)
    db_instance = pipeline.postgres.db_instance if endpoint.engine == "postgres" else None
    ensured = procedure.ensure(endpoint, db_instance)
    return {"ensured": ensured, "tested": procedure.test(endpoint, ensured["arn"], procedure.instance()["arn"])}


def test_dms_logs_in_by_the_secret_and_has_no_login_of_its_own(
    running: RunningParts, pipeline: Pipeline, by_secret: Endpoint
) -> None:
    first, again = (made(running, pipeline, by_secret) for _ in range(2))
    assert (first["ensured"]["outcome"], again["ensured"]["outcome"]) == ("changed", "left alone")
    assert first["tested"]["status"] == "successful"
    [found] = running.aws("dms").describe_endpoints(
        Filters=[{"Name": "endpoint-id", "Values": [by_secret.identifier]}]
    )["Endpoints"]
    assert not found.get("Username")
    assert not found.get("ServerName")


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ({"password": "sw0rdfish-wrong"}, ("password authentication failed", "ORA-01017")),
        ({"host": None}, (f"the secret {NAME} has no host",)),
        (None, ("Unable to find Secrets Manager secret",)),
    ],
    ids=["wrong password", "no host", "no secret"],
)
def test_a_secret_that_dms_cannot_use_is_named_with_its_role(
    running: RunningParts, pipeline: Pipeline, by_secret: Endpoint, secret: dict[str, Any] | None, said: tuple[str, ...]
) -> None:
    secrets = running.aws("secretsmanager")
    kept = json.loads(secrets.get_secret_value(SecretId=NAME)["SecretString"])
    if secret is None:
        secrets.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)
    else:
        secrets.put_secret_value(SecretId=NAME, SecretString=json.dumps(kept | secret))
    applied = pipeline.model_copy(update={"dms": pipeline.dms.model_copy(update={"on_drift": "apply"})})
    with pytest.raises(NeedsPersonError) as failed:
        made(running, applied, by_secret)
    message = str(failed.value)
    assert any(text in message for text in said), message
    assert f"from the secret {NAME}, with the role {ROLE}: correct the secret in Secrets Manager" in message
    assert "sw0rdfish" not in message
    if secret is None:  # for the fixture's end
        secrets.create_secret(Name=NAME, SecretString=json.dumps(kept))


def test_an_endpoint_in_deletion_is_not_taken_for_one(
    running: RunningParts, pipeline: Pipeline, by_secret: Endpoint
) -> None:
    db_instance = pipeline.postgres.db_instance if by_secret.engine == "postgres" else None

    def ensure() -> dict[str, Any]:
        return dict(Procedure(pipeline).ensure(by_secret, db_instance))

    first = ensure()["arn"]
    with running.durations(endpoint_delete=3.0):
        running.aws("dms").delete_endpoint(EndpointArn=first)
        with pytest.raises(ReverseSyncError, match="should be there or not at all, but is being deleted") as failed:
            ensure()
    assert not isinstance(failed.value, NeedsPersonError)  # so that Airflow tries again
    assert eventually(lambda: not endpoints_by_secret(running))
    again = ensure()
    assert (again["outcome"], again["arn"] == first) == ("changed", False)
