"""The service's own API: change a row, and say what its answer means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.errors import NeedsPersonError, NotProvedError, ReverseSyncError

if TYPE_CHECKING:
    from requests import Response

    from reverse_sync.pipeline import Canary

CONNECT_TIMEOUT_S = 10
READ_TIMEOUT_S = 30


def change(canary: Canary, method: str, row_id: int, text: str) -> int:
    """Send the change and return the HTTP status, a 2xx.

    Redirects are not followed: a redirected PUT may arrive as a GET (RFC 9110, 15.4).

    :raises ReverseSyncError: where the service may recover: no answer, a 5xx, 408, 429.
    :raises NeedsPersonError: for every other answer.
    """
    from airflow.providers.http.hooks.http import HttpHook
    from requests import RequestException

    path = canary.path.replace("{id}", str(row_id))
    hook = HttpHook(method=method, http_conn_id=canary.connection)
    try:
        response: Response = hook.run(
            endpoint=path,
            json=canary.fill_body(row_id, text),
            extra_options={
                "check_response": False,
                "allow_redirects": False,
                "timeout": (CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
            },
        )
    except RequestException as error:
        raise ReverseSyncError(
            f"The API should answer {method} {path}, but does not: {error}. Check the host and port of the connection "
            f"{canary.connection!r} (the ingress's address), and that the service runs."
        ) from None
    if not response.ok or response.is_redirect:
        raise _refusal(response, method, path, canary)
    return response.status_code


def no_effect(canary: Canary, row_id: int, status: int, expected: str, found: object) -> NotProvedError:
    """The API said yes and nothing changed."""
    return NotProvedError(
        f"The API answered {status}, but PostgreSQL still has {found!r} in {canary.table}.{canary.column} of row "
        f"{row_id}, not {expected!r}: the call had no effect. Is {canary.path} with the keys {sorted(canary.body)} the "
        "call that changes this column (the public service's /name changes another table; /header is the one)? Correct "
        "canary.path and canary.body, then run again."
    )


def _refusal(response: Response, method: str, path: str, canary: Canary) -> ReverseSyncError:
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
    if response.status_code >= 500 or response.status_code in (408, 429):
        return ReverseSyncError(f"{fact} ({said}): look at the service's log; the next try calls it again.")
    return NeedsPersonError(f"{fact} ({said}): correct canary.body, or the credentials in {canary.connection!r}.")
