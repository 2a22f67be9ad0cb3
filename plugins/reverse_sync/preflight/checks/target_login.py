"""May the DMS login of the target do what DMS does?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.world import World

_ON_ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE")


@check(Group.PERMISSIONS, links.DMS_ORACLE_PRIVILEGES, "mapping", "source", "target", "target_login")
def target_login_grants(world: World) -> Iterator[Finding]:
    """The DMS login may not read or change a target table."""
    login = world.target_login
    for _, target in world.pairs:
        own = target.schema == login.login
        granted = login.schema(target.schema).grants.get(target.name, frozenset())
        missing = [
            action
            for action in _ON_ROWS
            if not own and action not in granted and f"{action} ANY TABLE" not in login.privileges
        ]
        if missing:
            yield error(
                f"{login.login} may not {', '.join(missing)} on {target.schema}.{target.name}",
                "every change fails with ORA-01031 or ORA-00942",
                f"GRANT {', '.join(missing)} ON {target.schema}.{target.name} TO {login.login}",
                table=f"{target.schema}.{target.name}",
            )


@check(Group.PERMISSIONS, links.DMS_ORACLE_PRIVILEGES, "target_login")
def target_login_control_tables(world: World) -> Iterator[Finding]:
    """The DMS login may not create DMS's control tables (awsdms_apply_exceptions and others)."""
    privileges = world.target_login.privileges
    if not privileges & {"CREATE TABLE", "CREATE ANY TABLE"}:
        yield warning(
            f"{world.target_login.login} has neither CREATE TABLE nor CREATE ANY TABLE",
            "DMS keeps failed changes in awsdms_apply_exceptions, which it must create",
            f"GRANT CREATE ANY TABLE TO {world.target_login.login}",
        )
