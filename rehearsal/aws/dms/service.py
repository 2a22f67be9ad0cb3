"""All calls of DMS, region by region."""

from __future__ import annotations

import copy
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore import xform_name

from rehearsal.aws.dms.assessments import AssessmentRun, Assessments
from rehearsal.aws.dms.belongings import Belongings
from rehearsal.aws.dms.connections import Connections
from rehearsal.aws.dms.damage import find_damage
from rehearsal.aws.dms.endpoint import Endpoint
from rehearsal.aws.dms.endpoints import Endpoints
from rehearsal.aws.dms.instances import ReplicationInstances
from rehearsal.aws.dms.protocol import MODEL, shown
from rehearsal.aws.dms.region import Region
from rehearsal.aws.dms.resources import Certificate, ReplicationInstance
from rehearsal.aws.dms.settling import settle
from rehearsal.aws.dms.task_lifecycle import TaskLifecycle
from rehearsal.aws.dms.tasks import Tasks
from rehearsal.aws.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rehearsal.aws.dms.protocol import Calls, Parameters
    from rehearsal.aws.policies import Policies
    from rehearsal.aws.timing import Transitions


class Dms:
    """The calls of each region, by the operations' names; a region other than the seeded one is empty."""

    def __init__(
        self,
        seeded_region: str,
        transitions: Transitions,
        policies: Policies,
        kept: Mapping[str, dict[str, Any]] | None = None,
    ) -> None:
        """``kept`` is what `records` returned, of a stand-in that was before."""
        self._transitions = transitions
        self._policies = policies
        self._seeded_region = seeded_region
        self._kept = kept or {}
        self._regions: dict[str, tuple[Region, Calls]] = {}
        self._lock = threading.Lock()
        for name in {seeded_region, *self._kept}:
            self.calls(name)

    def calls(self, region: str) -> Calls:
        """The calls of one region."""
        with self._lock:
            if region not in self._regions:
                self._regions[region] = self._new_region(region)
            return self._regions[region][1]

    def records(self) -> dict[str, dict[str, Any]]:
        """What outlives the stand-in, region by region."""
        records = {}
        for name, (region, _) in [*self._regions.items()]:
            with region.lock:
                records[name] = copy.deepcopy(region.records())
        return records

    def damage(self) -> list[str]:
        """What stays wrong when every fault is healed (`rehearsal.aws.dms.damage`)."""
        return [sentence for region, _ in [*self._regions.values()] for sentence in find_damage(region)]

    def _new_region(self, name: str) -> tuple[Region, Calls]:
        kept = self._kept.get(name, {})
        region = Region(name, self._transitions, self._policies, **kept)
        instances, connections, lifecycle = ReplicationInstances(region), Connections(region), TaskLifecycle(region)
        tasks = Tasks(region, connections, lifecycle)
        call_groups = (
            *(instances, connections, tasks),
            *(Endpoints(region, connections.test_again), Assessments(region, tasks), Belongings(region)),
        )
        if name == self._seeded_region:
            if not kept:
                instances.seed()
            lifecycle.accept_faults()
        with region.lock:
            settle(region, connections, lifecycle)
        kinds = (ReplicationInstance, Endpoint, Certificate, AssessmentRun)
        calls: Calls = {f"Describe{kind.noun}s": partial(region.describe, kind) for kind in kinds}
        for operation in OPERATIONS["dms"].keys() - calls.keys():
            call = xform_name(operation)
            calls[operation] = next(getattr(group, call) for group in call_groups if hasattr(group, call))
        return region, {operation: partial(_answer, region, operation, call) for operation, call in calls.items()}


def _answer(
    region: Region, operation: str, call: Callable[[Parameters], dict[str, Any]], parameters: Parameters
) -> dict[str, Any]:
    with region.lock:
        answer: dict[str, Any] = shown(call(parameters), MODEL.operation_model(operation).output_shape)
    return answer
