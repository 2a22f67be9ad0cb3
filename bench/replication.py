"""From PostgreSQL's commit to Oracle's: changes and transactions a second, latency, and the worker's memory."""

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import oracledb
import psutil
import psycopg

from rehearsal.layout import PROJECT, Layout
from rehearsal.orchestrator import Orchestrator
from rehearsal.parts import PARTS
from rehearsal.port_choice import choose_ports
from rehearsal.postgres.cluster import SUPERUSER, SUPERUSER_PASSWORD

_LARGE = 100_000
_HUGE = int(os.environ.get("BENCH_HUGE", "1000000"))
_SINGLE = 6_000
_SAMPLES = 300
_MAPPING = PROJECT / "include/mappings/flightspecials.json"
_INSERT = """
    INSERT INTO travelbuddy.flightspecial
        (id, header, body, origin, origin_code, destination, destination_code, cost, expiry_date)
    SELECT n, 'London to Paris ' || n, 'Jewel of the East', 'London', 'LHR', 'Paris', 'CDG', n %% 300, now()
    FROM generate_series(%s::bigint, %s::bigint) n
"""


def main() -> None:
    """Print the figures, each beside its aim."""
    with tempfile.TemporaryDirectory() as folder:
        ports = choose_ports({})
        parts = [part for part in PARTS if part.name in ("postgres", "oracle", "aws")]
        orchestrator = Orchestrator(Layout(Path(folder)), ports, parts)
        try:
            orchestrator.start(tell=lambda _: None)
            stage = Stage(ports.postgres, ports.oracle, ports.aws)
            stage.replicate()
            measure(stage, orchestrator.pids["aws"])
        finally:
            orchestrator.stop()


class Stage:
    """Both databases, and a task that runs between them."""

    def __init__(self, postgres_port: int, oracle_port: int, aws_port: int) -> None:
        self.postgres_port, self._oracle_port = postgres_port, oracle_port
        options: dict[str, Any] = {"endpoint_url": f"http://127.0.0.1:{aws_port}", "region_name": "ap-northeast-2"}
        options |= {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        self._dms, self._rds = boto3.client("dms", **options), boto3.client("rds", **options)
        self.oracle: Any = None

    def postgres(self) -> psycopg.Connection:
        """A connection to `dso`."""
        login: dict[str, Any] = {"user": SUPERUSER, "password": SUPERUSER_PASSWORD, "dbname": "dso"}
        return psycopg.connect(host="127.0.0.1", port=self.postgres_port, autocommit=True, **login)

    def replicate(self) -> None:
        """Reboot PostgreSQL, disable the trigger, make endpoints and task, and start it."""
        self._rds.reboot_db_instance(DBInstanceIdentifier="flightspecials-test-postgres-db")
        until(lambda: self._rds.describe_db_instances()["DBInstances"][0]["DBInstanceStatus"] == "available")
        with self.postgres() as postgres:
            postgres.execute("CREATE EXTENSION pglogical")
        self.oracle = oracledb.connect(user="TRAVELBUDDY", password="welcome", dsn=f"127.0.0.1:{self._oracle_port}/XE")
        self.oracle.cursor().execute("ALTER TRIGGER FLIGHTSPECIAL_TRIGGER DISABLE")
        instance = self._dms.describe_replication_instances()["ReplicationInstances"][0]["ReplicationInstanceArn"]
        endpoints = {
            kind: self._endpoint(instance, kind, engine, port, database)
            for kind, engine, port, database in (
                ("source", "postgres", self.postgres_port, "dso"),
                ("target", "oracle", self._oracle_port, "XE"),
            )
        }
        task = self._dms.create_replication_task(
            ReplicationTaskIdentifier="bench",
            SourceEndpointArn=endpoints["source"],
            TargetEndpointArn=endpoints["target"],
            ReplicationInstanceArn=instance,
            MigrationType="cdc",
            TableMappings=_MAPPING.read_text(),
            ReplicationTaskSettings=json.dumps({"Logging": {"EnableLogging": True}}),
        )["ReplicationTask"]["ReplicationTaskArn"]
        until(lambda: self.task_status() == "ready")
        self._dms.start_replication_task(ReplicationTaskArn=task, StartReplicationTaskType="start-replication")
        until(lambda: self.task_status() == "running")

    def task_status(self) -> str:
        """The status of the one task."""
        return str(self._dms.describe_replication_tasks()["ReplicationTasks"][0]["Status"])

    def value(self, query: str) -> Any:
        """One value of Oracle's."""
        with self.oracle.cursor() as cursor:
            return cursor.execute(query).fetchone()[0]

    def _endpoint(self, instance: str, kind: str, engine: str, port: int, database: str) -> str:
        attributes: dict[str, Any] = {
            "EndpointIdentifier": kind,
            "EndpointType": kind,
            "EngineName": engine,
            "Port": port,
        }
        attributes |= {"ServerName": "127.0.0.1", "DatabaseName": database}
        attributes |= {"Username": "dmsuser", "Password": "dmsuser123"}
        arn = str(self._dms.create_endpoint(**attributes)["Endpoint"]["EndpointArn"])
        self._dms.test_connection(ReplicationInstanceArn=instance, EndpointArn=arn)
        where: Any = [{"Name": "endpoint-arn", "Values": [arn]}]
        until(lambda: self._dms.describe_connections(Filters=where)["Connections"][0]["Status"] == "successful")
        return arn


def measure(stage: Stage, aws_pid: int) -> None:
    """Run the four measurements."""
    worker = next(child for child in psutil.Process(aws_pid).children() if "rehearsal.aws.worker" in child.cmdline())
    with stage.postgres() as postgres:
        seconds = _large(stage, postgres, 1000, _LARGE)
        print(f"one transaction of {_LARGE:,} inserts: {_LARGE / seconds:,.0f} changes/s (aim 15,000)")
        started = time.monotonic()
        postgres.execute("UPDATE travelbuddy.flightspecial SET cost = -7 WHERE id BETWEEN 1000 AND %s", [999 + _LARGE])
        until(lambda: stage.value("SELECT MIN(COST) FROM FLIGHTSPECIAL") == -7, every_s=0.05)
        seconds = time.monotonic() - started
        print(f"one transaction of {_LARGE:,} updates: {_LARGE / seconds:,.0f} changes/s (aim 15,000)")

        started, used_s = time.monotonic(), _cpu_s(worker)
        for number in range(1, _SINGLE + 1):
            postgres.execute("UPDATE travelbuddy.flightspecial SET cost = %s WHERE id = 2", [number])
        until(lambda: stage.value("SELECT COST FROM FLIGHTSPECIAL WHERE ID = 2") == _SINGLE, every_s=0.005)
        rate, used_us = _SINGLE / (time.monotonic() - started), (_cpu_s(worker) - used_s) / _SINGLE * 1e6
        print(
            f"single-row transactions, written by one connection: {rate:,.0f} a second (aim 1,500); "
            f"the worker's part of each: {used_us:.0f} us of CPU, so {1e6 / used_us:,.0f} a second at most"
        )

        latencies = sorted(_latency(stage, postgres, number) for number in range(_SAMPLES))
        p50, p99 = statistics.median(latencies), latencies[int(_SAMPLES * 0.99)]
        print(f"commit to visible: p50 {p50 * 1000:.1f} ms (aim 10), p99 {p99 * 1000:.1f} ms (aim 50)")

        sampler = Memory(worker)
        seconds = _large(stage, postgres, 10_000_000, _HUGE)
        first, most = sampler.stop()
        print(
            f"one transaction of {_HUGE:,} inserts: {_HUGE / seconds:,.0f} changes/s;"
            f" the worker's memory {first / 2**20:.0f} MiB before, {most / 2**20:.0f} MiB at most"
        )


def _cpu_s(process: psutil.Process) -> float:
    """What a process has used, whatever else the machine did meanwhile."""
    times = process.cpu_times()
    return float(times.user + times.system)


class Memory(threading.Thread):
    """Samples a process's resident memory."""

    def __init__(self, process: psutil.Process) -> None:
        super().__init__(daemon=True)
        self._process, self._over = process, threading.Event()
        self._samples = [process.memory_info().rss]
        self.start()

    def run(self) -> None:
        """Sample until told to stop."""
        while not self._over.wait(0.1):
            self._samples.append(self._process.memory_info().rss)

    def stop(self) -> tuple[int, int]:
        """The first sample and the largest, in bytes."""
        self._over.set()
        return self._samples[0], max(self._samples)


def _large(stage: Stage, postgres: psycopg.Connection, first: int, count: int) -> float:
    """Seconds from the commit of one large transaction to its last row in Oracle."""
    postgres.execute(_INSERT, [first, first + count - 1])
    committed = time.monotonic()
    until(lambda: stage.value("SELECT MAX(ID) FROM FLIGHTSPECIAL") == first + count - 1, every_s=0.05)
    return time.monotonic() - committed


def _latency(stage: Stage, postgres: psycopg.Connection, number: int) -> float:
    postgres.execute("UPDATE travelbuddy.flightspecial SET cost = %s WHERE id = 3", [100_000 + number])
    committed = time.monotonic()
    until(lambda: stage.value("SELECT COST FROM FLIGHTSPECIAL WHERE ID = 3") == 100_000 + number, every_s=0.0005)
    seen = time.monotonic()
    time.sleep(0.01)
    return seen - committed


def until(good: Callable[[], Any], every_s: float = 0.02, timeout_s: float = 300) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + timeout_s
    while not good():
        if time.monotonic() > deadline:
            sys.exit(f"nothing came within {timeout_s:.0f} s; the worker's log may say why")
        time.sleep(every_s)


if __name__ == "__main__":
    main()
