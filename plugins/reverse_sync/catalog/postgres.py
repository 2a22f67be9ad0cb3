"""PostgreSQL's tables, read from its system catalogs in one round trip."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from reverse_sync.table_mapping import Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

# https://www.postgresql.org/docs/current/catalog-pg-attribute.html; information_schema hides what the user may not touch.
TABLES = """
    SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, NULL), NOT a.attnotnull,
           pg_get_expr(d.adbin, d.adrelid),
           i.character_maximum_length::int, i.numeric_precision::int, i.numeric_scale::int,
           a.attidentity <> '', a.attgenerated <> '',
           array_position(k.conkey, a.attnum)
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
    LEFT JOIN LATERAL (
        SELECT information_schema._pg_char_max_length(a.atttypid, a.atttypmod) AS character_maximum_length,
               information_schema._pg_numeric_precision(a.atttypid, a.atttypmod) AS numeric_precision,
               information_schema._pg_numeric_scale(a.atttypid, a.atttypmod) AS numeric_scale
    ) i ON true
    WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND n.nspname <> 'pglogical'
    ORDER BY n.nspname, c.relname, a.attnum
"""


def tables(rows: Iterable[tuple[Any, ...]]) -> list[Table]:
    """The tables of the answer to :data:`TABLES`."""
    found = []
    for (schema, name), columns in groupby(rows, key=lambda row: (row[0], row[1])):
        described = list(columns)
        keys = sorted((row[11], row[2]) for row in described if row[11] is not None)
        found.append(
            Table(
                schema=schema,
                name=name,
                columns=tuple(
                    Column(
                        name=row[2],
                        type=row[3],
                        nullable=row[4],
                        default=row[5],
                        length=row[6],
                        precision=row[7],
                        scale=row[8],
                        identity=row[9],
                        generated=row[10],
                    )
                    for row in described
                ),
                primary_key=tuple(name for _, name in keys),
            )
        )
    return found
