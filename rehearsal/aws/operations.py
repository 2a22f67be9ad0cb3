"""What is answered: operations.json has each service's operations, and of each the parameters that have an effect.

Everything else is refused in the service's own protocol: an answer without the effect would be a lie.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from rehearsal.aws.aws_request import operation_model
from rehearsal.aws.constraints import out_of_bounds, wrong_tag
from rehearsal.aws.errors import AwsError
from rehearsal.aws.refused_values import NO_PARAMETER, check_values

if TYPE_CHECKING:
    from rehearsal.aws.aws_request import AwsRequest

OPERATIONS: dict[str, dict[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text())
"""Service, by its signing name -> operation -> the names of its parameters."""

_NO_OPERATION = {"json": "UnknownOperationException", "query": "InvalidAction", "ec2": "InvalidAction"}


def check(asked: AwsRequest) -> None:
    """Raises AwsError for what the rehearsal does not do or has no effect of, and for a value that is refused."""
    operations = OPERATIONS.get(asked.service, {})
    if asked.operation not in operations:
        message = f"the rehearsal does not do {asked.operation} of {asked.service}; rehearsal/aws/README.md lists what"
        code = _NO_OPERATION.get(asked.protocol, "NotImplemented")
        raise AwsError(code, f"{message} it does", 501 if code == "NotImplemented" else 400)
    if strange := sorted(asked.names - set(operations[asked.operation].split())):
        message = f"the rehearsal does not have the effect of {', '.join(strange)} in {asked.operation}; leave it out"
        raise AwsError(NO_PARAMETER[asked.service], message)
    if asked.service != "dms" and (wrong := _wrong_value(asked)):  # DMS looks itself
        raise AwsError("InvalidArgument" if asked.service == "s3" else NO_PARAMETER[asked.service], wrong)
    check_values(asked)


def _wrong_value(asked: AwsRequest) -> str:
    model = operation_model(asked.service, asked.operation)
    if model is None or model.input_shape is None:
        return ""
    members = model.input_shape.members
    # S3's are in headers and in the URL's query, where all is text.
    given = {
        name: asked.parameters[name]
        for name in asked.names
        if asked.service != "s3" or members[name].type_name == "string"
    }
    return out_of_bounds(given, model.input_shape) or wrong_tag(asked.parameters, asked.service)
