"""The pages of what DMS and RDS describe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rehearsal.aws.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def page(
    key: str,
    items: Iterable[dict[str, Any]],
    parameters: Mapping[str, Any],
    most: int = 100,
    code: str = "InvalidParameterValueException",
) -> dict[str, Any]:
    """One page of ``items`` under ``key``, with the marker of the next one. Raises AwsError of that code."""
    records = parameters.get("MaxRecords")
    records = min(100, most) if records is None else records
    if not 20 <= records <= most:
        raise AwsError(code, f"MaxRecords is {records}; it must be between 20 and {most}")
    marker = parameters.get("Marker") or f"{key}:0"
    whose, _, start_text = marker.rpartition(":")
    if whose != key or not start_text.isdigit():
        raise AwsError(code, f"the marker {marker!r} did not come from this call")
    everything, start = list(items), int(start_text)
    result: dict[str, Any] = {key: everything[start : start + records]}
    return result | ({"Marker": f"{key}:{start + records}"} if start + records < len(everything) else {})
