"""What the preflight saw on its way: each column from source to target, and the rules that DMS has otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight.checks.rules import rule_summary
from reverse_sync.table_mapping import full_name, rule_differences
from reverse_sync.type_pairs.target_types import declared_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.results import AppliedRule, DifferentRule, MappedColumn, MappedTable
    from reverse_sync.table_mapping import Column, ProjectedColumn, Projection, Table
    from reverse_sync.table_mapping.grammar import Transformation


def mapped_tables(cutover: Cutover) -> list[MappedTable]:
    """Each selected table, column by column; empty where the source or the mapping could not be read."""
    if not (cutover.has("source") and cutover.has("mapping")):
        return []
    targets = {id(projection): target for projection, target in cutover.pairs} if cutover.has("target") else {}
    return [_mapped(cutover, projection, targets.get(id(projection))) for projection in cutover.projections]


def different_rules(cutover: Cutover) -> list[DifferentRule] | None:
    """Rule by rule, where the task in DMS has another mapping than the file; None where no task was seen."""
    task = cutover.dms.task if cutover.has("dms") else None
    if task is None:
        return None
    try:
        differences = rule_differences(task.get("TableMappings") or "", cutover.mapping_text)
    except ValueError:  # the drift check says that one of both is no mapping
        return None
    return [{"rule": one.rule, "key": one.key, "in_dms": one.found, "in_file": one.wanted} for one in differences]


def _mapped(cutover: Cutover, projection: Projection, target: Table | None) -> MappedTable:
    source = projection.source
    return {
        "source": source.full_name,
        "target": full_name(projection.schema, projection.table),
        "target_found": target is not None,
        "columns": [
            *(_from_source(cutover, projection, column, target) for column in source.columns),
            *(_added(column, target) for column in projection.columns if column.source is None),
            *_never_written(projection, target),
        ],
    }


def _from_source(cutover: Cutover, projection: Projection, column: Column, target: Table | None) -> MappedColumn:
    table = projection.source
    projected = next((one for one in projection.columns if one.source is column), None)
    masks = cutover.mapping.masks_for_column(table, column)
    return {
        "source": column.name,
        "source_type": _source_type(column),
        "target": projected.name if projected else None,
        "target_type": _target_type(projected, target),
        "state": _state(column, projected),
        "rules": [*_applied(cutover.mapping.rules_for_column(table, column)), *_applied(masks)],
    }


def _state(column: Column, projected: ProjectedColumn | None) -> str:
    if projected is None:
        return "removed"
    if projected.data_type or projected.mask:
        return "converted"
    return "kept" if projected.name == column.name else "renamed"


def _added(projected: ProjectedColumn, target: Table | None) -> MappedColumn:
    column: MappedColumn = {
        "source": None,
        "source_type": None,
        "target": projected.name,
        "target_type": _target_type(projected, target),
        "state": "added",
        "rules": _applied([projected.rule] if projected.rule else []),
    }
    if projected.expression:
        column["expression"] = projected.expression
    return column


def _never_written(projection: Projection, target: Table | None) -> Iterator[MappedColumn]:
    written = {column.name for column in projection.columns}
    for column in target.columns if target else ():
        if column.name not in written:
            yield {
                "source": None,
                "source_type": None,
                "target": column.name,
                "target_type": declared_type(column),
                "state": "never written",
                "rules": [],
            }


def _source_type(column: Column) -> str:
    sizes = (column.length,) if column.length else (column.precision, column.scale)
    size = ",".join(str(number) for number in sizes if number is not None)
    return f"{column.type}{f'({size})' if size else ''}{'' if column.nullable else ' NOT NULL'}"


def _target_type(projected: ProjectedColumn | None, target: Table | None) -> str | None:
    column = target.column(projected.name) if target and projected else None
    return declared_type(column) if column else None


def _applied(rules: Sequence[Transformation]) -> list[AppliedRule]:
    """The first applies, and beats the others."""
    applied: list[AppliedRule] = []
    for rule in rules:
        one: AppliedRule = {"rule": str(rule.rule_id), "does": rule_summary(rule)}
        if applied:
            one["beaten_by"] = applied[0]["rule"]
        applied.append(one)
    return applied
