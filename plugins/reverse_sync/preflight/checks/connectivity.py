"""Can everything be reached?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.world import World


@check(Group.CONNECTIVITY, links.AIRFLOW_CONNECTIONS)
def unreachable(world: World) -> Iterator[Finding]:
    """A database, AWS or the API cannot be reached with its Airflow connection."""
    for part, reason in world.unreachable.items():
        yield error(
            f"{part}: {reason}",
            "what depends on it was not checked, and the run would fail there",
            "correct the Airflow connection, or what stands between: address, port, login, security group, listener",
            blind=True,
        )


@check(Group.CONNECTIVITY, links.DMS_ENDPOINTS, "source")
def another_database(world: World) -> Iterator[Finding]:
    """The connection leads to another database than the DMS source endpoint's."""
    found, wanted = world.source.server.database, world.pipeline.dms.source_endpoint.database
    if found != wanted:
        yield error(
            f"{world.pipeline.postgres.connection} leads to the database {found}, the source endpoint to {wanted}",
            "the run would prepare and verify one database while DMS replicates another",
            "make the connection's database and dms.source_endpoint.database the same",
        )
