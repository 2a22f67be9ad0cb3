"""Faults on demand: what they are called, what they take, and which of them are on."""

from __future__ import annotations

import difflib
import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.loaders import Loader

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_SERVICES = ("dms", "rds", "logs", "cloudwatch", "secretsmanager", "iam", "sts")
_MANY = 20


@dataclass(frozen=True)
class FaultKind:
    """A fault that can be asked for: `defaults` has the keys that it takes; None stands for "any"."""

    summary: str
    defaults: dict[str, Any] = field(default_factory=dict)
    at_once: bool = False
    """Whether it happens when it is asked for and leaves nothing to heal."""


KINDS = {name: FaultKind(**kind) for name, kind in json.loads(Path(__file__).with_suffix(".json").read_text()).items()}


class Faults:
    """The faults that are on. Thread-safe."""

    def __init__(self) -> None:
        self._on: dict[str, dict[str, Any]] = {}
        self._changed = threading.Condition()
        self.at_once: dict[str, Callable[[dict[str, Any]], None]] = {}
        """What does the faults that happen at once; raises ValueError where it cannot."""
        self.after_heal: dict[str, Callable[[], None]] = {}
        """What has to be repaired when a fault is healed."""
        self.names: dict[str, Callable[[], Collection[str]]] = {"operation": operations}
        """The names that exist, for each key that takes one."""

    def set(self, name: str, arguments: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Ask for a fault; returns those that are on. Raises ValueError for a strange name or key."""
        kind = _kind(name)
        if strange := sorted(set(arguments) - set(kind.defaults)):
            raise ValueError(f"fault {name} does not take {', '.join(strange)}; it takes {', '.join(kind.defaults)}")
        for key in ("calls", "seconds"):
            value = arguments.get(key, kind.defaults.get(key))
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value <= 0):
                raise ValueError(f"{key} of fault {name} is {value!r}; it must be a number above 0")
        self._require_names(name, arguments)
        if kind.at_once:
            self.at_once[name](kind.defaults | arguments)
            return self.on()
        with self._changed:
            self._on[name] = kind.defaults | arguments
        return self.on()

    def heal(self, name: str | None = None) -> list[str]:
        """Take back one fault, or all; the names of those that were on. Raises ValueError for a strange name."""
        if name is not None:
            _kind(name)
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

    def as_dict(self) -> dict[str, Any]:
        """The faults that there are, and those that are on."""
        kinds = {name: {"summary": kind.summary, "defaults": kind.defaults} for name, kind in KINDS.items()}
        return {"faults": kinds, "on": self.on()}

    def take(self, name: str, **about: str) -> dict[str, Any] | None:
        """The fault's arguments if it strikes now (counting down `calls`), otherwise None.

        ``about`` is whom it would strike, by the fault's own keys: one that names another lets it pass.
        """
        with self._changed:
            fault = self._on.get(name)
            if fault is None or not _concerns(fault, about):
                return None
            if fault.get("calls") is not None:
                fault["calls"] -= 1
                if fault["calls"] <= 0:
                    del self._on[name]
            return fault

    def shown_status(self, resource: str, actual: str, **about: str) -> str:
        """The status that a resource shows: the fault's, or the ``actual`` one; ``about`` as in `take`."""
        with self._changed:
            fault = self._on.get(f"{resource}-state", {})
            return str(fault.get("status", actual) if _concerns(fault, about) else actual)

    def wait_while_held(self, status: str, resource: str) -> None:
        """Block while the fault `hold-state` holds ``resource`` in ``status``."""
        held = {"status": status, "resource": resource}

        def free() -> bool:
            fault = self._on.get("hold-state")
            return fault is None or not _concerns(fault, held)

        with self._changed:
            self._changed.wait_for(free)

    def _require_names(self, fault: str, arguments: dict[str, Any]) -> None:
        for key, value in arguments.items():
            if value is None or key not in self.names:
                continue
            known = sorted(self.names[key]())
            if value not in known:
                near = difflib.get_close_matches(str(value), known, cutoff=0.5) if len(known) > _MANY else known
                raise ValueError(
                    f"fault {fault}: there is no {key} {value!r}; there are {', '.join(near) or 'none like it'}"
                )


def _kind(name: str) -> FaultKind:
    if name not in KINDS:
        raise ValueError(f"there is no fault {name!r}; there are {', '.join(KINDS)}")
    return KINDS[name]


def operations() -> set[str]:
    """The names of all operations of the services that a rehearsal uses."""
    loader = Loader()
    return {name for service in _SERVICES for name in loader.load_service_model(service, "service-2")["operations"]}


def _concerns(fault: dict[str, Any], about: dict[str, str]) -> bool:
    return all(fault.get(key) in (None, value) for key, value in about.items())
