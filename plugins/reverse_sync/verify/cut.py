"""Cuts large tables into parts, so that several tasks share the comparison of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator

from reverse_sync.errors import StatementFailedError, StatementRefusedError
from reverse_sync.postgres.session import readable_postgres_errors
from reverse_sync.reconcile.parts import WHOLE
from reverse_sync.reconcile.postgres_side import table_size
from reverse_sync.reconcile.sessions import postgres_reader
from reverse_sync.reconcile.table import opened
from reverse_sync.sql import quoted
from reverse_sync.verify.selection import projections

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.catalog.database import PostgresConnection
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.parts import Part
    from reverse_sync.results import TablePart
    from reverse_sync.table_mapping import Projection
    from reverse_sync.task_keywords import TaskKeywords


class CutTablesOperator(BaseOperator):
    """Says in which parts each selected table is compared; a small table is one part.

    The parts hold every row that there is or will be, so they stay right while the tables change.

    :param pipeline: the pipeline; `reconciliation.part_rows` and `parts_per_table` say how large and how many
    """

    def __init__(self, *, pipeline: Pipeline, **kwargs: Unpack[TaskKeywords]) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline

    def execute(self, context: Context) -> list[TablePart]:  # noqa: ARG002
        """The parts of all tables; a list, so that tasks can be mapped over it.

        :raises ReverseSyncError: where a database does not answer.
        :raises NeedsPersonError: where the mapping selects no table that is there.
        """
        return [
            {
                "source": [projection.source.schema, projection.source.name],
                "target": [projection.schema, projection.table],
                "low": list(part.low) if part.low else None,
                "high": list(part.high) if part.high else None,
                "number": part.number,
                "of": part.of,
            }
            for projection, parts in self._cut(projections(self.pipeline))
            for part in parts
        ]

    def _cut(self, selected: Sequence[Projection]) -> Iterator[tuple[Projection, list[Part]]]:
        """Only a table that is worth it is opened on both sides."""
        settings = self.pipeline.reconciliation
        reader = settings.connection or self.pipeline.postgres.connection
        with postgres_reader(reader, settings.statement_timeout_s) as connection:
            for projection in selected:
                yield projection, self._parts(connection, projection)

    def _parts(self, connection: PostgresConnection, projection: Projection) -> list[Part]:
        """One where a database refuses the table, or fails at it: its comparison says so, and what to do."""
        settings = self.pipeline.reconciliation
        try:
            with readable_postgres_errors(settings.connection or self.pipeline.postgres.connection):
                rows, _ = table_size(connection, quoted(projection.source.schema, projection.source.name))
            if rows < 2 * settings.part_rows:
                return [WHOLE]
            with opened(self.pipeline, projection) as comparison:
                parts = comparison.parts()
        except (StatementRefusedError, StatementFailedError):
            connection.rollback()
            return [WHOLE]
        self.log.info("%s.%s in %d parts", projection.schema, projection.table, len(parts))
        return parts
