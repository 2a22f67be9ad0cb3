"""Does each rule do what it seems to say?"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check
from reverse_sync.table_mapping.names import has_wildcard, matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reverse_sync.preflight.world import World
    from reverse_sync.table_mapping import Table
    from reverse_sync.table_mapping.grammar import Selection, Transformation


@check(Group.MAPPING, links.TRANSFORMATIONS, "mapping", "source")
def rule_without_object(world: World) -> Iterator[Finding]:
    """A rule matches no schema, table or column of the source, with the nearest name that there is."""
    for rule in world.mapping.rules:
        missing = _missing(rule, world.tables)
        if not missing:
            continue
        removes = rule.rule_action in {"remove-column", "exclude"}
        yield (note if removes else error)(
            missing,
            "the rule does nothing" + ("" if removes else ", and what it should feed is never written"),
            "remove the rule if the object is gone for good" if removes else "correct the name",
            file=world.mapping_file,
            rule=str(rule.rule_id),
            table=f"{rule.object_locator.schema_name}.{rule.object_locator.table_name or '%'}",
            column=getattr(rule.object_locator, "column_name", None),
        )


@check(Group.MAPPING, links.TRANSFORMATIONS, "mapping")
def rules_collide(world: World) -> Iterator[Finding]:
    """Two rules act on one object; DMS applies the one with the lower rule-id and none of the others."""
    for table in world.tables:
        name = f"{table.schema}.{table.name}"
        if not world.mapping.selects(table.schema, table.name):
            continue
        for column in table.columns:
            yield from _collision(world, f"{name}.{column.name}", name, world.mapping.rules_for_column(table, column))
        yield from _collision(world, f"table {name}", name, world.mapping.rules_for_table(table))
    for schema in sorted({table.schema for table in world.tables}):
        yield from _collision(world, f"schema {schema}", schema, world.mapping.rules_for_schema(schema))


@check(Group.MAPPING, links.WILDCARDS, "mapping", "source")
def underscore_wildcard(world: World) -> Iterator[Finding]:
    """A `_` in a name is a wildcard, and this one catches more than the name that it spells."""
    for rule in world.mapping.rules:
        locator = rule.object_locator
        column = getattr(locator, "column_name", None)
        names = {"table": {t.name for t in world.tables if matches(locator.schema_name, t.schema)}}
        names["column"] = {
            c.name for t in world.tables if _on(rule, t) for c in t.columns if rule.rule_action != "add-column"
        }
        for kind, pattern in (("table", locator.table_name), ("column", column)):
            caught = sorted(name for name in names[kind] if pattern and matches(pattern, name))
            others = [name for name in caught if name != pattern]
            if pattern and "_" in pattern and not has_wildcard(pattern) and len(caught) > 1:
                yield warning(
                    f"{kind} {pattern} also means {', '.join(others)}: _ stands for any one character",
                    "the rule acts on more than it names",
                    f"write {pattern.replace('_', '[_]')}",
                    file=world.mapping_file,
                    rule=str(rule.rule_id),
                    table=f"{locator.schema_name}.{locator.table_name or '%'}",
                    column=column,
                )


def _collision(world: World, what: str, table: str, rules: tuple[Transformation, ...]) -> Iterator[Finding]:
    if len(rules) < 2:
        return
    first, *others = rules
    lost = ", ".join(f"{rule.rule_id} ({_described(rule)})" for rule in others)
    yield error(
        f"{len(rules)} rules act on {what}: rule {first.rule_id} ({_described(first)}) applies, {lost} never",
        "DMS allows one action on an object and applies the rule with the lower rule-id",
        "keep one rule for it; name the columns one by one instead of %",
        file=world.mapping_file,
        rule=str(first.rule_id),
        table=table,
        column=what.rpartition(".")[2] if what.startswith(table + ".") else None,
    )


def _described(rule: Transformation) -> str:
    pattern = rule.object_locator.column_name or rule.object_locator.table_name or rule.object_locator.schema_name
    return " ".join(part for part in (rule.rule_action, rule.value or "", "on", pattern) if part)


def _missing(rule: Selection | Transformation, tables: Iterable[Table]) -> str | None:
    locator = rule.object_locator
    schemas = {table.schema for table in tables}
    if not any(matches(locator.schema_name, schema) for schema in schemas):
        return f"{locator.schema_name}: no such schema in the source{_nearest(locator.schema_name, schemas)}"
    inside = [table for table in tables if matches(locator.schema_name, table.schema)]
    names = {table.name for table in inside}
    if locator.table_name and not any(matches(locator.table_name, name) for name in names):
        return f"{locator.table_name}: no such table in {locator.schema_name}{_nearest(locator.table_name, names)}"
    column = getattr(locator, "column_name", None)
    columns = {column.name for table in inside if _on(rule, table) for column in table.columns}
    if column and not any(matches(column, name) for name in columns):
        return f"{column}: no such column in {locator.schema_name}.{locator.table_name}{_nearest(column, columns)}"
    return None


def _on(rule: Selection | Transformation, table: Table) -> bool:
    locator = rule.object_locator
    return matches(locator.schema_name, table.schema) and matches(locator.table_name or "%", table.name)


def _nearest(name: str, names: Iterable[str]) -> str:
    folded = {other.lower(): other for other in names}
    close = difflib.get_close_matches(name.lower(), folded, n=1)
    return f"; did you mean {folded[close[0]]}?" if close else ""
