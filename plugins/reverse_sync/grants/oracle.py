"""What the logins of Oracle need, for a DBA such as SYSTEM.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Oracle.html#CHAP_Target.Oracle.Privileges, by its list for
named tables, without what only full loads, DDL, views, procedures, sequences and change tables need: a pipeline's task
has changes of rows alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.sql import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.grants.selected import Selected
    from reverse_sync.pipeline import Pipeline

_ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE")


def for_dms(pipeline: Pipeline, tables: Selected, login: str) -> Iterator[str]:
    """The login that DMS writes the rows with."""
    yield f"GRANT CREATE SESSION, SELECT ANY TRANSACTION TO {quoted(login)};"
    yield "-- DMS makes its control tables, awsdms_..., in the login's own schema."
    yield f"GRANT CREATE TABLE, UNLIMITED TABLESPACE TO {quoted(login)};"
    yield "-- V$NLS_PARAMETERS, V$TIMEZONE_NAMES, DBA_OBJECTS, ... for DMS; V$SESSION for the preflight."
    yield f"GRANT SELECT ANY DICTIONARY TO {quoted(login)};"
    yield from _on_tables((*_ROWS, "ALTER"), tables, login)
    if pipeline.dms.task.validation:
        yield "-- DMS's validation hashes large objects."
        yield f"GRANT EXECUTE ON SYS.DBMS_CRYPTO TO {quoted(login)};"


def for_the_dags(tables: Selected, login: str) -> Iterator[str]:
    """The login of the DAGs and the preflight."""
    if login == tables.owner:
        yield "-- The tables, triggers and sequences are its own."
        yield f"GRANT CREATE SESSION TO {quoted(login)};"
        return
    yield "-- Without CREATE ANY TRIGGER Oracle hides the triggers of others' tables."
    yield f"GRANT CREATE SESSION, CREATE ANY TRIGGER, ALTER ANY TRIGGER, SELECT ANY SEQUENCE TO {quoted(login)};"
    yield "-- INSERT, UPDATE and DELETE for the form's repair 'oracle'."
    yield from _on_tables(_ROWS, tables, login)


def _on_tables(privileges: tuple[str, ...], tables: Selected, login: str) -> Iterator[str]:
    if tables.by_pattern:
        yield f"GRANT {', '.join(f'{privilege} ANY TABLE' for privilege in privileges)} TO {quoted(login)};"
        return
    for owner, table in dict.fromkeys(tables.tables.values()):
        if owner != login:
            yield f"GRANT {', '.join(privileges)} ON {quoted(owner, table)} TO {quoted(login)};"
