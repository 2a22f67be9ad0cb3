"""What is wrong with a region's tasks and stays so when every fault is healed: found by looking, at both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import oracledb
import psycopg

from rehearsal.aws.dms.resources import SecretUnusableError
from rehearsal.aws.worker.target import connect as connect_to_oracle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rehearsal.aws.dms.region import Region
    from rehearsal.aws.dms.task import Task

_SLOT = "SELECT 1 FROM pg_replication_slots WHERE slot_name = %s"
_CONNECT_TIMEOUT_S = 5


def find_damage(region: Region) -> list[str]:
    """One sentence for each thing: what it is, and what corrects it."""
    with region.lock:
        tasks = [task for task in region.tasks.values() if task.started]
        untested = [one for one in region.connections.values() if one.status == "failed"]
    found = [
        f"endpoint {one.endpoint.identifier}: its last connection test failed; the next run of the DAG tests it again"
        for one in untested
    ]
    for task in tasks:
        found += [*_of_task(task), *_of_slot(region, task), *_of_rows(region, task)]
    return found


def _of_task(task: Task) -> Iterator[str]:
    if task.status in ("failed", "failed-move"):
        why = f" ({task.last_failure})" if task.last_failure else ""
        yield f"task {task.identifier} is {task.status}{why}; the next run of the DAG resumes it where that is possible"
    for table, state in sorted(task.tables.items()):
        if state["state"] == "Table error":
            yield (
                f"table {table} of task {task.identifier} is suspended and misses every change since; only a new start"
                " (start-replication) takes it up again, and the rows that it missed are to be brought in line by hand"
            )


def _of_slot(region: Region, task: Task) -> Iterator[str]:
    source = region.endpoints[task.source_arn]
    slot = source.settings.get("SlotName") or task.slot
    try:
        with psycopg.connect(**source.login(region.name), connect_timeout=_CONNECT_TIMEOUT_S) as connection:
            there = connection.execute(_SLOT, [slot]).fetchone()
    except (psycopg.Error, SecretUnusableError) as error:
        yield f"the source of task {task.identifier} does not answer: {_one_line(error)}"
        return
    if not there:
        yield (
            f"the replication slot {slot} of task {task.identifier} is gone, and with it every change since; a run with"
            " `recover_lost_slot` begins with a new one, and its reconciliation names the rows that differ"
        )


def _of_rows(region: Region, task: Task) -> Iterator[str]:
    target = region.endpoints[task.target_arn]
    try:
        login = target.login(region.name)
        schema = task.settings["ControlTablesSettings"]["ControlSchema"] or str(login["user"]).upper()
        with connect_to_oracle(login) as connection, connection.cursor() as cursor:
            cursor.execute(
                'SELECT "TABLE_OWNER", "TABLE_NAME", COUNT(*), MAX("ERROR") FROM '  # noqa: S608  # the task's own schema
                f'"{schema}"."awsdms_apply_exceptions" WHERE "TASK_NAME" = :1 GROUP BY "TABLE_OWNER", "TABLE_NAME"',
                [task.resource_id],
            )
            refused: list[Any] = cursor.fetchall()
    except (oracledb.Error, SecretUnusableError) as error:
        yield f"the target of task {task.identifier} does not answer: {_one_line(error)}"
        return
    for owner, table, count, reason in refused:
        yield (
            f"{count} changes of {owner}.{table} were not applied ({_one_line(reason)}): its rows may differ;"
            f' "{schema}"."awsdms_apply_exceptions" has each, and the reconciliation of the next run names the rows'
        )


def _one_line(error: object) -> str:
    return " ".join(str(error).split())
