"""Does what the mapping makes meet what the target has?"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.oracle_types import describe, family_of_dms, family_of_oracle, fits
from reverse_sync.preflight.registry import check
from reverse_sync.table_mapping.data_types import FROM_POSTGRES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.world import World
    from reverse_sync.table_mapping import Column, ProjectedColumn


@check(Group.MAPPING, links.DMS_ORACLE, "mapping", "source", "target")
def target_table_missing(world: World) -> Iterator[Finding]:
    """A selected table becomes one that the target does not have."""
    for projection in world.projections:
        found = world.target.schema(projection.schema).tables
        if projection.table in found:
            continue
        close = difflib.get_close_matches(projection.table.upper(), found, n=1)
        there = (
            f"; {close[0]} is there" if close else f"; {world.target.login} sees no table of that schema" * (not found)
        )
        yield error(
            f"{projection.schema}.{projection.table} is not in the target{there}",
            "with target table preparation DO_NOTHING DMS makes no table for changes: the table is suspended",
            "correct the renaming rules, or create the table",
            file=world.mapping_file,
            table=f"{projection.schema}.{projection.table}",
        )


@check(Group.MAPPING, links.DMS_ORACLE, "mapping", "source", "target")
def target_column_missing(world: World) -> Iterator[Finding]:
    """A projected column is one that the target table does not have."""
    for projection, target in world.pairs:
        names = [column.name for column in target.columns]
        for column in projection.columns:
            if target.column(column.name):
                continue
            close = [name for name in names if name.replace("_", "") == column.name.replace("_", "").upper()]
            yield error(
                f"{column.name} (from {_origin(column)}) is not in the target table"
                + (f"; did you mean {close[0]}?" if close else ""),
                "every statement for the table names the column and fails",
                "rename the column to one that is there, or remove it by a remove-column rule",
                file=world.mapping_file,
                rule=str(column.rule.rule_id) if column.rule else None,
                table=f"{target.schema}.{target.name}",
                column=column.name,
            )


@check(Group.MAPPING, links.DMS_ORACLE, "mapping", "source", "target")
def target_column_not_written(world: World) -> Iterator[Finding]:
    """A target column that nothing feeds: inserts fail where it must have a value, elsewhere it grows stale."""
    for projection, target in world.pairs:
        written = {column.name for column in projection.columns if column.source or column.expression}
        for column in target.columns:
            if column.name in written:
                continue
            needed = not column.nullable and column.default is None
            yield (error if needed else warning)(
                f"nothing writes {column.name}" + (", which is NOT NULL and has no default" if needed else ""),
                "inserts fail (ORA-01400)" if needed else "readers of the target see old or default values in it",
                "rename the source column that belongs there, or add it by an add-column rule with an expression",
                file=world.mapping_file,
                table=f"{target.schema}.{target.name}",
                column=column.name,
            )


@check(Group.MAPPING, links.DMS_POSTGRES_TYPES, "mapping", "source", "target")
def type_clash(world: World) -> Iterator[Finding]:
    """A column would meet a target column of another kind; a rule that loses to another rule counts as well."""
    for projection, target in world.pairs:
        for column, name, rule in world.mapping.candidates(projection.source):
            to = target.column(name)
            type_name = rule.data_type.type if rule and rule.data_type else FROM_POSTGRES.get(column.type, "")
            kind = family_of_dms(type_name)
            if to is None or fits(kind, family_of_oracle(to.type)):
                continue
            yield error(
                f"{column.name} ({column.type}) would be written to {name} ({describe(to)})",
                f"a {kind or 'value of a type unknown to DMS'} cannot be stored in a {to.type}",
                "remove the column and add the target's by an add-column rule with an expression",
                file=world.mapping_file,
                rule=str(rule.rule_id) if rule else None,
                table=f"{target.schema}.{target.name}",
                column=name,
            )
        for added in projection.columns:
            to = target.column(added.name)
            if added.source or not added.data_type or to is None or not added.rule:
                continue
            kind = family_of_dms(added.data_type.type)
            if not fits(kind, family_of_oracle(to.type)):
                yield error(
                    f"the added column {added.name} is {added.data_type.type}, the target's {describe(to)}",
                    f"a {kind} cannot be stored in a {to.type}",
                    "correct the data-type of the rule",
                    file=world.mapping_file,
                    rule=str(added.rule.rule_id),
                    table=f"{target.schema}.{target.name}",
                    column=added.name,
                )


@check(Group.MAPPING, links.DMS_POSTGRES_TYPES, "mapping", "source")
def unsupported_type(world: World) -> Iterator[Finding]:
    """A column's PostgreSQL type is none that DMS is documented to replicate."""
    for projection in world.projections:
        for column in projection.columns:
            if column.source and column.source.type not in FROM_POSTGRES:
                yield warning(
                    f"{column.source.name} is {column.source.type}, a type that DMS is not documented to replicate",
                    "DMS may skip the column or write text of its own making",
                    "remove the column by a rule, or prove it on a test row",
                    file=world.mapping_file,
                    table=f"{projection.source.schema}.{projection.source.name}",
                    column=column.source.name,
                )


@check(Group.MAPPING, links.DMS_ORACLE, "mapping", "source", "target")
def key_differs(world: World) -> Iterator[Finding]:
    """The source's key is not the target's: updates and deletes would find no row, or several."""
    for projection, target in world.pairs:
        source = projection.source
        lost = len(projection.primary_key) < len(source.primary_key)
        if not source.primary_key or (not lost and set(projection.primary_key) == set(target.primary_key)):
            continue
        found = ", ".join(target.primary_key) or "no primary key"
        yield (error if lost else warning)(
            f"the source's key ({', '.join(source.primary_key)}) becomes ({', '.join(projection.primary_key)}), "
            f"the target has {found}",
            "DMS finds the row to change by the key",
            "keep the key's columns in the mapping; give the target the same key",
            file=world.mapping_file,
            table=f"{target.schema}.{target.name}",
        )


@check(Group.MAPPING, links.ORACLE_CONSTRAINTS, "mapping", "source", "target")
def null_into_not_null(world: World) -> Iterator[Finding]:
    """The source may hold NULL where the target forbids it, with the number of rows that do now."""
    for table, source, to in _fed(world):
        if not source.nullable or to.nullable:
            continue
        projected = f"{source.name} may be NULL in the source, {to.name} may not in the target"
        yield _rows_at_risk(world, table, source, to, projected, "nulls", "NULL")


@check(Group.MAPPING, links.ORACLE_NULLS, "mapping", "source", "target")
def empty_into_not_null(world: World) -> Iterator[Finding]:
    """'' is NULL in Oracle: an empty text fails a NOT NULL there, with the number of rows that are empty now."""
    for table, source, to in _fed(world):
        if to.nullable or FROM_POSTGRES.get(source.type) not in {"string", "wstring", "nclob"} or source.type == "uuid":
            continue
        projected = f"{source.name} may be '' in the source, which is NULL in Oracle, and {to.name} may not be NULL"
        yield _rows_at_risk(world, table, source, to, projected, "empty", "''")


def _rows_at_risk(world: World, table: str, source: Column, to: Column, what: str, kind: str, shown: str) -> Finding:
    values = world.source.values(world.source.by_name[table], source.name)
    rows = getattr(values, kind) if values else None
    known = "not counted, the table is large" if rows is None else f"{rows} row{'' if rows == 1 else 's'} now"
    return (error if rows else note if rows == 0 else warning)(
        f"{what} ({known})",
        "such a row fails with ORA-01400 and is only logged; the task stays running",
        f"forbid {shown} in the source, or allow NULL in the target",
        table=table,
        column=to.name,
    )


def _fed(world: World) -> Iterator[tuple[str, Column, Column]]:
    """Source table name, source column and target column of every plain column that has both."""
    for projection, target in world.pairs:
        for column in projection.columns:
            to = target.column(column.name)
            if column.source and to:
                yield f"{projection.source.schema}.{projection.source.name}", column.source, to


def _origin(column: ProjectedColumn) -> str:
    return column.source.name if column.source else "an expression" if column.expression else "an add-column rule"
