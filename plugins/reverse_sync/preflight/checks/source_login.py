"""May the DMS login of the source do what DMS does?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.world import World

_RDS_ROLES = ("rds_superuser", "rds_replication")


@check(Group.PERMISSIONS, links.DMS_POSTGRES, "source")
def source_login_roles(world: World) -> Iterator[Finding]:
    """The DMS login is missing, or is neither master, nor in rds_superuser and rds_replication, nor has REPLICATION."""
    login, name = world.source.login, world.source.dms_login
    if login is None:
        yield error(
            f"the source has no login {name}",
            "the source endpoint cannot connect",
            f"CREATE ROLE {name} LOGIN PASSWORD '...'; GRANT rds_superuser, rds_replication TO {name}",
        )
        return
    missing = [role for role in _RDS_ROLES if role not in login.member_of]
    if not login.superuser and missing and not login.replication:
        yield error(
            f"{name} is not in {' and '.join(missing)}, and has no REPLICATION",
            "it may not create or read a replication slot",
            f"GRANT {', '.join(missing)} TO {name}",
        )


@check(Group.PERMISSIONS, links.DMS_POSTGRES, "mapping", "source")
def source_login_grants(world: World) -> Iterator[Finding]:
    """The DMS login may not read a selected table."""
    login = world.source.login
    for projection in world.projections if login else ():
        source = projection.source
        if login and not login.superuser and (source.schema, source.name) not in login.readable:
            yield error(
                f"{world.source.dms_login} may not SELECT from {source.schema}.{source.name}",
                "DMS cannot read the table's definition and leaves the table out",
                f"GRANT USAGE ON SCHEMA {source.schema} TO {world.source.dms_login}; GRANT SELECT ON "
                f"{source.schema}.{source.name} TO {world.source.dms_login}",
                table=f"{source.schema}.{source.name}",
            )
