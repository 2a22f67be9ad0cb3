"""Is the mapping one that DMS can use?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.checks.names import why_impossible
from reverse_sync.preflight.finding import Finding, Group, error
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover

_REMEDIES = {
    "not-json": "correct the text; every JSON tool shows the place",
    "duplicate-key": "keep the one that is meant",
    "duplicate-rule-id": "give each rule its own number",
    "duplicate-rule-name": "give each rule its own name",
    "no-selection": "add a selection rule",
    "unsupported-action": "leave the action out, or do it on the target",
}


@check(Group.MAPPING, links.MAPPING)
def mapping_language(cutover: Cutover) -> Iterator[Finding]:
    """The mapping is not JSON, or breaks the rule language: keys, values, ids, names, expressions."""
    for problem in cutover.mapping_problems:
        yield error(
            problem.message,
            "DMS refuses the task, or ignores the rule",
            _REMEDIES.get(problem.code, "correct the rule"),
            file=cutover.mapping_file,
            rule=problem.rule_id,
        )


@check(Group.MAPPING, links.ORACLE_NAMES, "mapping")
def lower_case_name(cutover: Cutover) -> Iterator[Finding]:
    """A name reaches Oracle with lower-case letters: DMS quotes names, so Oracle looks for exactly that."""
    for projection in cutover.projections:
        table = projection.full_name
        names = [("schema", projection.schema), ("table", projection.table)]
        if cutover.has("target") and cutover.target.table(projection.schema, projection.table):
            continue
        lower = [f"{kind} {name}" for kind, name in names if name != name.upper() and not why_impossible(cutover, name)]
        if lower:
            yield error(
                f"{' and '.join(lower)} would keep lower-case letters on the target",
                'DMS writes "name" in double quotes, and Oracle\'s own names are upper case: the table is not found',
                "add a convert-uppercase or rename rule",
                file=cutover.mapping_file,
                table=table,
            )
        yield from (
            error(
                f"the column {column.name} would keep lower-case letters on the target",
                'DMS writes "name" in double quotes, and Oracle\'s own names are upper case: the column is not found',
                "add a convert-uppercase or rename rule for it, or remove it",
                file=cutover.mapping_file,
                table=table,
                column=column.name,
            )
            for column in projection.columns
            if not cutover.has("target") and column.name != column.name.upper()
        )


@check(Group.MAPPING, links.TRANSFORMATIONS, "mapping", "source")
def projection_impossible(cutover: Cutover) -> Iterator[Finding]:
    """Two columns get one name, or an expression names a column that is not there."""
    for projection in cutover.projections:
        for problem in projection.problems:
            yield error(
                problem.message,
                "rows of the table cannot be replicated",
                "correct the rule",
                file=cutover.mapping_file,
                rule=problem.rule_id,
                table=projection.source.full_name,
            )
