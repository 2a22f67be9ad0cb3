"""What there is of a pipeline, everywhere, in one look that changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reverse_sync.aws import dms_client
from reverse_sync.aws.dms import RUNNING, find_endpoint, find_task
from reverse_sync.aws.faults import explained
from reverse_sync.decommission import source, target
from reverse_sync.oracle.session import oracle_session
from reverse_sync.postgres.session import postgres_session
from reverse_sync.postgres.slots import dms_slots

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reverse_sync.catalog.postgres_server import Slot
    from reverse_sync.pipeline import Pipeline


@dataclass(frozen=True)
class Inventory:
    """The names of what is there; `task_status` is None where there is no task."""

    task: str
    task_status: str | None
    endpoints: list[str]
    slots: list[Slot]
    sets: list[str]
    artifacts: list[str]
    disabled_triggers: list[str]
    control_tables: list[str]

    @property
    def task_runs(self) -> bool:
        """Whether the task reads its slot."""
        return self.task_status in RUNNING

    def left(self, slot: str | None, *, keep_control_objects: bool) -> Iterator[str]:
        """What a decommission has to take away or put back, a line each.

        :param slot: the task's replication slot
        """
        if self.task_status:
            yield f"task {self.task} ({self.task_status})"
        yield from (f"endpoint {name}" for name in self.endpoints)
        if any(found.name == slot for found in self.slots):
            yield f"replication slot {slot}"
        yield from (f"pglogical replication set {name}" for name in self.sets)
        yield from (f"disabled trigger {name}" for name in self.disabled_triggers)
        if not keep_control_objects:
            yield from self.artifacts
            yield from (f"table {name} of DMS's login in Oracle" for name in self.control_tables)


def take_inventory(pipeline: Pipeline, tables: Iterable[Mapping[str, Any]], slot: str | None) -> Inventory:
    """Look at DMS, PostgreSQL and Oracle.

    :param tables: the selected tables
    :param slot: the task's slot, where it is known already
    """
    dms = pipeline.dms
    with explained(pipeline.aws.connection):
        client = dms_client(pipeline.aws.connection, pipeline.aws.region)
        task = find_task(client, dms.task.identifier)
        names = (dms.source_endpoint.identifier, dms.target_endpoint.identifier)
        endpoints = [name for name in names if find_endpoint(client, name)]
    with postgres_session(pipeline.postgres.connection) as connection:
        sets = source.replication_sets(connection, slot)
        artifacts = [f"{kind.lower()} {name} in PostgreSQL" for kind, name in source.artifacts(connection)]
    with oracle_session(pipeline.oracle.connection) as connection:
        triggers = target.insert_triggers(connection, tables)
    with oracle_session(dms.target_endpoint.connection) as connection:
        control_tables = target.control_tables(connection)
    return Inventory(
        task=dms.task.identifier,
        task_status=task["Status"] if task else None,
        endpoints=endpoints,
        slots=dms_slots(pipeline.postgres.connection),
        sets=sets,
        artifacts=artifacts,
        disabled_triggers=[f"{owner}.{trigger.name}" for owner, trigger in triggers if not trigger.enabled],
        control_tables=control_tables,
    )
