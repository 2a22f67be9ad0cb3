"""The procedure as a plain script: the calls that the DAG makes, one after the other, without Airflow."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import oracledb
import psycopg
import requests

from rehearsal.layout import Ports

_MAPPING = Path(__file__).resolve().parents[1] / "include/mappings/flightspecials.json"
_INSTANCE = "flightspecials-test-postgres-db"
_POLL_S = 0.05


def run(ports: Ports) -> float:
    """Seconds from the first call to the row seen in Oracle and restored. Raises TimeoutError."""
    started = time.monotonic()
    options: dict[str, Any] = {"endpoint_url": f"http://127.0.0.1:{ports.aws}", "region_name": "ap-northeast-2"}
    options |= {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    dms, rds = boto3.client("dms", **options), boto3.client("rds", **options)
    source = f"host=127.0.0.1 port={ports.postgres} dbname=dso user=postgres password=sesame-7391"
    _prepare_postgres(rds, source)
    target = oracledb.connect(user="TRAVELBUDDY", password="welcome", dsn=f"127.0.0.1:{ports.oracle}/XE")
    with target, target.cursor() as cursor:
        cursor.execute("ALTER TRIGGER FLIGHTSPECIAL_TRIGGER DISABLE")
        _replicate(dms, ports)
        for header in ("London to Busan, plain", "London to Paris"):
            _change(ports, header)
            _wait(lambda wanted=header: _header(cursor) == wanted)  # type: ignore[misc]
    return time.monotonic() - started


def _prepare_postgres(rds: Any, source: str) -> None:
    with psycopg.connect(source, autocommit=True) as connection:
        for name in ("shared_preload_libraries", "wal_level"):
            connection.execute(f"SHOW {name}".encode()).fetchone()
    rds.reboot_db_instance(DBInstanceIdentifier=_INSTANCE)
    _wait(lambda: _status(rds.describe_db_instances(DBInstanceIdentifier=_INSTANCE)["DBInstances"], "DBInstanceStatus"))
    with psycopg.connect(source, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pglogical")


def _replicate(dms: Any, ports: Ports) -> None:
    [instance] = dms.describe_replication_instances()["ReplicationInstances"]
    arns = [
        _tested_endpoint(dms, instance["ReplicationInstanceArn"], "source", "postgres", ports.postgres, "dso"),
        _tested_endpoint(dms, instance["ReplicationInstanceArn"], "target", "oracle", ports.oracle, "XE"),
    ]
    task = dms.create_replication_task(
        ReplicationTaskIdentifier="plain",
        SourceEndpointArn=arns[0],
        TargetEndpointArn=arns[1],
        ReplicationInstanceArn=instance["ReplicationInstanceArn"],
        MigrationType="cdc",
        TableMappings=_MAPPING.read_text(),
        ReplicationTaskSettings=json.dumps({"FullLoadSettings": {"TargetTablePrepMode": "DO_NOTHING"}}),
    )["ReplicationTask"]

    def is_in(status: str) -> bool:
        return _status(dms.describe_replication_tasks()["ReplicationTasks"], "Status", status)

    _wait(lambda: is_in("ready"))
    dms.start_replication_task(
        ReplicationTaskArn=task["ReplicationTaskArn"], StartReplicationTaskType="start-replication"
    )
    _wait(lambda: is_in("running"))
    dms.describe_table_statistics(ReplicationTaskArn=task["ReplicationTaskArn"])


def _tested_endpoint(dms: Any, instance_arn: str, kind: str, engine: str, port: int, database: str) -> str:
    arn: str = dms.create_endpoint(
        EndpointIdentifier=f"plain-{kind}",
        EndpointType=kind,
        EngineName=engine,
        ServerName="127.0.0.1",
        Port=port,
        Username="dmsuser",
        Password="dmsuser123",
        DatabaseName=database,
    )["Endpoint"]["EndpointArn"]
    dms.test_connection(ReplicationInstanceArn=instance_arn, EndpointArn=arn)
    filters = [{"Name": "endpoint-arn", "Values": [arn]}]
    _wait(lambda: _status(dms.describe_connections(Filters=filters)["Connections"], "Status", "successful"))
    return arn


def _change(ports: Ports, header: str) -> None:
    url = f"http://127.0.0.1:{ports.flightspecials_api}/travelbuddy/flightspecials/1/name"
    requests.put(url, json={"id": 1, "flightSpecialHeader": header}, timeout=10).raise_for_status()


def _header(cursor: oracledb.Cursor) -> str:
    cursor.execute("SELECT HEADER FROM FLIGHTSPECIAL WHERE ID = 1")
    return str(cursor.fetchone()[0])


def _status(found: list[dict[str, Any]], key: str, wanted: str = "available") -> bool:
    return bool(found) and found[0][key] == wanted


def _wait(reached: Callable[[], bool], timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not reached():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not reached within {timeout_s:.0f} s")
        time.sleep(_POLL_S)
