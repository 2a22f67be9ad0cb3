"""Terraform's files, read without Terraform: their resources, and what a provider's schema says against them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from hcl2 import SerializationOptions, loads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_PLAIN = SerializationOptions(strip_string_quotes=True, with_comments=False)
_IS_BLOCK = "__is_block__"
# https://developer.hashicorp.com/terraform/language/meta-arguments
_META = {"count", "depends_on", "for_each", "lifecycle", "provider"}
_REFERENCE = re.compile(r"(?<![\w.\"/-])(var|local|data|aws_\w+)((?:\.\w+|\[[^\]]*\])+)")
_LITERALS = {"string": str, "number": int, "bool": bool, "list": list, "set": list, "map": dict}


class Thing(NamedTuple):
    """A resource or a data source."""

    kind: str
    type: str
    name: str
    body: dict[str, Any]

    @property
    def address(self) -> str:
        """As the others refer to it."""
        return f"{'data.' if self.kind == 'data' else ''}{self.type}.{self.name}"


def values(text: str) -> dict[str, Any]:
    """What a file of variables gives; of a configuration its blocks, by kind."""
    return loads(text, serialization_options=_PLAIN)


@dataclass(frozen=True)
class Configuration:
    """The files of one folder."""

    things: list[Thing]
    variables: dict[str, dict[str, Any]]
    outputs: dict[str, dict[str, Any]]
    settings: dict[str, Any]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Configuration:
        """Read them; lark's UnexpectedInput where one is no HCL."""
        files = [values(text) for text in texts]

        def labelled(kind: str) -> Iterator[tuple[str, Any]]:
            return (item for file in files for one in file.get(kind, ()) for item in one.items())

        return cls(
            [
                Thing(kind, type_, name, body)
                for kind in ("resource", "data")
                for type_, named in labelled(kind)
                for name, body in named.items()
            ],
            dict(labelled("variable")),
            dict(labelled("output")),
            dict(labelled("terraform")),
        )

    def all(self, type_: str) -> list[dict[str, Any]]:
        """The bodies of the resources of a type."""
        return [thing.body for thing in self.things if (thing.kind, thing.type) == ("resource", type_)]


def problems(configuration: Configuration, schema: Mapping[str, Any]) -> Iterator[str]:
    """What Terraform would refuse, as far as the schema tells, and what nobody uses or explains.

    :param schema: of a provider, as `terraform providers schema -json` prints it:
        https://developer.hashicorp.com/terraform/cli/commands/providers/schema
    """
    known = {"resource": schema["resource_schemas"], "data": schema["data_source_schemas"]}
    blocks = {thing.address: known[thing.kind].get(thing.type, {}).get("block") for thing in configuration.things}
    if len(blocks) < len(configuration.things):
        yield "two of one address"
    for thing in configuration.things:
        if block := blocks[thing.address]:
            body = {key: value for key, value in thing.body.items() if key not in _META}
            yield from _against(block, body, thing.address)
        else:
            yield f"{thing.address}: the schema has no such type"
    used = set()
    for where, reference in _references(configuration):
        used.add(reference[:2])
        if not _resolves(reference, configuration, blocks):
            yield f"{where}: nothing is {'.'.join(reference)}"
    for name, variable in configuration.variables.items():
        if ("var", name) not in used:
            yield f"var.{name}: nobody uses it"
        if not variable.get("description") or not variable.get("type"):
            yield f"var.{name}: description or type is missing"
    yield from (
        f"output.{name}: no description" for name, one in configuration.outputs.items() if "description" not in one
    )


def _against(block: Mapping[str, Any], body: Mapping[str, Any], where: str) -> Iterator[str]:
    attributes, nested = block.get("attributes", {}), block.get("block_types", {})
    for key, value in body.items():
        inner = _blocks(value)
        if inner and key in nested:
            for one in inner:
                yield from _against(nested[key]["block"], one, f"{where}.{key}")
        elif key in attributes and not inner:
            yield from _argument(attributes[key], value, f"{where}.{key}")
        elif key != _IS_BLOCK:
            yield f"{where}: no {'block' if inner else 'argument'} {key}"
    yield from (
        f"{where}: {key} is missing" for key, one in attributes.items() if one.get("required") and key not in body
    )
    for key, one in nested.items():
        count = len(_blocks(body.get(key)))
        if not one.get("min_items", 0) <= count <= one.get("max_items", count):
            yield f"{where}: {count} blocks {key}"


def _argument(attribute: Mapping[str, Any], value: Any, where: str) -> Iterator[str]:
    if not (attribute.get("required") or attribute.get("optional")):
        yield f"{where} is AWS's to say"
    wanted = attribute["type"] if isinstance(attribute["type"], str) else attribute["type"][0]
    is_expression = isinstance(value, str) and value.startswith("${")
    if not is_expression and type(value) is not _LITERALS[wanted]:
        yield f"{where} is no {wanted}: {value!r}"


def _blocks(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        return []
    return [one for one in value if isinstance(one, dict) and _IS_BLOCK in one]


def _references(configuration: Configuration) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Where something is referred to, and the names of the way there."""
    bodies = [(thing.address, thing.body) for thing in configuration.things]
    bodies += [(f"output.{name}", body) for name, body in configuration.outputs.items()]
    for where, body in bodies:
        for text in _texts(body):
            for root, way in _REFERENCE.findall(text) if "${" in text else ():
                yield where, (root, *re.findall(r"\.(\w+)", re.sub(r"\[[^\]]*\]", "", way)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)


def _resolves(reference: tuple[str, ...], configuration: Configuration, blocks: Mapping[str, Any]) -> bool:
    if reference[0] == "var":
        return reference[1] in configuration.variables
    length = 3 if reference[0] == "data" else 2
    block = blocks.get(".".join(reference[:length]))
    return block is not None and all(name in block["attributes"] for name in reference[length : length + 1])
