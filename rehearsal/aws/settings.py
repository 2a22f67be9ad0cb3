"""What can be set while the stand-in runs: how long AWS takes for things, and what AWS does not document about DMS.

The latter are named in policies.json, each with its reason and its other values, the default first. A change holds for
tasks that are started from then on, so that what stands on a guess can be rehearsed both ways. Two policies of the
mapping language itself (which of several rules on one object applies, and that a wildcard and a literal rule meet on
one object) are in `reverse_sync.table_mapping.policy`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value = TypeVar("Value")
DURATIONS, POLICIES = (
    json.loads(Path(__file__).with_name(file).read_text()) for file in ("durations.json", "policies.json")
)


class Settings(Generic[Value]):
    """Values by name, each its default until it is changed."""

    def __init__(self, noun: str, defaults: dict[str, Value], demand: Callable[[str, Any], str]) -> None:
        """``demand`` says what the value of that name must be where it is not; empty where it is."""
        self._noun = noun
        self._values = defaults
        self._demand = demand

    def __getitem__(self, name: str) -> Value:
        return self._values[name]

    def as_dict(self) -> dict[str, Value]:
        """Every value."""
        return dict(self._values)

    def update(self, values: Mapping[str, Any]) -> dict[str, Value]:
        """Change some, all or none; returns all. Raises ValueError for a strange name or value."""
        for name, value in values.items():
            if name not in self._values:
                raise ValueError(f"there is no {self._noun} {name!r}; there are {', '.join(self._values)}")
            if demand := self._demand(name, value):
                raise ValueError(f"{self._noun} {name} is {value!r}; it {demand}")
        self._values.update(values)
        return self.as_dict()


def durations(given_s: Mapping[str, float]) -> Settings[float]:
    """The durations of durations.json, in seconds, with those that are given. Raises ValueError as `update` does."""

    def demand(_: str, value: Any) -> str:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return "" if is_number and 0 <= value < float("inf") else "must be a number of seconds, 0 or more"

    settings = Settings("duration", {name: duration["default_s"] for name, duration in DURATIONS.items()}, demand)
    settings.update(given_s)
    return settings


def policies() -> Settings[str]:
    """The policies of policies.json, each with its default."""

    def demand(name: str, value: Any) -> str:
        values = POLICIES[name]["values"]
        return "" if value in values else f"can be {' or '.join(values)}"

    return Settings("policy", {name: policy["values"][0] for name, policy in POLICIES.items()}, demand)
