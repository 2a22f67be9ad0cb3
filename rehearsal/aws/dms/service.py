"""All calls of DMS, region by region."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from rehearsal.aws.dms.connections import Connections
from rehearsal.aws.dms.endpoints import Endpoints
from rehearsal.aws.dms.instances import ReplicationInstances
from rehearsal.aws.dms.life import TaskLife
from rehearsal.aws.dms.records import Records
from rehearsal.aws.dms.region import Region
from rehearsal.aws.dms.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.aws.dms.protocol import Calls, Parameters
    from rehearsal.aws.policies import Policies
    from rehearsal.aws.timing import Transitions


class Dms:
    """The calls of each region, by their names in snake case; a region other than the seeded one is empty."""

    def __init__(self, seeded_region: str, transitions: Transitions, policies: Policies) -> None:
        self._transitions = transitions
        self._policies = policies
        self._seeded_region = seeded_region
        self._regions: dict[str, Calls] = {}
        self._lock = threading.Lock()
        self.calls(seeded_region)

    def calls(self, region: str) -> Calls:
        """The calls of one region."""
        with self._lock:
            if region not in self._regions:
                self._regions[region] = self._new_region(region)
            return self._regions[region]

    def _new_region(self, name: str) -> Calls:
        region = Region(name, self._transitions, self._policies)
        instances = ReplicationInstances(region)
        connections = Connections(region, instances)
        life = TaskLife(region)
        nouns = (
            instances,
            connections,
            Endpoints(region, connections.test_again),
            Tasks(region, instances, connections, life),
            Records(region),
        )
        if name == self._seeded_region:
            instances.seed()
            life.accept_faults()
        return {
            call: _locked(region, getattr(noun, call))
            for noun in nouns
            for call in vars(type(noun))
            if call.split("_")[0] in _VERBS
        }


_VERBS = {"create", "describe", "modify", "delete", "start", "stop", "move", "reload", "test", "add", "remove", "list"}


def _locked(region: Region, call: Callable[[Parameters], dict[str, Any]]) -> Callable[[Parameters], dict[str, Any]]:
    def with_lock(parameters: Parameters) -> dict[str, Any]:
        with region.lock:
            return call(parameters)

    return with_lock
