"""Wait for what becomes true soon."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def eventually(look: Callable[[], bool], timeout_s: float = 15) -> bool:
    """Whether ``look`` became true in time."""
    deadline = time.monotonic() + timeout_s
    while not look():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
