"""What all Describe calls have in common: filters, and the fault for what does not exist."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal.aws.dms.errors import invalid_value, not_found
from rehearsal.aws.pages import page

if TYPE_CHECKING:
    from collections.abc import Iterable


_FILTERS: dict[str, list[str]] = json.loads(Path(__file__).with_name("filters.json").read_text())
"""What each call says of its Filters: https://docs.aws.amazon.com/dms/latest/APIReference/API_Operations.html"""
_MAY_BE_EMPTY = ("Events", "TableStatistics")
_OTHER_MEMBERS = {
    ("ReplicationTasks", "endpoint-arn"): ("SourceEndpointArn", "TargetEndpointArn"),
    ("Events", "replication-instance-id"): ("SourceIdentifier",),
}


def matching_page(
    key: str, items: Iterable[dict[str, Any]], parameters: dict[str, Any], most: int = 100
) -> dict[str, Any]:
    """A page of the items that pass every filter of the call; any of a filter's values will do.

    Raises AwsError for a filter that the call does not have, where nothing passes, and for what is no page. botocore's
    waiters rely on the second: https://docs.aws.amazon.com/dms/latest/APIReference/API_DescribeReplicationTasks.html
    """
    kept, filters = [*items], parameters.get("Filters") or []
    for wanted in filters:
        name = wanted["Name"]
        if name not in _FILTERS[key]:
            raise invalid_value(f"the filter name {name!r} is not valid; valid names are {', '.join(_FILTERS[key])}")
        member = re.sub("-id$", "-identifier", name).title().replace("-", "")
        members = _OTHER_MEMBERS.get((key, name), (member,))
        kept = [item for item in kept if {str(item.get(one, "")) for one in members} & {*wanted["Values"]}]
    if filters and not kept and key not in _MAY_BE_EMPTY:
        raise not_found(f"No {key} found matching the given filter.")
    return page(key, kept, parameters, most)
