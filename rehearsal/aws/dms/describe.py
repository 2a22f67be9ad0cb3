"""What all Describe calls have in common: filters, pages, and the fault for what does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from rehearsal.aws.dms.errors import InvalidParameterValueError, ResourceNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rehearsal.aws.dms.protocol import Parameters

Filters: TypeAlias = "Mapping[str, str | Callable[[dict[str, Any]], str | tuple[str, ...]]]"
"""A filter's name -> the member of the answer that it looks at, or what it makes of the answer."""


def page(key: str, items: Iterable[dict[str, Any]], parameters: Parameters, most: int = 100) -> dict[str, Any]:
    """One page of ``items`` under ``key``, with the marker of the next one.

    Raises InvalidParameterValueError for a MaxRecords or Marker that cannot be.
    """
    records = parameters.get("MaxRecords")
    records = min(100, most) if records is None else records
    if not 20 <= records <= most:
        raise InvalidParameterValueError(f"MaxRecords is {records}; it must be between 20 and {most}")
    marker = str(parameters.get("Marker") or "0")
    if not marker.isdigit():
        raise InvalidParameterValueError(f"the marker {marker!r} did not come from this call")
    everything = list(items)
    start = int(marker)
    result: dict[str, Any] = {key: everything[start : start + records]}
    return result | ({"Marker": str(start + records)} if start + records < len(everything) else {})


def filtered(items: Iterable[dict[str, Any]], parameters: Parameters, filters: Filters) -> list[dict[str, Any]]:
    """The items that pass every filter of the call; any of a filter's values will do.

    Raises InvalidParameterValueError for a filter that the call does not have.
    """
    kept = list(items)
    for wanted in parameters.get("Filters") or []:
        look = filters.get(wanted["Name"])
        if look is None:
            raise InvalidParameterValueError(
                f"the filter name {wanted['Name']!r} is not valid; valid names are {', '.join(filters)}"
            )
        kept = [item for item in kept if _seen(item, look) & set(wanted["Values"])]
    return kept


def found(what: str, items: list[dict[str, Any]], parameters: Parameters) -> list[dict[str, Any]]:
    """The items, at least one where the call has filters. Raises ResourceNotFoundError.

    botocore's waiters stand on that: https://docs.aws.amazon.com/dms/latest/APIReference/API_DescribeReplicationTasks.html
    """
    if not items and parameters.get("Filters"):
        raise ResourceNotFoundError(f"No {what} found matching the given filter.")
    return items


def _seen(item: dict[str, Any], look: str | Callable[[dict[str, Any]], str | tuple[str, ...]]) -> set[str]:
    value = item.get(look, "") if isinstance(look, str) else look(item)
    return set(value) if isinstance(value, tuple) else {str(value)}
