"""Which rules have no effect on a task that replicates changes from PostgreSQL into tables that exist?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, note, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.table_mapping import Rule

_MOST_RULES = 5


def _key(name: str) -> Callable[[Rule], bool]:
    return lambda rule: getattr(rule, name, None) is not None


_WITHOUT_EFFECT: tuple[tuple[str, Callable[[Rule], bool], str], ...] = (
    ("load-order", _key("load_order"), "it orders the full load, and this task replicates changes only"),
    ("parallel-load", _key("parallel_load"), "it cuts up the full load, and this task replicates changes only"),
    (
        "table-type view",
        lambda rule: getattr(rule.object_locator, "table_type", None) == "view",
        "AWS DMS loads views in a full load only",
    ),
    ("define-primary-key", _key("primary_key_def"), "it is for tables that DMS makes, and the target's exist"),
    (
        "a tablespace",
        lambda rule: str(getattr(rule, "rule_target", "")).endswith("-tablespace"),
        "tablespaces are found in an Oracle source only, and this one is PostgreSQL",
    ),
)


@check(Group.MAPPING, links.MAPPING, "mapping")
def rule_without_effect(cutover: Cutover) -> Iterator[Finding]:
    """A rule is sound but changes nothing here: load order, parallel load, views, keys to make, tablespaces."""
    for what, applies, because in _WITHOUT_EFFECT:
        rules = [rule for rule in cutover.mapping.rules if applies(rule)]
        if rules:
            yield _without_effect(cutover, rules, f"{what} has no effect", because)
    if cutover.mapping.validations and not cutover.pipeline.dms.task.validation:
        yield _without_effect(
            cutover,
            list(cutover.mapping.validations),
            "rule-type validation has no effect",
            "DMS's validation is off: dms.task.validation is false",
        )


@check(Group.MAPPING, links.DMS_VALIDATION, "mapping", "source")
def validation_of_a_key(cutover: Cutover) -> Iterator[Finding]:
    """A validation rule overrides the comparison of a key column, which DMS does not do."""
    for rule in cutover.mapping.validations:
        caught = cutover.caught[rule.rule_id]
        keys = sorted({name for table in caught.tables for name in table.primary_key if name in caught.columns})
        if keys:
            yield warning(
                f"rule {rule.rule_id} overrides the validation of {', '.join(keys)}, which is part of a primary key",
                "override-validation-function takes no effect on key columns",
                "name the other columns one by one",
                file=cutover.mapping_file,
                rule=str(rule.rule_id),
                column=rule.object_locator.column_name,
            )


def _without_effect(cutover: Cutover, rules: list[Rule], what: str, because: str) -> Finding:
    ids = ", ".join(str(rule.rule_id) for rule in rules[:_MOST_RULES])
    more = f" and {len(rules) - _MOST_RULES} more" if len(rules) > _MOST_RULES else ""
    return note(
        f"{what} (rule {ids}{more})",
        because,
        "leave it out, or know that it does nothing",
        file=cutover.mapping_file,
        rule=str(rules[0].rule_id) if len(rules) == 1 else None,
    )
