"""JSON in one form only, so that equal content has an equal hash."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def plain(value: object) -> Any:
    """The value as JSON gives it back: what JSON does not know (moments, decimals) becomes text.

    :return: of the shape of the value
    """
    return json.loads(json.dumps(value, ensure_ascii=False, default=str))


def sha256(value: object) -> str:
    """SHA-256, in hexadecimal digits, of the UTF-8 text with sorted keys and without white space."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
