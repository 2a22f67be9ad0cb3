"""PostgreSQL, Oracle and AWS of a rehearsal, and what tests do with them."""

from __future__ import annotations

import contextlib
import json
import signal
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
import oracledb
import psycopg
from botocore.config import Config
from botocore.exceptions import ClientError

from rehearsal.aws.settings import DURATIONS
from rehearsal.postgres.cluster import SUPERUSER_PASSWORD
from tests.support.parts import call

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

REGION = "ap-northeast-2"
QUICK = dict.fromkeys(DURATIONS, 0.02) | {"reboot": 0.2, "metrics": 0.1}
SELECT_ALL = {
    "rule-type": "selection",
    "rule-id": "1",
    "rule-name": "1",
    "object-locator": {"schema-name": "stage", "table-name": "%"},
    "rule-action": "include",
    "filters": [],
}


def upper_case(number: int, target: str, **locator: str) -> dict[str, Any]:
    """A rule that turns names of one kind into upper case."""
    return {
        "rule-type": "transformation",
        "rule-id": str(number),
        "rule-name": str(number),
        "rule-target": target,
        "object-locator": {"schema-name": "stage", **locator},
        "rule-action": "convert-uppercase",
    }


MAPPING = {
    "rules": [
        SELECT_ALL,
        upper_case(2, "schema") | {"rule-action": "rename", "value": "TRAVELBUDDY"},
        upper_case(3, "table", **{"table-name": "%"}),
        upper_case(4, "column", **{"table-name": "%", "column-name": "%"}),
    ]
}


@dataclass
class Stage:
    """The running parts, and what tests do with them."""

    postgres_port: int
    oracle_port: int
    aws_port: int
    control: str
    postgres_process: subprocess.Popen[str] | None = None
    oracle_process: subprocess.Popen[str] | None = None
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: Any, region_name: str = REGION, **more: Any) -> Any:
        """A genuine boto3 client, made once."""
        key = f"{service} {region_name} {more}"
        if key not in self.clients:
            self.clients[key] = boto3.client(
                service,
                endpoint_url=f"http://127.0.0.1:{self.aws_port}",
                region_name=region_name,
                aws_access_key_id="test",
                aws_secret_access_key="test",
                config=Config(**{"retries": {"total_max_attempts": 1}, **more}),
            )
        return self.clients[key]

    def rehearsal(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One call of the stand-in's own API; an error comes as its message."""
        return call(f"http://127.0.0.1:{self.aws_port}/rehearsal/{path}", method, body)

    def fault(self, name: str, **arguments: Any) -> Any:
        """Ask for a fault."""
        return self.rehearsal("PUT", f"faults/{name}", arguments)

    def postgres(self) -> psycopg.Connection:
        """A connection to `dso`."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.postgres_port,
            dbname="dso",
            user="postgres",
            password=SUPERUSER_PASSWORD,
            autocommit=True,
        )

    def oracle(self, user: str = "TRAVELBUDDY") -> oracledb.Connection:
        """A connection to Oracle."""
        password = {"TRAVELBUDDY": "welcome", "dmsuser": "dmsuser123"}[user]
        return oracledb.connect(
            host="127.0.0.1", port=self.oracle_port, service_name="XE", user=user, password=password
        )

    def oracle_rows(self, query: str, user: str = "TRAVELBUDDY") -> list[tuple[Any, ...]]:
        """What a query finds in Oracle."""
        with self.oracle(user) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return [tuple(value.read() if hasattr(value, "read") else value for value in row) for row in cursor]

    def oracle_run(self, *statements: str) -> None:
        """Change something in Oracle."""
        with self.oracle() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            connection.commit()

    @contextlib.contextmanager
    def oracle_away(self) -> Iterator[None]:
        """Oracle cannot be reached in the block, and every session is lost."""
        assert self.oracle_process is not None
        self.oracle_process.send_signal(signal.SIGUSR1)
        yield
        self.oracle_process.send_signal(signal.SIGUSR2)
        eventually(self._oracle_answers)

    def _oracle_answers(self) -> bool:
        try:
            self.oracle().close()
        except oracledb.Error:
            return False
        return True

    @property
    def instance_arn(self) -> str:
        """The seeded replication instance."""
        found = self.client("dms").describe_replication_instances()["ReplicationInstances"]
        return str(found[0]["ReplicationInstanceArn"])

    def source_endpoint(self, name: str = "source", **more: Any) -> str:
        """Make the source endpoint; its ARN."""
        return self._endpoint(name, "source", "postgres", self.postgres_port, "dso", more)

    def target_endpoint(self, name: str = "target", **more: Any) -> str:
        """Make the target endpoint; its ARN."""
        return self._endpoint(name, "target", "oracle", self.oracle_port, "XE", more)

    def _endpoint(self, name: str, kind: str, engine: str, port: int, database: str, more: dict[str, Any]) -> str:
        made = self.client("dms").create_endpoint(
            **{
                "EndpointIdentifier": name,
                "EndpointType": kind,
                "EngineName": engine,
                "ServerName": "127.0.0.1",
                "Port": port,
                "DatabaseName": database,
                "Username": "dmsuser",
                "Password": "dmsuser123",
                **more,
            }
        )
        return str(made["Endpoint"]["EndpointArn"])

    def tested(self, arn: str) -> dict[str, Any]:
        """Test an endpoint's connection; what came of it."""
        dms = self.client("dms")
        dms.test_connection(ReplicationInstanceArn=self.instance_arn, EndpointArn=arn)
        where = [{"Name": "endpoint-arn", "Values": [arn]}]
        found: dict[str, Any] = eventually(
            lambda: dms.describe_connections(Filters=where)["Connections"][0], lambda one: one["Status"] != "testing"
        )
        return found

    def task(
        self,
        name: str = "task",
        mapping: dict[str, Any] | None = None,
        settings: dict[str, Any] | None = None,
        source: dict[str, Any] | None = None,
        target: dict[str, Any] | None = None,
    ) -> str:
        """Make endpoints that are tested, and a task that is ready; its ARN."""
        source_arn = self.source_endpoint(f"{name}-source", **(source or {}))
        target_arn = self.target_endpoint(f"{name}-target", **(target or {}))
        for arn in (source_arn, target_arn):
            assert self.tested(arn)["Status"] == "successful"
        arn = self.client("dms").create_replication_task(
            ReplicationTaskIdentifier=name,
            SourceEndpointArn=source_arn,
            TargetEndpointArn=target_arn,
            ReplicationInstanceArn=self.instance_arn,
            MigrationType="cdc",
            TableMappings=json.dumps(mapping or MAPPING),
            ReplicationTaskSettings=json.dumps(settings or {}),
        )["ReplicationTask"]["ReplicationTaskArn"]
        self.wait_for(arn, "ready")
        return str(arn)

    def describe(self, arn: str) -> dict[str, Any]:
        """The task as it is now."""
        where = [{"Name": "replication-task-arn", "Values": [arn]}]
        return dict(self.client("dms").describe_replication_tasks(Filters=where)["ReplicationTasks"][0])

    def wait_for(self, arn: str, status: str) -> dict[str, Any]:
        """Wait until the task has that status."""
        found: dict[str, Any] = eventually(lambda: self.describe(arn), lambda task: task["Status"] == status)
        return found

    def start(self, arn: str, kind: str = "start-replication", **more: Any) -> dict[str, Any]:
        """Start the task and wait until it runs."""
        self.client("dms").start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType=kind, **more)
        return self.wait_for(arn, "running")

    def stop(self, arn: str) -> dict[str, Any]:
        """Stop the task and wait until it is stopped."""
        self.client("dms").stop_replication_task(ReplicationTaskArn=arn)
        return self.wait_for(arn, "stopped")

    def statistics(self, arn: str, table: str = "item") -> dict[str, Any]:
        """The statistics of one of the task's tables."""
        where = [{"Name": "table-name", "Values": [table]}]
        found = self.client("dms").describe_table_statistics(ReplicationTaskArn=arn, Filters=where)
        return dict(found["TableStatistics"][0])

    def log(self, arn: str) -> str:
        """The task's CloudWatch log."""
        stream = f"dms-task-{arn.rpartition(':')[2]}"
        found = self.client("logs").get_log_events(
            logGroupName="dms-tasks-dmsworkshop-target-dmsrepl", logStreamName=stream, startFromHead=True
        )
        return "\n".join(event["message"] for event in found["events"])

    def clean(self) -> None:
        """Take away faults, tasks and endpoints."""
        self.rehearsal("DELETE", "faults")
        dms = self.client("dms")
        for task in dms.describe_replication_tasks()["ReplicationTasks"]:
            arn = task["ReplicationTaskArn"]
            eventually(partial(self._at_rest, arn))
            dms.delete_replication_task(ReplicationTaskArn=arn)
        eventually(lambda: not dms.describe_replication_tasks()["ReplicationTasks"])
        for endpoint in dms.describe_endpoints()["Endpoints"]:
            dms.delete_endpoint(EndpointArn=endpoint["EndpointArn"])
        eventually(lambda: not dms.describe_endpoints()["Endpoints"])
        with self.postgres() as connection:
            connection.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active")

    def _at_rest(self, arn: str) -> bool:
        status = self.describe(arn)["Status"]
        if status == "running":
            with contextlib.suppress(ClientError):
                self.client("dms").stop_replication_task(ReplicationTaskArn=arn)
        return status in _AT_REST


_AT_REST = ("ready", "stopped", "failed", "failed-move")


def eventually(
    look: Callable[[], Any], good: Callable[[Any], bool] = bool, timeout_s: float = 20, every_s: float = 0.02
) -> Any:
    """What ``look`` finds once it is good."""
    deadline = time.monotonic() + timeout_s
    while not good(found := look()):
        assert time.monotonic() < deadline, f"still {found} after {timeout_s} s"
        time.sleep(every_s)
    return found
