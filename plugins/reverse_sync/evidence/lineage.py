"""What the replication made of which table and column, for OpenLineage, where its provider is installed.

Datasets are named as OpenLineage says: https://openlineage.io/docs/spec/naming
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from airflow.sdk import BaseHook

from reverse_sync import steps
from reverse_sync.evidence.shapes import result_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.providers.openlineage.extractors import OperatorLineage

    from reverse_sync.evidence.shapes import Record
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import MappedColumn, MappedTable

# How an expression of the table mapping names a column of the source.
_NAMED = re.compile(r"\$(\w+)")


class Place(NamedTuple):
    """A database: the namespace of its datasets, and how their names begin."""

    namespace: str
    database: str

    def name(self, table: str) -> str:
        """A table's name; `schema.table`."""
        return f"{self.database}.{table}"


def source_place(pipeline: Pipeline) -> Place:
    """PostgreSQL, by its connection."""
    connection = BaseHook.get_connection(pipeline.postgres.connection)
    return Place(f"postgres://{connection.host}:{connection.port or 5432}", connection.schema or "")


def target_place(pipeline: Pipeline) -> Place:
    """Oracle, by its connection."""
    connection = BaseHook.get_connection(pipeline.oracle.connection)
    extra = connection.extra_dejson
    service = extra.get("service_name") or extra.get("sid") or connection.schema or ""
    return Place(f"oracle://{connection.host}:{connection.port or 1521}", service)


def columns_of(table: MappedTable) -> dict[str, list[str]]:
    """Each column that is written in Oracle, with the columns of PostgreSQL that its value comes of."""
    return {
        column["target"]: list(_sources(column, table))
        for column in table["columns"]
        if column["target"] and column["state"] not in ("removed", "never written")
    }


def _sources(column: MappedColumn, table: MappedTable) -> Iterator[str]:
    if column["source"]:
        yield column["source"]
        return
    known = {one["source"] for one in table["columns"]}
    yield from (name for name in dict.fromkeys(_NAMED.findall(column.get("expression", ""))) if name in known)


def lineage_of(pipeline: Pipeline, record: Record) -> OperatorLineage:
    """The provider's `OperatorLineage` of a run: its tables, and in Oracle's the column lineage.

    Nothing but the provider calls this, so it is there.
    """
    from airflow.providers.common.compat.openlineage.facet import (
        ColumnLineageDatasetFacet,
        Dataset,
        Fields,
        InputField,
        SchemaDatasetFacet,
        SchemaDatasetFacetFields,
    )
    from airflow.providers.openlineage.extractors import OperatorLineage

    def dataset(place: Place, name: str, types: dict[str, str | None], **facets: object) -> Dataset:
        fields = [SchemaDatasetFacetFields(name=column, type=kind) for column, kind in types.items()]
        facets["schema"] = SchemaDatasetFacet(fields=fields)
        return Dataset(namespace=place.namespace, name=place.name(name), facets=facets)

    def column_lineage(table: MappedTable) -> ColumnLineageDatasetFacet:
        def field(name: str) -> InputField:
            return InputField(namespace=source.namespace, name=source.name(table["source"]), field=name)

        columns = {name: Fields(inputFields=list(map(field, names))) for name, names in columns_of(table).items()}
        return ColumnLineageDatasetFacet(fields=columns)

    preflight = result_of(record["steps"], steps.PREFLIGHT)
    tables = preflight.get("tables", []) if preflight else []
    source, target = source_place(pipeline), target_place(pipeline)
    read = [
        dataset(
            source, table["source"], {one["source"]: one["source_type"] for one in table["columns"] if one["source"]}
        )
        for table in tables
    ]
    written = [
        dataset(
            target,
            table["target"],
            {one["target"]: one["target_type"] for one in table["columns"] if one["target"]},
            columnLineage=column_lineage(table),
        )
        for table in tables
    ]
    return OperatorLineage(inputs=read, outputs=written)
