"""The keys of a pipeline file, out of its models: what each takes, its default, and what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from docsite.docstrings import of_attributes
from reverse_sync.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

_HEAD = """\
# The pipeline file, key by key

Times are seconds. A key that is left out has its default; **required** ones have to be there: nothing that names a
service, a database or a row is ever assumed. A key that is not in this list is refused, with the name of the file.
[flightspecials.yaml](../include/pipelines/flightspecials.yaml) is a whole file. `make docs` writes this page out of
the models in `plugins/reverse_sync/pipeline/`.
"""
_TABLE = """
## {}

| key | takes | default | what |
| --- | --- | --- | --- |
"""


class Key(NamedTuple):
    """One line of the page."""

    path: str
    takes: str
    default: str
    text: str


def page() -> str:
    """The page as it should be."""
    parts, section = [_HEAD], None
    for key in all_keys():
        first = key.path.split(".")[0] if "." in key.path else ""
        if first != section:
            parts.append(_TABLE.format(f"`{first}`" if first else "The pipeline"))
            section = first
        parts.append(f"| `{key.path}` | {key.takes} | {key.default} | {key.text.replace('|', chr(92) + '|')} |\n")
    return "".join(parts)


def all_keys() -> list[Key]:
    """The keys: those of the top first, then section by section."""
    found: dict[str, Key] = {}
    for key in _keys(Pipeline, ""):
        known = found.setdefault(key.path, key)
        if known.takes != key.takes:  # a section of another kind; the first kind is the default
            found[key.path] = known._replace(takes=f"{known.takes} or {key.takes}")
    return sorted(found.values(), key=lambda key: "." in key.path)


def _keys(section: type[BaseModel], above: str) -> Iterator[Key]:
    texts = of_attributes(section)
    for attribute, field in section.model_fields.items():
        path = above + (field.alias or attribute)
        models = list(_sections(field.annotation))
        if attribute in texts or not models:
            yield Key(path, _takes(field), _default(field), texts.get(attribute, ""))
        for model in models:
            yield from _keys(model, f"{path}.")


def _sections(annotation: object) -> Iterator[type[BaseModel]]:
    """The sections that a key may be: one, one or none, or one of several kinds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inside in get_args(annotation):
        yield from _sections(inside)


def _takes(field: FieldInfo) -> str:
    if any(_sections(field.annotation)):
        return "a section, or a list of them" if get_origin(field.annotation) is tuple else "a section"
    limits = [text for one in field.metadata for text in _limits(one)]
    return " ".join([_type(field.annotation), *limits])


def _type(annotation: object) -> str:
    """A type as a person writes it in YAML."""
    arguments = get_args(annotation)
    match get_origin(annotation):
        case origin if origin is Literal:
            return " or ".join(f"`{one}`" for one in arguments)
        case origin if origin is Annotated:
            return " ".join([_type(arguments[0]), *(text for one in arguments[1:] for text in _limits(one))])
        case origin if origin is Union or getattr(origin, "__name__", "") == "UnionType":
            return " or ".join(_type(one) for one in arguments)
        case origin if origin is not None:
            return {"tuple": "list of texts", "list": "list", "dict": "mapping"}[origin.__name__]
    names = {str: "text", int: "whole number", float: "number", bool: "true or false", type(None): "null"}
    return names[annotation]  # type: ignore[index]


def _limits(constraint: object) -> Iterator[str]:
    """The limits of a number, in words."""
    for inside in getattr(constraint, "metadata", ()):
        yield from _limits(inside)
    for name, words in (("ge", "from"), ("gt", "above"), ("le", "to"), ("lt", "below")):
        if (limit := getattr(constraint, name, None)) is not None:
            yield f"{words} {limit}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value = field.get_default(call_default_factory=True) if field.default is PydanticUndefined else field.default
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, BaseModel):
        return "nothing"
    if isinstance(value, tuple | list):
        return "none" if not value else "`[" + ", ".join(map(str, value)) + "]`"
    return f"`{value}`" if str(value) else '`""`'
