"""What AWS's answers have in common: errors in each service's own protocol, and pages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_XML_CODE = re.compile(r"<Code>([^<]+)</Code>")
_REST_XML = ("s3", "s3express", "s3-object-lambda", "route53", "cloudfront")


class PageError(ValueError):
    """A MaxRecords or Marker that cannot be used."""


def page(key: str, items: Iterable[dict[str, Any]], parameters: Mapping[str, Any], most: int = 100) -> dict[str, Any]:
    """One page of ``items`` under ``key``, with the marker of the next one. Raises PageError."""
    records = parameters.get("MaxRecords")
    records = min(100, most) if records is None else records
    if not 20 <= records <= most:
        raise PageError(f"MaxRecords is {records}; it must be between 20 and {most}")
    marker = parameters.get("Marker") or f"{key}:0"
    whose, _, start_text = marker.rpartition(":")
    if whose != key or not start_text.isdigit():
        raise PageError(f"the marker {marker!r} did not come from this call")
    everything, start = list(items), int(start_text)
    result: dict[str, Any] = {key: everything[start : start + records]}
    return result | ({"Marker": f"{key}:{start + records}"} if start + records < len(everything) else {})


def error(protocol: str, code: str, message: str, status: int = 400) -> Response:
    """An error in a protocol: `json`, `query`, `ec2` or `rest-xml`.

    https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html and those beside it
    """
    if protocol == "json":
        body = json.dumps({"__type": code, "message": message}, ensure_ascii=False)
        headers = {"x-amzn-ErrorType": code}
        return Response(body, status=status, content_type="application/x-amz-json-1.1", headers=headers)
    inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    body = {
        "query": f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error><RequestId>rehearsal</RequestId>"
        "</ErrorResponse>",
        "ec2": f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>rehearsal</RequestID></Response>",
        "rest-xml": f"<Error>{inner}<RequestId>rehearsal</RequestId></Error>",
    }[protocol]
    return Response(body, status=status, content_type="text/xml")


def in_protocol(protocol: str, response: Response) -> Response:
    """The response; an error in JSON that is to be one in XML as one: moto has some that know JSON only."""
    body = response.get_data()
    if response.status_code < 400 or protocol == "json" or not body.startswith(b"{"):
        return response
    found = json.loads(body)
    return error(protocol, found["__type"], found["message"], response.status_code)


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
