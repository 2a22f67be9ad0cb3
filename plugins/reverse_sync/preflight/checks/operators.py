"""Do the operators of the rules' expressions mean to SQLite what they mean to a reader?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, note, warning
from reverse_sync.preflight.registry import check
from reverse_sync.table_mapping.expressions import analyse
from reverse_sync.table_mapping.rule_sizes import WHOLE_NUMBERS
from reverse_sync.type_pairs.source_types import Kind, source_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.table_mapping import Column, ProjectedColumn, Table
    from reverse_sync.table_mapping.uses import Operand, Sort, Use

_SORTS: dict[Kind, Sort] = {
    Kind.INTEGER: "whole",
    Kind.NUMERIC: "exact",
    Kind.REAL4: "fraction",
    Kind.REAL8: "fraction",
    **dict.fromkeys((Kind.TEXT, Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.ZONED_TIME, Kind.INTERVAL), "text"),
}
"""How the values of a kind reach SQLite. A boolean's mistakes are a finding of `expression-input`."""
_NUMBERS = frozenset({"whole", "exact", "fraction"})
_LETTER = re.compile("[A-Za-z]")
_UNSEEN = "; as this project evaluates it alike, no comparison finds it"
_CASTS = frozenset({"{} + 0", "0 + {}", "{} - 0", "{} * 1", "1 * {}", "{} * 1.0", "1.0 * {}"})
"""How SQLite's users write that a text is to be taken for a number."""


@check(Group.MAPPING, links.SQLITE_TYPES, "mapping", "source")
def operator_means_else(cutover: Cutover) -> Iterator[Finding]:
    """An operator of an expression does in SQLite what few expect: texts as numbers, whole numbers divided, LIKE."""
    for projection in cutover.projections:
        for column in projection.columns:
            for what, why, do in _mistaken(column, projection.source):
                yield warning(
                    f"the expression of {column.name} {what}",
                    why + _UNSEEN,
                    do,
                    file=cutover.mapping_file,
                    rule=str(column.rule.rule_id) if column.rule else None,
                    table=projection.source.full_name,
                    column=column.name,
                )


@check(Group.MAPPING, links.EXPRESSIONS, "mapping", "source")
def form_in_text(cutover: Cutover) -> Iterator[Finding]:
    """An expression joins what may have a fraction, a number or a moment, to a text: AWS does not say in which form."""
    for projection in cutover.projections:
        for column in projection.columns:
            joined = [use for use in analyse(column.expression or "NULL").uses if use.kind == "joined"]
            names = dict.fromkeys(one.column for use in joined for one in use.operands if one.column)
            for found in filter(None, map(projection.source.column, names)):
                if not _may_have_fraction(found):
                    continue
                yield note(
                    f"the expression of {column.name} joins ${found.name} ({found.type}) to a text",
                    "AWS does not say how DMS writes a fraction there (99.50 or 99.5; which digits of a second), so "
                    "that such rows may be said to differ",
                    f"write the form: strftime('%Y-%m-%d %H:%M:%S', ${found.name}), or a whole number of cents",
                    file=cutover.mapping_file,
                    rule=str(column.rule.rule_id) if column.rule else None,
                    table=projection.source.full_name,
                    column=column.name,
                )


def _may_have_fraction(column: Column) -> bool:
    kind = source_type(column).kind
    if kind in (Kind.DATETIME, Kind.TIME):
        return column.scale != 0
    return kind in (Kind.REAL4, Kind.REAL8) or (kind is Kind.NUMERIC and column.scale != 0)


def _mistaken(made: ProjectedColumn, table: Table) -> Iterator[tuple[str, str, str]]:
    """What the operators do that is hardly meant: what, why, and what to do."""
    sorts = {one.name: sort for one in table.columns if (sort := _SORTS.get(source_type(one).kind))}
    becomes_whole = made.data_type is not None and made.data_type.type in WHOLE_NUMBERS
    for use in analyse(made.expression).uses if made.expression else ():
        texts = [one for one in use.operands if one.sort_among(sorts) == "text"]
        written = [one for one in texts if one.column or one.literal]
        calculates = use.kind in ("arithmetic", "division")
        if calculates and written and use.said.replace(written[0].said, "{}", 1) not in _CASTS:
            yield (
                f"calculates {use.said}, and {_named(written[0], table)} is no number",
                "SQLite takes the number that a text begins with, which is 0 of most",
                "join texts by ||, and reckon with moments by date(), datetime() or julianday()",
            )
        elif use.kind == "division" and not becomes_whole and _may_be_whole(use, sorts):
            one, other = use.operands
            yield (
                f"divides {_named(one, table)} by {_named(other, table)}, which may both be whole numbers",
                "SQLite leaves out what remains then: 7 / 2 is 3",
                f"write {one.said} * 1.0 / {other.said} where the fraction is wanted, or give the rule a whole type",
            )
        elif use.kind == "comparison" and texts and any(one.sort_among(sorts) in _NUMBERS for one in use.operands):
            one, other = sorted(use.operands, key=lambda operand: operand in texts)
            yield (
                f"compares {_named(one, table)}, a number, with {_named(other, table)}, a text",
                "to SQLite they are never equal, and the text is always the greater one",
                "write a number without quotes, a text with them, or CAST one of both",
            )
        elif use.kind == "like" and use.operands[0].column and _LETTER.search(use.operands[1].said):
            yield (
                f"asks {use.said}",
                "SQLite's LIKE takes k and K for the same, unlike PostgreSQL's and Oracle's",
                "write GLOB, whose wildcards are * and ?, where the case of letters counts",
            )
        elif use.kind == "truth" and written:
            yield (
                f"takes {_named(written[0], table)} for true or false",
                "SQLite takes the number that a text begins with, so that most texts are false",
                "compare it with the texts that are meant",
            )


def _may_be_whole(use: Use, sorts: Mapping[str, Sort]) -> bool:
    return {one.sort_among(sorts) for one in use.operands} <= {"whole", "exact"}


def _named(operand: Operand, table: Table) -> str:
    column = table.column(operand.column) if operand.column else None
    return f"{operand.said} ({column.type})" if column else operand.said
