"""Values that moto would take and AWS does not, or that the rehearsal does not have the effect of."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from rehearsal.aws import answers, moto_seams
from rehearsal.aws.log_filter import LogFilter, LogFilterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from rehearsal.aws.aws_request import AwsRequest

NO_PARAMETER = {
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
"""Each service's error for a parameter that cannot be used."""

_STATISTICS = {"SampleCount", "Average", "Sum", "Minimum", "Maximum"}
_SHORT_PERIODS_S = (1, 5, 10, 20, 30)
_MOST_PARAMETERS = 20
_LONGEST_PARAMETER = 4096


def refused_value(asked: AwsRequest) -> Response | None:
    """The error for a value of the call that is refused; None where there is none."""
    for service, operations, is_refused, code, message in _REFUSED:
        if asked.service == service and asked.operation in operations and is_refused(asked):
            return answers.error(asked.protocol, code, message)
    if asked.operation == "FilterLogEvents":
        try:
            LogFilter(str(asked.parameters.get("filterPattern") or ""))
        except LogFilterError as error:
            return answers.error(asked.protocol, NO_PARAMETER["logs"], str(error))
    return None


def _metrics(asked: AwsRequest) -> list[dict[str, Any]]:
    """The MetricStat of each query of GetMetricData, without a Stat where it has an Expression."""
    return [query.get("MetricStat") or {} for query in asked.parameters.get("MetricDataQueries") or []]


def _has_strange_id(asked: AwsRequest) -> bool:
    ids = [str(query.get("Id")) for query in asked.parameters.get("MetricDataQueries") or []]
    return len(set(ids)) < len(ids) or not all(re.fullmatch("[a-z][a-zA-Z0-9_]*", one) for one in ids)


def _has_strange_period(asked: AwsRequest) -> bool:
    periods = [one["Period"] for one in (asked.parameters, *_metrics(asked)) if "Period" in one]
    return any(period % 60 and period not in _SHORT_PERIODS_S for period in periods)


def _has_no_value(asked: AwsRequest) -> bool:
    return not all(
        datum.keys() & {"Value", "Values", "StatisticValues"} for datum in asked.parameters.get("MetricData") or []
    )


def _has_strange_name(allowed: str) -> Callable[[AwsRequest], bool]:
    return lambda asked: not re.fullmatch(allowed, str(asked.parameters.get("Name")), re.ASCII)


def _is_of_deleted_secret(asked: AwsRequest) -> bool:
    identifier = asked.parameters.get("SecretId")
    return bool(identifier) and moto_seams.is_deleted_secret(str(identifier), asked.region)


def _lacks_role(asked: AwsRequest) -> bool:
    arn = asked.parameters.get("RoleArn")
    return bool(arn) and not moto_seams.has_role(str(arn))


def _is_strange_token(asked: AwsRequest) -> bool:
    """Whether a page of CloudWatch Logs is asked for that no page before it led to."""
    group, _, stream = str(asked.parameters.get("nextToken") or "").partition("@")
    groups = moto_seams.backend("logs", asked.region).groups
    return bool(group) and (group not in groups or stream not in groups[group].streams)


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
    ("monitoring", ("GetMetricData",), lambda asked: not {one.get("Stat") for one in _metrics(asked)} <= _STATISTICS,
     NO_PARAMETER["monitoring"], "the rehearsal does not evaluate expressions, percentiles and trimmed statistics"),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html and those beside it
    ("monitoring", ("GetMetricData", "GetMetricStatistics"), _has_strange_period, "InvalidParameterValue",
     "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60."),
    ("monitoring", ("GetMetricData",), _has_strange_id, "ValidationError",
     "The Id of each query must be its own, begin with a lower case letter and have letters, digits and _ only."),
    ("monitoring", ("PutMetricData",), _has_no_value, "MissingParameter",
     "Each of MetricData must have a Value, Values or StatisticValues."),
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html
    ("logs", ("DescribeLogStreams",), _is_strange_token, NO_PARAMETER["logs"], "The specified nextToken is invalid."),
    # https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    ("s3", ("ListObjectsV2",), lambda asked: not moto_seams.gave_page_token(asked.parameters.get("ContinuationToken")),
     "InvalidArgument", "The continuation token provided is incorrect"),
    ("s3", ("ListObjects", "ListObjectsV2"), lambda asked: not str(asked.parameters.get("MaxKeys", "0")).isdigit(),
     "InvalidArgument", "Argument maxKeys must be an integer between 0 and 2147483647"),
    # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html
    ("rds", ("ModifyDBParameterGroup",), lambda asked: len(asked.parameters.get("Parameters") or []) > _MOST_PARAMETERS,
     "InvalidParameterValue", f"A maximum of {_MOST_PARAMETERS} parameters can be modified in a single request."),
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
    ("secretsmanager", ("CreateSecret",), _has_strange_name(r"[\w/+=.@!-]+"), "ValidationException",
     "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"),
    ("secretsmanager", ("CreateSecret", "PutSecretValue", "UpdateSecret"),
     lambda asked: asked.names >= {"SecretString", "SecretBinary"}, "InvalidParameterException",
     "You can't specify both a binary secret value and a string secret value in the same secret."),
    ("secretsmanager", ("PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage", "TagResource", "UntagResource"),
     _is_of_deleted_secret,
     "InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion."),
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
    ("ssm", ("PutParameter",), _has_strange_name(r"[\w./-]+"), "ValidationException",
     "Parameter name must be a combination of letters, numbers and the following symbols: .-_/"),
    ("ssm", ("PutParameter",), lambda asked: len(str(asked.parameters.get("Value"))) > _LONGEST_PARAMETER,
     "ValidationException", "Standard tier parameters support a maximum parameter value of 4096 characters."),
    ("sts", ("AssumeRole",), _lacks_role,
     "AccessDenied", "User is not authorized to perform: sts:AssumeRole: the role is not there"),
    ("iam", ("CreateRole",), _is_no_json, "MalformedPolicyDocument", "This policy contains invalid Json"),
)  # fmt: skip
