"""The project's connections come from AWS Secrets Manager, or from the SSM Parameter Store, by Airflow's own backends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.parts import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration

_BACKENDS = "airflow.providers.amazon.aws.secrets"
_PREFIX = "AIRFLOW_CONN_"
_FILE = "include/pipelines/flightspecials.yaml"


def in_secrets_manager(aws: Any, name: str, value: str) -> Callable[[], object]:
    arn = aws("secretsmanager").create_secret(Name=f"airflow/connections/{name}", SecretString=value)["ARN"]
    return lambda: aws("secretsmanager").delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


def in_parameter_store(aws: Any, name: str, value: str) -> Callable[[], object]:
    path = f"/airflow/connections/{name}"
    aws("ssm").put_parameter(Name=path, Value=value, Type="SecureString")
    return lambda: aws("ssm").delete_parameter(Name=path)


KEEPERS = {
    "secrets_manager.SecretsManagerBackend": (in_secrets_manager, "airflow/connections"),
    "systems_manager.SystemsManagerParameterStoreBackend": (in_parameter_store, "/airflow/connections"),
}


@pytest.fixture(params=KEEPERS)
def environment(request: pytest.FixtureRequest, running: RunningParts) -> Iterator[dict[str, str]]:
    """An environment with the backend and no connection; they are in the backend."""
    keep, prefix = KEEPERS[request.param]
    named = {name: value for name, value in os.environ.items() if name.startswith(_PREFIX)}
    forget = [keep(running.aws, name.removeprefix(_PREFIX).lower(), value) for name, value in named.items()]
    arguments = {
        "connections_prefix": prefix,
        "endpoint_url": f"http://127.0.0.1:{running.ports.aws}",
        "region_name": "ap-northeast-2",
    }
    yield {name: value for name, value in os.environ.items() if name not in named} | {
        "AIRFLOW__SECRETS__BACKEND": f"{_BACKENDS}.{request.param}",
        "AIRFLOW__SECRETS__BACKEND_KWARGS": json.dumps(arguments),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "PYTHONPATH": "plugins",
    }
    for one in forget:
        one()


def test_the_preflight_reaches_everything(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "reverse_sync.preflight", _FILE, "--json"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    found = json.loads(ended.stdout)
    assert ended.returncode == 0, found
    assert [item["what"] for item in found if item["code"] == "unreachable" or item.get("blind")] == []
    assert "dmsuser123" not in ended.stdout + ended.stderr
