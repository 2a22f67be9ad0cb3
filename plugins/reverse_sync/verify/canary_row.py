"""The canary's row on both sides, found once a task and read over one session."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.catalog.database import fetch_all
from reverse_sync.catalog.oracle import read_columns
from reverse_sync.errors import NeedsPersonError
from reverse_sync.pipeline import key_text, key_values
from reverse_sync.postgres.session import postgres_session
from reverse_sync.sql import quoted, select_expressions_by_key
from reverse_sync.type_pairs.rows import bound_key, read_source_row, source_expressions, target_expressions
from reverse_sync.verify.selection import projection_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reverse_sync.catalog.database import Connection
    from reverse_sync.pipeline import Canary, Pipeline, RowId
    from reverse_sync.table_mapping import Column, Projection


class CanaryRow(NamedTuple):
    """Where the canary's row is.

    :param source: the session on PostgreSQL
    """

    pipeline: Pipeline
    canary: Canary
    projection: Projection
    row_id: RowId
    source: Connection

    @property
    def named(self) -> str:
        """The row by its key, as a message has it: `id=1`."""
        pairs = zip(self.projection.source.primary_key, self.key, strict=True)
        return ", ".join(f"{column}={value}" for column, value in pairs)

    @property
    def key(self) -> Sequence[int | str]:
        """The values of the source's primary key, in its order.

        :raises NeedsPersonError: where the canary's id names other columns.
        """
        columns = self.projection.source.primary_key
        values = key_values(self.row_id, columns)
        if values is None:
            raise NeedsPersonError(
                f"canary.id is {key_text(self.row_id)}, but the primary key of {self.canary.table} is "
                f"{', '.join(columns) or 'no column'}: give a value for each of these columns, and no other."
            )
        return values

    @property
    def target_key(self) -> dict[str, object]:
        """The target's key columns, and what the mapping makes of the row's key."""
        wanted = self.projection.transform(self.read_source())
        return {column: _plain(wanted[column]) for column in self.projection.primary_key}

    def target_key_as_held(self, oracle: Connection) -> dict[str, object]:
        """The same with the blanks of a CHAR; Oracle's catalog is read only where the key has a text.

        :param oracle: a session
        """
        key = self.target_key
        return bound_key(self.declared(oracle), key) if any(isinstance(part, str) for part in key.values()) else key

    @property
    def target(self) -> str:
        """The target table's name, as a person writes it."""
        return self.projection.full_name

    @property
    def text_column(self) -> str:
        """The target column that the changed source column becomes.

        :raises NeedsPersonError: where it becomes none.
        """
        wanted = self.canary.column
        if (name := self.projection.target_of(wanted)) is not None:
            return name
        raise NeedsPersonError(
            f"canary.column is {wanted!r}, but the mapping carries no such column of {self.canary.table} to "
            "Oracle: correct the key or the mapping."
        )

    def read_source(self) -> dict[str, object]:
        """The row in PostgreSQL, read from the texts that PostgreSQL prints.

        :raises NeedsPersonError: where there is no such row.
        """
        source = self.projection.source
        expressions = source_expressions(source.columns)
        query = select_expressions_by_key((source.schema, source.name), expressions, source.primary_key, "%s")
        rows = fetch_all(self.source, query, self.key)
        if not rows:
            raise NeedsPersonError(
                f"The canary is row {key_text(self.row_id)} of {source.full_name}, but PostgreSQL has no such "
                "row: choose another canary.id in the pipeline file or the trigger form."
            )
        return read_source_row(source.columns, rows[0])

    def read_text(self) -> object:
        """What the canary's column holds in PostgreSQL now."""
        return self.read_source()[self.canary.column]

    def declared(self, oracle: Connection) -> dict[str, Column]:
        """The target table's columns by name, as Oracle's catalog declares them.

        :param oracle: a session
        """
        return read_columns(oracle, self.projection.schema, self.projection.table)

    def read_target(self, oracle: Connection, declared: Mapping[str, Column]) -> dict[str, object]:
        """The row in Oracle; moments as text, in UTC.

        :param oracle: a session
        :param declared: what :meth:`declared` returned
        :raises NeedsPersonError: where there is no such row.
        """
        columns = [column.name for column in self.projection.columns]
        query = self._target_query(target_expressions(columns, declared))
        rows = fetch_all(oracle, query, list(bound_key(declared, self.target_key).values()))
        if not rows:
            raise NeedsPersonError(
                f"The canary is row {key_text(self.row_id)}, which PostgreSQL has, but {self.target} in Oracle has no "
                "such row: change data only is replicated, so both sides must hold the same rows first. Load the row "
                "into Oracle, or choose another canary.id."
            )
        return dict(zip(columns, rows[0], strict=True))

    def text_query(self) -> str:
        """Selects the canary's column of the row in Oracle by its key."""
        return self._target_query([quoted(self.text_column)])

    def _target_query(self, expressions: list[str]) -> str:
        projection = self.projection
        return select_expressions_by_key(
            (projection.schema, projection.table), expressions, projection.primary_key, ":{}"
        )


@contextmanager
def canary_row(pipeline: Pipeline, canary: Canary, row_id: RowId) -> Iterator[CanaryRow]:
    """The row on both sides, by the mapping, and the session on PostgreSQL for the block.

    :raises ReverseSyncError: where PostgreSQL does not answer, also later in the block.
    :raises NeedsPersonError: where its table is not replicated, or has no key that finds it in Oracle.
    """
    with postgres_session(pipeline.postgres.connection) as source:
        projection = projection_of(pipeline, source, canary.schema_and_table, "canary.table")
        key = projection.source.primary_key
        if not key or len(projection.primary_key) != len(key):
            raise NeedsPersonError(
                f"The canary needs a table whose primary key the mapping keeps, but of {canary.table}'s key "
                f"{list(key)} it keeps {list(projection.primary_key)}: choose another canary.table."
            )
        if unknown := projection.unknown_key:
            raise NeedsPersonError(
                f"The canary's row in {projection.full_name} should be found by its key, but only DMS knows what "
                f"becomes of {', '.join(unknown)}: choose another canary.table, or correct the rule."
            )
        yield CanaryRow(pipeline, canary, projection, row_id, source)


def _plain(value: object) -> object:
    """A value that every driver and trigger takes: a key is a number, a moment, or a text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    return value if isinstance(value, int | str | datetime) else str(value)
