"""What AWS's answers have in common: protocols, pages and outcomes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rehearsal.aws.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from werkzeug.wrappers import Response

_XML_CODE = re.compile(r"<Code>([^<]+)</Code>")
_REST_XML = ("s3", "s3express", "s3-object-lambda", "route53", "cloudfront")


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


def protocol_of(service: str, *, is_query: bool) -> str:
    """The protocol that ``service`` (its signing name) answers in; ``is_query`` where the request has an Action."""
    if is_query:
        return "ec2" if service == "ec2" else "query"
    return "rest-xml" if service in _REST_XML else "json"


def outcome(response: Response) -> str:
    """`ok`, or the code of the error in the answer."""
    if response.status_code < 400:
        return "ok"
    named = response.headers.get("x-amzn-ErrorType")
    found = _XML_CODE.search(response.get_data(as_text=True))
    return str(named or (found and found[1]) or response.status_code)
