"""docker-compose.yaml: what can be said of it where no Docker is."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from rehearsal.airflow.environment import Neighbours, environment

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yaml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EXAMPLE = dict(
    line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if line and not line.startswith("#")
)
ONE_SHOT = {"airflow-migration", "oracle-seed"}


def test_it_follows_the_compose_specification() -> None:
    schema = json.loads((ROOT / "tests/data/compose-spec.json").read_text())
    jsonschema.Draft7Validator(schema).validate(COMPOSE)


def test_every_service_has_a_health_check_or_ends_by_itself() -> None:
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == ONE_SHOT
    waited_for = {
        (needed, condition["condition"])
        for service in SERVICES.values()
        for needed, condition in service.get("depends_on", {}).items()
    }
    for needed, condition in waited_for:
        assert condition == ("service_completed_successfully" if needed in ONE_SHOT else "service_healthy")


def test_secrets_come_from_the_env_file_and_every_one_is_in_the_example() -> None:
    assert set(re.findall(r"\$\{(\w+)", TEXT)) == set(EXAMPLE)
    variables = [pair for service in SERVICES.values() for pair in service.get("environment", {}).items()]
    secrets = [value for name, value in variables if re.search(r"(PASSWORD|SECRET|SECRET_KEY|FERNET_KEY)$", name)]
    secrets += [json.loads(value)["password"] for name, value in variables if "CONN" in name and "password" in value]
    assert len(secrets) > 10
    assert all(secret.startswith("${") for secret in secrets)


def test_ports_are_published_on_loopback_only() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(published) == 5
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_its_connections_are_those_of_the_rehearsal() -> None:
    local = environment(Path("airflow"), 1, Neighbours(1, 2, 3, 4))
    for service in SERVICES.values():
        variables = service.get("environment", {})
        if service.get("image") == "reverse-sync-airflow":
            connections = {name: filled(text) for name, text in variables.items() if name.startswith("AIRFLOW_CONN_")}
            assert set(connections) == {name for name in local if name.startswith("AIRFLOW_CONN_")}
            for name, text in connections.items():
                expected, found = json.loads(local[name]), json.loads(text)
                for key in ("conn_type", "login", "password", "schema"):
                    assert found.get(key) == expected.get(key), name


def filled(text: str) -> str:
    return re.sub(r"\$\{(\w+)[^}]*\}", lambda match: EXAMPLE[match[1]], text)


@pytest.mark.parametrize(
    "name",
    [name for name, service in SERVICES.items() if "rehearsal." in service.get("command", "") and name not in ONE_SHOT],
)
def test_the_parts_take_these_options(name: str) -> None:
    _, *arguments = shlex.split(SERVICES[name]["command"])
    # --help ends the program only after the options before it were understood.
    understood = subprocess.run(
        [sys.executable, *arguments, "--help"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "plugins")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert understood.returncode == 0, understood.stderr
    options = set(re.findall(r"--[a-z-]+", understood.stdout))
    assert {argument for argument in arguments if argument.startswith("--")} <= options


@pytest.mark.parametrize("file", sorted((ROOT / "docker").glob("*.Dockerfile")), ids=lambda file: file.name)
def test_what_the_images_copy_is_there(file: Path) -> None:
    instructions = [line.split() for line in file.read_text().splitlines()]
    sources = [words[1] for words in instructions if words[:1] == ["COPY"]]
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
    assert {service["build"]["dockerfile"] for service in SERVICES.values() if "build" in service} == {
        f"docker/{one.name}" for one in (ROOT / "docker").glob("*.Dockerfile")
    }


def test_the_image_has_the_airflow_that_the_lock_has() -> None:
    [locked] = re.findall(r"^apache-airflow==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert f"FROM apache/airflow:{locked}-python3.11\n" in (ROOT / "docker/airflow.Dockerfile").read_text()
