"""Which tables the mapping selects, and what they become in Oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from reverse_sync.catalog.postgres import read_schemas, read_tables
from reverse_sync.errors import NeedsPersonError
from reverse_sync.postgres.session import postgres_session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.table_mapping import Projection, Table


def source_tables(postgres_conn_id: str) -> tuple[Table, ...]:
    """Every table of the source.

    :raises ReverseSyncError: where PostgreSQL does not answer.
    """
    with postgres_session(postgres_conn_id) as connection:
        return read_tables(connection, read_schemas(connection))


def projections(pipeline: Pipeline) -> list[Projection]:
    """What each selected table becomes.

    :raises ReverseSyncError: where PostgreSQL does not answer.
    :raises NeedsPersonError: where the mapping selects no table that is there.
    """
    found = [
        projection
        for table in source_tables(pipeline.postgres.connection)
        if (projection := pipeline.mapping.project(table)) is not None
    ]
    if not found:
        raise NeedsPersonError(
            f"The mapping {pipeline.dms.task.mapping} selects no table of the database behind "
            f"{pipeline.postgres.connection!r}: correct its selection rules, or the connection's database."
        )
    return found


def projection_of(pipeline: Pipeline, schema: str, table: str) -> Projection:
    """What one selected table becomes.

    :raises NeedsPersonError: where the mapping does not select it, or it is not there.
    """
    for projection in projections(pipeline):
        if (projection.source.schema, projection.source.name) == (schema, table):
            return projection
    raise NeedsPersonError(
        f"canary.table is {schema}.{table}, but the mapping {pipeline.dms.task.mapping} selects no such table of the "
        f"database behind {pipeline.postgres.connection!r}: correct the key or the mapping."
    )


class SelectTablesOperator(BaseOperator):
    """Says which source tables the mapping selects and which Oracle tables they become."""

    template_fields: Sequence[str] = ()

    def __init__(self, *, pipeline: Pipeline, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline

    def execute(self, context: Context) -> list[dict[str, Any]]:  # noqa: ARG002
        """The tables, source and target, by their names; a list, so that tasks can be mapped over it."""
        return [
            {
                "source": [projection.source.schema, projection.source.name],
                "target": [projection.schema, projection.table],
            }
            for projection in projections(self.pipeline)
        ]
