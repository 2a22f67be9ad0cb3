"""DMS on the wire: JSON 1.1, checked against botocore's own model of the service.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.model import ListShape, Shape, StructureShape
from werkzeug.wrappers import Response

from rehearsal.aws import answers
from rehearsal.aws.aws_request import service_model
from rehearsal.aws.constraints import violations, with_times
from rehearsal.aws.dms.errors import DmsError, invalid_request

if TYPE_CHECKING:
    from rehearsal.aws.aws_request import AwsRequest

MODEL = service_model("dms")

Parameters: TypeAlias = dict[str, Any]
Calls: TypeAlias = dict[str, Callable[[Parameters], dict[str, Any]]]


class DmsProtocol:
    """Takes a request apart, has one of the region's calls answer it, and puts the answer together."""

    def __init__(self, calls_of_region: Callable[[str], Calls]) -> None:
        self._calls_of_region = calls_of_region

    def answer(self, asked: AwsRequest, body: bytes) -> Response:
        """One call's answer; every failure is a fault of the service, never a 500."""
        try:
            result = self._call(asked, body)
        except DmsError as fault:
            return answers.error("json", fault.code, str(fault))
        except Exception as error:  # noqa: BLE001  # the server must answer whatever fails
            traceback.print_exc(file=sys.stderr)
            message = f"the rehearsal's {asked.operation} broke: {type(error).__name__}"
            return answers.error("json", "InternalFailure", message)
        return Response(
            json.dumps(result, ensure_ascii=False, default=_as_json), content_type="application/x-amz-json-1.1"
        )

    def _call(self, asked: AwsRequest, body: bytes) -> dict[str, Any]:
        call = self._calls_of_region(asked.region)[asked.operation]
        try:
            parameters = json.loads(body or b"{}")
        except ValueError as error:
            raise invalid_request(f"the request is not JSON: {error}") from error
        shape = MODEL.operation_model(asked.operation).input_shape or Shape("None", {"type": "structure"})
        if problems := violations(parameters, shape):
            raise invalid_request(problems)
        return call(with_times(parameters, shape))


def shown(value: Any, shape: Shape | None) -> Any:
    """``value`` with what AWS's model has of it, without what that calls sensitive, and without what is None."""
    if isinstance(shape, ListShape):
        return [shown(member, shape.member) for member in value]
    if isinstance(shape, StructureShape):
        return {
            name: shown(member, shape.members[name])
            for name, member in value.items()
            if member is not None and name in shape.members and not shape.members[name].metadata.get("sensitive")
        }
    return value


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"{type(value).__name__} has no place in a DMS answer")
