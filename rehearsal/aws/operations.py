"""What is answered: operations.json has each service's operations, and of each the parameters that have an effect.

Everything else is refused in the service's own protocol: an answer without the effect would be a lie.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal.aws import answers, moto_seams
from rehearsal.aws.aws_request import operation_model
from rehearsal.aws.constraints import out_of_bounds
from rehearsal.aws.log_filter import LogFilter, LogFilterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from rehearsal.aws.aws_request import AwsRequest

OPERATIONS: dict[str, dict[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text())
"""Service, by its signing name -> operation -> the names of its parameters."""

_NO_OPERATION = {"json": "UnknownOperationException", "query": "InvalidAction", "ec2": "InvalidAction"}
_NO_PARAMETER = {
    "dms": "InvalidParameterValueException",
    "rds": "InvalidParameterValue",
    "logs": "InvalidParameterException",
    "monitoring": "InvalidParameterValueException",
    "secretsmanager": "InvalidParameterException",
    "ssm": "ValidationException",
    "sts": "ValidationError",
    "iam": "ValidationError",
    "s3": "NotImplemented",
}
_CHECKED_ELSEWHERE = ("dms", "s3")
"""By DMS itself; what S3's requests have in headers and queries is no more than text."""

_STATISTICS = {"SampleCount", "Average", "Sum", "Minimum", "Maximum"}


def refusal(asked: AwsRequest) -> Response | None:
    """The error for what the rehearsal does not do, in the protocol of the request; None for what it does."""
    operations = OPERATIONS.get(asked.service, {})
    if asked.operation not in operations:
        message = f"the rehearsal does not do {asked.operation} of {asked.service}; rehearsal/aws/README.md lists what"
        code = _NO_OPERATION.get(asked.protocol, "NotImplemented")
        return answers.error(asked.protocol, code, f"{message} it does", 501 if code == "NotImplemented" else 400)
    if strange := sorted(asked.names - set(operations[asked.operation].split())):
        message = f"the rehearsal does not have the effect of {', '.join(strange)} in {asked.operation}; leave it out"
        return answers.error(asked.protocol, _NO_PARAMETER[asked.service], message)
    model = operation_model(asked.service, asked.operation)
    if asked.service not in _CHECKED_ELSEWHERE and model and model.input_shape:
        given = {name: asked.parameters[name] for name in asked.names}
        if wrong := out_of_bounds(given, model.input_shape):
            return answers.error(asked.protocol, _NO_PARAMETER[asked.service], wrong)
    return _refused_value(asked)


def _refused_value(asked: AwsRequest) -> Response | None:
    for service, operations, is_refused, code, message in _REFUSED:
        if asked.service == service and asked.operation in operations and is_refused(asked):
            return answers.error(asked.protocol, code, message)
    if asked.operation == "FilterLogEvents":
        try:
            LogFilter(str(asked.parameters.get("filterPattern") or ""))
        except LogFilterError as error:
            return answers.error(asked.protocol, _NO_PARAMETER["logs"], str(error))
    return None


def _statistics(parameters: dict[str, Any]) -> list[str]:
    """The Stat of each query of GetMetricData, an Expression where it has none."""
    queries = parameters.get("MetricDataQueries")
    metrics = [query.get("MetricStat") if isinstance(query, dict) else None for query in queries or []]
    return [str(metric.get("Stat")) if isinstance(metric, dict) else "Expression" for metric in metrics]


def _has_strange_name(allowed: str) -> Callable[[AwsRequest], bool]:
    return lambda asked: not re.fullmatch(allowed, str(asked.parameters.get("Name")), re.ASCII)


def _is_of_deleted_secret(asked: AwsRequest) -> bool:
    identifier = asked.parameters.get("SecretId")
    return bool(identifier) and moto_seams.is_deleted_secret(str(identifier), asked.region)


def _lacks_role(asked: AwsRequest) -> bool:
    arn = asked.parameters.get("RoleArn")
    return bool(arn) and not moto_seams.has_role(str(arn))


def _is_no_json(asked: AwsRequest) -> bool:
    try:
        return not isinstance(json.loads(asked.parameters.get("AssumeRolePolicyDocument") or "{}"), dict)
    except ValueError:
        return True


# What moto would take: service, operations, whether it is refused, the code and the message.
_REFUSED: tuple[tuple[str, tuple[str, ...], Callable[[AwsRequest], bool], str, str], ...] = (
    # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RebootDBInstance.html
    ("rds", ("RebootDBInstance",), lambda asked: "ForceFailover" in asked.names, "InvalidParameterCombination",
     "Cannot force a failover: the DB instance is not configured for Multi-AZ."),
    ("monitoring", ("GetMetricData",), lambda asked: not set(_statistics(asked.parameters)) <= _STATISTICS,
     _NO_PARAMETER["monitoring"], "the rehearsal does not evaluate expressions, percentiles and trimmed statistics"),
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
    ("secretsmanager", ("CreateSecret",), _has_strange_name(r"[\w/+=.@!-]+"), "ValidationException",
     "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"),
    ("secretsmanager", ("CreateSecret", "PutSecretValue", "UpdateSecret"),
     lambda asked: asked.names >= {"SecretString", "SecretBinary"}, "InvalidParameterException",
     "You can't specify both a binary secret value and a string secret value in the same secret."),
    ("secretsmanager", ("PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage"),
     _is_of_deleted_secret,
     "InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion."),
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
    ("ssm", ("PutParameter",), _has_strange_name(r"[\w./-]+"), "ValidationException",
     "Parameter name must be a combination of letters, numbers and the following symbols: .-_/"),
    ("sts", ("AssumeRole",), _lacks_role,
     "AccessDenied", "User is not authorized to perform: sts:AssumeRole: the role is not there"),
    ("iam", ("CreateRole",), _is_no_json, "MalformedPolicyDocument", "This policy contains invalid Json"),
)  # fmt: skip
