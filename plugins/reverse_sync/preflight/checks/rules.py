"""Does each rule do what it seems to say?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.nearest import Nearest
from reverse_sync.preflight.registry import check
from reverse_sync.table_mapping.patterns import as_name, escaped, has_wildcard, matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reverse_sync.preflight.caught import Caught
    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.table_mapping import Rule
    from reverse_sync.table_mapping.grammar import Transformation

_MOST_RULES = 5
_HARMLESS = frozenset({"remove-column", "exclude"})


@check(Group.MAPPING, links.TRANSFORMATIONS, "mapping", "source")
def rule_without_object(cutover: Cutover) -> Iterator[Finding]:
    """A rule matches no schema, table or column of the source, with the nearest name, or what there is instead."""
    nearest = Nearest()
    for rule in cutover.mapping.rules:
        missing = _missing(rule, cutover, nearest)
        if not missing:
            continue
        removes = getattr(rule, "rule_action", None) in _HARMLESS
        # What it should leave out may be what is called nearly so.
        may_be_meant = removes and "did you mean" in missing
        yield (warning if may_be_meant else note if removes else error)(
            missing,
            "the rule does nothing"
            + (", and what it should leave out is replicated" if may_be_meant else "")
            + ("" if removes else ", and what it should feed is never written"),
            "correct the name, or remove the rule if the object is gone for good" if removes else "correct the name",
            file=cutover.mapping_file,
            rule=str(rule.rule_id),
            table=rule.object_locator.full_name,
            column=getattr(rule.object_locator, "column_name", None),
        )


@check(Group.MAPPING, links.TRANSFORMATIONS, "mapping")
def rules_collide(cutover: Cutover) -> Iterator[Finding]:
    """Two rules act on one object; DMS applies the one with the lower rule-id and none of the others."""
    mapping = cutover.mapping
    for projection in cutover.projections:
        table = projection.source
        columns = [
            (column.name, rules)
            for column in table.columns
            for rules in (mapping.rules_for_column(table, column), mapping.masks_for_column(table, column))
        ]
        yield from _collisions(cutover, table.full_name, columns)
        yield from _collisions(cutover, f"table {table.full_name}", [("", mapping.rules_for_table(table))])
    for schema in sorted({table.schema for table in cutover.tables}):
        yield from _collisions(cutover, f"schema {schema}", [("", mapping.rules_for_schema(schema))])


@check(Group.MAPPING, links.WILDCARDS, "mapping", "source")
def underscore_wildcard(cutover: Cutover) -> Iterator[Finding]:
    """A `_` in a name is a wildcard, and this one catches more than the name that it spells."""
    for rule in cutover.mapping.rules:
        locator = rule.object_locator
        column = getattr(locator, "column_name", None)
        caught = cutover.caught[rule.rule_id]
        for kind, pattern, names in (
            ("table", locator.table_name, {table.name for table in caught.tables}),
            ("column", column, caught.columns),
        ):
            meant = escaped(pattern or "")
            others = sorted(name for name in names if not matches(meant, name))
            if pattern and 0 < len(others) < len(names):
                yield warning(
                    f"{kind} {pattern} also means {_listed(others)}: _ stands for any one character",
                    "the rule acts on more than it names",
                    f"write {meant}",
                    file=cutover.mapping_file,
                    rule=str(rule.rule_id),
                    table=locator.full_name,
                    column=column,
                )


def rule_summary(rule: Transformation) -> str:
    """A rule in a few words: what it does, and on what."""
    pattern = rule.object_locator.column_name or rule.object_locator.table_name or rule.object_locator.schema_name
    return " ".join(part for part in (rule.rule_action, rule.value or "", "on", pattern) if part)


def is_an_exception(first: Transformation, others: Sequence[Transformation]) -> bool:
    """Whether the rule that applies is more exact than each of the others, as somebody means it who orders rules so.

    `include-column` makes no exception: it drops every other column, so nothing tells whether this one is kept.
    """
    if any(rule.rule_action == "include-column" for rule in (first, *others)):
        return False
    exact = _exactness(first)
    return all(
        all(mine >= theirs for mine, theirs in zip(exact, _exactness(rule), strict=True)) and exact != _exactness(rule)
        for rule in others
    )


def _collisions(
    cutover: Cutover, what: str, objects: Iterable[tuple[str, Sequence[Transformation]]]
) -> Iterator[Finding]:
    """One finding for each rule that is in the way of others, on however many columns it is."""
    causes: dict[tuple[int, bool, bool], list[tuple[str, Sequence[Transformation]]]] = {}
    for name, rules in objects:
        if len(rules) > 1:
            widest = min(rules, key=lambda rule: sum(_exactness(rule)))
            key = (widest.rule_id, rules[0] is widest, is_an_exception(rules[0], rules[1:]))
            causes.setdefault(key, []).append((name, rules))
    for (*_, works), met in causes.items():
        yield _collision(cutover, what, met, works=works)


def _collision(
    cutover: Cutover, what: str, met: Sequence[tuple[str, Sequence[Transformation]]], *, works: bool
) -> Finding:
    winners = list(dict.fromkeys(rules[0] for _, rules in met))
    losers = list(dict.fromkeys(rule for _, rules in met for rule in rules[1:]))
    names = [name for name, _ in met if name]
    where = f"{what}.{names[0]}" if len(names) == 1 else f"{len(names)} columns of {what}" if names else what
    return (warning if works else error)(
        f"{len(winners) + len(losers)} rules act on {where}: "
        f"{'rule' if len(winners) == 1 else 'rules'} {_some(winners)} {'applies' if len(winners) == 1 else 'apply'}, "
        f"{_some(losers)} never",
        "DMS allows one action on an object and applies the rule with the lower rule-id"
        + (": this works, until somebody numbers the rules afresh" if works else ""),
        "name the columns one by one instead of %"
        if works
        else "keep one rule for it; name the columns one by one instead of %",
        file=cutover.mapping_file,
        rule=str(winners[0].rule_id),
        table=what.rpartition(" ")[2],
        column=names[0] if len(names) == 1 else None,
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_RULES} more" if len(names) > _MOST_RULES else ""
    return ", ".join(names[:_MOST_RULES]) + more


def _some(rules: Sequence[Transformation]) -> str:
    shown = ", ".join(f"{rule.rule_id} ({rule_summary(rule)})" for rule in rules[:_MOST_RULES])
    return shown + (f" and {len(rules) - _MOST_RULES} more" if len(rules) > _MOST_RULES else "")


def _exactness(rule: Transformation) -> tuple[bool, ...]:
    locator = rule.object_locator
    patterns = (locator.schema_name, locator.table_name, locator.column_name)
    return tuple(pattern is not None and not has_wildcard(pattern) for pattern in patterns)


def _missing(rule: Rule, cutover: Cutover, nearest: Nearest) -> str | None:
    locator = rule.object_locator
    caught = cutover.caught[rule.rule_id]
    if not caught.tables:
        return _missing_table(rule, cutover, nearest)
    column = getattr(locator, "column_name", None)
    if column and not caught.columns:
        where = locator.full_name
        return f"{column}: no such column in {where}{nearest.hint(column, _column_names(caught))}"
    return None


def _missing_table(rule: Rule, cutover: Cutover, nearest: Nearest) -> str:
    locator = rule.object_locator
    schemas = {table.schema for table in cutover.tables}
    if not any(matches(locator.schema_name, schema) for schema in schemas):
        hint = nearest.hint(locator.schema_name, schemas)
        return f"{locator.schema_name}: no such schema in the source{hint}"
    others = cutover.source.other_relations
    if kind := others.get((as_name(locator.schema_name), as_name(locator.table_name or ""))):
        return f"{locator.full_name} is a {kind}, and changes of it are not in the WAL: only those of tables are"
    names = {table.name for table in cutover.tables if matches(locator.schema_name, table.schema)}
    hint = nearest.hint(locator.table_name or "", names)
    return f"{locator.table_name}: no such table in {locator.schema_name}{hint}"


def _column_names(caught: Caught) -> set[str]:
    return {column.name for table in caught.tables for column in table.columns}
