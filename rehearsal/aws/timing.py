"""The time that AWS takes for things, waited."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.aws.faults import Faults
    from rehearsal.aws.settings import Settings


class Transitions:
    """Moves resources from state to state: each after its duration, unless a fault holds the state."""

    def __init__(self, durations: Settings[float], faults: Faults) -> None:
        self.durations = durations
        self.faults = faults
        self.changed: Callable[[], None] = lambda: None
        """Called, with no lock held, after a resource changed its state by itself."""

    def after(self, duration: str, state: str, resource: str, then: Callable[[], None]) -> None:
        """Call ``then`` in a thread of its own, once ``duration`` has passed and nothing holds the resource there.

        What has to happen meanwhile, ``then`` finds done or waits for.
        """
        started = time.monotonic()

        def run() -> None:
            self.wait(duration, state, resource, started)
            then()
            self.changed()

        threading.Thread(target=run, daemon=True).start()

    def wait(self, duration: str, state: str, resource: str, since: float) -> None:
        """Return once ``duration`` has passed since ``since`` (monotonic) and nothing holds the resource's ``state``.

        ``resource`` is its identifier.
        """
        time.sleep(max(0.0, since + self.durations[duration] - time.monotonic()))
        self.faults.wait_while_held(state, resource)
