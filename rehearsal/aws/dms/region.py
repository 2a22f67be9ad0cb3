"""The state that all resources of one region share, and the names that AWS gives them."""

from __future__ import annotations

import re
import secrets
import string
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rehearsal.aws.constraints import wrong_tag
from rehearsal.aws.dms.errors import (
    InvalidParameterValueError,
    InvalidResourceStateError,
    ResourceAlreadyExistsError,
    ResourceNotFoundError,
)
from rehearsal.aws.events import Events
from rehearsal.aws.moto_seams import ACCOUNT

if TYPE_CHECKING:
    from rehearsal.aws.dms.resources import Certificate, Connection, Endpoint, ReplicationInstance
    from rehearsal.aws.dms.task import Task
    from rehearsal.aws.policies import Policies
    from rehearsal.aws.timing import Transitions

_BASE32 = string.ascii_uppercase + "234567"
_IDENTIFIER = re.compile(r"[A-Za-z](?:-?[A-Za-z0-9])*")
_KEPT = ("endpoints", "instances", "connections", "tasks", "tags", "events", "assessments", "certificates")


@dataclass
class Region:
    """One region's resources by ARN. Hold `lock` while reading or changing them."""

    name: str
    transitions: Transitions
    policies: Policies
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    instances: dict[str, ReplicationInstance] = field(default_factory=dict)
    connections: dict[tuple[str, str], Connection] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    certificates: dict[str, Certificate] = field(default_factory=dict)
    assessments: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: Events = field(default_factory=Events)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def records(self) -> dict[str, Any]:
        """What outlives the stand-in, as keyword arguments for the next `Region`."""
        return {name: getattr(self, name) for name in _KEPT}

    def remove(self, arn: str) -> None:
        """Forget a resource with its tags and its connections."""
        for resources in (self.endpoints, self.instances, self.tasks, self.certificates, self.tags):
            resources.pop(arn, None)
        for key in [key for key in self.connections if arn in key]:
            del self.connections[key]

    def new_arn(self, kind: str, resource_identifier: str | None) -> str:
        """An ARN as DMS makes it: its last part is random unless ResourceIdentifier asks for one.

        Raises InvalidParameterValueError, ResourceAlreadyExistsError.
        """
        last = resource_identifier or "".join(secrets.choice(_BASE32) for _ in range(26))
        if resource_identifier:
            check_identifier("ResourceIdentifier", resource_identifier, longest=31)
        arn = f"arn:aws:dms:{self.name}:{ACCOUNT}:{kind}:{last}"
        if arn in {**self.endpoints, **self.instances, **self.tasks}:
            raise ResourceAlreadyExistsError(f"The resource you are attempting to create already exists: {arn}.")
        return arn

    def instance_status(self, instance: ReplicationInstance) -> str:
        """The status of a replication instance, or that of a fault."""
        faults = self.transitions.faults
        return faults.shown_status("replication-instance", instance.status, instance=instance.identifier)

    def active_endpoint(self, arn: str) -> Endpoint:
        """The endpoint of that ARN. Raises ResourceNotFoundError, InvalidResourceStateError for one in deletion."""
        endpoint = self.endpoints.get(arn)
        if endpoint is None:
            raise ResourceNotFoundError(f"Endpoint {arn} not found.")
        if endpoint.status != "active":
            raise InvalidResourceStateError(f"Endpoint {endpoint.identifier} is {endpoint.status}.")
        return endpoint


def check_identifier(parameter: str, value: str, longest: int = 255) -> str:
    """The identifier as DMS keeps it, in lower case. Raises InvalidParameterValueError for one that it does not allow.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationTask.html
    """
    if not _IDENTIFIER.fullmatch(value) or len(value) > longest:
        raise InvalidParameterValueError(
            f"The parameter {parameter} {value!r} is not a valid identifier. Identifiers must begin with a letter; must"
            " contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two"
            " consecutive hyphens."
        )
    return value.lower()


def free_identifier(
    parameter: str, value: str, among: dict[str, Any], but_for: object = None, longest: int = 255
) -> str:
    """The identifier, if nothing else ``among`` the resources has it.

    Raises InvalidParameterValueError, ResourceAlreadyExistsError.
    """
    identifier = check_identifier(parameter, value, longest)
    if any(one.identifier == identifier for one in among.values() if one is not but_for):
        raise ResourceAlreadyExistsError(f"The resource you are attempting to create already exists: {identifier}.")
    return identifier


def tags(parameters: dict[str, Any]) -> dict[str, str]:
    """The tags that a call gives a resource. Raises InvalidParameterValueError."""
    if wrong := wrong_tag(parameters, "dms"):
        raise InvalidParameterValueError(wrong)
    return {tag["Key"]: tag.get("Value", "") for tag in parameters.get("Tags", [])}
