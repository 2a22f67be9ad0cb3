"""Is the source's RDS instance ready?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.postgres.server import LIBRARY
from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.world import World


_PASSING = {
    "backing-up", "configuring-enhanced-monitoring", "configuring-iam-database-auth", "configuring-log-exports",
    "maintenance", "modifying", "rebooting", "renaming", "resetting-master-credentials", "starting",
    "storage-config-upgrade", "storage-initialization", "storage-optimization", "upgrading",
}  # fmt: skip
"""Statuses that pass by themselves."""


@check(Group.SOURCE, links.RDS_STATUS, "rds")
def instance_status(world: World) -> Iterator[Finding]:
    """The RDS instance does not exist, is not available, or is a read replica."""
    identifier, instance = world.pipeline.postgres.db_instance, world.rds.instance
    if instance is None:
        yield error(
            f"there is no RDS instance {identifier} in {world.pipeline.aws.region}",
            "the run can neither look at nor reboot it",
            "correct postgres.db_instance or aws.region",
        )
        return
    status = instance["DBInstanceStatus"]
    if status != "available":
        passing = status in _PASSING
        yield (warning if passing else error)(
            f"the RDS instance {identifier} is {status}, not available",
            "the run waits for it" if passing else "it cannot be rebooted, and may not answer",
            "wait" if passing else "look at its events in the RDS console",
        )
    if primary := instance.get("ReadReplicaSourceDBInstanceIdentifier"):
        yield error(
            f"the RDS instance {identifier} is a read replica of {primary}",
            "DMS does not replicate changes from a read replica",
            f"use {primary}",
        )


@check(Group.SOURCE, links.RDS_PGLOGICAL, "rds")
def parameter_group(world: World) -> Iterator[Finding]:
    """The parameter group lacks a value that logical replication needs: no reboot will heal that."""
    if world.rds.instance is None:
        return
    parameters = world.rds.parameters
    libraries = [name.strip() for name in parameters.get("shared_preload_libraries", "").split(",")]
    groups = ", ".join(world.rds.parameter_groups)
    for name, ready, value in (
        ("rds.logical_replication", parameters.get("rds.logical_replication") == "1", "1"),
        ("shared_preload_libraries", LIBRARY in libraries, LIBRARY),
    ):
        if not ready:
            yield error(
                f"{name} is {parameters.get(name)!r} in the parameter group {groups}",
                "a reboot does not change that",
                f"set {name} to {value} in the group (apply method pending-reboot)",
            )


@check(Group.SOURCE, links.RDS_PARAMETERS, "rds")
def pending_reboot(world: World) -> Iterator[Finding]:
    """Parameters of the instance wait for a reboot."""
    for group, status in world.rds.parameter_groups.items():
        if status == "pending-reboot":
            never = world.pipeline.postgres.reboot == "never"
            yield (error if never else note)(
                f"the parameter group {group} waits for a reboot of {world.pipeline.postgres.db_instance}",
                "its values are not in force yet",
                "reboot it, or set postgres.reboot to when_needed" if never else "nothing: the run reboots it, once",
            )
