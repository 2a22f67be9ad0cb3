"""Tags and events of any resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rehearsal.aws.answers import page
from rehearsal.aws.dms.describe import apply_filters
from rehearsal.aws.dms.errors import ResourceNotFoundError
from rehearsal.aws.dms.region import tags

if TYPE_CHECKING:
    from rehearsal.aws.dms.protocol import Parameters
    from rehearsal.aws.dms.region import Region

_EVENT_FILTERS = {"replication-instance-id": "SourceIdentifier"}
"""https://docs.aws.amazon.com/dms/latest/APIReference/API_DescribeEvents.html"""


class TagsAndEvents:
    """The calls on tags and events."""

    def __init__(self, region: Region) -> None:
        self._region = region

    def add_tags_to_resource(self, parameters: Parameters) -> dict[str, Any]:
        """AddTagsToResource."""
        self._require(parameters["ResourceArn"]).update(tags(parameters))
        return {}

    def remove_tags_from_resource(self, parameters: Parameters) -> dict[str, Any]:
        """RemoveTagsFromResource."""
        tags = self._require(parameters["ResourceArn"])
        for key in parameters["TagKeys"]:
            tags.pop(key, None)
        return {}

    def list_tags_for_resource(self, parameters: Parameters) -> dict[str, Any]:
        """ListTagsForResource."""
        arns = parameters.get("ResourceArnList") or [parameters.get("ResourceArn", "")]
        return {
            "TagList": [
                {"Key": key, "Value": value, "ResourceArn": arn}
                for arn in arns
                for key, value in self._require(arn).items()
            ]
        }

    def describe_events(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeEvents: those of the last hour, or as its parameters say."""
        events = self._region.events.find(parameters)
        return page("Events", apply_filters(events, parameters, _EVENT_FILTERS), parameters)

    def _require(self, arn: str) -> dict[str, str]:
        region = self._region
        if arn not in {**region.endpoints, **region.instances, **region.tasks, **region.certificates}:
            raise ResourceNotFoundError(f"Resource {arn} not found.")
        return region.tags.setdefault(arn, {})
