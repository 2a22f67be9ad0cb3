"""Which tables the mapping selects, and what they become in Oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator

from reverse_sync.catalog.postgres import read_schemas, read_tables
from reverse_sync.errors import NeedsPersonError, StatementRefusedError
from reverse_sync.postgres.session import postgres_session
from reverse_sync.table_mapping.schema import full_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.catalog.database import Connection
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import SelectedTable
    from reverse_sync.table_mapping import Projection
    from reverse_sync.task_keywords import TaskKeywords


def projections(pipeline: Pipeline) -> list[Projection]:
    """What each selected table becomes.

    :raises ReverseSyncError: where PostgreSQL does not answer.
    :raises NeedsPersonError: where the mapping selects no table that is there.
    """
    with postgres_session(pipeline.postgres.connection) as connection:
        tables = read_tables(connection, read_schemas(connection))
    found = [projection for table in tables if (projection := pipeline.mapping.project(table)) is not None]
    if not found:
        raise NeedsPersonError(
            f"The mapping {pipeline.dms.task.mapping} selects no table of the database behind "
            f"{pipeline.postgres.connection!r}: correct its selection rules, or the connection's database."
        )
    return found


def projection_of(pipeline: Pipeline, connection: Connection, table: Sequence[str], asked_by: str) -> Projection:
    """What one selected table becomes; the rest of the catalog is not read.

    :param connection: to PostgreSQL
    :param table: schema and name
    :param asked_by: who names the table, for the message
    :raises StatementRefusedError: where the mapping does not select it, or it is not there.
    """
    schema, name = table
    for found in read_tables(connection, [schema], [name]):
        if (projection := pipeline.mapping.project(found)) is not None:
            return projection
    raise StatementRefusedError(
        f"{asked_by} is {full_name(schema, name)}, but the mapping {pipeline.dms.task.mapping} selects no such table "
        f"of the database behind {pipeline.postgres.connection!r}: correct that, or the mapping."
    )


class SelectTablesOperator(BaseOperator):
    """Says which source tables the mapping selects and which Oracle tables they become."""

    template_fields: Sequence[str] = ()

    def __init__(self, *, pipeline: Pipeline, **kwargs: Unpack[TaskKeywords]) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline

    def execute(self, context: Context) -> list[SelectedTable]:  # noqa: ARG002
        """The tables, source and target, by their names; a list, so that tasks can be mapped over it."""
        return [
            {
                "source": [projection.source.schema, projection.source.name],
                "target": [projection.schema, projection.table],
            }
            for projection in projections(self.pipeline)
        ]
