"""Tables of a PostgreSQL database. https://www.postgresql.org/docs/current/catalogs.html"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reverse_sync.catalog.database import fetch_all
from reverse_sync.table_mapping import Column, Table

if TYPE_CHECKING:
    from collections.abc import Collection

    from reverse_sync.catalog.database import Connection

# The _pg_ functions are those that information_schema.columns itself is made of, which is too slow for many tables.
# Of a numeric they know no negative scale, which has been in eleven bits since PostgreSQL 15.
# A domain counts as the type below it: that is what logical decoding prints, and what DMS sees.
_COLUMNS = """
WITH RECURSIVE below(domain, type, typmod) AS (
    SELECT oid, typbasetype, typtypmod FROM pg_type WHERE typtype = 'd'
    UNION ALL
    SELECT below.domain, t.typbasetype, CASE below.typmod WHEN -1 THEN t.typtypmod ELSE below.typmod END
    FROM below JOIN pg_type t ON t.oid = below.type AND t.typtype = 'd'
)
SELECT n.nspname, c.relname, a.attname, format_type(t.oid, NULL), NOT (a.attnotnull OR declared.typnotnull),
       pg_get_expr(d.adbin, d.adrelid),
       information_schema._pg_char_max_length(t.oid, size.typmod),
       CASE t.oid WHEN 'numeric'::regtype THEN information_schema._pg_numeric_precision(t.oid, size.typmod) END,
       CASE t.oid WHEN 'numeric'::regtype THEN ((nullif(size.typmod, -1) - 4 & 2047) # 1024) - 1024
            ELSE information_schema._pg_datetime_precision(t.oid, size.typmod) END,
       a.attidentity <> '', a.attgenerated <> '',
       CASE WHEN t.typcategory = 'A' THEN 'array' WHEN t.typtype = 'e' THEN 'enum' WHEN t.typtype = 'c' THEN 'composite'
            WHEN t.typtype IN ('r', 'm') THEN 'range' ELSE '' END
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
JOIN pg_type declared ON declared.oid = a.atttypid
LEFT JOIN (SELECT below.* FROM below JOIN pg_type base ON base.oid = below.type AND base.typtype <> 'd') AS based
     ON based.domain = a.atttypid
JOIN pg_type t ON t.oid = coalesce(based.type, a.atttypid)
CROSS JOIN LATERAL (SELECT coalesce(nullif(based.typmod, -1), a.atttypmod)) AS size(typmod)
WHERE n.nspname = ANY (%s) AND c.relname = ANY (coalesce(%s, ARRAY[c.relname::text])) AND c.relkind IN ('r', 'p')
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY n.nspname, c.relname, a.attnum
"""

_KEYS = """
SELECT n.nspname, c.relname,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS key (attnum, place)
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = key.attnum ORDER BY key.place)
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'p' AND n.nspname = ANY (%s) AND c.relname = ANY (coalesce(%s, ARRAY[c.relname::text]))
"""

_TRAITS = """
SELECT n.nspname, c.relname, c.relkind = 'p', c.relispartition, c.relpersistence = 'u',
       CASE WHEN i.indisreplident THEN 'd' ELSE c.relreplident::text END,
       c.relrowsecurity, coalesce(i.indimmediate, true),
       CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint ELSE pg_relation_size(c.oid) / %s END,
       c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits WHERE inhparent = c.oid),
       ARRAY(SELECT conname::text FROM pg_constraint
             WHERE conrelid = c.oid AND condeferrable AND contype IN ('u', 'f', 'x') ORDER BY conname),
       ARRAY(SELECT x.indexrelid::regclass::text FROM pg_index x
             WHERE x.indrelid = c.oid AND x.indisunique AND pg_get_indexdef(x.indexrelid) ~* 'coalesce' ORDER BY 1),
       (SELECT json_agg(ARRAY(SELECT a.attname FROM pg_attribute a
                              WHERE a.attrelid = c.oid AND a.attnum = ANY (x.indkey)))::text FROM pg_index x
        WHERE x.indrelid = c.oid AND x.indisunique AND x.indimmediate AND x.indpred IS NULL AND x.indexprs IS NULL),
       ARRAY(SELECT conname || ' of ' || conrelid::regclass FROM pg_constraint
             WHERE confrelid = c.oid AND contype = 'f' AND confupdtype IN ('c', 'n', 'd') ORDER BY 1),
       (SELECT ARRAY[pn.nspname::text, pc.relname::text] FROM pg_inherits h JOIN pg_class pc ON pc.oid = h.inhparent
        JOIN pg_namespace pn ON pn.oid = pc.relnamespace WHERE h.inhrelid = c.oid AND c.relispartition)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p')
"""
_SMALLEST_ROW_BYTES = 32


@dataclass(frozen=True, slots=True)
class TableTraits:
    """What matters to logical replication beyond the columns.

    `replica_identity` is PostgreSQL's letter: `d` primary key, `n` nothing, `f` all columns, `i` another index.
    `estimated_rows` is the planner's; of a table that was never analysed, the most rows that its size allows.
    `has_children` is of a table that others inherit from, without being its partitions. `deferrable` names
    constraints beside the primary key, `coalesced` unique indexes over COALESCE; `unique` has the columns of each
    unique index over whole columns and all rows that is checked row by row. `followed` names foreign keys that follow
    a change of the table's key. `partition_of` is of a partition its table's schema and name.
    """

    partitioned: bool
    partition: bool
    unlogged: bool
    replica_identity: str
    row_security: bool
    key_immediate: bool
    estimated_rows: int
    has_children: bool = False
    deferrable: tuple[str, ...] = ()
    coalesced: tuple[str, ...] = ()
    unique: tuple[frozenset[str], ...] = ()
    followed: tuple[str, ...] = ()
    partition_of: tuple[str, str] | None = None


def read_tables(
    connection: Connection, schemas: Collection[str], tables: Collection[str] | None = None
) -> tuple[Table, ...]:
    """Every ordinary and partitioned table of the schemas, with columns and primary key.

    :param tables: only those of these names
    """
    which = [list(schemas), None if tables is None else list(tables)]
    keys = {(schema, table): tuple(columns) for schema, table, columns in fetch_all(connection, _KEYS, which)}
    columns: dict[tuple[str, str], list[Column]] = {}
    for schema, table, *rest in fetch_all(connection, _COLUMNS, which):
        name, type_name, nullable, default, length, precision, scale, identity, generated, category = rest
        column = Column(
            name,
            type_name,
            nullable,
            default,
            length,
            precision,
            scale,
            identity=identity,
            generated=generated,
            category=category,
        )
        columns.setdefault((schema, table), []).append(column)
    return tuple(
        Table(schema, table, tuple(found), keys.get((schema, table), ())) for (schema, table), found in columns.items()
    )


def read_traits(connection: Connection, schemas: Collection[str]) -> dict[tuple[str, str], TableTraits]:
    """(schema, table) -> traits, for every table of the schemas."""
    rows = fetch_all(connection, _TRAITS, [_SMALLEST_ROW_BYTES, list(schemas)])
    return {
        (schema, table): replace(
            TableTraits(*traits),
            deferrable=tuple(deferrable),
            coalesced=tuple(coalesced),
            unique=tuple(frozenset(columns) for columns in json.loads(unique or "[]")),
            followed=tuple(followed),
            partition_of=tuple(above) if above else None,
        )
        for schema, table, *traits, deferrable, coalesced, unique, followed, above in rows
    }


def read_other_relations(connection: Connection, schemas: Collection[str]) -> dict[tuple[str, str], str]:
    """(schema, name) -> what it is, of everything that is asked like a table and is none: nothing is decoded of it."""
    sql = """
    SELECT n.nspname, c.relname,
           CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%s) AND c.relkind IN ('v', 'm', 'f')
    """
    return {(schema, name): kind for schema, name, kind in fetch_all(connection, sql, [list(schemas)])}


def read_schemas(connection: Connection) -> tuple[str, ...]:
    """The names of all schemas but PostgreSQL's own and pglogical's."""
    sql = """
    SELECT nspname FROM pg_namespace
    WHERE nspname NOT IN ('information_schema', 'pglogical') AND nspname !~ '^pg_' ORDER BY nspname
    """
    return tuple(name for (name,) in fetch_all(connection, sql))
