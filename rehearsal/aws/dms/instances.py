"""Replication instances."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rehearsal.aws.dms.describe import filtered, found, page
from rehearsal.aws.dms.errors import InvalidResourceStateError, ResourceNotFoundError
from rehearsal.aws.dms.region import free_identifier, tags

if TYPE_CHECKING:
    from rehearsal.aws.dms.protocol import Parameters
    from rehearsal.aws.dms.region import Region

INSTANCE = "dmsworkshop-target-dmsrepl"
_FILTERS = {
    "replication-instance-arn": "ReplicationInstanceArn",
    "replication-instance-id": "ReplicationInstanceIdentifier",
    "replication-instance-class": "ReplicationInstanceClass",
    "engine-version": "EngineVersion",
}


@dataclass
class ReplicationInstance:
    """A replication instance; tasks run in the stand-in itself."""

    arn: str
    identifier: str
    instance_class: str
    allocated_storage_gb: int = 100
    engine_version: str = "3.5.3"
    status: str = "creating"
    created: datetime = field(default_factory=lambda: datetime.now(UTC))


class ReplicationInstances:
    """The calls on replication instances."""

    def __init__(self, region: Region) -> None:
        self._region = region

    def seed(self) -> None:
        """The instance that the forward migration left."""
        arn = self._region.new_arn("rep", None)
        self._region.instances[arn] = ReplicationInstance(arn, INSTANCE, "dms.c5.xlarge", status="available")

    def create_replication_instance(self, parameters: Parameters) -> dict[str, Any]:
        """CreateReplicationInstance."""
        asked = parameters["ReplicationInstanceIdentifier"]
        identifier = free_identifier("ReplicationInstanceIdentifier", asked, self._region.instances)
        arn = self._region.new_arn("rep", parameters.get("ResourceIdentifier"))
        instance = ReplicationInstance(arn, identifier, parameters["ReplicationInstanceClass"])
        instance.allocated_storage_gb = parameters.get("AllocatedStorage", instance.allocated_storage_gb)
        instance.engine_version = parameters.get("EngineVersion", instance.engine_version)
        self._region.instances[arn] = instance
        self._region.tags[arn] = tags(parameters)

        def created() -> None:
            with self._region.lock:
                instance.status = "available"
                message = "Replication instance created."
                self._region.events.add("replication-instance", identifier, "creation", message)

        self._region.transitions.after("instance_create", "creating", created)
        return {"ReplicationInstance": self._shown(instance)}

    def describe_replication_instances(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeReplicationInstances."""
        shown = filtered(map(self._shown, self._region.instances.values()), parameters, _FILTERS)
        return page("ReplicationInstances", found("replication instances", shown, parameters), parameters)

    def delete_replication_instance(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteReplicationInstance: "You must delete any migration tasks that are associated" before.

        https://docs.aws.amazon.com/dms/latest/APIReference/API_DeleteReplicationInstance.html
        """
        instance = self.available(parameters["ReplicationInstanceArn"])
        if any(task.instance_arn == instance.arn for task in self._region.tasks.values()):
            raise InvalidResourceStateError(f"Replication instance {instance.identifier} has replication tasks.")
        instance.status = "deleting"

        def deleted() -> None:
            with self._region.lock:
                del self._region.instances[instance.arn]
                for key in [key for key in self._region.connections if key[0] == instance.arn]:
                    del self._region.connections[key]

        self._region.transitions.after("instance_create", "deleting", deleted)
        return {"ReplicationInstance": self._shown(instance)}

    def available(self, arn: str) -> ReplicationInstance:
        """The instance, if it is available. Raises ResourceNotFoundError, InvalidResourceStateError."""
        instance = self._region.instances.get(arn)
        if instance is None:
            raise ResourceNotFoundError(f"Replication instance not found: {arn}")
        status = self._shown(instance)["ReplicationInstanceStatus"]
        if status != "available":
            raise InvalidResourceStateError(
                f"Replication instance {instance.identifier} is in state {status}; it must be available."
            )
        return instance

    def _shown(self, instance: ReplicationInstance) -> dict[str, Any]:
        faults = self._region.transitions.faults
        return {
            "ReplicationInstanceIdentifier": instance.identifier,
            "ReplicationInstanceClass": instance.instance_class,
            "ReplicationInstanceStatus": faults.shown_status("replication-instance", instance.status),
            "AllocatedStorage": instance.allocated_storage_gb,
            "InstanceCreateTime": instance.created,
            "EngineVersion": instance.engine_version,
            "ReplicationInstanceArn": instance.arn,
            "ReplicationInstancePrivateIpAddress": "127.0.0.1",
            "MultiAZ": False,
            "PubliclyAccessible": False,
        }
