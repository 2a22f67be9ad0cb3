"""What the model of a service says of a call's parameters: types, required ones, lists of values, ranges and patterns.

botocore's own check, which clients make before they send, does not look at lists of values, upper bounds and patterns.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, Shape, StructureShape
from botocore.validate import ParamValidator

if TYPE_CHECKING:
    from collections.abc import Iterator

_OUTDATED_ENUMS = {"SourceType"}
"""DMS's does not have `replication-task`: https://docs.aws.amazon.com/dms/latest/APIReference/API_DescribeEvents.html"""

_LAST_SECOND = datetime(9999, 12, 31, tzinfo=UTC).timestamp()
_MOST = {"integer": 2**31, "long": 2**63, "timestamp": _LAST_SECOND}


def violations(parameters: Any, shape: Shape) -> str:
    """What is wrong with the parameters of a request, in AWS's words; empty where nothing is."""
    if found := out_of_bounds(parameters, shape):
        return found
    report = ParamValidator().validate(with_times(parameters, shape), shape)
    return f"1 validation error detected: {report.generate_report()}" if report.has_errors() else ""


def out_of_bounds(parameters: Any, shape: Shape) -> str:
    """Like `violations`, of those that are there, one by one."""
    problems = [*_problems(parameters, shape, "")]
    count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected"
    return f"{count}: {'; '.join(problems)}" if problems else ""


def with_times(value: Any, shape: Shape) -> Any:
    """Timestamps travel as seconds since 1970; inside they are datetimes."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {
            name: with_times(member, shape.members[name]) if name in shape.members else member
            for name, member in value.items()
        }
    is_number = shape.type_name == "timestamp" and not isinstance(value, datetime)
    return datetime.fromtimestamp(value, UTC) if is_number else value


def _problems(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        if not isinstance(value, dict):
            yield f"{json.dumps(value)} at '{path}' is not an object"
            return
        for name, member in value.items():
            if name in shape.members:
                yield from _problems(member, shape.members[name], name)
        return
    if isinstance(shape, ListShape) and isinstance(value, list):
        for member in value:
            yield from _problems(member, shape.member, path)
    if shape.type_name in _MOST and not (isinstance(value, datetime) or _is_number(value, _MOST[shape.type_name])):
        yield f"{json.dumps(value)} at '{path}' is no {shape.type_name}"
    elif wrong := _constraint(value, shape) if path not in _OUTDATED_ENUMS else "":
        shown = f"Value '{value}' " if isinstance(value, str | int) and not shape.metadata.get("sensitive") else ""
        yield f"{shown}at '{path[:1].lower()}{path[1:]}' failed to satisfy constraint: Member must {wrong}"


def _is_number(value: Any, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < most


def _constraint(value: Any, shape: Shape) -> str:
    """The constraint that a value does not satisfy, if there is one."""
    bounds = shape.metadata
    if isinstance(value, str) and bounds.get("enum") and value not in bounds["enum"]:
        return f"satisfy enum value set: [{', '.join(bounds['enum'])}]"
    if isinstance(value, str | list | int):
        what, size = ("value", value) if isinstance(value, int) else ("length", len(value))
        if size < bounds.get("min", size):
            return f"have {what} greater than or equal to {bounds['min']}"
        if size > bounds.get("max", size):
            return f"have {what} less than or equal to {bounds['max']}"
    if isinstance(value, str) and not _matches(bounds.get("pattern", ""), value):
        return f"satisfy regular expression pattern: {bounds['pattern']}"
    return ""


def _matches(pattern: str, value: str) -> bool:
    """Whether the whole value fits; a pattern that Python cannot read fits all."""
    try:
        return not pattern or bool(re.fullmatch(pattern, value))
    except re.error:
        return True
