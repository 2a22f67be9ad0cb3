"""What a class says of itself, for a page in Markdown."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import textwrap


def text_of(cls: type) -> tuple[str, dict[str, str]]:
    """A docstring's own text, and what its `:param name:` lines say."""
    text, *parameters = re.split(r"^:(?:param|raises) ", inspect.cleandoc(cls.__doc__ or ""), flags=re.MULTILINE)
    named = dict(one.split(":", 1) for one in parameters)
    return markdown(text), {name: markdown(said) for name, said in named.items()}


def markdown(text: str) -> str:
    """reStructuredText's marks as Markdown has them, each paragraph in one line; addresses as links."""
    text = re.sub(r":\w+:`[~.\w]*?(\w+)`", r"`\1`", text).replace("``", "`")
    text = re.sub(r"(?<![<(])(https://[^\s)]+)", r"<\1>", text)
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n")).strip()


def of_attributes(cls: type) -> dict[str, str]:
    """What a class's own source says below each of its attributes, also those that it inherits."""
    found: dict[str, str] = {}
    for owner in reversed(cls.__mro__):
        if owner.__module__.startswith("reverse_sync"):
            (tree,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
            found |= _below(tree.body) if isinstance(tree, ast.ClassDef) else {}
    return found


def _below(body: list[ast.stmt]) -> dict[str, str]:
    found = {}
    for before, after in itertools.pairwise(body):
        match before, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = " ".join(text.split())
    return found
