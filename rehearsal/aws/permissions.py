"""What the caller may do: everything, until an IAM policy is set; then only what one of its statements allows.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html, for one policy that only
allows. Conditions are refused. Of a call to S3 only the action is checked.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from rehearsal.aws.errors import AwsError
from rehearsal.aws.moto_seams import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rehearsal.aws.aws_request import AwsRequest

_PREFIXES = {"monitoring": "cloudwatch"}
_ACTIONS = {"ListObjectsV2": "ListBucket", "ListObjects": "ListBucket", "HeadBucket": "ListBucket"} | {
    "HeadObject": "GetObject"
}


_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


class Permissions:
    """The statements of one identity policy."""

    def __init__(self) -> None:
        self._statements: list[dict[str, Any]] = [_EVERYTHING]

    def set(self, policy: dict[str, Any]) -> dict[str, Any]:
        """Enforce the policy from now on. Raises ValueError for one that can't be enforced here."""
        statements = _list(policy.get("Statement"))
        for statement in statements:
            members = statement.keys() - {"Sid"} if isinstance(statement, dict) else None
            if members != _EVERYTHING.keys() or statement["Effect"] != "Allow":
                raise ValueError(f"a statement here is an Allow of actions on resources, not {statement}")
        self._statements = statements
        return policy

    def lift(self) -> dict[str, Any]:
        """Allow everything again."""
        self._statements = [_EVERYTHING]
        return {}

    def check(self, asked: AwsRequest) -> None:
        """Raises AwsError for a call that the policy does not allow on every resource that it names."""
        action = f"{_PREFIXES.get(asked.service, asked.service)}:{_ACTIONS.get(asked.operation, asked.operation)}"
        resources = list(_resources(asked)) or ["*"]
        refused = [one for one in resources if not self._allows(action, one, anywhere=asked.service == "s3")]
        if not refused:
            return
        message = (
            f"User: arn:aws:iam::{ACCOUNT}:user/rehearsal is not authorized to perform: {action} on resource: "
            f"{refused[0]} because no identity-based policy allows the {action} action"
        )
        if asked.protocol == "json":
            raise AwsError("AccessDeniedException", message)
        raise AwsError("AccessDenied", message, status=403)

    def _allows(self, action: str, resource: str, *, anywhere: bool) -> bool:
        return any(
            any(fnmatchcase(action, pattern) for pattern in _list(statement["Action"]))
            and (anywhere or any(fnmatchcase(resource, pattern) for pattern in _list(statement["Resource"])))
            for statement in self._statements
        )


def _resources(asked: AwsRequest) -> Iterator[str]:
    """The ARNs of the resources that a call names."""
    given = asked.parameters
    if asked.service == "dms":
        yield from (value for value in given.values() if isinstance(value, str) and value.startswith("arn:"))
    here = f"{asked.region}:{ACCOUNT}"
    if asked.service == "rds":
        names = {"DBInstanceIdentifier": "db", "DBParameterGroupName": "pg"}
        yield from (f"arn:aws:rds:{here}:{kind}:{given[name]}" for name, kind in names.items() if name in given)
    if asked.service == "logs" and "logStreamName" in given:
        group = str(given.get("logGroupName") or given.get("logGroupIdentifier")).rpartition(":log-group:")[2]
        yield f"arn:aws:logs:{here}:log-group:{group}:log-stream:{given['logStreamName']}"
    if asked.service == "iam" and "RoleName" in given:
        yield f"arn:aws:iam::{ACCOUNT}:role/{given['RoleName']}"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
