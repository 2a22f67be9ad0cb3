"""docker-compose.yaml: what can be said of it where no Docker is."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from rehearsal.airflow.environment import Neighbours, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yaml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EXAMPLE = dict(
    line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if line and not line.startswith("#")
)
PARSE = """
import json, sys
from airflow.cli.cli_parser import get_parser

for line in json.loads(sys.argv[1]):
    try:
        get_parser().parse_args(line)
    except SystemExit:
        print(False)
    else:
        print(True)
"""
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
    assert set(re.findall(r"\$\{(\w+)", TEXT)) == set(EXAMPLE) - {"COMPOSE_PROFILES"}
    variables = [pair for service in SERVICES.values() for pair in service.get("environment", {}).items()]
    secrets = [value for name, value in variables if re.search(r"(PASSWORD|SECRET|SECRET_KEY|FERNET_KEY)$", name)]
    secrets += [json.loads(value)["password"] for name, value in variables if "CONN" in name and "password" in value]
    assert len(secrets) > 10
    assert all(secret.startswith("${") for secret in secrets)


def test_every_airflow_reads_the_pipeline_files_of_this_folder() -> None:
    airflow = {name for name in SERVICES if name.startswith("airflow-") and name != "airflow-database"}
    assert len(airflow) == 6
    for name in airflow:
        mounts = [volume.split(":") for volume in SERVICES[name]["volumes"]]
        assert [folder for folder, *rest in mounts if rest == ["/opt/airflow/include", "ro"]] == ["./include"]


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


def test_the_images_have_the_versions_that_the_example_and_the_lock_have() -> None:
    [locked] = re.findall(r"^apache-airflow==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert EXAMPLE["AIRFLOW_IMAGE"] == f"apache/airflow:{locked}-python3.11"
    for file in (ROOT / "docker").glob("*.Dockerfile"):
        [(name, default)] = re.findall(r"^ARG (\w+)=(\S+)\nFROM \$\{\1\}$", file.read_text(), re.MULTILINE)
        assert EXAMPLE[name] == default


def test_every_image_from_elsewhere_can_be_pinned_by_a_digest() -> None:
    fetched = {service["image"] for service in SERVICES.values() if "build" not in service}
    assert fetched == {f"${{{name}_IMAGE:?see .env.example}}" for name in ("AIRFLOW_DATABASE", "ORACLE", "REDIS")}
    assert {argument for service in SERVICES.values() for argument in service.get("build", {}).get("args", {})} == {
        "AIRFLOW_IMAGE",
        "PYTHON_IMAGE",
    }


def test_airflow_takes_the_command_and_the_check_of_each_of_its_services() -> None:
    commands = [
        line
        for name, service in SERVICES.items()
        if service["image"] == "reverse-sync-airflow"
        for line in (shlex.split(service["command"]), service.get("healthcheck", {"test": []})["test"][2:])
        if line and not line[0].startswith("-")
    ]
    assert len(commands) == 9
    understood = subprocess.run(
        [sys.executable, "-c", PARSE, json.dumps([*commands, ["scheduler", "--nonsense"]])],
        capture_output=True,
        text=True,
        check=False,
    )
    # Of what it refuses, Airflow prints the help as well.
    answers = [line for line in understood.stdout.splitlines() if line in {"True", "False"}]
    assert answers == ["True"] * 9 + ["False"], understood.stderr


def test_the_profile_celery_is_whole_and_nothing_needs_it_without() -> None:
    profile = {name for name, service in SERVICES.items() if service.get("profiles") == ["celery"]}
    assert profile == {"redis", "airflow-worker"}
    needed = {
        (name, condition.get("required", True))
        for name, service in SERVICES.items()
        for other, condition in service.get("depends_on", {}).items()
        if other in profile
    }
    assert needed == {("airflow-worker", True), ("airflow-scheduler", False)}
    assert SERVICES["airflow-worker"]["deploy"]["replicas"] == 2
    variables = SERVICES["airflow-worker"]["environment"]
    assert variables["AIRFLOW__CELERY__BROKER_URL"] == "redis://redis:6379/0"
    assert variables == SERVICES["airflow-scheduler"]["environment"]


CHECKED = sorted(name for name, service in SERVICES.items() if "http://" in str(service.get("healthcheck")))


@pytest.mark.parametrize("name", CHECKED)
@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False), (None, False)])
def test_a_health_check_fails_where_it_should(name: str, status: int | None, healthy: bool) -> None:
    kind, program, *arguments = SERVICES[name]["healthcheck"]["test"]
    assert kind == "CMD"
    [port] = re.findall(r":(\d+)/", arguments[-1])
    with answering(status) as listening:
        moved = arguments[-1].replace(f":{port}/", f":{listening}/")
        command = [sys.executable if program == "python" else program, *arguments[:-1], moved]
        checked = subprocess.run(command, capture_output=True, check=False)
    assert (checked.returncode == 0) is healthy


@contextmanager
def answering(status: int | None) -> Iterator[int]:
    """The port of a server that answers everything with this status; with None, of one that is there no more."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status or 500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Not to the tests' output."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever)
    thread.start()
    if status is None:
        stop(server, thread)
    try:
        yield server.server_port
    finally:
        stop(server, thread)


def stop(server: HTTPServer, thread: Thread) -> None:
    if thread.is_alive():
        server.shutdown()
        thread.join()
        server.server_close()
