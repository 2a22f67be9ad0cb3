"""Can the canary make its change through the API?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.pipeline import HttpCanary
from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note
from reverse_sync.preflight.registry import check
from reverse_sync.verify.api import may_recover

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover


@check(Group.API, links.AIRFLOW_CONNECTIONS, "apis", accepted_by="canary")
def api_answer(cutover: Cutover) -> Iterator[Finding]:
    """The API answers its list with something else than a 2xx."""
    for api in cutover.apis:
        status = api.list_status
        if not 200 <= status < 300:  # the classes of RFC 9110
            yield error(
                f"GET {api.base_url}{api.list_path} answers {status}",
                "the canary's change would fail as well",
                "correct the connection's address or canary.path, or look at the service's log",
                passing=may_recover(status),
            )


@check(Group.API, links.HTTP_METHODS, "apis", accepted_by="canary")
def api_method(cutover: Cutover) -> Iterator[Finding]:
    """The canary's method is not one that its address allows."""
    for api in cutover.apis:
        allowed = api.allowed_methods
        if allowed is not None and api.canary.method not in allowed:
            yield error(
                f"{api.path} allows {', '.join(sorted(allowed))}, the canary uses {api.canary.method}",
                "the canary's change is answered with 405",
                "choose another canary.method or canary.path",
            )


@check(Group.API, links.HTTP_METHODS)
def canary_path(cutover: Cutover) -> Iterator[Finding]:
    """The canary's address ends in another name than the column that it must change."""
    for canary in cutover.pipeline.canaries:
        if not isinstance(canary, HttpCanary):
            continue
        last = canary.path.rstrip("/").rpartition("/")[2]
        if last.isidentifier() and last != canary.column:
            yield note(
                f"the canary calls {canary.path} to change the column {canary.column}",
                "a service may change something else there and answer 200 all the same",
                f"if the canary reports no effect, set canary.path to {canary.path.removesuffix(last)}{canary.column}",
            )
