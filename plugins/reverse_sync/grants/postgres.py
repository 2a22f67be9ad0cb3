"""What the logins of PostgreSQL need, for a member of rds_superuser who owns the tables: RDS's master user.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html#CHAP_Source.PostgreSQL.RDSPostgreSQL
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.pipeline.attributes import is_on
from reverse_sync.sql import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.grants.selected import Selected
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.pipeline.model import SourceEndpoint


def for_dms(pipeline: Pipeline, tables: Selected, login: str) -> Iterator[str]:
    """The login that DMS reads the changes with."""
    yield f"GRANT rds_superuser, rds_replication TO {quoted(login)};"
    yield from _read(tables, login)
    for schema in artifacts_schemas(pipeline.dms.source_endpoint):
        yield "-- DMS makes awsdms_ddl_audit there; awsdms_heartbeat where there is a heartbeat."
        privileges = "CREATE" if schema == "public" else "USAGE, CREATE"
        yield f"GRANT {privileges} ON SCHEMA {quoted(schema)} TO {quoted(login)};"


def for_the_dags(pipeline: Pipeline, tables: Selected, login: str, dms_login: str) -> Iterator[str]:
    """The login of the DAGs and the preflight."""
    yield "-- It sees what DMS sees, creates pglogical, and drops what DMS made in a decommission."
    yield f"GRANT {quoted(dms_login)} TO {quoted(login)};"
    if not tables.everywhere:
        yield from _search(pipeline, login)
        yield "-- To see whether a key's sequence is behind."
        yield from (
            f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA {quoted(schema)} TO {quoted(login)};"
            for schema in _schemas(tables)
        )
    yield "-- For the form's repair 'touch', and for a canary of kind sql."
    yield from _on_tables("UPDATE", "pg_write_all_data", tables, login)


def artifacts_schemas(source: SourceEndpoint) -> list[str]:
    """Where DMS makes tables in PostgreSQL: for the DDL that it captures, and for its heartbeat.

    captureDDLs and ddlArtifactsSchema are explained at
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html#CHAP_Source.PostgreSQL.ConnectionAttrib
    """
    given = source.attributes
    captures = is_on(given.get("captureddls"), default=True)
    schemas = [given.get("ddlartifactsschema", "public")] if captures else []
    schemas += [source.heartbeat.artifacts_schema] if source.heartbeat else []
    return list(dict.fromkeys(schemas))


def _read(tables: Selected, login: str) -> Iterator[str]:
    for schema in () if tables.everywhere else _schemas(tables):
        yield f"GRANT USAGE ON SCHEMA {quoted(schema)} TO {quoted(login)};"
    yield from _on_tables("SELECT", "pg_read_all_data", tables, login)


def _search(pipeline: Pipeline, login: str) -> Iterator[str]:
    schemas = dict.fromkeys(canary.schema_and_table[0] for canary in pipeline.canaries if canary.kind == "http")
    for schema in schemas:
        yield "-- To name the row that a canary's call changed in place of its own."
        yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {quoted(schema)} TO {quoted(login)};"


def _schemas(tables: Selected) -> dict[str, None]:
    return dict.fromkeys([*tables.schemas, *(schema for schema, _ in tables.tables)])


def _on_tables(privilege: str, role_for_all: str, tables: Selected, login: str) -> Iterator[str]:
    if tables.everywhere:
        yield f"GRANT {role_for_all} TO {quoted(login)};"
        return
    for schema in tables.schemas:
        yield f"GRANT {privilege} ON ALL TABLES IN SCHEMA {quoted(schema)} TO {quoted(login)};"
    for table in tables.tables:
        if table[0] not in tables.schemas:
            yield f"GRANT {privilege} ON {quoted(*table)} TO {quoted(login)};"
