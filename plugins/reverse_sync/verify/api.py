"""The service's own API: change a row, and say what its answer means."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.errors import NeedsPersonError, NotProvedError, ReverseSyncError
from reverse_sync.pipeline import key_text
from reverse_sync.verify.ingress import ingress_host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.providers.http.hooks.http import HttpHook
    from requests import Response

    from reverse_sync.pipeline import Aws, HttpCanary, RowId

CONNECT_TIMEOUT_S = 10
READ_TIMEOUT_S = 30
# A service that caches what it shows may be a moment late.
SHOWN_WITHIN_S = 2
ACCEPTED = 202
"""Taken, but not done yet: RFC 9110, 15.3.3."""
_MISSING_HEADERS = {
    406: "say in canary.headers what it may answer with, for instance Accept: application/json.",
    412: "it changes a row only under a condition that does not hold: correct If-Match in canary.headers, or use '*'.",
    415: "say in canary.headers what the body is, for instance Content-Type: application/merge-patch+json.",
    428: "it changes a row only under a condition: add If-Match to canary.headers, for instance '*'.",
}
"""Answers that ask for another header, and what to do: RFC 9110, 15.5, and RFC 6585, 3."""


class Call(NamedTuple):
    """One change as it is sent."""

    canary: HttpCanary
    method: str
    row_id: RowId
    text: str

    @property
    def path(self) -> str:
        """The address, the id filled in."""
        return self.canary.fill_path(self.row_id)

    @property
    def body(self) -> object:
        """The request's JSON, id and text filled in."""
        return self.canary.fill_body(self.row_id, self.text)

    @property
    def headers(self) -> dict[str, str]:
        """The request's own headers, id and text filled in."""
        return self.canary.fill_headers(self.row_id, self.text)

    def __str__(self) -> str:
        return f"{self.method} {self.path} with {json.dumps(self.body, ensure_ascii=False)}"


def http_hook(canary: HttpCanary, aws: Aws, method: str = "GET") -> HttpHook:
    """The hook of the canary's connection; its host is the ingress's address where the pipeline names an ingress.

    :raises ReverseSyncError: where Kubernetes does not tell that address.
    """
    if canary.address is None:
        from airflow.providers.http.hooks.http import HttpHook

        return HttpHook(method=method, http_conn_id=canary.connection)
    from reverse_sync.verify.ingress_hook import IngressHttpHook

    host = ingress_host(canary.address, aws)
    return IngressHttpHook(host=host, method=method, http_conn_id=canary.connection)


def change(call: Call, aws: Aws) -> int:
    """Send the change and return the HTTP status, a 2xx.

    Redirects are not followed: a redirected PUT may arrive as a GET (RFC 9110, 15.4).

    :raises ReverseSyncError: where the service may recover: no answer, a 5xx, 408, 429.
    :raises NeedsPersonError: for every other answer.
    """
    return _answer(call, aws, call.method, call.path, call.body).status_code


def shown(call: Call, aws: Aws) -> str:
    """What GET of `canary.get_path` shows of a change that PostgreSQL has; empty where the file has no such path.

    :raises NotProvedError: where the API does not show the text.
    :raises ReverseSyncError: as :func:`change`.
    """
    path = call.canary.fill_get_path(call.row_id)
    if path is None:
        return ""
    deadline = time.monotonic() + SHOWN_WITHIN_S
    while not _has_text((answer := _answer(call, aws, "GET", path)), call.text):
        if time.monotonic() > deadline:
            said = " ".join(answer.text.split())[:200]
            raise NotProvedError(
                f"PostgreSQL holds {call.text!r} in {call.canary.table}.{call.canary.column} of row "
                f"{key_text(call.row_id)}, but GET {path} does not show it after {SHOWN_WITHIN_S} s: {said}. The "
                "service answers from a cache or from another database, or canary.get_path shows another row: correct "
                "that, then run again."
            )
        time.sleep(SHOWN_WITHIN_S / 10)
    return f"GET {path} shows the text"


def _has_text(answer: Response, text: str) -> bool:
    """Whether some value of the answer's JSON is the text; of another answer, whether it has the text in it."""
    try:
        return text in _values(answer.json())
    except ValueError:
        return text in answer.text


def _values(found: object) -> Iterator[object]:
    if isinstance(found, dict | list):
        for inside in found.values() if isinstance(found, dict) else found:
            yield from _values(inside)
    else:
        yield found


def _answer(call: Call, aws: Aws, method: str, path: str, body: object = None) -> Response:
    """The 2xx with which the API answers."""
    from requests import RequestException

    canary = call.canary
    try:
        response: Response = http_hook(canary, aws, method).run(
            endpoint=path,
            headers=call.headers,
            extra_options={
                "check_response": False,
                "allow_redirects": False,
                "timeout": (CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
            },
            json=body,
        )
    except RequestException as error:
        raise ReverseSyncError(
            f"The API should answer {method} {path}, but does not: {error}. Check the host and port of the connection "
            f"{canary.connection!r} (the ingress's address), and that the service runs."
        ) from None
    if not response.ok or response.is_redirect:
        raise _refusal(response, method, path, canary)
    return response


def may_recover(status: int) -> bool:
    """Whether the same call may be answered with a 2xx later: a 5xx, 408 (timeout), 429 (too many requests)."""
    return status >= 500 or status in (408, 429)


def no_effect(call: Call, status: int, found: object, elsewhere: str) -> NotProvedError:
    """The API said yes, and the canary's row did not change; something else may have.

    :param found: what the row holds
    :param elsewhere: a sentence that says where the text is now
    """
    canary = call.canary
    return NotProvedError(
        f"The API behind the connection {canary.connection!r} answered {status} to {call}, but PostgreSQL still has "
        f"{found!r} in {canary.table}.{canary.column} of row {key_text(call.row_id)}, not {call.text!r}: the call did "
        f"not change the canary's row, and may have changed something else. {elsewhere} Put right what it changed. Is "
        "that the call that changes this column? Correct canary.path and canary.body, then run again."
    )


def _refusal(response: Response, method: str, path: str, canary: HttpCanary) -> ReverseSyncError:
    said = " ".join(response.text.split())[:200]
    fact = f"The API should accept {method} {path}, but answered {response.status_code} {response.reason}"
    if response.is_redirect:
        return NeedsPersonError(
            f"{fact}, a redirect to {response.headers.get('Location')}: put the final address into the connection "
            f"{canary.connection!r}."
        )
    if response.status_code == 404:
        return NeedsPersonError(
            f"{fact} ({said}): correct canary.path or canary.id, or the address in {canary.connection!r}."
        )
    if response.status_code == 405:
        allowed = response.headers.get("Allow", "it does not say which methods")
        return NeedsPersonError(
            f"{fact}; it allows {allowed}: choose such a method in canary.method or the trigger form."
        )
    if response.status_code in (401, 403):
        return NeedsPersonError(
            f"{fact} ({said}): correct the login, or the headers of the extra, of the connection {canary.connection!r}."
        )
    if response.status_code in _MISSING_HEADERS:
        return NeedsPersonError(f"{fact} ({said}): {_MISSING_HEADERS[response.status_code]}")
    if may_recover(response.status_code):
        return ReverseSyncError(f"{fact} ({said}): look at the service's log; the next try calls it again.")
    return NeedsPersonError(f"{fact} ({said}): correct canary.body, canary.path or canary.headers.")
