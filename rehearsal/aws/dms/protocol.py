"""DMS on the wire: JSON 1.1, checked against botocore's own model of the service.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from rehearsal.aws.aws_request import service_model
from rehearsal.aws.constraints import violations, with_times
from rehearsal.aws.dms.errors import invalid_request

MODEL = service_model("dms")


def parsed(body: bytes, operation: str) -> dict[str, Any]:
    """The parameters of a call. Raises AwsError for what does not fit the model."""
    try:
        parameters = json.loads(body or b"{}")
    except ValueError as error:
        raise invalid_request(f"the request is not JSON: {error}") from error
    shape = MODEL.operation_model(operation).input_shape or Shape("None", {"type": "structure"})
    if problems := violations(parameters, shape):
        raise invalid_request(problems)
    return dict(with_times(parameters, shape))


def written(result: dict[str, Any], operation: str) -> str:
    """The answer of a call: what AWS's model has of it, without what that calls sensitive, and without what is None."""
    return json.dumps(_shown(result, MODEL.operation_model(operation).output_shape), ensure_ascii=False)


def _shown(value: Any, shape: Shape | None) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(shape, ListShape):
        return [_shown(member, shape.member) for member in value]
    if isinstance(shape, StructureShape):
        return {
            name: _shown(member, shape.members[name])
            for name, member in value.items()
            if member is not None and name in shape.members and not shape.members[name].metadata.get("sensitive")
        }
    return value
