"""The wildcards by which rules find objects.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Wildcards.html
"""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"\[[^\]]+\]|.", re.DOTALL)
_ANY_ONE = "\0"
"""Stands for `_` where the name's own underscores stand for themselves; no name of a database holds it."""

T = TypeVar("T")


def matches(pattern: str, name: str) -> bool:
    """Whether `name` is one that `pattern` means; case counts.

    `%` stands for any characters, `_` for one, `[ab]` and `[a-d]` for one of a set, `[_]` for the underscore itself.
    """
    return pattern == name or _compiled(pattern).match(name) is not None


def has_wildcard(pattern: str) -> bool:
    """Whether `pattern` was plainly meant for several objects (`_` alone is taken for part of a name)."""
    return "%" in pattern or any(len(token) > len("[_]") for token in _TOKEN.findall(pattern))


def as_name(pattern: str) -> str:
    """The name that a pattern without wildcards spells: `[_]` stands for the underscore itself."""
    return "".join(_tokens(pattern))


def escaped(pattern: str) -> str:
    """The pattern with each of its `_` as the underscore itself; other wildcards stay."""
    return "".join("[_]" if piece == "_" else piece for piece in _TOKEN.findall(pattern))


class PatternIndex(Generic[T]):
    """Values filed under patterns: those whose pattern means a name are found without trying every pattern.

    A pattern that means names of one length only (it has neither `%` nor a set) is found by a look-up, after its
    single-character wildcards have been blanked out of the name as well; there are few ways in which they lie.
    """

    def __init__(self) -> None:
        self._fixed: dict[int, dict[tuple[int, ...], dict[str, list[T]]]] = {}
        self._free: dict[str, list[T]] = {}

    def add(self, pattern: str, value: T) -> None:
        """File the value under the pattern."""
        tokens = _tokens(pattern)
        if "%" in _TOKEN.findall(pattern) or any(len(token) > 1 for token in tokens):
            self._free.setdefault(pattern, []).append(value)
            return
        raw = _TOKEN.findall(pattern)
        places = tuple(place for place, found in enumerate(raw) if found == "_")
        self._file("".join(tokens), places, value)
        if len(raw) != len(pattern):  # a name may be spelled like the pattern itself, brackets and all
            self._file(pattern, (), value)

    def matching(self, name: str) -> Iterator[T]:
        """The values whose patterns mean the name."""
        for places, filed in self._fixed.get(len(name), {}).items():
            yield from filed.get(_blanked(name, places), ())
        for pattern, values in self._free.items():
            if matches(pattern, name):
                yield from values

    def _file(self, text: str, places: tuple[int, ...], value: T) -> None:
        filed = self._fixed.setdefault(len(text), {}).setdefault(places, {})
        filed.setdefault(_blanked(text, places), []).append(value)


def _blanked(text: str, places: tuple[int, ...]) -> str:
    if not places:
        return text
    characters = list(text)
    for place in places:
        characters[place] = _ANY_ONE
    return "".join(characters)


def _tokens(pattern: str) -> list[str]:
    """The pattern's characters and sets, a set of one character as that character."""
    return [token[1] if len(token) == len("[_]") else token for token in _TOKEN.findall(pattern)]


@lru_cache(maxsize=65_536)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate("".join(_glob_token(token) for token in _TOKEN.findall(pattern))))


def _glob_token(token: str) -> str:
    if len(token) == 1:
        return {"%": "*", "_": "?"}.get(token, _literal(token))
    if len(token) == len("[_]"):
        return _literal(token[1])
    inside = token[1:-1]
    # A leading "!" would negate the set in a glob; DMS has no such thing.
    return f"[{inside[1:]}!]" if inside.startswith("!") else token


def _literal(character: str) -> str:
    return f"[{character}]" if character in "*?[" else character
