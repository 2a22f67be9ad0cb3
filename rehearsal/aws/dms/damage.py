"""What is wrong with a region's tasks and stays so when every fault is healed: found by looking, at both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rehearsal.aws.dms.endpoint import UnreachableError
from rehearsal.aws.dms.task import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rehearsal.aws.dms.region import Region

_SLOT = "SELECT 1 FROM pg_replication_slots WHERE slot_name = %s"


def find_damage(region: Region) -> list[str]:
    """One sentence for each thing: what it is, and what corrects it."""
    with region.lock:
        tasks = [task for task in region.of(Task) if task.started]
        untested = [one["EndpointIdentifier"] for one in region.connections.values() if one["Status"] == "failed"]
    again = "its last connection test failed; the next run of the DAG tests it again"
    found = [f"endpoint {identifier}: {again}" for identifier in untested]
    for task in tasks:
        found += [*_of_task(task), *_of_slot(region, task), *_of_rows(region, task)]
    return found


def _of_task(task: Task) -> Iterator[str]:
    if task.status in ("failed", "failed-move"):
        message = task.members.get("LastFailureMessage")
        why = f" ({message})" if message else ""
        yield f"task {task.identifier} is {task.status}{why}; the next run of the DAG resumes it where that is possible"
    for table, state in sorted(task.tables.items()):
        if state["state"] == "Table error":
            yield (
                f"table {table} of task {task.identifier} is suspended and misses every change since; only a new start"
                " (start-replication) takes it up again, and the rows that it missed are to be brought in line by hand"
            )


def _of_slot(region: Region, task: Task) -> Iterator[str]:
    source, _ = region.endpoints_of(task)
    slot = source.settings.get("SlotName") or task.slot
    try:
        with source.connected(region.name) as session:
            there = session.execute(_SLOT, [slot]).fetchone()
    except UnreachableError as error:
        yield f"the source of task {task.identifier} does not answer: {error}"
        return
    if not there:
        yield (
            f"the replication slot {slot} of task {task.identifier} is gone, and with it every change since; a run with"
            " `recover_lost_slot` begins with a new one, and its reconciliation names the rows that differ"
        )


def _of_rows(region: Region, task: Task) -> Iterator[str]:
    _, target = region.endpoints_of(task)
    try:
        user = str(target.login(region.name)["user"]).upper()
        schema = task.settings["ControlTablesSettings"]["ControlSchema"] or user
        with target.connected(region.name) as session, session.cursor() as cursor:
            cursor.execute(
                'SELECT "TABLE_OWNER", "TABLE_NAME", COUNT(*), MAX("ERROR") FROM '  # noqa: S608  # the task's own schema
                f'"{schema}"."awsdms_apply_exceptions" WHERE "TASK_NAME" = :1 GROUP BY "TABLE_OWNER", "TABLE_NAME"',
                [task.resource_id],
            )
            refused: list[Any] = cursor.fetchall()
    except UnreachableError as error:
        yield f"the target of task {task.identifier} does not answer: {error}"
        return
    for owner, table, count, reason in refused:
        why = " ".join(str(reason).split())
        yield (
            f"{count} changes of {owner}.{table} were not applied ({why}): its rows may differ;"
            f' "{schema}"."awsdms_apply_exceptions" has each, and the reconciliation of the next run names the rows'
        )
