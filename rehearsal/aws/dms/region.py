"""The state that all resources of one region share, and the names that AWS gives them."""

from __future__ import annotations

import re
import secrets
import string
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from rehearsal.aws.constraints import wrong_tag
from rehearsal.aws.dms.describe import matching_page
from rehearsal.aws.dms.endpoint import Endpoint
from rehearsal.aws.dms.errors import already_exists, invalid_state, invalid_value, not_found
from rehearsal.aws.dms.resources import ReplicationInstance, Resource
from rehearsal.aws.events import Events
from rehearsal.aws.moto_seams import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.aws.dms.task import Task
    from rehearsal.aws.settings import Settings
    from rehearsal.aws.timing import Transitions

_BASE32 = string.ascii_uppercase + "234567"
_IDENTIFIER = re.compile(r"[A-Za-z](?:-?[A-Za-z0-9])*")
_OF_CALLS_ONLY = {"Tags", "ResourceIdentifier", "ExactSettings", "ReplicationTaskSettings"}
_KEPT = ("resources", "connections", "tags", "events")
GONE = "gone"
"""The status in which a resource ends."""
Parameters: TypeAlias = dict[str, Any]
"""Those of a call, as AWS names them."""
_Kind = TypeVar("_Kind", bound=Resource)


@dataclass
class Region:
    """One region's resources by ARN. Hold `lock` while reading or changing them."""

    name: str
    transitions: Transitions
    policies: Settings[str]
    resources: dict[str, Resource] = field(default_factory=dict)
    connections: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    events: Events = field(default_factory=Events)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def records(self) -> dict[str, Any]:
        """What outlives the stand-in, as keyword arguments for the next `Region`."""
        return {name: getattr(self, name) for name in _KEPT}

    def of(self, kind: type[_Kind]) -> list[_Kind]:
        """All resources of a kind."""
        return [one for one in self.resources.values() if isinstance(one, kind)]

    def find(self, kind: type[_Kind], arn: str) -> _Kind:
        """The resource of that ARN. Raises AwsError."""
        found = self.resources.get(arn)
        if not isinstance(found, kind):
            raise not_found(kind.absent.format(arn))
        return found

    def available_instance(self, arn: str) -> ReplicationInstance:
        """The replication instance of that ARN. Raises AwsError, also for one that is not available."""
        instance = self.find(ReplicationInstance, arn)
        if (status := self._described(instance)[instance.status_member]) != "available":
            raise invalid_state(
                f"Replication instance {instance.identifier} is in state {status}; it must be available."
            )
        return instance

    def active_endpoint(self, arn: str) -> Endpoint:
        """The endpoint of that ARN. Raises AwsError, also for one in deletion."""
        endpoint = self.find(Endpoint, arn)
        if endpoint.status != "active":
            raise invalid_state(f"Endpoint {endpoint.identifier} is {endpoint.status}.")
        return endpoint

    def endpoints_of(self, task: Task) -> tuple[Endpoint, Endpoint]:
        """Source and target of a task."""
        source, target = task.endpoint_arns
        return self.find(Endpoint, source), self.find(Endpoint, target)

    def users(self, resource: Resource) -> list[Resource]:
        """The resources that name this one: the endpoints of a certificate, the tasks of an endpoint or instance."""
        return [one for one in self.resources.values() if one is not resource and resource.arn in one.members.values()]

    def answer(self, resource: Resource) -> dict[str, Any]:
        """The answer of a call on one resource."""
        return {resource.noun: self._described(resource)}

    def describe(self, parameters: Parameters, kind: type[Resource]) -> dict[str, Any]:
        """The answer of the call that describes resources of a kind. Raises AwsError."""
        return matching_page(f"{kind.noun}s", map(self._described, self.of(kind)), parameters)

    def named(self, kind: type[Resource], parameters: Parameters) -> dict[str, Any]:
        """The members that a call gives a new resource: its ARN and its identifier are free.

        The last part of the ARN is random unless ResourceIdentifier asks for one. Raises AwsError.
        """
        members = self.changes(kind, parameters)
        if asked := parameters.get("ResourceIdentifier"):
            check_identifier("ResourceIdentifier", asked, longest=31)
        last = asked or "".join(secrets.choice(_BASE32) for _ in range(26))
        arn = f"arn:aws:dms:{self.name}:{ACCOUNT}:{kind.arn_part}:{last}"
        if arn in self.resources:
            raise already_exists(f"The resource you are attempting to create already exists: {arn}.")
        return members | {f"{kind.noun}Arn": arn}

    def changes(self, kind: type[Resource], parameters: Parameters, changed: Resource | None = None) -> dict[str, Any]:
        """The members that a call gives a resource; ``changed`` is the one that is there. Raises AwsError."""
        members = {name: value for name, value in parameters.items() if name not in _OF_CALLS_ONLY}
        name = f"{kind.noun}Identifier"
        if name in members:
            identifier = check_identifier(name, members[name], kind.longest_identifier)
            if any(one.identifier == identifier for one in self.of(kind) if one is not changed):
                raise already_exists(f"The resource you are attempting to create already exists: {identifier}.")
            members[name] = identifier
        return members

    def keep(self, resource: Resource, parameters: Parameters) -> None:
        """Keep a new resource with the tags that the call gives it. Raises AwsError, and keeps nothing then."""
        self.tags[resource.arn] = tags(parameters)
        self.resources[resource.arn] = resource

    def enter(
        self,
        resource: Resource,
        status: str,
        duration: str,
        after: str | Callable[[], str],
        event: tuple[str, str] | None = None,
        also: Callable[[], None] = lambda: None,
    ) -> None:
        """Put the resource in ``status`` and, once ``duration`` is over and ``also`` done, in ``after``.

        ``also`` is called without the lock, an ``after`` that finds the status out with it; `GONE` ends the resource.
        ``event`` is the category and message of the event that this is then.
        """
        resource.status = status

        def then() -> None:
            also()
            with self.lock:
                resource.status = after if isinstance(after, str) else after()
                if resource.status == GONE:
                    self.remove(resource)
                if event:
                    self.note(resource, *event)

        self.transitions.after(duration, status, resource.identifier, then)

    def note(self, resource: Resource, category: str, message: str) -> None:
        """Add an event of the resource, a replication instance or task."""
        self.events.add(resource.kind, resource.identifier, category, message)

    def remove(self, resource: Resource) -> None:
        """Forget a resource with its tags and its connections."""
        self.resources.pop(resource.arn, None)
        self.tags.pop(resource.arn, None)
        self.connections = {arns: found for arns, found in self.connections.items() if resource.arn not in arns}

    def _described(self, resource: Resource) -> dict[str, Any]:
        """The resource, with its status or that of a fault: `replication-instance-state` has the key `instance`."""
        about = {resource.kind.rpartition("-")[2]: resource.identifier}
        status = self.transitions.faults.shown_status(resource.kind, resource.status, **about)
        return resource.described() | {resource.status_member: status}


def check_identifier(parameter: str, value: str, longest: int) -> str:
    """The identifier as DMS keeps it, in lower case. Raises AwsError for one that it does not allow.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationTask.html
    """
    if not _IDENTIFIER.fullmatch(value) or len(value) > longest:
        raise invalid_value(
            f"The parameter {parameter} {value!r} is not a valid identifier. Identifiers must begin with a letter; must"
            " contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two"
            " consecutive hyphens."
        )
    return value.lower()


def tags(parameters: Parameters) -> dict[str, str]:
    """The tags that a call gives a resource. Raises AwsError."""
    if wrong := wrong_tag(parameters, "dms"):
        raise invalid_value(wrong)
    return {tag["Key"]: tag.get("Value", "") for tag in parameters.get("Tags", [])}
