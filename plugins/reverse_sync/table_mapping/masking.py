"""What the data-masking actions make of a value.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Masking.html
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

MaskingAction = Literal["data-masking-digits-mask", "data-masking-digits-randomize", "data-masking-hash-mask"]

HASH_LENGTH = 64
RANDOM: MaskingAction = "data-masking-digits-randomize"
_TEXTS = frozenset({"string", "wstring"})
_NUMBERS = frozenset({"numeric", *(f"{sign}int{size}" for sign in ("", "u") for size in (1, 2, 4, 8))})
MASKED_TYPES: dict[str, frozenset[str]] = {
    "data-masking-digits-mask": _TEXTS,
    "data-masking-hash-mask": _TEXTS,
    RANDOM: _TEXTS | _NUMBERS,
}
"""rule-action -> the DMS types that it works on; on another type the task gets an error."""


def mask(action: str, character: str) -> Callable[[object], object]:
    """What the action makes of a value; NULL stays NULL. RANDOM has no such function: only DMS knows its values."""
    if action == "data-masking-hash-mask":
        return lambda value: None if value is None else hashlib.sha256(str(value).encode()).hexdigest().upper()
    return lambda value: None if value is None else re.sub(r"[0-9]", lambda _digit: character, str(value))
