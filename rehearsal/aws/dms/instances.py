"""Replication instances."""

from __future__ import annotations

import re
from typing import Any

from rehearsal.aws.dms.errors import invalid_state, invalid_value
from rehearsal.aws.dms.region import GONE, Parameters, Region
from rehearsal.aws.dms.resources import ReplicationInstance
from rehearsal.names import replication_instance

_FORMS = {
    "ReplicationInstanceClass": r"dms\.[a-z]\w+\.\w+",
    "AllocatedStorage": r"[5-9]|[1-9]\d{1,3}",
    "EngineVersion": r"\d+\.\d+\.\d+",
}
"""https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationInstance.html"""


def seed(region: Region) -> None:
    """The instance that the forward migration left."""
    left = {"ReplicationInstanceIdentifier": replication_instance(), "ReplicationInstanceClass": "dms.c5.xlarge"}
    instance = ReplicationInstance(region.named(ReplicationInstance, left))
    instance.status = "available"
    region.keep(instance, {})


def create_replication_instance(region: Region, parameters: Parameters) -> dict[str, Any]:
    """CreateReplicationInstance."""
    instance = ReplicationInstance(region.named(ReplicationInstance, parameters))
    for name, form in _FORMS.items():
        if name in parameters and not re.fullmatch(form, str(parameters[name])):
            raise invalid_value(f"the {name} {parameters[name]} is none of DMS's")
    region.keep(instance, parameters)
    event = ("creation", "Replication instance created.")
    region.enter(instance, "creating", "instance_create", "available", event)
    return region.answer(instance)


def delete_replication_instance(region: Region, parameters: Parameters) -> dict[str, Any]:
    """DeleteReplicationInstance: "You must delete any migration tasks that are associated" before.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_DeleteReplicationInstance.html
    """
    instance = region.available_instance(parameters["ReplicationInstanceArn"])
    if region.users(instance):
        raise invalid_state(f"Replication instance {instance.identifier} has replication tasks.")
    region.enter(instance, "deleting", "instance_create", GONE)
    return region.answer(instance)
