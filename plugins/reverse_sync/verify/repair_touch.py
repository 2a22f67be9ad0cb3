"""Rows that differ sent again through DMS: PostgreSQL updates each to its own values, which changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.catalog.database import fetch_all
from reverse_sync.errors import NeedsPersonError
from reverse_sync.postgres.session import postgres_session
from reverse_sync.reconcile.keys import postgres_condition
from reverse_sync.reconcile.results import Kind
from reverse_sync.sql import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.results import RowDifference
    from reverse_sync.reconcile.table import OpenTable
    from reverse_sync.table_mapping import Table
    from reverse_sync.verify.corrected import Corrected

# tgtype's bit 4 is UPDATE: https://www.postgresql.org/docs/current/catalog-pg-trigger.html
_UPDATE_TRIGGERS = """
SELECT DISTINCT tgname::text FROM pg_trigger
WHERE (tgrelid = %(table)s::regclass OR tgrelid IN (SELECT relid FROM pg_partition_tree(%(table)s::regclass)))
  AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 <> 0 ORDER BY 1
"""
# GENERATED ALWAYS AS IDENTITY and generated columns take no value.
_COLUMNS = """
SELECT attname::text FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attidentity <> 'a' AND attgenerated = ''
"""


class Touch:
    """Updates rows in PostgreSQL, a batch a transaction: `SET column = column`.

    DMS turns that into an UPDATE in Oracle, so it corrects rows that are there on both sides.
    """

    where = "by DMS, after a touch in PostgreSQL,"

    def __init__(self, pipeline: Pipeline) -> None:
        self._connection = pipeline.postgres.connection

    def correct(self, comparison: OpenTable, batch: Sequence[RowDifference], corrected: Corrected) -> None:
        """Touch these rows; what was left alone, and why, is added to `corrected`.

        :raises NeedsPersonError: where a trigger of PostgreSQL would fire: it might change values.
        :raises ReverseSyncError: where PostgreSQL does not answer.
        """
        both_have = []
        for row in batch:
            if row.kind in (Kind.MISSING, Kind.EXTRA):
                corrected.skipped[row.key] = f"it is {row.kind}, and a touch sends an UPDATE: repair it in Oracle"
            else:
                both_have.append(row)
        statements = corrected.unchanged(both_have, *comparison.correcting(both_have))
        keys = [statement.key for statement in statements]
        if not keys:
            return
        source = comparison.plan.projection.source
        condition, values = postgres_condition(comparison.plan.key, keys)
        with postgres_session(self._connection) as connection:
            _require_no_trigger(connection, source)
            column = quoted(_settable(connection, source))
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {_name(source)} SET {column} = {column} WHERE {condition}", values)  # noqa: S608
                corrected.repaired += cursor.rowcount


def _name(table: Table) -> str:
    return quoted(table.schema, table.name)


def _require_no_trigger(connection: object, table: Table) -> None:
    found = [name for (name,) in fetch_all(connection, _UPDATE_TRIGGERS, {"table": _name(table)})]  # type: ignore[arg-type]
    if found:
        raise NeedsPersonError(
            f"Rows of {table.full_name} should be touched, which changes no value, but its trigger {', '.join(found)} "
            "fires on an UPDATE and may change some. Trigger the DAG with repair 'oracle' instead."
        )


def _settable(connection: object, table: Table) -> str:
    """A column that may be set to itself, one of the key where that is allowed."""
    allowed = [name for (name,) in fetch_all(connection, _COLUMNS, [_name(table)])]  # type: ignore[arg-type]
    for name in (*table.primary_key, *allowed):
        if name in allowed:
            return str(name)
    raise NeedsPersonError(
        f"Rows of {table.full_name} should be touched, but every column of it is generated. Trigger the DAG with "
        "repair 'oracle' instead."
    )
