"""Can everything be reached?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, warning
from reverse_sync.preflight.nearest import Nearest
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connecting.html
_PROXY = re.compile(r"\.proxy-[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com")


@check(Group.CONNECTIVITY, links.AIRFLOW_CONNECTIONS)
def unreachable(cutover: Cutover) -> Iterator[Finding]:
    """A database, AWS or the API cannot be reached with its Airflow connection."""
    for part, failure in cutover.unreachable.items():
        yield error(
            f"{part}: {failure.reason}",
            "what depends on it was not checked, and the run would fail there",
            failure.advice,
            blind=True,
            passing=failure.passing,
        )


@check(Group.CONNECTIVITY, links.DMS_REGIONS)
def unknown_region(cutover: Cutover) -> Iterator[Finding]:
    """`aws.region` is none of AWS's regions, or none that the installed botocore knows AWS DMS in."""
    from reverse_sync.aws.region import may_be_region, regions_with_dms

    region, known = cutover.pipeline.aws.region, regions_with_dms()
    if region in known:
        return
    hint = Nearest().hint(region, known)
    if may_be_region(region):
        yield warning(
            f"aws.region is {region!r}, where the installed botocore knows no AWS DMS{hint}",
            "a name that is written wrongly leads nowhere; a region that is newer than the installed botocore works",
            "correct aws.region, or bring botocore up to date",
        )
    else:
        yield error(
            f"aws.region is {region!r}, which is no region of AWS{hint}",
            "AWS has no address there, so no call gets through",
            "correct aws.region, for instance ap-northeast-2",
        )


@check(Group.CONNECTIVITY, links.DMS_POSTGRES_LIMITS, "dms")
def source_is_a_proxy(cutover: Cutover) -> Iterator[Finding]:
    """The source endpoint leads to an RDS Proxy, through which AWS DMS captures no changes."""
    endpoint = cutover.pipeline.dms.source_endpoint
    host = cutover.dms.logins[endpoint.connection].host or ""
    if _PROXY.search(host):
        yield error(
            f"the host of the connection {endpoint.connection!r} is an RDS Proxy, {host}",
            "AWS DMS does not support capturing changes through RDS Proxy: it has no replication connections",
            "leave the host empty, for the RDS instance's own address, or name that",
        )


@check(Group.CONNECTIVITY, links.DMS_ENDPOINTS, "source")
def another_database(cutover: Cutover) -> Iterator[Finding]:
    """The connection leads to another database than the DMS source endpoint's."""
    found, wanted = cutover.source.server.database, cutover.pipeline.dms.source_endpoint.database
    if found != wanted:
        yield error(
            f"{cutover.pipeline.postgres.connection} leads to the database {found}, the source endpoint to {wanted}",
            "the run would prepare and verify one database while DMS replicates another",
            "make the connection's database and dms.source_endpoint.database the same",
        )
