"""Can Oracle have what the rules make of the names?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.table_mapping import Projection
    from reverse_sync.table_mapping.grammar import Transformation

LONGEST_BYTES = 128
"""Of a name, from Oracle 12.2 on; before that 30."""
_MOST_SHOWN = 40


@check(Group.MAPPING, links.ORACLE_NAMES, "mapping")
def name_impossible(cutover: Cutover) -> Iterator[Finding]:
    """A name on the target is empty, has more bytes than this Oracle takes, or a double quote in it."""
    said = set()
    for projection in cutover.projections:
        for kind, name, rule in _names(cutover, projection):
            reason = why_impossible(cutover, name)
            if not reason or (kind, name, rule) in said:
                continue
            said.add((kind, name, rule))
            made = f"rule {rule.rule_id} ({rule.rule_action}) makes" if rule else "the mapping leaves"
            yield error(
                f"{made} {kind} on the target {_shown(name)}, which {reason}",
                "Oracle has no such name, so DMS writes nothing there",
                "choose another name in that rule"
                if rule and rule.rule_action in ("rename", "add-column")
                else "give it another name by a rename rule of its own with a lower rule-id",
                file=cutover.mapping_file,
                rule=str(rule.rule_id) if rule else None,
                table=projection.source.full_name,
                column=name if kind.startswith("the column") and name else None,
            )


def why_impossible(cutover: Cutover, name: str) -> str | None:
    """Why Oracle can have nothing of that name, or None; without a target as if it were of the newest version.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Database-Object-Names-and-Qualifiers.html
    """
    longest = cutover.target.longest_name_bytes if cutover.has("target") else LONGEST_BYTES
    size = len(name.encode())
    if not name:
        return "is empty"
    if size > longest:
        version = f", Oracle {cutover.target.version}" if cutover.has("target") else ""
        return f"has {size} bytes, and a name has at most {longest}{version}"
    return "has a double quote in it" if '"' in name or "\0" in name else None


def _names(cutover: Cutover, projection: Projection) -> Iterator[tuple[str, str, Transformation | None]]:
    """Each name on the target: what it is of, the name, and the rule that made it."""
    source, mapping = projection.source, cutover.mapping
    yield f"the schema {source.schema}", projection.schema, next(iter(mapping.rules_for_schema(source.schema)), None)
    yield f"the table {source.name}", projection.table, next(iter(mapping.rules_for_table(source)), None)
    for column in projection.columns:
        origin = column.source.name if column.source else "added"
        yield f"the column {origin}", column.name, column.rule


def _shown(name: str) -> str:
    return repr(name) if len(name) <= _MOST_SHOWN else repr(f"{name[:_MOST_SHOWN]}...")
