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
    from collections.abc import Iterator, Mapping

_MISSING_FROM_ENUMS = {"SourceType": ["replication-task"]}
"""DMS's does not have it: https://docs.aws.amazon.com/dms/latest/APIReference/API_DescribeEvents.html"""
_LONGEST_KEY, _LONGEST_VALUE = 128, 256

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


def wrong_tag(parameters: Mapping[str, Any], service: str) -> str:
    """What is wrong with the tags that a call gives, if anything.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_Tag.html, and that of the other services
    """
    tags = [tag for tag in parameters.get("Tags") or [] if isinstance(tag, dict)]
    for key, value in ((str(tag.get("Key") or ""), str(tag.get("Value") or "")) for tag in tags):
        if not key:
            return "a tag has no Key, which is its required name"
        if key.lower().startswith(("aws:", f"{service}:")):
            return f"the tag {key} begins with aws: or {service}:, which are reserved"
        if len(key) > _LONGEST_KEY or len(value) > _LONGEST_VALUE:
            return (
                f"the tag {key[:20]}... is too long: {_LONGEST_KEY} characters at most, and {_LONGEST_VALUE} of a value"
            )
    return ""


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
    if isinstance(shape, ListShape):
        if not isinstance(value, list):
            yield f"{json.dumps(value)} at '{path}' is not a list"
            return
        for member in value:
            yield from _problems(member, shape.member, path)
    if shape.type_name in _MOST and not (isinstance(value, datetime) or _is_number(value, _MOST[shape.type_name])):
        yield f"{json.dumps(value)} at '{path}' is no {shape.type_name}"
    elif wrong := "" if value in _MISSING_FROM_ENUMS.get(path, []) else unmet(value, shape.metadata):
        shown = f"Value '{value}' " if isinstance(value, str | int) and not shape.metadata.get("sensitive") else ""
        yield f"{shown}at '{path[:1].lower()}{path[1:]}' failed to satisfy constraint: Member must {wrong}"


def _is_number(value: Any, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < most


def unmet(value: Any, bounds: Mapping[str, Any]) -> str:
    """Which of the bounds (`enum`, `min`, `max`, `pattern`) a value does not satisfy; empty where it does."""
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
