"""May the logins of the pipeline itself, not of DMS, do what its DAGs do?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, warning
from reverse_sync.preflight.registry import check
from reverse_sync.preflight.source_facts import RDS_ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover


@check(Group.PERMISSIONS, links.RDS_SUPERUSER, "source")
def own_login_roles(cutover: Cutover) -> Iterator[Finding]:
    """The login of `postgres.connection` lacks rds_superuser, rds_replication, or the rights of DMS's login."""
    login, dms = cutover.source.own_login, cutover.source.dms_login
    if login is None:
        return
    if missing := [role for role in RDS_ROLES if role not in login.roles]:
        yield error(
            f"{login.name}, the login of postgres.connection, does not have {' and '.join(missing)}",
            "it can't create pglogical, see every setting and session, or drop the slot in a decommission",
            f"GRANT {', '.join(missing)} TO {login.name}",
        )
    if cutover.source.login and dms not in login.roles:
        yield warning(
            f"{login.name}, the login of postgres.connection, does not have the rights of {dms}",
            f"a decommission drops what DMS made in PostgreSQL, which is {dms}'s",
            f"GRANT {dms} TO {login.name}",
        )


@check(Group.PERMISSIONS, links.PG_GRANT, "mapping", "source")
def own_login_grants(cutover: Cutover) -> Iterator[Finding]:
    """The login of `postgres.connection` may not read a table that is to be compared."""
    login, canaries = cutover.source.own_login, {canary.table for canary in cutover.pipeline.canaries}
    compared = cutover.pipeline.reconciliation.enabled and not cutover.pipeline.reconciliation.connection
    for projection in cutover.projections if login and compared else ():
        table = projection.source
        # Of the canary's table canary-right tells.
        if login and table.full_name not in canaries and (table.schema, table.name) not in login.readable:
            yield error(
                f"{login.name}, the login of postgres.connection, may not SELECT from {table.full_name}",
                "whole tables are compared after the canary",
                f"GRANT USAGE ON SCHEMA {table.schema} TO {login.name}; GRANT SELECT ON {table.full_name} TO "
                f"{login.name}",
                table=table.full_name,
            )


@check(Group.PERMISSIONS, links.ORACLE_ALL_TRIGGERS, "mapping", "source", "target")
def own_login_triggers(cutover: Cutover) -> Iterator[Finding]:
    """The login of `oracle.connection` neither owns the target nor has CREATE ANY TRIGGER: triggers are hidden."""
    target = cutover.target
    for schema in sorted({projection.schema for projection, _ in cutover.pairs} - {target.login}):
        if "CREATE ANY TRIGGER" not in target.privileges:
            yield warning(
                f"{target.login}, the login of oracle.connection, is not {schema} and has no CREATE ANY TRIGGER",
                "Oracle hides triggers of others' tables: one that gives replicated rows other ids would stay enabled",
                f"name {schema} in the connection, or GRANT CREATE ANY TRIGGER, ALTER ANY TRIGGER TO {target.login}",
            )
