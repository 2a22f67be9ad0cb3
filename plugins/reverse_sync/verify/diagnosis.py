"""Why a change may not have arrived: the task's state, its tables, its log, and where to look next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from reverse_sync.aws import dms_client
from reverse_sync.aws.dms import find_task
from reverse_sync.aws.dms_notes import read_notes
from reverse_sync.aws.faults import explain
from reverse_sync.aws.operators.statistics import table_statistics
from reverse_sync.aws.task_log import last_lines
from reverse_sync.aws.triggers.tables import BAD
from reverse_sync.steps import WAIT_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient

    from reverse_sync.pipeline import Pipeline

NEXT = """Look next at:
  1. the task's log in CloudWatch and what Oracle refused (both above)
  2. PostgreSQL's log, and pg_replication_slots: is the slot active, does its confirmed_flush_lsn move?
  3. the findings of `python -m reverse_sync.preflight`: a mapping that fails on these tables is the usual cause
Then clear the failed task; everything before it is left as it is."""


def diagnose(pipeline: Pipeline, table: str | None = None) -> str:
    """What DMS says of the task now.

    :param table: the table of Oracle's (`SCHEMA.TABLE`) whose refused changes are to come first
    """
    client = dms_client(pipeline.aws.connection, pipeline.aws.region)
    try:
        return "\n".join([*_task(client, pipeline, table), NEXT])
    except (ClientError, BotoCoreError) as error:
        return f"DMS can't be asked for the task's state: {explain(error, pipeline.aws.connection)}\n{NEXT}"


def refusals(pipeline: Pipeline, table: str) -> str:
    """What DMS noted in Oracle of the task's changes, those of one table first; why not, where that can't be known."""
    client = dms_client(pipeline.aws.connection, pipeline.aws.region)
    try:
        task = find_task(client, pipeline.dms.task.identifier)
    except (ClientError, BotoCoreError) as error:
        return f"DMS can't be asked for the task's state: {explain(error, pipeline.aws.connection)}"
    return "\n".join(read_notes(pipeline, task).lines(table)) if task else "There is no replication task."


def _task(client: DmsClient, pipeline: Pipeline, oracle_table: str | None) -> Iterator[str]:
    identifier = pipeline.dms.task.identifier
    task = find_task(client, identifier)
    if task is None:
        yield f"Replication task {identifier}: there is no such task."
        return
    reasons = "; ".join(str(task[key]) for key in ("StopReason", "LastFailureMessage") if task.get(key))
    yield f"Replication task {identifier}: {task['Status']}{f' ({reasons})' if reasons else ''}"
    for table in table_statistics(client, task["ReplicationTaskArn"]):
        counts = ", ".join(f"{table[kind]} {kind}" for kind in ("inserts", "updates", "deletes"))
        suspended = f" (suspended: run the DAG again, {WAIT_TABLES} says what to do)" if table["state"] in BAD else ""
        validated = f", validation: {table['validation']}" if pipeline.dms.task.validation else ""
        yield f"  {table['table']}: {table['state']}, {counts}{validated}{suspended}"
    yield from read_notes(pipeline, task).lines(oracle_table)
    yield "The task's log ends:"
    for line in last_lines(task, pipeline.dms.replication_instance, pipeline.aws.connection, pipeline.aws.region):
        yield f"  {line}"
