"""What the AWS stand-in remembers with `--keep`: killed and started again, it contradicts neither database."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.support.aws_stage import QUICK, Stage, eventually
from tests.support.parts import free_port, part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration


@contextmanager
def keeping(beside: Stage, home: Path, *, end: str) -> Iterator[Stage]:
    """An AWS of its own on the databases of a stage, on another port each time; how it ends."""
    stage = Stage(beside.postgres_port, beside.oracle_port, free_port(), beside.control)
    arguments = ["--home", home, "--port", stage.aws_port, "--postgres-port", stage.postgres_port, "--keep"]
    arguments += ["--postgres-control", stage.control, "--oracle-port", stage.oracle_port]
    arguments += [f"--duration={name}={seconds}" for name, seconds in QUICK.items()]
    with part("aws", *arguments, log=home / "log") as process:
        yield stage
        if end == "killed":
            process.kill()
            process.wait()


@pytest.mark.parametrize("end", ["killed", "told to end"])
def test_a_running_task_runs_on_and_nothing_is_lost(tables: Stage, tmp_path: Path, end: str) -> None:
    with keeping(tables, tmp_path, end=end) as stage:
        arn = stage.task("kept", settings={"Logging": {"EnableLogging": True}})
        stage.start(arn)
        before = stage.describe(arn)
        stage.client("secretsmanager").create_secret(Name="kept", SecretString="{}")
        log = stage.log(arn)
    with tables.postgres() as postgres:
        postgres.execute("UPDATE stage.item SET name = 'meanwhile' WHERE id = 1")
    with keeping(tables, tmp_path, end="told to end") as stage:
        stage.wait_for(arn, "running")
        eventually(lambda: tables.oracle_rows("SELECT NAME FROM ITEM") == [("meanwhile",)])
        after = stage.describe(arn)
        assert {key: after[key] for key in before if key.endswith(("Arn", "CreationDate", "Mappings"))} == {
            key: before[key] for key in before if key.endswith(("Arn", "CreationDate", "Mappings"))
        }
        assert stage.client("secretsmanager").get_secret_value(SecretId="kept")["SecretString"] == "{}"
        assert stage.log(arn).startswith(log)
        connections = stage.client("dms").describe_connections()["Connections"]
        assert [one["Status"] for one in connections] == ["successful", "successful"]
        stage.stop(arn)
    with keeping(tables, tmp_path, end="told to end") as stage:
        assert stage.describe(arn)["Status"] == "stopped"
        stage.clean()


def test_what_was_under_way_is_brought_to_its_end(tables: Stage, tmp_path: Path) -> None:
    with keeping(tables, tmp_path, end="killed") as stage:
        arn = stage.task("slow")
        dms = stage.client("dms")
        stage.fault("hold-state", status="stopping")
        stage.start(arn)
        dms.stop_replication_task(ReplicationTaskArn=arn)
        stage.fault("hold-state", status="deleting")
        unused = stage.source_endpoint("unused")
        dms.delete_endpoint(EndpointArn=unused)
        stage.rehearsal("PUT", "durations", {"reboot": 5})
        stage.client("rds").reboot_db_instance(DBInstanceIdentifier="flightspecials-test-postgres-db")
        time.sleep(0.5)  # the server itself is back
    with keeping(tables, tmp_path, end="told to end") as stage:
        assert stage.describe(arn)["Status"] == "stopped"
        assert [one["EndpointIdentifier"] for one in stage.client("dms").describe_endpoints()["Endpoints"]] == [
            "slow-source",
            "slow-target",
        ]
        [instance] = stage.client("rds").describe_db_instances()["DBInstances"]
        assert instance["DBInstanceStatus"] == "available"
        stage.start(arn, "resume-processing")
        stage.clean()


def test_endpoints_follow_the_databases_to_other_ports(prepared: Stage, tmp_path: Path) -> None:
    with keeping(prepared, tmp_path, end="told to end") as stage:
        stage.source_endpoint("ours")
        stage.source_endpoint("another", Port=5999)
    elsewhere = Stage(free_port(), prepared.oracle_port, 0, prepared.control)
    with keeping(elsewhere, tmp_path, end="told to end") as stage:
        endpoints = stage.client("dms").describe_endpoints()["Endpoints"]
        assert {one["EndpointIdentifier"]: one["Port"] for one in endpoints} == {
            "ours": elsewhere.postgres_port,
            "another": 5999,
        }
        [instance] = stage.client("rds").describe_db_instances()["DBInstances"]
        assert instance["Endpoint"]["Port"] == elsewhere.postgres_port


def test_records_that_cannot_be_read_are_named_and_stay(prepared: Stage, tmp_path: Path) -> None:
    (tmp_path / "records.pickle").write_bytes(b"of another version")
    with (
        pytest.raises(
            RuntimeError, match=r"the AWS records in .* cannot be read .*: `make fresh` empties what is kept"
        ),
        keeping(prepared, tmp_path, end="told to end"),
    ):
        pass
    assert (tmp_path / "records.pickle").read_bytes() == b"of another version"


def test_without_keep_nothing_is_remembered(prepared: Stage, tmp_path: Path) -> None:
    other = Stage(prepared.postgres_port, prepared.oracle_port, free_port(), prepared.control)
    arguments = ["--port", other.aws_port, "--postgres-port", other.postgres_port, "--postgres-control", other.control]
    with part("aws", "--home", tmp_path, *arguments, "--oracle-port", other.oracle_port, log=tmp_path / "log"):
        other.source_endpoint("forgotten")
    assert [file.name for file in tmp_path.iterdir()] == ["log"]
