"""How long AWS takes for things, and the waiting itself."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rehearsal.aws.faults import Faults

DEFAULT_S = 0.2
DURATIONS = {
    "reboot": "an RDS instance stays `rebooting`, at least",
    "instance_create": "a replication instance stays `creating`, and `deleting`",
    "test_connection": "a connection stays `testing`, at least",
    "task_ready": "a task stays `creating`",
    "task_start": "a task stays `starting`, at least",
    "task_stop": "a task stays `stopping`, at least",
    "task_modify": "a task stays `modifying`",
    "task_move": "a task stays `moving`",
    "task_assess": "a task stays `testing`",
    "task_delete": "a task stays `deleting`",
    "endpoint_delete": "an endpoint stays `deleting`",
    "retry_second": "what one second of DMS's RecoverableErrorInterval lasts here",
    "metrics": "between two points of a task's CloudWatch metrics",
}
_SPECIAL_DEFAULTS = {"retry_second": 0.05, "metrics": 1.0}


class Durations:
    """Seconds by name; the names are those of `DURATIONS`."""

    def __init__(self, seconds: Mapping[str, float] | None = None) -> None:
        """Raises ValueError as `update` does."""
        self._seconds = dict.fromkeys(DURATIONS, DEFAULT_S) | _SPECIAL_DEFAULTS
        self.update(seconds or {})

    def __getitem__(self, name: str) -> float:
        return self._seconds[name]

    def as_dict(self) -> dict[str, float]:
        """Every duration, in seconds."""
        return dict(self._seconds)

    def update(self, seconds: Mapping[str, object]) -> dict[str, float]:
        """Change some, all or none; returns all. Raises ValueError for a strange name or what is no duration."""
        for name, value in seconds.items():
            if name not in DURATIONS:
                raise ValueError(f"there is no duration {name!r}; there are {', '.join(sorted(DURATIONS))}")
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
                raise ValueError(f"duration {name} is {value!r}; it must be a number of seconds, 0 or more")
        self._seconds.update({name: float(str(value)) for name, value in seconds.items()})
        return self.as_dict()


class Transitions:
    """Moves resources from state to state: each after its duration, unless a fault holds the state."""

    def __init__(self, durations: Durations, faults: Faults) -> None:
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
