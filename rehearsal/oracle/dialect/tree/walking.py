"""What the nodes of a tree have in common, and going through them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar, dataclass_transform

_Node = TypeVar("_Node")


@dataclass_transform(frozen_default=True)
class Frozen:
    """A dataclass that never changes, and so is each class made from it."""

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True)(cls)


def walk(node: object) -> Iterator[object]:
    """A node and all that is in it."""
    if isinstance(node, tuple):
        for part in node:
            yield from walk(part)
    elif is_dataclass(node):
        yield node
        for field in fields(node):
            yield from walk(getattr(node, field.name))


def find(kind: type[_Node], *nodes: object) -> list[_Node]:
    """All nodes of a kind, in their order."""
    return [node for node in walk(nodes) if isinstance(node, kind)]


def changed(node: Any, kind: type[_Node], change: Callable[[_Node], object]) -> Any:
    """The tree with its nodes of a kind changed."""
    if isinstance(node, kind):
        return change(node)
    if isinstance(node, tuple):
        return tuple(changed(part, kind, change) for part in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    return replace(node, **{field.name: changed(getattr(node, field.name), kind, change) for field in fields(node)})
