"""Is the mapping one that DMS can use?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.world import World

_REMEDIES = {
    "not-json": "correct the text; every JSON tool shows the place",
    "duplicate-key": "keep the one that is meant",
    "duplicate-rule-id": "give each rule its own number",
    "duplicate-rule-name": "give each rule its own name",
    "no-selection": "add a selection rule",
    "unsupported-action": "leave the action out, or do it on the target",
}


@check(Group.MAPPING, links.MAPPING)
def mapping_language(world: World) -> Iterator[Finding]:
    """The mapping is not JSON, or breaks the rule language: keys, values, ids, names, expressions."""
    for problem in world.mapping_problems:
        yield error(
            problem.message,
            "DMS refuses the task, or ignores the rule",
            _REMEDIES.get(problem.code, "correct the rule"),
            file=world.mapping_file,
            rule=problem.rule_id,
        )


@check(Group.MAPPING, links.ORACLE_NAMES, "mapping")
def lower_case_name(world: World) -> Iterator[Finding]:
    """A name reaches Oracle with lower-case letters: DMS quotes names, so Oracle looks for exactly that."""
    for projection in world.projections:
        table = f"{projection.schema}.{projection.table}"
        names = [("schema", projection.schema), ("table", projection.table)]
        if world.has("target") and world.target.table(projection.schema, projection.table):
            continue
        lower = [f"{kind} {name}" for kind, name in names if name != name.upper()]
        if lower:
            yield error(
                f"{' and '.join(lower)} would keep lower-case letters on the target",
                'DMS writes "name" in double quotes, and Oracle\'s own names are upper case: the table is not found',
                "add a convert-uppercase or rename rule",
                file=world.mapping_file,
                table=table,
            )
        yield from (
            error(
                f"the column {column.name} would keep lower-case letters on the target",
                'DMS writes "name" in double quotes, and Oracle\'s own names are upper case: the column is not found',
                "add a convert-uppercase or rename rule for it, or remove it",
                file=world.mapping_file,
                table=table,
                column=column.name,
            )
            for column in projection.columns
            if not world.has("target") and column.name != column.name.upper()
        )


@check(Group.MAPPING, links.TRANSFORMATIONS, "mapping", "source")
def projection_impossible(world: World) -> Iterator[Finding]:
    """Two columns get one name, or an expression names a column that is not there."""
    for projection in world.projections:
        for problem in projection.problems:
            yield error(
                problem.message,
                "rows of the table cannot be replicated",
                "correct the rule",
                file=world.mapping_file,
                rule=problem.rule_id,
                table=f"{projection.source.schema}.{projection.source.name}",
            )


@check(Group.MAPPING, links.FILTERS, "mapping", "source")
def filter_column(world: World) -> Iterator[Finding]:
    """A filter names a column that is not there, or lets DELETEs slip since no key column is in it."""
    for selection in world.mapping.selections:
        locator = selection.object_locator
        table = next(
            (
                table
                for table in world.tables
                if (table.schema, table.name) == (locator.schema_name, locator.table_name)
            ),
            None,
        )
        for item in selection.filters or ():
            where = {
                "file": world.mapping_file,
                "rule": str(selection.rule_id),
                "table": f"{locator.schema_name}.{locator.table_name}",
                "column": item.column_name,
            }
            if table is None or table.column(item.column_name) is None:
                yield error(
                    f"a filter on {item.column_name}: no such column",
                    "the filter cannot be applied",
                    "name a column of that table; a filter needs exact names",
                    **where,
                )
            elif item.column_name not in table.primary_key:
                yield error(
                    f"a filter on {item.column_name}, which is not part of the primary key",
                    "a DELETE carries the key only, so the filter cannot judge it and deletions get lost",
                    "filter by a key column",
                    **where,
                )
