"""The operators and sensors, out of their classes: what each does, and what it takes."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator

import reverse_sync
from docsite.docstrings import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
_HEAD = """\
# Operators and sensors

What the DAG's tasks are made of. Each looks first, changes only what differs, and may run again at any point. `make
docs` writes this page out of the classes. Arguments that all of Airflow's operators take are left out.
"""


def page() -> str:
    """The page as it should be."""
    return "\n".join([_HEAD, *map(_one, sorted(set(_operators()), key=lambda one: (one.__module__, one.__name__)))])


def _operators() -> Iterator[type[BaseOperator]]:
    """The classes that a task can be made of, each where it is defined."""
    for module in walk_packages(reverse_sync.__path__, "reverse_sync."):
        if not module.name.endswith(".__main__"):
            for one in vars(import_module(module.name)).values():
                own = inspect.isclass(one) and issubclass(one, BaseOperator) and one.__module__ == module.name
                if own and one.execute is not BaseOperator.execute and not inspect.isabstract(one):
                    yield one


def _one(operator: type[BaseOperator]) -> str:
    text, _ = text_of(operator)
    file = Path(inspect.getfile(operator)).resolve().relative_to(ROOT)
    rows = "".join(f"| `{name}` | {said} |\n" for name, said in _arguments(operator).items())
    table = f"\n| argument | what |\n| --- | --- |\n{rows}" if rows else ""
    templates = ", ".join(f"`{name}`" for name in operator.template_fields)
    return (
        f"## {operator.__name__}\n\n{text}\n{table}\n"
        + (f"Templates: {templates}. " if templates else "")
        + f"In the code: [{file}](../{file})\n"
    )


def _arguments(operator: type[BaseOperator]) -> dict[str, str]:
    """What it takes, with what it or a class that it inherits from says of it."""
    found: dict[str, str] = {}
    for owner in reversed(operator.__mro__):
        if owner.__module__.startswith("reverse_sync"):
            _, named = text_of(owner)
            taken = inspect.signature(owner).parameters.values()
            own = [one.name for one in taken if one.kind is one.KEYWORD_ONLY]
            found |= {name: named.get(name, found.get(name, "")) for name in own}
    return found
