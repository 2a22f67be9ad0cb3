"""CloudWatch Logs: what a filter pattern finds, through genuine boto3."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.aws_stage import Stage

pytestmark = pytest.mark.integration

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
ERROR, BAD, WARN, PLAIN = "[ERROR 400] BAD REQUEST", "ERROR ARGUMENTS missing", "WARN low disk", "nothing to see"


@pytest.fixture(scope="module")
def group(parts: Stage) -> Iterator[str]:
    """A log group with a few lines."""
    logs = parts.client("logs")
    logs.create_log_group(logGroupName="mine")
    logs.create_log_stream(logGroupName="mine", logStreamName="s")
    now = int(time.time() * 1000)
    lines = [{"timestamp": now + place, "message": text} for place, text in enumerate((ERROR, BAD, WARN, PLAIN))]
    logs.put_log_events(logGroupName="mine", logStreamName="s", logEvents=lines)
    yield "mine"
    logs.delete_log_group(logGroupName="mine")


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("", [ERROR, BAD, WARN, PLAIN]),
        ("ERROR", [ERROR, BAD]),
        ("error", []),
        ("ERROR ARGUMENTS", [BAD]),
        ("?ERROR ?WARN", [ERROR, BAD, WARN]),
        ("-ERROR", [WARN, PLAIN]),
        ("ERROR -ARGUMENTS", [ERROR]),
        ('"BAD REQUEST"', [ERROR]),
        ('?"[ERROR" ?disk', [ERROR, WARN]),
        ('-"to see" -WARN', [ERROR, BAD]),
    ],
)
def test_what_a_pattern_finds(parts: Stage, group: str, pattern: str, found: list[str]) -> None:
    events = parts.client("logs").filter_log_events(logGroupName=group, filterPattern=pattern)["events"]
    assert [event["message"] for event in events] == found


@pytest.mark.parametrize(
    "pattern",
    [
        "%ERR.R%",
        "{ $.level = 1 }",
        "[level, text]",
        "ERROR ?WARN",
        "?ERROR -WARN",
        '"ERROR',
        "a*",
        'ERROR"x"',
        "-",
        "( a )",
    ],
)
def test_a_pattern_that_is_not_evaluated_is_refused(parts: Stage, group: str, pattern: str) -> None:
    with pytest.raises(ClientError, match=r"\(InvalidParameterException\).*the filter pattern "):
        parts.client("logs").filter_log_events(logGroupName=group, filterPattern=pattern)


def test_logs_insights_is_refused(parts: Stage, group: str) -> None:
    query = {"queryString": "fields @message | filter @message like /ERROR/", "startTime": 0, "endTime": 1}
    with pytest.raises(
        ClientError, match=r"\(UnknownOperationException\).*the rehearsal does not do StartQuery of logs"
    ):
        parts.client("logs").start_query(logGroupName=group, **query)
