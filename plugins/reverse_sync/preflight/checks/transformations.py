"""Can DMS do to the columns what the rules ask, and what can be known of the result?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.checks.rules import rule_summary
from reverse_sync.preflight.finding import Finding, Group, error, warning
from reverse_sync.preflight.registry import check
from reverse_sync.table_mapping.data_types import dms_type
from reverse_sync.table_mapping.masking import MASKED_TYPES
from reverse_sync.table_mapping.names import NAMING, untransformable
from reverse_sync.type_pairs.source_types import LOBS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.table_mapping import ProjectedColumn


@check(Group.MAPPING, links.TRANSFORMATIONS, "mapping", "source")
def lob_transformed(cutover: Cutover) -> Iterator[Finding]:
    """A rule changes a column that DMS carries as a LOB; the one transformation documented for it is dropping it."""
    for projection in cutover.projections:
        table = projection.source.full_name
        renamed: list[str] = []
        for column in projection.columns:
            if column.source is None or dms_type(column.source) not in LOBS:
                continue
            rule = column.mask or column.rule
            if rule and rule.rule_action in NAMING:
                renamed.append(f"{column.source.name} ({column.source.type})")
            elif rule and (column.mask or column.data_type):
                yield error(
                    f"rule {rule.rule_id} ({rule_summary(rule)}) changes {column.source.name}, which is "
                    f"{column.source.type} and travels as a LOB",
                    "the only transformation of a LOB column that AWS supports is to drop it",
                    "remove the rule, or remove the column and add the target's by an add-column rule",
                    file=cutover.mapping_file,
                    rule=str(rule.rule_id),
                    table=table,
                    column=column.source.name,
                )
        if renamed:
            yield warning(
                f"rules rename columns that travel as LOBs: {', '.join(renamed)}",
                "AWS supports dropping a LOB column and documents nothing else; that a new name arrives is not proved",
                "change such a column on a test row and look for it in the target before the cutover",
                file=cutover.mapping_file,
                table=table,
            )


@check(Group.MAPPING, links.TRANSFORMATIONS, "mapping", "source")
def rule_lacks_room(cutover: Cutover) -> Iterator[Finding]:
    """A change-data-type rule's type, precision, scale or length has no room for each value of its column."""
    for projection in cutover.projections:
        made = cutover.source.made(projection) or {}
        for column in projection.columns:
            source, rule = column.source, column.rule
            # That a LOB's type is changed at all is a finding of its own.
            if not column.lacks_room or source is None or rule is None or dms_type(source) in LOBS:
                continue
            in_key, values = source.name in projection.source.primary_key, made.get(column.name)
            now = f": {values.said_refused}" if values and values.refused else ""
            yield (error if in_key else warning)(
                f"{source.name}{', of the key,' if in_key else ''} is carried by rule {rule.rule_id}, but "
                f"{column.only_dms_knows}{now}",
                "AWS does not say whether DMS rounds, cuts or refuses such a value, so the column is left out of "
                "every comparison" + (", and rows are not found by it" if in_key else ""),
                "give the rule a type with at least the column's own precision, scale or length",
                file=cutover.mapping_file,
                rule=str(rule.rule_id),
                table=projection.source.full_name,
                column=source.name,
            )


@check(Group.MAPPING, links.TRANSFORMATIONS, "mapping", "source")
def name_not_transformed(cutover: Cutover) -> Iterator[Finding]:
    """A rule is about a column whose name DMS does not transform: special characters, right-to-left scripts."""
    for projection in cutover.projections:
        table = projection.source
        for column in table.columns:
            reason = untransformable(column.name)
            rules = (
                *cutover.mapping.rules_for_column(table, column),
                *cutover.mapping.masks_for_column(table, column),
            )
            if not reason or not rules:
                continue
            yield error(
                f'rule {rules[0].rule_id} ({rule_summary(rules[0])}) does nothing to "{column.name}", whose name has '
                f"{reason}",
                "AWS DMS transforms no column of such a name: it keeps its name and its values",
                "rename the column in PostgreSQL, or give the target a column of exactly that name and except it",
                file=cutover.mapping_file,
                rule=str(rules[0].rule_id),
                table=table.full_name,
                column=column.name,
            )


@check(Group.MAPPING, links.MASKING, "mapping", "source")
def mask_misplaced(cutover: Cutover) -> Iterator[Finding]:
    """A data-masking rule is on a type that it does not work on, or on a key that would not stay unique."""
    for projection in cutover.projections:
        for column in projection.columns:
            found = _misplaced(column, projection.source.primary_key)
            if found and column.mask and column.source:
                what, why, do = found
                yield error(
                    f"rule {column.mask.rule_id} ({rule_summary(column.mask)}) {what}",
                    why,
                    do,
                    file=cutover.mapping_file,
                    rule=str(column.mask.rule_id),
                    table=projection.source.full_name,
                    column=column.source.name,
                )


@check(Group.MAPPING, links.TRANSFORMATIONS, "mapping", "source")
def added_column_exists(cutover: Cutover) -> Iterator[Finding]:
    """An add-column rule adds a column whose name the source table has already."""
    for projection in cutover.projections:
        table = projection.source
        for column in projection.columns:
            if column.source is None and column.rule and table.column(column.name):
                yield error(
                    f"rule {column.rule.rule_id} adds {column.name}, which {table.full_name} has already",
                    "AWS DMS adds no column of the name of an existing one",
                    "give the added column the target's name, in upper case as Oracle has it",
                    file=cutover.mapping_file,
                    rule=str(column.rule.rule_id),
                    table=table.full_name,
                    column=column.name,
                )


@check(Group.MAPPING, links.TRANSFORMATIONS, "mapping", "source")
def defined_key_column(cutover: Cutover) -> Iterator[Finding]:
    """A define-primary-key rule names a column that the table has neither in the source nor in the target."""
    for rule in cutover.mapping.transformations:
        for table in cutover.caught[rule.rule_id].tables if rule.primary_key_def else ():
            projection = cutover.mapping.project(table)
            known = {column.name for column in table.columns}
            known |= {column.name for column in projection.columns} if projection else set()
            for name in rule.primary_key_def.columns if rule.primary_key_def else ():
                if name not in known:
                    yield error(
                        f"the key of rule {rule.rule_id} names {name}: no such column in {table.full_name}",
                        "DMS cannot make that key",
                        "name columns of the table",
                        file=cutover.mapping_file,
                        rule=str(rule.rule_id),
                        table=table.full_name,
                        column=name,
                    )


def _misplaced(column: ProjectedColumn, key: tuple[str, ...]) -> tuple[str, str, str] | None:
    """What is wrong with a column's mask, why, and what to do."""
    if not column.mask or not column.source:
        return None
    action, name = column.mask.rule_action, column.source.name
    if name in key and action != "data-masking-hash-mask":
        return (
            f"masks {name}, a column of the primary key",
            "two rows may get one key; only data-masking-hash-mask keeps values apart",
            "use data-masking-hash-mask",
        )
    changed_first = column.data_type and column.rule and column.rule.rule_id < column.mask.rule_id
    type_name = column.data_type.type if changed_first and column.data_type else dms_type(column.source)
    if type_name in LOBS or type_name in MASKED_TYPES[action]:
        return None  # a LOB is a finding of its own
    return (
        f"masks {name}, which is {type_name or column.source.type}",
        f"it works on {', '.join(sorted(MASKED_TYPES[action]))} only; on another type the task gets an error",
        "change the type by a change-data-type rule with a lower rule-id, or remove the rule",
    )
