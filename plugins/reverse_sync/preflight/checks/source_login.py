"""May the DMS login of the source do what DMS does?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.grants.postgres import artifacts_schemas
from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, warning
from reverse_sync.preflight.registry import check
from reverse_sync.preflight.source_facts import RDS_ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover


@check(Group.PERMISSIONS, links.DMS_POSTGRES, "source")
def source_login_roles(cutover: Cutover) -> Iterator[Finding]:
    """The DMS login is missing, or does not have rds_superuser and rds_replication, as the master user has both."""
    login, name = cutover.source.login, cutover.source.dms_login
    if login is None:
        yield error(
            f"the source has no login {name}",
            "the source endpoint cannot connect",
            f"CREATE ROLE {name} LOGIN PASSWORD '...'; GRANT rds_superuser, rds_replication TO {name}",
        )
        return
    missing = [role for role in RDS_ROLES if role not in login.roles]
    if missing:
        yield error(
            f"{name} does not have {' and '.join(missing)}",
            "RDS lets it neither read a replication slot nor use pglogical, whatever attributes it has",
            f"GRANT {', '.join(missing)} TO {name}; a login with NOINHERIT needs ALTER ROLE {name} INHERIT, too",
        )


@check(Group.PERMISSIONS, links.DMS_POSTGRES, "mapping", "source")
def source_login_grants(cutover: Cutover) -> Iterator[Finding]:
    """The DMS login may not read a selected table."""
    login = cutover.source.login
    for projection in cutover.projections if login else ():
        source = projection.source
        if login and (source.schema, source.name) not in login.readable:
            yield error(
                f"{cutover.source.dms_login} may not SELECT from {source.full_name}",
                "DMS cannot read the table's definition and leaves the table out",
                f"GRANT USAGE ON SCHEMA {source.schema} TO {cutover.source.dms_login}; GRANT SELECT ON "
                f"{source.full_name} TO {cutover.source.dms_login}",
                table=source.full_name,
            )


@check(Group.PERMISSIONS, links.DMS_POSTGRES_LOGIN, "source")
def source_login_artifacts(cutover: Cutover) -> Iterator[Finding]:
    """The DMS login may not make the tables that DMS keeps in PostgreSQL, for captured DDL or its heartbeat."""
    login, source = cutover.source.login, cutover.pipeline.dms.source_endpoint
    if login is None or cutover.source.ddl_triggers:
        return
    for schema in artifacts_schemas(source):
        if schema not in login.makes_in:
            yield warning(
                f"{login.name} may not CREATE in the schema {schema}",
                "DMS makes awsdms_ddl_audit there, and awsdms_heartbeat where there is a heartbeat",
                f"GRANT CREATE ON SCHEMA {schema} TO {login.name}, or captureDDLs=N in "
                "extra_connection_attributes: DDL does not replicate",
            )
