"""Names in rules: wildcards that find objects, and the actions that rename them."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_TOKEN = re.compile(r"\[[^\]]+\]|.", re.DOTALL)


def matches(pattern: str, name: str) -> bool:
    """Whether `name` is one that `pattern` means; case counts.

    `%` stands for any characters, `_` for one, `[ab]` and `[a-d]` for one of a set, `[_]` for the underscore itself:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Wildcards.html
    """
    return pattern == name or fnmatchcase(name, _as_glob(pattern))


def has_wildcard(pattern: str) -> bool:
    """Whether `pattern` was plainly meant for several objects (`_` alone is taken for part of a name)."""
    return "%" in pattern or bool(re.search(r"\[[^\]]+\]", pattern))


def _as_glob(pattern: str) -> str:
    return "".join(_glob_token(token) for token in _TOKEN.findall(pattern))


def _glob_token(token: str) -> str:
    if len(token) > 1:
        inside = token[1:-1]
        # A leading "!" would negate the set in a glob; DMS has no such thing.
        return f"[{inside[1:]}!]" if inside.startswith("!") and len(inside) > 1 else token
    return {"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}.get(token, token)


def _replace_prefix(name: str, value: str, old: str) -> str:
    return value + name.removeprefix(old) if name.startswith(old) else name


def _replace_suffix(name: str, value: str, old: str) -> str:
    return name.removesuffix(old) + value if name.endswith(old) else name


NAMING: dict[str, Callable[[str, str, str], str]] = {
    "rename": lambda _name, value, _old: value,
    "convert-uppercase": lambda name, _value, _old: name.upper(),
    "convert-lowercase": lambda name, _value, _old: name.lower(),
    "add-prefix": lambda name, value, _old: value + name,
    "remove-prefix": lambda name, value, _old: name.removeprefix(value),
    "replace-prefix": _replace_prefix,
    "add-suffix": lambda name, value, _old: name + value,
    "remove-suffix": lambda name, value, _old: name.removesuffix(value),
    "replace-suffix": _replace_suffix,
}
"""rule-action -> (name, value, old-value) -> new name."""
