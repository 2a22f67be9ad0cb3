"""The name that was probably meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_HINTS = 50


class Nearest:
    """Hints for names that are not there; after many of them there are no more, for each takes a while to find."""

    def __init__(self) -> None:
        self._given = 0

    def hint(self, name: str, names: Iterable[str]) -> str:
        """`; did you mean ...?`, or nothing."""
        if self._given >= _MOST_HINTS:
            return ""
        self._given += 1
        folded = {other.lower(): other for other in names}
        close = difflib.get_close_matches(name.lower(), folded, n=1)
        return f"; did you mean {folded[close[0]]}?" if close else ""
