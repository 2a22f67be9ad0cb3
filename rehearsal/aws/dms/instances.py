"""Replication instances."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rehearsal.aws.dms.describe import matching_page
from rehearsal.aws.dms.errors import InvalidParameterValueError, InvalidResourceStateError, ResourceNotFoundError
from rehearsal.aws.dms.region import free_identifier, tags
from rehearsal.aws.dms.resources import ReplicationInstance
from rehearsal.names import replication_instance

if TYPE_CHECKING:
    from rehearsal.aws.dms.protocol import Parameters
    from rehearsal.aws.dms.region import Region

INSTANCE = replication_instance()
_FILTERS = {
    "replication-instance-arn": "ReplicationInstanceArn",
    "replication-instance-id": "ReplicationInstanceIdentifier",
    "replication-instance-class": "ReplicationInstanceClass",
    "engine-version": "EngineVersion",
}
_FORMS = {
    "ReplicationInstanceClass": r"dms\.[a-z]\w+\.\w+",
    "AllocatedStorage": r"[5-9]|[1-9]\d{1,3}",
    "EngineVersion": r"\d+\.\d+\.\d+",
}
"""https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationInstance.html"""


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
        identifier = free_identifier("ReplicationInstanceIdentifier", asked, self._region.instances, longest=63)
        for name, form in _FORMS.items():
            if name in parameters and not re.fullmatch(form, str(parameters[name])):
                raise InvalidParameterValueError(f"the {name} {parameters[name]} is none of DMS's")
        arn = self._region.new_arn("rep", parameters.get("ResourceIdentifier"))
        instance = ReplicationInstance(arn, identifier, parameters["ReplicationInstanceClass"])
        instance.allocated_storage_gb = parameters.get("AllocatedStorage", instance.allocated_storage_gb)
        instance.engine_version = parameters.get("EngineVersion", instance.engine_version)
        self._region.tags[arn] = tags(parameters)
        self._region.instances[arn] = instance

        def created() -> None:
            with self._region.lock:
                instance.status = "available"
                message = "Replication instance created."
                self._region.events.add("replication-instance", identifier, "creation", message)

        self._region.transitions.after("instance_create", "creating", identifier, created)
        return {"ReplicationInstance": self._describe(instance)}

    def describe_replication_instances(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeReplicationInstances."""
        return matching_page(
            "ReplicationInstances", map(self._describe, self._region.instances.values()), parameters, _FILTERS
        )

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
                self._region.remove(instance.arn)

        self._region.transitions.after("instance_create", "deleting", instance.identifier, deleted)
        return {"ReplicationInstance": self._describe(instance)}

    def available(self, arn: str) -> ReplicationInstance:
        """The instance, if it is available. Raises ResourceNotFoundError, InvalidResourceStateError."""
        instance = self._region.instances.get(arn)
        if instance is None:
            raise ResourceNotFoundError(f"Replication instance not found: {arn}")
        status = self._describe(instance)["ReplicationInstanceStatus"]
        if status != "available":
            raise InvalidResourceStateError(
                f"Replication instance {instance.identifier} is in state {status}; it must be available."
            )
        return instance

    def _describe(self, instance: ReplicationInstance) -> dict[str, Any]:
        return {
            "ReplicationInstanceIdentifier": instance.identifier,
            "ReplicationInstanceClass": instance.instance_class,
            "ReplicationInstanceStatus": self._region.instance_status(instance),
            "AllocatedStorage": instance.allocated_storage_gb,
            "InstanceCreateTime": instance.created,
            "EngineVersion": instance.engine_version,
            "ReplicationInstanceArn": instance.arn,
            "ReplicationInstancePrivateIpAddress": "127.0.0.1",
            "MultiAZ": False,
            "PubliclyAccessible": False,
        }
