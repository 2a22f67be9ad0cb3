"""Does what the mapping makes meet what the target has?"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.checks.names import why_impossible
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check
from reverse_sync.type_pairs import sizes, source_type
from reverse_sync.type_pairs.source_types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reverse_sync.preflight.cutover import Cutover, PairedColumn
    from reverse_sync.table_mapping import Column, ProjectedColumn, Projection, Table

_MOST_MISSING, _MOST_SHOWN = 10, 5
_MOST_COLUMNS = 1000
"""Of a table: https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/logical-database-limits.html"""


@check(Group.MAPPING, links.DMS_ORACLE, "mapping", "source", "target")
def target_table_missing(cutover: Cutover) -> Iterator[Finding]:
    """A selected table becomes one that the target does not have."""
    for projection in cutover.projections:
        found = cutover.target.schema(projection.schema).tables
        path = (projection.schema, projection.table)
        if projection.table in found or any(why_impossible(cutover, name) for name in path):
            continue
        if cutover.target.table(*(name.upper() for name in path)):
            continue  # the letters' case alone keeps it from being found, and is a finding of its own
        close = difflib.get_close_matches(projection.table.upper(), found, n=1)
        there = (
            f"; {close[0]} is there"
            if close
            else f"; {cutover.target.login} sees no table of that schema" * (not found)
        )
        yield error(
            f"{projection.full_name} is not in the target{there}",
            "with target table preparation DO_NOTHING DMS makes no table for changes: the table is suspended",
            "correct the renaming rules, or create the table",
            file=cutover.mapping_file,
            table=projection.full_name,
        )


@check(Group.MAPPING, links.DMS_ORACLE, "mapping", "source", "target")
def target_column_missing(cutover: Cutover) -> Iterator[Finding]:
    """A projected column is one that the target table does not have."""
    for projection, target in cutover.pairs:
        names = [column.name for column in target.columns]
        missing = [
            column
            for column in projection.columns
            if not target.column(column.name) and not why_impossible(cutover, column.name)
        ]
        lower = [column for column in missing if target.column(column.name.upper())]
        if len(lower) > 1:
            yield _lower_case(cutover, target, lower)
            missing = [column for column in missing if column not in lower]
        if len(missing) > _MOST_MISSING:
            yield _many_missing(cutover, projection, target, missing)
            continue
        for column in missing:
            close = [name for name in names if name.replace("_", "") == column.name.replace("_", "").upper()]
            yield error(
                f"{column.name} (from {_origin(column)}) is not in the target table"
                + (f"; did you mean {close[0]}?" if close else ""),
                "every statement for the table names the column and fails",
                "rename the column to one that is there, or remove it by a remove-column rule"
                if column.source
                else "give the added column the name of one that is there, or remove the rule",
                file=cutover.mapping_file,
                rule=str(column.rule.rule_id) if column.rule else None,
                table=target.full_name,
                column=column.name,
            )


@check(Group.MAPPING, links.DMS_ORACLE, "mapping", "source", "target")
def target_column_not_written(cutover: Cutover) -> Iterator[Finding]:
    """A target column that nothing feeds: inserts fail where it must have a value, elsewhere it grows stale."""
    for projection, target in _with_columns(cutover):
        written = {
            _as_found(column.name, target) for column in projection.columns if column.source or column.expression
        }
        for column in target.columns:
            if column.name in written:
                continue
            needed = not column.nullable and not _has_default(column)
            written_so = f" (DEFAULT {column.default.strip()} is none in Oracle)" if needed and column.default else ""
            yield (error if needed else warning)(
                f"nothing writes {column.name}"
                + (f", which is NOT NULL and has no default{written_so}" if needed else ""),
                "inserts fail (ORA-01400)" if needed else "readers of the target see old or default values in it",
                "rename the source column that belongs there, or add it by an add-column rule with an expression",
                file=cutover.mapping_file,
                table=target.full_name,
                column=column.name,
            )


@check(Group.MAPPING, links.DMS_ORACLE, "mapping", "source", "target")
def key_differs(cutover: Cutover) -> Iterator[Finding]:
    """The source's key is not the target's: updates and deletes would find no row, or several."""
    for projection, target in _with_columns(cutover):
        source = projection.source
        lost = len(projection.primary_key) < len(source.primary_key)
        becomes = {_as_found(name, target) for name in projection.primary_key}
        if not source.primary_key or (not lost and becomes == set(target.primary_key)):
            continue
        found = ", ".join(target.primary_key) or "no primary key"
        yield (error if lost else warning)(
            f"the source's key ({', '.join(source.primary_key)}) becomes ({', '.join(projection.primary_key)}), "
            f"the target has {found}",
            "DMS finds the row to change by the key",
            "keep the key's columns in the mapping; give the target the same key",
            file=cutover.mapping_file,
            table=target.full_name,
        )


@check(Group.MAPPING, links.ORACLE_CONSTRAINTS, "mapping", "source", "target")
def null_into_not_null(cutover: Cutover) -> Iterator[Finding]:
    """The source may hold NULL where the target forbids it, with the number of rows that do now."""
    for column in cutover.columns:
        source, to = column.projected.source, column.to
        if source is None or not source.nullable or to.nullable:
            continue
        projected = f"{source.name} may be NULL in the source, {to.name} may not in the target"
        yield _rows_at_risk(cutover, column, source, projected, "nulls", "NULL")


@check(Group.MAPPING, links.ORACLE_NULLS, "mapping", "source", "target")
def empty_into_not_null(cutover: Cutover) -> Iterator[Finding]:
    """'' is NULL in Oracle: an empty text or bytea fails a NOT NULL there, with the number of rows that are so now."""
    for column in cutover.columns:
        source, to = column.projected.source, column.to
        if to.nullable or source is None or sizes.is_spelled_by_postgres(source):
            continue
        # A number is never '', and neither is the text that a mask makes of it.
        kinds = {column.pair.kind, source_type(source).kind}
        if not kinds <= {Kind.TEXT, Kind.BYTES}:
            continue
        projected = f"{source.name} may be '' in the source, which is NULL in Oracle, and {to.name} may not be NULL"
        yield _rows_at_risk(cutover, column, source, projected, "empty", "''")


def _many_missing(
    cutover: Cutover, projection: Projection, target: Table, missing: Sequence[ProjectedColumn]
) -> Finding:
    shown = ", ".join(column.name for column in missing[:_MOST_SHOWN])
    too_many = f"; the table would need {len(projection.columns)}, and Oracle takes {_MOST_COLUMNS}"
    return error(
        f"{len(missing)} columns are not in the target table: {shown} and {len(missing) - _MOST_SHOWN} more"
        + (too_many if len(projection.columns) > _MOST_COLUMNS else ""),
        "every statement for the table names the columns and fails",
        "rename them to ones that are there, or remove them by remove-column rules",
        file=cutover.mapping_file,
        table=target.full_name,
    )


def _lower_case(cutover: Cutover, target: Table, lower: Sequence[ProjectedColumn]) -> Finding:
    names = [column.name for column in lower]
    more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
    return error(
        f"{len(names)} columns would keep lower-case letters, and the target's have none: "
        f"{', '.join(names[:_MOST_SHOWN])}{more}",
        "every statement for the table names the columns in double quotes and fails",
        "add a convert-uppercase rule on the table's columns",
        file=cutover.mapping_file,
        table=target.full_name,
    )


def _as_found(name: str, target: Table) -> str:
    """The name, or the one of the target that differs by case only, which is a finding of its own."""
    return name if target.column(name) or not target.column(name.upper()) else name.upper()


def _with_columns(cutover: Cutover) -> Iterator[tuple[Projection, Table]]:
    """The pairs of tables of whose source columns any is kept; that none is, is a finding of its own."""
    return (
        (projection, target) for projection, target in cutover.pairs if any(one.source for one in projection.columns)
    )


def _rows_at_risk(cutover: Cutover, column: PairedColumn, source: Column, what: str, kind: str, shown: str) -> Finding:
    values = cutover.source.values(column.table, source.name)
    rows = getattr(values, kind) if values else None
    known = "not counted, the table is large" if rows is None else f"{rows} row{'' if rows == 1 else 's'} now"
    return (error if rows else note if rows == 0 else warning)(
        f"{what} ({known})",
        "such a row fails with ORA-01400 and is only logged; the task stays running",
        f"forbid {shown} in the source, or allow NULL in the target",
        table=column.table_name,
        column=column.to.name,
    )


def _has_default(column: Column) -> bool:
    """Whether Oracle fills the column where a statement leaves it out: '' is NULL there, and NULL is no value."""
    return column.default is not None and column.default.strip(" \n\r\t()").upper() not in {"", "''", "NULL", "N''"}


def _origin(column: ProjectedColumn) -> str:
    return column.source.name if column.source else "an expression" if column.expression else "an add-column rule"
