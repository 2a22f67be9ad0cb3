"""AWS's own errors, in one sentence."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)

from reverse_sync.errors import NeedsPersonError, ReverseSyncError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Codes after which the task's next try may succeed: https://docs.aws.amazon.com/dms/latest/APIReference/CommonErrors.html
# and https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html. The two faults about resources are
# what a call gets that botocore sent again because the first answer was lost: the next try looks before it acts.
THROTTLED = frozenset(
    {"RequestLimitExceeded", "SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException"}
)
PASSING = THROTTLED | frozenset(
    {
        "InternalFailure",
        "InternalServerError",
        "InvalidResourceStateFault",
        "PriorRequestNotComplete",
        "RequestTimeout",
        "RequestTimeoutException",
        "ResourceAlreadyExistsFault",
        "ServiceUnavailable",
    }
)
CREDENTIALS = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "RequestExpired", "UnrecognizedClientException"}
)
PERMISSION = frozenset({"AccessDenied", "AccessDeniedException", "AccessDeniedFault", "UnauthorizedOperation"})
MISSING = frozenset({"DBInstanceNotFound", "DBInstanceNotFoundFault", "ResourceNotFoundFault"})


def code_of(error: ClientError) -> str:
    """The fault's code."""
    return str(error.response["Error"]["Code"])


def may_pass(error: Exception) -> bool:
    """Whether the same call may succeed later."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return code_of(error) in PASSING or code_of(error) in CREDENTIALS or status >= 500
    return not isinstance(error, NoCredentialsError | PartialCredentialsError | ParamValidationError)


def explain(error: ClientError | BotoCoreError, aws_conn_id: str | None) -> str:
    """The fault and the next step."""
    if isinstance(error, ParamValidationError):
        return (
            f"AWS can't be asked so, and was not: {' '.join(str(error).split())}. Correct what that comes from in the "
            "pipeline file or the connection, then clear this task."
        )
    if not isinstance(error, ClientError):
        return (
            f"AWS could not be called ({error}). Check the address, region and credentials of the connection "
            f"{aws_conn_id!r} and the network, then clear this task."
        )
    fault = f"{error.operation_name} failed with {code_of(error)}: {error.response['Error'].get('Message', '')}".strip()
    if code_of(error) in CREDENTIALS:
        return (
            f"{fault}. AWS does not accept the credentials of the connection {aws_conn_id!r}: renew them, then clear "
            "this task."
        )
    if code_of(error) in PERMISSION:
        return (
            f"{fault}. The identity behind the connection {aws_conn_id!r} lacks this permission: add it (README, "
            "Permissions), then clear this task."
        )
    return fault


@contextmanager
def readable_aws_errors(aws_conn_id: str | None) -> Iterator[None]:
    """Raise AWS's errors as this project's.

    :raises ReverseSyncError: where the same call may succeed later: Airflow retries the task.
    :raises NeedsPersonError: where it can't.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        kind = ReverseSyncError if may_pass(error) else NeedsPersonError
        raise kind(explain(error, aws_conn_id)) from None
