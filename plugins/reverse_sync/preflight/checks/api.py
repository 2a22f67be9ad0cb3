"""Can the canary make its change through the API?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.airflow_seams import is_secret_name
from reverse_sync.pipeline import HttpCanary
from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check
from reverse_sync.verify.api import may_recover

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover

_NOT_FOUND, _NOT_ALLOWED = 404, 405
"""Of a GET the latter says that the address is there."""


@check(Group.API, links.AIRFLOW_CONNECTIONS, "apis", accepted_by="canary")
def api_answer(cutover: Cutover) -> Iterator[Finding]:
    """The API answers a GET of the canary's row, or else of its list, with something else than a 2xx."""
    for api in cutover.apis:
        status = api.read_status
        if 200 <= status < 300 or status == _NOT_ALLOWED:  # the classes of RFC 9110
            continue
        if status == _NOT_FOUND and api.canary.get_path is None:
            yield warning(
                f"GET {api.base_url}{api.read_path} answers {status}",
                "a service need not have a list; where the address is wrong, the canary's change fails as well",
                "set canary.get_path to where the API shows the canary's row, or see that canary.path is right",
            )
            continue
        yield error(
            f"GET {api.base_url}{api.read_path} answers {status}",
            "the canary's change would fail as well",
            "correct the connection's address or canary.path, or look at the service's log",
            passing=may_recover(status),
        )


@check(Group.API, links.AIRFLOW_CONNECTIONS)
def secret_header(cutover: Cutover) -> Iterator[Finding]:
    """A header of the canary's call holds a secret, which the pipeline file is no place for."""
    for canary in cutover.pipeline.canaries:
        if not isinstance(canary, HttpCanary):
            continue
        for name in filter(is_secret_name, canary.headers):
            yield warning(
                f"the canary of {canary.table} has a header {name} in the pipeline file",
                "everybody who reads the DAGs reads it there",
                f"put it into the extra of the connection {canary.connection!r}, whose keys are sent as headers",
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
