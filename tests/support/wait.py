"""Wait for what becomes true soon."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


ASKS_AIRFLOW_S = 0.5
"""Between two looks that ask Airflow's API server: each costs it as much as a task does."""


def eventually(look: Callable[[], bool], timeout_s: float = 15, every_s: float = 0.05) -> bool:
    """Whether ``look`` became true in time."""
    deadline = time.monotonic() + timeout_s
    while not look():
        if time.monotonic() > deadline:
            return False
        time.sleep(every_s)
    return True
