"""What all Describe calls have in common: filters, and the fault for what does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from rehearsal.aws.answers import page
from rehearsal.aws.dms.errors import InvalidParameterValueError, ResourceNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rehearsal.aws.dms.protocol import Parameters

Filters: TypeAlias = "Mapping[str, str | Callable[[dict[str, Any]], str | tuple[str, ...]]]"
"""A filter's name -> the member of the answer that it looks at, or what it makes of the answer."""


def apply_filters(items: Iterable[dict[str, Any]], parameters: Parameters, filters: Filters) -> list[dict[str, Any]]:
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


def matching_page(
    key: str, items: Iterable[dict[str, Any]], parameters: Parameters, filters: Filters
) -> dict[str, Any]:
    """A page of the items that pass the call's filters. Raises ResourceNotFoundError where none does.

    botocore's waiters rely on that: https://docs.aws.amazon.com/dms/latest/APIReference/API_DescribeReplicationTasks.html
    """
    matching = apply_filters(items, parameters, filters)
    if not matching and parameters.get("Filters"):
        raise ResourceNotFoundError(f"No {key} found matching the given filter.")
    return page(key, matching, parameters)


def _seen(item: dict[str, Any], look: str | Callable[[dict[str, Any]], str | tuple[str, ...]]) -> set[str]:
    value = item.get(look, "") if isinstance(look, str) else look(item)
    return set(value) if isinstance(value, tuple) else {str(value)}
