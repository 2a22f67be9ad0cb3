"""What do the rules' expressions read, and what can be known of what they make?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check
from reverse_sync.table_mapping.data_types import dms_type
from reverse_sync.table_mapping.expressions import analyse
from reverse_sync.table_mapping.functions import double_quoted, quoted_parameters, undocumented
from reverse_sync.type_pairs.source_types import LOBS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.table_mapping import ProjectedColumn, Table

_TRUTH = re.compile("'(true|false)'")
_WHY_NOT_TRUE = (
    "DMS carries a boolean as one of these texts, so that a comparison with 1, 't' or TRUE never holds, and as this "
    "project evaluates it alike no comparison finds it"
)
_EPOCH = re.compile("%s|julianday|unixepoch", re.IGNORECASE)
_JUDGES = re.compile(r"[=<>]|\b(case|iif|in|not)\b", re.IGNORECASE)
_WHY_NOT_A_LOB = (
    "AWS supports dropping a LOB column and documents no other transformation of one; that an expression sees its "
    "value is not proved"
)


@check(Group.MAPPING, links.EXPRESSIONS, "mapping", "source")
def expression_input(cutover: Cutover) -> Iterator[Finding]:
    """An expression reads what DMS has no value of, or another: generated columns, LOBs, names in quotes, instants."""
    for projection in cutover.projections:
        table = projection.source
        for column in projection.columns:
            for judge, what, why, do in _unreadable(column, table):
                yield judge(
                    f"the expression of {column.name} {what}",
                    why,
                    do,
                    file=cutover.mapping_file,
                    rule=str(column.rule.rule_id) if column.rule else None,
                    table=table.full_name,
                    column=column.name,
                )


@check(Group.MAPPING, links.EXPRESSIONS, "mapping", "source")
def known_only_to_dms(cutover: Cutover) -> Iterator[Finding]:
    """A column's values are known only to DMS (its clock, random numbers, headers of a change): compared nowhere."""
    for projection in cutover.projections:
        for column in projection.columns:
            rule = column.mask or column.rule
            if column.only_dms_knows and rule and not column.lacks_room:
                yield note(
                    f"only DMS knows what {column.name} holds: it comes from {column.only_dms_knows}",
                    "the column is left out of every comparison, so nothing proves it",
                    "look at it by hand once, or have it made by the target",
                    file=cutover.mapping_file,
                    rule=str(rule.rule_id),
                    table=projection.full_name,
                    column=column.name,
                )


@check(Group.MAPPING, links.EXPRESSIONS, "mapping")
def undocumented_function(cutover: Cutover) -> Iterator[Finding]:
    """An expression calls a function of SQLite that AWS's page does not list."""
    for rule in cutover.mapping.transformations:
        names = undocumented(analyse(rule.expression).functions) if rule.expression else []
        if names:
            yield warning(
                f"{' and '.join(names)}: a function of SQLite that AWS does not list for expressions",
                "where DMS does not know it, the column stays empty or the task fails",
                "use a listed function, or prove it on a test row before the cutover",
                file=cutover.mapping_file,
                rule=str(rule.rule_id),
                column=rule.value,
            )


def _unreadable(made: ProjectedColumn, table: Table) -> Iterator[tuple[Callable[..., Finding], str, str, str]]:
    """What an expression reads and DMS has no value of: how bad that is, what, why, and what to do."""
    for name in made.inputs:
        column = table.column(name)
        if column and column.generated:
            yield (
                error,
                f"reads {name}, which is a generated column",
                "logical decoding leaves generated columns out, so that DMS has NULL for it in every change",
                f"write in it what {name} is made of" + (f": {column.default}" if column.default else ""),
            )
        elif column and column.type == "boolean" and _mistakes_truth(made.expression or ""):
            yield (
                warning,
                f"reads {name}, which is a boolean, and names neither 'true' nor 'false'",
                _WHY_NOT_TRUE,
                f"write CASE ${name} WHEN 'true' THEN ... WHEN 'false' THEN ... END",
            )
        elif column and column.type == "timestamp with time zone" and not _EPOCH.search(made.expression or ""):
            yield (
                note,
                f"reads {name}, which is a timestamp with time zone",
                "DMS carries it in UTC, so that a day or an hour that is taken of it may not be the local one",
                f"add the offset where readers expect local time: datetime(${name}, '+9 hours')",
            )
        elif column and dms_type(column) in LOBS:
            yield (
                warning,
                f"reads {name}, which is {column.type} and travels as a LOB",
                _WHY_NOT_A_LOB,
                "change such a column on a test row and look at the target before the cutover",
            )
    expression = made.expression or ""
    quoted = [(name, f'"{name}" in double quotes', name) for name in double_quoted(expression)]
    quoted += [(name, f"${name} in single quotes", f"${name}") for name in quoted_parameters(expression)]
    for name, written, text in quoted:
        if table.column(name):
            yield (
                error,
                f"has {written}: to SQLite that is the text {text!r}, not the column",
                "every row gets the same text, and as the comparison evaluates it alike it finds no difference",
                f"write ${name}",
            )


def _mistakes_truth(expression: str) -> bool:
    """Whether it decides by a boolean without the texts that a boolean is."""
    return _JUDGES.search(expression) is not None and not _TRUTH.search(expression)
