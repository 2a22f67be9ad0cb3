"""What AWS does not document about DMS: each choice named in policies.json, with its reason and its other values.

`PUT /rehearsal/policies` changes one for tasks that are started from then on, so that what stands on a guess can be
rehearsed both ways. Two policies of the mapping language itself (which of several rules on one object applies, and that
a wildcard and a literal rule meet on one object) are in `reverse_sync.table_mapping.policy`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple


class Policy(NamedTuple):
    """The values that a policy can have, the default first, and why that one."""

    values: list[str]
    reason: str


POLICIES = {
    name: Policy(**policy) for name, policy in json.loads(Path(__file__).with_suffix(".json").read_text()).items()
}


class Policies:
    """The values that are in force."""

    def __init__(self) -> None:
        self._values = {name: policy.values[0] for name, policy in POLICIES.items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def as_dict(self) -> dict[str, str]:
        """Every policy's value."""
        return dict(self._values)

    def update(self, values: dict[str, Any]) -> dict[str, str]:
        """Change some, all or none; returns all. Raises ValueError for a strange name or value."""
        for name, value in values.items():
            if name not in POLICIES:
                raise ValueError(f"there is no policy {name!r}; there are {', '.join(POLICIES)}")
            if value not in POLICIES[name].values:
                raise ValueError(f"policy {name} is {value!r}; it can be {' or '.join(POLICIES[name].values)}")
        self._values.update(values)
        return self.as_dict()
