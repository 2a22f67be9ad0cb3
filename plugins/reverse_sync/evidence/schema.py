"""`python -m reverse_sync.evidence.schema`: the JSON schema of a record, made from its shape and the results'."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from reverse_sync import steps
from reverse_sync.evidence.shapes import Record
from reverse_sync.steps import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.json_schema import JsonSchemaValue

_DEFINED = "#/$defs/{model}"


def schema() -> JsonSchemaValue:
    """JSON Schema, draft 2020-12; keys that it does not name are allowed.

    What a step returned is of its task's shape, or null.
    """
    record = TypeAdapter(Record).json_schema(ref_template=_DEFINED)
    shapes = dict(_shapes(record["$defs"]))
    record["$defs"]["RecordedStep"]["allOf"] = [
        {
            "if": {"properties": {"task": {"enum": tasks}}},
            "then": {"properties": {"result": {"anyOf": [json.loads(shape), {"type": "null"}]}}},
        }
        for shape, tasks in shapes.items()
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **record,
        "title": "The record of a run of Reverse Sync, format 2 (format 1 has no chain)",
    }


def _shapes(definitions: JsonSchemaValue) -> Iterator[tuple[str, list[str]]]:
    """Each shape of a result, as JSON, with the tasks that return it; what it is made of goes to the definitions."""
    tasks: dict[str, list[str]] = {}
    for step in (one for one in vars(steps).values() if isinstance(one, Step)):
        shape = TypeAdapter(step.returns).json_schema(ref_template=_DEFINED)
        definitions |= shape.pop("$defs", {})
        if title := shape.pop("title", None):
            definitions[title] = {"title": title, **shape}
            shape = {"$ref": _DEFINED.format(model=title)}
        tasks.setdefault(json.dumps(shape), []).append(step.task_id)
    yield from tasks.items()


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2))
