"""What there is of a pipeline, everywhere, in one look that changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reverse_sync.aws import dms_client
from reverse_sync.aws.certificate import imported_certificates
from reverse_sync.aws.dms import RUNNING, find_endpoint, find_task, has_run
from reverse_sync.aws.faults import readable_aws_errors
from reverse_sync.decommission import source, target
from reverse_sync.decommission.sharing import look_at_sharing
from reverse_sync.oracle.insert_triggers import insert_triggers
from reverse_sync.oracle.session import oracle_session
from reverse_sync.postgres.session import postgres_session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reverse_sync.decommission.sharing import Sharing
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import SelectedTable


@dataclass(frozen=True)
class Inventory:
    """The names of what is there; `task_status` is None where there is no task.

    :ivar certificates: those that runs imported to DMS, and the endpoints of others that use each
    :ivar artifacts: DMS's objects in PostgreSQL, which every task on that database uses
    :ivar control_tables: DMS's tables in Oracle, which every task with that login uses
    """

    task: str
    task_status: str | None
    has_run: bool
    endpoints: list[str]
    certificates: dict[str, list[str]]
    sharing: Sharing
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
            yield f"replication task {self.task} ({self.task_status})"
        yield from (f"endpoint {name}" for name in self.endpoints)
        yield from (f"certificate {name}" for name, users in self.certificates.items() if not users)
        if any(found.name == slot for found in self.sharing.slots):
            yield f"replication slot {slot}"
        yield from (f"pglogical replication set {name}" for name in self.sets)
        yield from (f"disabled trigger {name}" for name in self.disabled_triggers)
        if not keep_control_objects:
            yield from () if self.sharing.source_users(slot) else self.artifacts
            yield from () if self.sharing.target_tasks else self.control_tables

    def stays(self, slot: str | None) -> Iterator[str]:
        """What DMS made and others may use too, with who that is, a line each."""
        for name, endpoints in self.certificates.items():
            if endpoints:
                yield f"certificate {name}: used by the endpoint {', '.join(endpoints)}"
        if users := self.sharing.source_users(slot):
            yield from (f"{name}: used by {', '.join(users)}" for name in self.artifacts)
        if users := self.sharing.target_tasks:
            yield from (f"{name}: used by {', '.join(users)}" for name in self.control_tables)
        yield from self.sharing.foreign_slots(slot)


def take_inventory(pipeline: Pipeline, tables: Iterable[SelectedTable], slot: str | None) -> Inventory:
    """Look at DMS, PostgreSQL and Oracle.

    :param tables: the selected tables
    :param slot: the task's slot, where it is known already
    """
    dms = pipeline.dms
    with readable_aws_errors(pipeline.aws.connection):
        client = dms_client(pipeline.aws.connection, pipeline.aws.region)
        task = find_task(client, dms.task.identifier)
        names = (dms.source_endpoint.identifier, dms.target_endpoint.identifier)
        endpoints = [name for name in names if find_endpoint(client, name)]
        certificates = {
            found.identifier: sorted(found.users.difference(names))
            for endpoint in (dms.source_endpoint, dms.target_endpoint)
            for found in imported_certificates(client, endpoint)
        }
    with postgres_session(pipeline.postgres.connection) as connection:
        sets = source.replication_sets(connection, slot)
        artifacts = [f"{kind.lower()} {name} in PostgreSQL" for kind, name in source.artifacts(connection)]
    with oracle_session(pipeline.oracle.connection) as connection:
        triggers = insert_triggers(connection, tables)
    with oracle_session(dms.target_endpoint.connection) as connection:
        control_tables = [f"table {name} of DMS's login in Oracle" for name in target.control_tables(connection)]
    return Inventory(
        task=dms.task.identifier,
        task_status=task["Status"] if task else None,
        has_run=bool(task and has_run(task)),
        endpoints=endpoints,
        certificates=certificates,
        sharing=look_at_sharing(pipeline),
        sets=sets,
        artifacts=artifacts,
        disabled_triggers=[trigger.full_name for trigger in triggers if not trigger.enabled],
        control_tables=control_tables,
    )
