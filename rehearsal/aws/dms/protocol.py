"""DMS on the wire: JSON 1.1, checked against botocore's own model of the service.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ListShape, ServiceModel, Shape, StructureShape
from botocore.validate import ParamValidator
from werkzeug.wrappers import Response

from rehearsal.aws.dms.errors import DmsError, UnknownOperationError, ValidationError
from rehearsal.aws.front import json_error

if TYPE_CHECKING:
    from rehearsal.aws.calls import Target

_OUTDATED_ENUMS = {"SourceType"}
"""The model lacks `replication-task`: https://docs.aws.amazon.com/dms/latest/APIReference/API_DescribeEvents.html"""

_NUMBERS = {"integer", "timestamp"}
_LAST_SECOND = datetime(9999, 12, 31, tzinfo=UTC).timestamp()

MODEL = ServiceModel(Loader().load_service_model("dms", "service-2"), "dms")

Parameters: TypeAlias = dict[str, Any]
Calls: TypeAlias = dict[str, Callable[[Parameters], dict[str, Any]]]


class DmsProtocol:
    """Takes a request apart, has one of the region's calls answer it, and puts the answer together."""

    def __init__(self, calls_of_region: Callable[[str], Calls]) -> None:
        self._calls_of_region = calls_of_region

    def answer(self, target: Target, body: bytes) -> Response:
        """One call's answer; every failure is a fault of the service, never a 500."""
        try:
            result = self._call(target, body)
        except DmsError as fault:
            return json_error(fault.code, str(fault))
        except Exception as error:  # noqa: BLE001  # the server must answer, whatever broke in it
            traceback.print_exc(file=sys.stderr)
            return json_error("InternalFailure", f"the rehearsal's {target.operation} broke: {type(error).__name__}")
        return Response(
            json.dumps(result, ensure_ascii=False, default=_as_json), content_type="application/x-amz-json-1.1"
        )

    def _call(self, target: Target, body: bytes) -> dict[str, Any]:
        call = self._calls_of_region(target.region).get(xform_name(target.operation))
        if call is None:
            raise UnknownOperationError(f"the rehearsal's DMS does not know {target.operation}")
        try:
            parameters = json.loads(body or b"{}")
        except ValueError as error:
            raise ValidationError(f"the request is not JSON: {error}") from error
        shape = MODEL.operation_model(target.operation).input_shape or Shape("None", {"type": "structure"})
        if problems := [*_strange_values(parameters, shape, "")] or [*_misshapen(parameters, shape)]:
            count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected"
            raise ValidationError(f"{count}: {'; '.join(problems)}")
        return call(_with_times(parameters, shape))


def without_secrets(value: Any, shape: Shape) -> Any:
    """``value`` without the members that the model calls sensitive."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {
            name: without_secrets(member, shape.members[name])
            for name, member in value.items()
            if name in shape.members and not shape.members[name].metadata.get("sensitive")
        }
    return value


def _misshapen(value: Any, shape: Shape) -> Iterator[str]:
    """What botocore itself would not send: other types than the model has, and required members that are missing."""
    report = ParamValidator().validate(_with_times(value, shape), shape)
    if report.has_errors():
        yield report.generate_report()


def _strange_values(value: Any, shape: Shape, path: str) -> Iterator[str]:
    """What botocore would send, and the service does not allow: its lists of values, and its ranges."""
    if shape.type_name == "structure" and not isinstance(value, dict):
        yield f"{json.dumps(value)} at '{path}' is not an object"
    elif isinstance(shape, StructureShape):
        for name, member in value.items():
            if name in shape.members:
                yield from _strange_values(member, shape.members[name], name)
            else:
                yield f"unknown parameter {name}"
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for member in value:
            yield from _strange_values(member, shape.member, path)
    elif shape.type_name in _NUMBERS and not _fits(value, shape.type_name):
        yield f"{json.dumps(value)} at '{path}' is no {shape.type_name}"
    elif path in _OUTDATED_ENUMS:
        return
    elif isinstance(value, str) and (allowed := getattr(shape, "enum", None)) and value not in allowed:
        path = path[:1].lower() + path[1:]
        yield (
            f"Value '{value}' at '{path}' failed to satisfy constraint:"
            f" Member must satisfy enum value set: [{', '.join(allowed)}]"
        )


def _fits(value: Any, kind: str) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < (_LAST_SECOND if kind == "timestamp" else 2**31)


def _with_times(value: Any, shape: Shape) -> Any:
    """Timestamps travel as seconds since 1970; inside they are datetimes."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {
            name: _with_times(member, shape.members[name]) if name in shape.members else member
            for name, member in value.items()
        }
    if shape.type_name == "timestamp":
        return datetime.fromtimestamp(value, UTC)
    return value


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"{type(value).__name__} has no place in a DMS answer")
