"""Whose is what in databases that several tasks work on: the slots, and the objects that DMS makes once for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reverse_sync.aws import dms_client
from reverse_sync.aws.dms import find_task
from reverse_sync.aws.faults import readable_aws_errors
from reverse_sync.aws.neighbours import find_neighbours
from reverse_sync.aws.task_slot import learn_slot, own_slot, slot_of
from reverse_sync.postgres.slots import dms_slots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.catalog.postgres_server import Slot
    from reverse_sync.pipeline import Pipeline


@dataclass(frozen=True)
class Sharing:
    """The slots of PostgreSQL that may be DMS's, and the other tasks that work on the same databases.

    :ivar own_slot: the slot that DMS, or an earlier run, says is the task's
    :ivar slots_of_others: the slots of other tasks, and those tasks
    :ivar source_tasks: the other tasks that read the same PostgreSQL database
    :ivar target_tasks: the other tasks that write to the same Oracle with the same login
    """

    slots: list[Slot]
    own_slot: str | None
    slots_of_others: dict[str, str]
    source_tasks: list[str]
    target_tasks: list[str]

    def source_users(self, slot: str | None) -> list[str]:
        """Who else may use what DMS made in PostgreSQL: other tasks, and whoever has a slot that no known task has."""
        return [*self.source_tasks, *(f"whoever has the slot {name}" for name in self._unknown(slot))]

    def foreign_slots(self, slot: str | None) -> Iterator[str]:
        """The slots that are not this pipeline's, a line each."""
        yield from (
            f"replication slot {name}: of the replication task {task}" for name, task in self.slots_of_others.items()
        )
        read = {found.name: "somebody reads it" if found.active else "nobody reads it now" for found in self.slots}
        for name in self._unknown(slot):
            yield f"replication slot {name}: of no task that is known here; {read[name]}"

    def _unknown(self, slot: str | None) -> list[str]:
        return [found.name for found in self.slots if found.name not in (slot, *self.slots_of_others)]


def look_at_sharing(pipeline: Pipeline) -> Sharing:
    """Look at every task of the region, and at PostgreSQL's slots.

    :raises ReverseSyncError: where one of them does not answer.
    """
    with readable_aws_errors(pipeline.aws.connection):
        client = dms_client(pipeline.aws.connection, pipeline.aws.region)
        task = find_task(client, pipeline.dms.task.identifier)
        own = learn_slot(pipeline, client, task) if task else own_slot(pipeline, client, None)
        neighbours = find_neighbours(client, pipeline)
        others = {
            name: other["ReplicationTaskIdentifier"]
            for other in neighbours.source
            if (name := slot_of(other, client, pipeline))
        }
    return Sharing(
        slots=dms_slots(pipeline.postgres.connection),
        own_slot=own,
        slots_of_others=others,
        source_tasks=[f"the replication task {task['ReplicationTaskIdentifier']}" for task in neighbours.source],
        target_tasks=[f"the replication task {task['ReplicationTaskIdentifier']}" for task in neighbours.target],
    )
