"""Tables of a PostgreSQL database. https://www.postgresql.org/docs/current/catalogs.html"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reverse_sync.catalog.database import fetch_all
from reverse_sync.table_mapping import Column, Table

if TYPE_CHECKING:
    from collections.abc import Collection

    from reverse_sync.catalog.database import Connection

# The _pg_ functions are those that information_schema.columns itself is made of, which is too slow for many tables.
_COLUMNS = """
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, NULL), NOT a.attnotnull,
       pg_get_expr(d.adbin, d.adrelid),
       information_schema._pg_char_max_length(a.atttypid, a.atttypmod),
       CASE a.atttypid WHEN 'numeric'::regtype
            THEN information_schema._pg_numeric_precision(a.atttypid, a.atttypmod) END,
       CASE a.atttypid WHEN 'numeric'::regtype
            THEN information_schema._pg_numeric_scale(a.atttypid, a.atttypmod)
            ELSE information_schema._pg_datetime_precision(a.atttypid, a.atttypmod) END,
       a.attidentity <> '', a.attgenerated <> ''
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY n.nspname, c.relname, a.attnum
"""

_KEYS = """
SELECT n.nspname, c.relname,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS key (attnum, place)
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = key.attnum ORDER BY key.place)
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'p' AND n.nspname = ANY (%s)
"""

_TRAITS = """
SELECT n.nspname, c.relname, c.relkind = 'p', c.relispartition, c.relpersistence = 'u', c.relreplident::text,
       c.relrowsecurity, coalesce(i.indimmediate, true),
       CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE pg_relation_size(c.oid) / %s END
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p')
"""
_SMALLEST_ROW_BYTES = 32


@dataclass(frozen=True, slots=True)
class TableTraits:
    """What matters to logical replication beyond the columns.

    `replica_identity` is PostgreSQL's letter: `d` primary key, `n` nothing, `f` all columns, `i` an index.
    `estimated_rows` is the planner's; of a table that was never analysed, the most rows that its size allows.
    """

    partitioned: bool
    partition: bool
    unlogged: bool
    replica_identity: str
    row_security: bool
    key_immediate: bool
    estimated_rows: int


def read_tables(connection: Connection, schemas: Collection[str]) -> tuple[Table, ...]:
    """Every ordinary and partitioned table of the schemas, with columns and primary key."""
    names = list(schemas)
    keys = {(schema, table): tuple(columns) for schema, table, columns in fetch_all(connection, _KEYS, [names])}
    columns: dict[tuple[str, str], list[Column]] = {}
    for schema, table, *rest in fetch_all(connection, _COLUMNS, [names]):
        name, type_name, nullable, default, length, precision, scale, identity, generated = rest
        column = Column(
            name, type_name, nullable, default, length, precision, scale, identity=identity, generated=generated
        )
        columns.setdefault((schema, table), []).append(column)
    return tuple(
        Table(schema, table, tuple(found), keys.get((schema, table), ())) for (schema, table), found in columns.items()
    )


def read_traits(connection: Connection, schemas: Collection[str]) -> dict[tuple[str, str], TableTraits]:
    """(schema, table) -> traits, for every table of the schemas."""
    rows = fetch_all(connection, _TRAITS, [_SMALLEST_ROW_BYTES, list(schemas)])
    return {(schema, table): TableTraits(*traits) for schema, table, *traits in rows}


def read_schemas(connection: Connection) -> tuple[str, ...]:
    """The names of all schemas but PostgreSQL's own and pglogical's."""
    sql = """
    SELECT nspname FROM pg_namespace
    WHERE nspname NOT IN ('information_schema', 'pglogical') AND nspname !~ '^pg_' ORDER BY nspname
    """
    return tuple(name for (name,) in fetch_all(connection, sql))
