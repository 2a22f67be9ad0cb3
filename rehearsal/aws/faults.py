"""Faults on demand: what they are called, what they take, and which of them are on."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

HANG_S = 30.0


@dataclass(frozen=True)
class FaultKind:
    """A fault that can be asked for: `defaults` has the keys that it takes; None stands for "any"."""

    summary: str
    defaults: dict[str, Any] = field(default_factory=dict)
    at_once: bool = False
    """Whether it happens when it is asked for and leaves nothing to heal."""


KINDS = {
    "kill-worker": FaultKind("kill -9 a task's replication worker (task: identifier)", {"task": None}, at_once=True),
    "suspend-table": FaultKind(
        "suspend a table of a running task, as an error would (table: schema.table)",
        {"table": "travelbuddy.flightspecial", "task": None},
        at_once=True,
    ),
    "lose-slot": FaultKind("drop the replication slot of a task", {"task": None}, at_once=True),
    "fail-start": FaultKind("the next n starts of a task fail", {"calls": 1, "message": None}),
    "fail-connection-test": FaultKind("the next n connection tests fail", {"calls": 1, "message": None}),
    "fail-reboot": FaultKind(
        "the next n reboots leave the instance down, in the given status",
        {"calls": 1, "status": "incompatible-parameters"},
    ),
    "throttle": FaultKind(
        "the next n calls are refused with `Rate exceeded` (operation: only this one)", {"calls": 3, "operation": None}
    ),
    "expire-credentials": FaultKind(
        "calls are refused: the security token has expired (calls: n, else until healed)", {"calls": None}
    ),
    "hang-call": FaultKind(
        "the next n calls are answered only after some seconds", {"calls": 1, "operation": None, "seconds": HANG_S}
    ),
    "hold-state": FaultKind("whatever enters this status stays in it", {"status": "starting"}),
    "rds-state": FaultKind("the RDS instance shows this status", {"status": "storage-full"}),
    "replication-instance-state": FaultKind(
        "the replication instance shows this status", {"status": "incompatible-network"}
    ),
    "endpoint-state": FaultKind("every endpoint shows this status", {"status": "failed"}),
}


class Faults:
    """The faults that are on. Thread-safe."""

    def __init__(self) -> None:
        self._on: dict[str, dict[str, Any]] = {}
        self._changed = threading.Condition()
        self.at_once: dict[str, Callable[[dict[str, Any]], None]] = {}
        """What does the faults that happen at once; raises ValueError where it cannot."""
        self.after_heal: dict[str, Callable[[], None]] = {}
        """What has to be repaired when a fault is healed."""

    def set(self, name: str, arguments: dict[str, Any]) -> None:
        """Ask for a fault. Raises ValueError for a strange name or key, or where it cannot happen now."""
        kind = KINDS.get(name)
        if kind is None:
            raise ValueError(f"there is no fault {name!r}; there are {', '.join(KINDS)}")
        if strange := sorted(set(arguments) - set(kind.defaults)):
            raise ValueError(f"fault {name} does not take {', '.join(strange)}; it takes {', '.join(kind.defaults)}")
        for key in ("calls", "seconds"):
            value = arguments.get(key, kind.defaults.get(key))
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value <= 0):
                raise ValueError(f"{key} of fault {name} is {value!r}; it must be a number above 0")
        if kind.at_once:
            self.at_once[name](kind.defaults | arguments)
            return
        with self._changed:
            self._on[name] = kind.defaults | arguments

    def heal(self, name: str | None = None) -> list[str]:
        """Take back one fault, or all; returns the names of those that were on."""
        with self._changed:
            healed = [one for one in self._on if name in (None, one)]
            for one in healed:
                del self._on[one]
            self._changed.notify_all()
        for one in KINDS:
            if name in (None, one) and one in self.after_heal:
                self.after_heal[one]()
        return healed

    def on(self) -> dict[str, dict[str, Any]]:
        """The faults that are on, with their arguments."""
        with self._changed:
            return {name: dict(arguments) for name, arguments in self._on.items()}

    def take(self, name: str, operation: str | None = None) -> dict[str, Any] | None:
        """The fault's arguments if it strikes now (counting down `calls`), otherwise None."""
        with self._changed:
            fault = self._on.get(name)
            if fault is None or fault.get("operation") not in (None, operation):
                return None
            if fault.get("calls") is not None:
                fault["calls"] -= 1
                if fault["calls"] <= 0:
                    del self._on[name]
            return fault

    def shown_status(self, resource: str, actual: str) -> str:
        """The status that a resource shows: the fault's, or the ``actual`` one."""
        with self._changed:
            return str(self._on.get(f"{resource}-state", {}).get("status", actual))

    def wait_while_held(self, status: str) -> None:
        """Block while the fault `hold-state` holds ``status``."""
        with self._changed:
            self._changed.wait_for(lambda: self._on.get("hold-state", {}).get("status") != status)
