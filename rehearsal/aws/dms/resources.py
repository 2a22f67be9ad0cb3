"""Resources as DMS describes them; endpoints and tasks, which are more than that, have files of their own."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, ClassVar


class Resource:
    """A resource, each class a kind: `members` has AWS's own names, and those that end in Arn and Identifier are
    named after `noun`. What AWS's model of an answer does not have stays inside (`rehearsal.aws.dms.protocol`).
    """

    noun: ClassVar[str]
    arn_part: ClassVar[str]
    absent: ClassVar[str]
    """The message for an ARN that none of the kind has."""
    status_member: ClassVar[str] = "Status"
    longest_identifier: ClassVar[int] = 255

    def __init__(self, members: dict[str, Any]) -> None:
        self.members = members

    @property
    def arn(self) -> str:
        """The ARN, which never changes."""
        return str(self.members[f"{self.noun}Arn"])

    @property
    def identifier(self) -> str:
        """The identifier, which a modification may change."""
        return str(self.members[f"{self.noun}Identifier"])

    @property
    def kind(self) -> str:
        """The kind as events and faults call it: `replication-instance`."""
        return re.sub("(?<=[a-z])(?=[A-Z])", "-", self.noun).lower()

    @property
    def status(self) -> str:
        """The status, in DMS's words; empty for what has none."""
        return str(self.members.get(self.status_member, ""))

    @status.setter
    def status(self, status: str) -> None:
        self.members[self.status_member] = status

    def described(self) -> dict[str, Any]:
        """The resource in the answer of a call, as a dictionary of its own."""
        return dict(self.members)


class ReplicationInstance(Resource):
    """A replication instance; tasks run in the stand-in itself."""

    noun, arn_part, absent = "ReplicationInstance", "rep", "Replication instance not found: {}"
    status_member, longest_identifier = "ReplicationInstanceStatus", 63

    def __init__(self, members: dict[str, Any]) -> None:
        assumed = {
            "AllocatedStorage": 100,
            "InstanceCreateTime": datetime.now(UTC),
            "EngineVersion": "3.5.3",
            "ReplicationInstancePrivateIpAddress": "127.0.0.1",
            "MultiAZ": False,
            "PubliclyAccessible": False,
        }
        super().__init__(assumed | members)


class Certificate(Resource):
    """An imported certificate."""

    noun, arn_part, absent = "Certificate", "cert", "Certificate {} not found."
