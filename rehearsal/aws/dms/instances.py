"""Replication instances."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rehearsal.aws.dms.errors import invalid_state, invalid_value
from rehearsal.aws.dms.region import GONE
from rehearsal.aws.dms.resources import ReplicationInstance
from rehearsal.aws.dms.task import Task
from rehearsal.names import replication_instance

if TYPE_CHECKING:
    from rehearsal.aws.dms.protocol import Parameters
    from rehearsal.aws.dms.region import Region

INSTANCE = replication_instance()
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
        left = {"ReplicationInstanceIdentifier": INSTANCE, "ReplicationInstanceClass": "dms.c5.xlarge"}
        instance = ReplicationInstance(self._region.named(ReplicationInstance, left))
        instance.status = "available"
        self._region.keep(instance, {})

    def create_replication_instance(self, parameters: Parameters) -> dict[str, Any]:
        """CreateReplicationInstance."""
        instance = ReplicationInstance(self._region.named(ReplicationInstance, parameters))
        for name, form in _FORMS.items():
            if name in parameters and not re.fullmatch(form, str(parameters[name])):
                raise invalid_value(f"the {name} {parameters[name]} is none of DMS's")
        self._region.keep(instance, parameters)
        event = ("creation", "Replication instance created.")
        self._region.enter(instance, "creating", "instance_create", "available", event)
        return self._region.answer(instance)

    def delete_replication_instance(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteReplicationInstance: "You must delete any migration tasks that are associated" before.

        https://docs.aws.amazon.com/dms/latest/APIReference/API_DeleteReplicationInstance.html
        """
        instance = self._region.available_instance(parameters["ReplicationInstanceArn"])
        if any(task.instance_arn == instance.arn for task in self._region.of(Task)):
            raise invalid_state(f"Replication instance {instance.identifier} has replication tasks.")
        self._region.enter(instance, "deleting", "instance_create", GONE)
        return self._region.answer(instance)
