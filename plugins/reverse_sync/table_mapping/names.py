"""What the naming actions make of a name."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_NOT_TRANSFORMED = frozenset("#\\/-")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


def untransformable(name: str) -> str | None:
    """Why DMS transforms no column of that name, or None.

    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html,
    Limitations: special characters "e.g. #, \\, /, -", and right-to-left languages.
    """
    special = next((character for character in name if character in _NOT_TRANSFORMED), None)
    if special:
        return f"the special character {special}"
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in name):
        return "a right-to-left script"
    return None


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
