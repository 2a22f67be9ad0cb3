"""Is the source's RDS instance ready?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.aws.rds import STAYS_AWAY, missing_parameters
from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover


@check(Group.SOURCE, links.RDS_STATUS, "rds")
def instance_status(cutover: Cutover) -> Iterator[Finding]:
    """The RDS instance does not exist, is not available, or is a read replica."""
    identifier, instance = cutover.pipeline.postgres.db_instance, cutover.rds.instance
    if instance is None:
        yield error(
            f"there is no RDS instance {identifier} in {cutover.pipeline.aws.region}",
            "the run can neither look at nor reboot it",
            "correct postgres.db_instance or aws.region",
        )
        return
    status = instance["DBInstanceStatus"]
    if status != "available":
        passing = status not in STAYS_AWAY
        yield (warning if passing else error)(
            f"the RDS instance {identifier} is {status}, not available",
            "the run waits for it" if passing else "it cannot be rebooted, and may not answer",
            "wait" if passing else "look at its events in the RDS console",
        )
    if primary := instance.get("ReadReplicaSourceDBInstanceIdentifier"):
        yield error(
            f"the RDS instance {identifier} is a read replica of {primary}",
            "DMS does not replicate changes from a read replica",
            f"set postgres.db_instance to {primary}",
        )


@check(Group.SOURCE, links.RDS_PGLOGICAL, "rds")
def parameter_group(cutover: Cutover) -> Iterator[Finding]:
    """The parameter group lacks a value that logical replication needs: a reboot does not change that."""
    if cutover.rds.instance is None:
        return
    parameters = cutover.rds.parameters
    groups = ", ".join(cutover.rds.parameter_groups)
    for name, value in missing_parameters(parameters).items():
        yield error(
            f"{name} is {parameters.get(name)!r} in the parameter group {groups}",
            "a reboot does not change that",
            f"set {name} to {value} in the group (apply method pending-reboot)",
        )


@check(Group.SOURCE, links.RDS_PARAMETERS, "rds", accepted_by="postgres.reboot")
def pending_reboot(cutover: Cutover) -> Iterator[Finding]:
    """Parameters of the instance wait for a reboot."""
    for group, status in cutover.rds.parameter_groups.items():
        if status == "pending-reboot":
            never = cutover.pipeline.postgres.reboot == "never"
            yield (error if never else note)(
                f"the parameter group {group} waits for a reboot of {cutover.pipeline.postgres.db_instance}",
                "its values are not in force yet",
                "reboot it, or set postgres.reboot to when_needed" if never else "nothing: the run reboots it, once",
            )
