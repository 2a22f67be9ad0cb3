"""What a name of an Oracle schema is besides a plain table, and columns that behave otherwise than they look.

https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/static-data-dictionary-views.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reverse_sync.catalog.database import fetch_all
from reverse_sync.table_mapping import full_name

if TYPE_CHECKING:
    from reverse_sync.catalog.database import Connection

_OBJECTS = """
SELECT object_name, object_type FROM all_objects
WHERE owner = :owner AND object_type IN ('VIEW', 'MATERIALIZED VIEW', 'SYNONYM')
"""
_SYNONYMS = "SELECT synonym_name, table_owner, table_name, db_link FROM all_synonyms WHERE owner = :owner"
_TABLES = """
SELECT table_name, temporary, read_only FROM all_tables WHERE owner = :owner AND (temporary = 'Y' OR read_only = 'YES')
"""
# Of hidden columns those of the user's: Oracle's own are called SYS_..., and a virtual one is named elsewhere.
_INVISIBLE = """
SELECT table_name, column_name, nullable, data_default FROM all_tab_cols
WHERE owner = :owner AND hidden_column = 'YES' AND virtual_column = 'NO' AND column_name NOT LIKE 'SYS\\_%' ESCAPE '\\'
"""
_DEFAULTS_ON_NULL = """
SELECT table_name, column_name, data_default FROM all_tab_cols WHERE owner = :owner AND default_on_null = 'YES'
"""
_NO_SUCH_COLUMN = 904


@dataclass(frozen=True, slots=True)
class InvisibleColumn:
    """A column that no `SELECT *` shows and ALL_TAB_COLUMNS does not list; a statement that names it reaches it.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/ALL_TAB_COLUMNS.html

    :param needed: whether an INSERT that does not name it fails
    """

    name: str
    needed: bool


def read_kinds(connection: Connection, owner: str) -> dict[str, str]:
    """Name -> `view`, `materialized view`, `synonym of S.T`, `temporary table`, `read-only table`; no others."""
    synonyms = {
        name: f"synonym of {full_name(table_owner, table) if table_owner else table}{f'@{link}' if link else ''}"
        for name, table_owner, table, link in fetch_all(connection, _SYNONYMS, {"owner": owner})
    }
    # A materialized view is there as a table, too.
    objects = sorted(
        fetch_all(connection, _OBJECTS, {"owner": owner}), key=lambda found: found[1] == "MATERIALIZED VIEW"
    )
    tables = {
        name: "temporary table" if temporary == "Y" else "read-only table"
        for name, temporary, _ in fetch_all(connection, _TABLES, {"owner": owner})
    }
    return {**tables, **{name: kind.lower() for name, kind in objects}, **synonyms}


def read_invisible_columns(connection: Connection, owner: str) -> dict[str, tuple[InvisibleColumn, ...]]:
    """Table -> its invisible columns."""
    found: dict[str, list[InvisibleColumn]] = {}
    for table, name, nullable, default in fetch_all(connection, _INVISIBLE, {"owner": owner}):
        found.setdefault(table, []).append(InvisibleColumn(name, needed=nullable == "N" and not default))
    return {table: tuple(columns) for table, columns in found.items()}


def read_defaults_on_null(connection: Connection, owner: str) -> dict[tuple[str, str], str]:
    """(table, column) -> what an INSERT of NULL becomes there; before 12.1 there was no such thing.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/CREATE-TABLE.html, DEFAULT ON NULL.
    """
    from oracledb import DatabaseError

    try:
        rows = fetch_all(connection, _DEFAULTS_ON_NULL, {"owner": owner})
    except DatabaseError as failure:
        if failure.args[0].code != _NO_SUCH_COLUMN:
            raise
        return {}
    return {(table, column): (default or "").strip() for table, column, default in rows}
