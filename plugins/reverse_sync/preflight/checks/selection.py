"""Do the rules take in the tables that they should, each into a table of its own?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.checks.rules import rule_summary
from reverse_sync.preflight.finding import Finding, Group, error, note
from reverse_sync.preflight.registry import check
from reverse_sync.table_mapping.grammar import Selection, Transformation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.table_mapping import Rule, Table

_MOST_NAMES = 5


@check(Group.MAPPING, links.SELECTIONS, "mapping", "source")
def nothing_selected(cutover: Cutover) -> Iterator[Finding]:
    """The selection rules take in none of the source's tables: the task would run and replicate nothing."""
    including = [rule for rule in cutover.mapping.selections if rule.rule_action != "exclude"]
    if cutover.projections or not all(cutover.caught[rule.rule_id].tables for rule in including):
        return  # a rule without an object is a finding of its own
    excluding = [str(rule.rule_id) for rule in cutover.mapping.selections if rule.rule_action == "exclude"]
    because = f": what they include, rule {' and rule '.join(excluding)} excludes" if excluding else ""
    yield error(
        f"the selection rules take in none of the source's {len(cutover.tables)} tables{because}",
        "the task runs, and replicates nothing",
        "include the tables that Oracle needs",
        file=cutover.mapping_file,
    )


@check(Group.MAPPING, links.TRANSFORMATIONS, "mapping", "source")
def no_column_kept(cutover: Cutover) -> Iterator[Finding]:
    """The rules keep none of a selected table's columns: there is nothing to replicate of it."""
    for projection in cutover.projections:
        table = projection.source
        if not table.columns or any(column.source for column in projection.columns):
            continue
        rules = {found[0] for column in table.columns if (found := cutover.mapping.rules_for_column(table, column))}
        named = ", ".join(
            f"rule {rule.rule_id} ({rule_summary(rule)})" for rule in sorted(rules, key=_id)[:_MOST_NAMES]
        )
        yield error(
            f"no column of {table.full_name} is kept" + (f": {named}" if named else ""),
            "DMS has nothing to find a row by, and nothing to write",
            "keep the key and what Oracle needs, or leave the table out by an exclude rule",
            file=cutover.mapping_file,
            rule=str(min(rules, key=_id).rule_id) if rules else None,
            table=table.full_name,
        )


@check(Group.MAPPING, links.TRANSFORMATIONS, "mapping", "source")
def tables_collide(cutover: Cutover) -> Iterator[Finding]:
    """Two source tables become one target table, which DMS does not support: their rows overwrite each other."""
    sources: dict[str, list[Table]] = {}
    for projection in cutover.projections:
        sources.setdefault(projection.full_name, []).append(projection.source)
    for target, tables in sources.items():
        if len(tables) < 2:
            continue
        rules = [rule for table in tables for rule in cutover.mapping.rules_for_table(table)[:1]]
        yield error(
            f"{_listed(table.full_name for table in tables)} all become {target}",
            "AWS DMS does not replicate two source tables to one target table: rows of one key overwrite each other",
            "select one of them, or give each a name of its own",
            file=cutover.mapping_file,
            rule=str(rules[0].rule_id) if rules else None,
            table=target,
        )


@check(Group.MAPPING, links.SELECTIONS, "mapping", "source")
def rule_on_unselected_table(cutover: Cutover) -> Iterator[Finding]:
    """A rule is about tables that are there, and the selection rules take in none of them."""
    if not cutover.projections:
        return
    selected = {(projection.source.schema, projection.source.name) for projection in cutover.projections}
    for rule in cutover.mapping.rules:
        tables = cutover.caught[rule.rule_id].tables
        if isinstance(rule, Selection) or not tables:
            continue
        if any((table.schema, table.name) in selected for table in tables):
            continue
        removes = isinstance(rule, Transformation) and rule.rule_action == "remove-column"
        yield (note if removes else error)(
            f"rule {rule.rule_id} ({_what(rule)}) is about {_listed(t.full_name for t in tables)}, "
            "and no selection rule takes that in",
            "the rule does nothing" + ("" if removes else ", and what it should prepare is not replicated"),
            "include the table by a selection rule, or remove the rule",
            file=cutover.mapping_file,
            rule=str(rule.rule_id),
            table=rule.object_locator.full_name,
        )


@check(Group.MAPPING, links.DMS_POSTGRES, "mapping", "source")
def dms_own_table(cutover: Cutover) -> Iterator[Finding]:
    """A wildcard selects tables of DMS's own (awsdms_...); they are left out here, and compared nowhere."""
    own = [table for table in cutover.tables if cutover.mapping.leaves_out(table.schema, table.name)]
    if own:
        yield note(
            f"a wildcard selects DMS's own {_listed(table.full_name for table in own)}: left out here",
            "AWS does not say whether DMS leaves them out as well; Oracle needs none of their rows",
            "exclude them: a selection rule with rule-action exclude on awsdms[_]%",
            file=cutover.mapping_file,
        )


def _id(rule: Transformation) -> int:
    return rule.rule_id


def _what(rule: Rule) -> str:
    return rule_summary(rule) if isinstance(rule, Transformation) else rule.rule_type


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    shown = every[:_MOST_NAMES]
    more = len(every) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
