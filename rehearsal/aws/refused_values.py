"""Values that moto would take and AWS does not, or that the rehearsal does not have the effect of: refused_values.json.

A value is refused where it does not fit the bounds of its ``member``, or where the condition ``when`` is met.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal.aws import moto_seams
from rehearsal.aws.constraints import unmet
from rehearsal.aws.errors import AwsError
from rehearsal.aws.log_filter import LogFilter

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.aws.aws_request import AwsRequest

_DATA: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text())
NO_PARAMETER: dict[str, str] = _DATA["no parameter"]
"""Each service's error for a parameter that cannot be used."""

_STATISTICS = {"SampleCount", "Average", "Sum", "Minimum", "Maximum"}
_SHORT_PERIODS_S = (1, 5, 10, 20, 30)


def check_values(asked: AwsRequest) -> None:
    """Raises AwsError for a value of the call that is refused."""
    for refused in _DATA["refused"]:
        if asked.service != refused["service"] or asked.operation not in refused["operations"]:
            continue
        value = asked.parameters.get(refused.get("member"))
        if _CONDITIONS[refused["when"]](asked) if "when" in refused else value is not None and unmet(value, refused):
            raise AwsError(refused["code"], refused["message"].format(value=value))
    if asked.operation == "FilterLogEvents":
        LogFilter(str(asked.parameters.get("filterPattern") or ""))


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


_CONDITIONS: dict[str, Callable[[AwsRequest], bool]] = {
    "a failover is forced": lambda asked: "ForceFailover" in asked.names,
    "a source has no type": lambda asked: asked.names & {"SourceIdentifier", "SourceType"} == {"SourceIdentifier"},
    "a statistic is strange": lambda asked: not {one.get("Stat") for one in _metrics(asked)} <= _STATISTICS,
    "a period is strange": _has_strange_period,
    "an id is strange": _has_strange_id,
    "a value is missing": _has_no_value,
    "the token is strange": _is_strange_token,
    "the object token is strange": lambda asked: (
        not moto_seams.gave_page_token(asked.parameters.get("ContinuationToken"))
    ),
    "the secret is given twice": lambda asked: asked.names >= {"SecretString", "SecretBinary"},
    "the secret is deleted": _is_of_deleted_secret,
    "the role is missing": _lacks_role,
    "the policy is no JSON": _is_no_json,
}
