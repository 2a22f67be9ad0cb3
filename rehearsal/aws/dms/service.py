"""All calls of DMS, region by region."""

from __future__ import annotations

import copy
import sys
import threading
import traceback
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from werkzeug.wrappers import Response

from rehearsal.aws.dms import assessments, belongings, connections, endpoints, instances, task_lifecycle, tasks
from rehearsal.aws.dms.damage import find_damage
from rehearsal.aws.dms.endpoint import Endpoint
from rehearsal.aws.dms.protocol import parsed, written
from rehearsal.aws.dms.region import Parameters, Region
from rehearsal.aws.dms.resources import Certificate, ReplicationInstance
from rehearsal.aws.dms.settling import settle
from rehearsal.aws.errors import AwsError
from rehearsal.aws.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.aws.aws_request import AwsRequest
    from rehearsal.aws.settings import Settings
    from rehearsal.aws.timing import Transitions

_KINDS = (ReplicationInstance, Endpoint, Certificate, assessments.AssessmentRun)
_GROUPS = (instances, connections, endpoints, tasks, assessments, belongings)
_CALLS: dict[str, Callable[[Region, Parameters], dict[str, Any]]] = {
    **{f"Describe{kind.noun}s": partial(Region.describe, kind=kind) for kind in _KINDS},
    **{
        operation: getattr(group, xform_name(operation))
        for operation in OPERATIONS["dms"]
        for group in _GROUPS
        if hasattr(group, xform_name(operation))
    },
}


class Dms:
    """The service; a region other than the seeded one is empty."""

    def __init__(
        self, seeded_region: str, transitions: Transitions, policies: Settings[str], kept: dict[str, Any] | None = None
    ) -> None:
        """``kept`` is what `records` returned, of a stand-in that was before."""
        self._transitions = transitions
        self._policies = policies
        self._regions: dict[str, Region] = {}
        self._lock = threading.Lock()
        for name in {seeded_region, *(kept or {})}:
            records = (kept or {}).get(name, {})
            region = self._regions[name] = Region(name, transitions, policies, **records)
            if name == seeded_region:
                if not records:
                    instances.seed(region)
                task_lifecycle.accept_faults(region)
            with region.lock:
                settle(region)

    def answer(self, asked: AwsRequest, body: bytes) -> Response:
        """One call's answer; every failure is a fault of the service, never a 500."""
        try:
            parameters = parsed(body, asked.operation)
            region = self._region(asked.region)
            with region.lock:
                result = written(_CALLS[asked.operation](region, parameters), asked.operation)
        except AwsError as fault:
            return fault.rendered("json")
        except Exception as error:  # noqa: BLE001  # the server must answer whatever fails
            traceback.print_exc(file=sys.stderr)
            message = f"the rehearsal's {asked.operation} broke: {type(error).__name__}"
            return AwsError("InternalFailure", message).rendered("json")
        return Response(result, content_type="application/x-amz-json-1.1")

    def records(self) -> dict[str, dict[str, Any]]:
        """What outlives the stand-in, region by region."""
        records = {}
        for region in [*self._regions.values()]:
            with region.lock:
                records[region.name] = copy.deepcopy(region.records())
        return records

    def damage(self) -> list[str]:
        """What stays wrong when every fault is healed (`rehearsal.aws.dms.damage`)."""
        return [sentence for region in [*self._regions.values()] for sentence in find_damage(region)]

    def _region(self, name: str) -> Region:
        with self._lock:
            if name not in self._regions:
                self._regions[name] = Region(name, self._transitions, self._policies)
            return self._regions[name]
