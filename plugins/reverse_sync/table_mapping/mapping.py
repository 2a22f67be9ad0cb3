"""A table mapping: which tables it selects and what each of them becomes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reverse_sync.table_mapping import policy
from reverse_sync.table_mapping.data_types import FROM_POSTGRES
from reverse_sync.table_mapping.errors import Problem
from reverse_sync.table_mapping.expressions import inputs
from reverse_sync.table_mapping.grammar import Selection, Transformation
from reverse_sync.table_mapping.names import NAMING, matches
from reverse_sync.table_mapping.parsing import parse_rules
from reverse_sync.table_mapping.projection import ProjectedColumn, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.table_mapping.schema import Column, Table

ROW_HEADERS = "AR_H_"
"""What the names of a change's headers begin with, `$AR_H_TIMESTAMP` for instance: they are no columns of the table."""


@dataclass(frozen=True, slots=True)
class TableMapping:
    """The rules of one mapping document."""

    source: str
    selections: tuple[Selection, ...]
    transformations: tuple[Transformation, ...]

    @classmethod
    def parse(cls, text: str, source: str) -> TableMapping:
        """Read the JSON text of a mapping; `source` names it in errors. Raises MappingError with every problem."""
        rules = parse_rules(text, source)
        return cls(
            source,
            tuple(rule for rule in rules if isinstance(rule, Selection)),
            tuple(rule for rule in rules if isinstance(rule, Transformation)),
        )

    @property
    def rules(self) -> tuple[Selection | Transformation, ...]:
        """Every rule."""
        return (*self.selections, *self.transformations)

    def selects(self, schema: str, table: str) -> bool:
        """Whether the selection rules take this table in."""
        return policy.included(
            len(self._selecting(schema, table)),
            sum(rule.rule_action == "exclude" and _selected_by(rule, schema, table) for rule in self.selections),
        )

    def rules_for_column(self, table: Table, column: Column) -> tuple[Transformation, ...]:
        """Every rule that acts on the column, in the order of their ids; only the first applies."""
        found = (
            rule
            for rule in self._targeting("column")
            if rule.rule_action not in {"add-column", "include-column"}
            and _on_table(rule, table.schema, table.name)
            and _on_column(rule, column)
        )
        return tuple(sorted(found, key=lambda rule: rule.rule_id))

    def rules_for_table(self, table: Table) -> tuple[Transformation, ...]:
        """Every rule that acts on the table's name, in the order of their ids; only the first applies."""
        found = (rule for rule in self._targeting("table") if _on_table(rule, table.schema, table.name))
        return tuple(sorted((rule for rule in found if rule.rule_action in NAMING), key=lambda rule: rule.rule_id))

    def rules_for_schema(self, schema: str) -> tuple[Transformation, ...]:
        """Every rule that acts on the schema's name, in the order of their ids; only the first applies."""
        found = (rule for rule in self._targeting("schema") if matches(rule.object_locator.schema_name, schema))
        return tuple(sorted((rule for rule in found if rule.rule_action in NAMING), key=lambda rule: rule.rule_id))

    def candidates(self, table: Table) -> Iterator[tuple[Column, str, Transformation | None]]:
        """Each column with the target name that each of its rules would give it, those that never apply included."""
        for column in table.columns:
            rules = self.rules_for_column(table, column)
            kept = [rule for rule in rules if rule.rule_action != "remove-column"]
            yield from ((column, _apply_name(rule, column.name), rule) for rule in kept)
            if not rules:
                yield column, column.name, None

    def project(self, table: Table) -> Projection | None:
        """What the table becomes on the target, or None where no selection rule includes it."""
        if not self.selects(table.schema, table.name):
            return None
        kept = {
            column.name: projected for column in table.columns if (projected := self._project_column(table, column))
        }
        added = tuple(self._added_columns(table))
        columns = (*kept.values(), *added)
        selecting = self._selecting(table.schema, table.name)
        return Projection(
            source=table,
            schema=_renamed(self.rules_for_schema(table.schema), table.schema),
            table=_renamed(self.rules_for_table(table), table.name),
            columns=columns,
            primary_key=tuple(kept[name].name for name in table.primary_key if name in kept),
            filters=()
            if any(not rule.filters for rule in selecting)
            else tuple(rule.filters or () for rule in selecting),
            problems=(*_clashes(columns), *_unknown_inputs(table, added)),
            mapping_source=self.source,
        )

    def _selecting(self, schema: str, table: str) -> list[Selection]:
        return [rule for rule in self.selections if rule.rule_action != "exclude" and _selected_by(rule, schema, table)]

    def _targeting(self, target: str) -> Iterator[Transformation]:
        return (rule for rule in self.transformations if rule.rule_target == target)

    def _project_column(self, table: Table, column: Column) -> ProjectedColumn | None:
        if not self._is_included(table, column):
            return None
        rule = policy.winner(self.rules_for_column(table, column))
        if rule is None:
            return ProjectedColumn(column.name, source=column)
        if rule.rule_action == "remove-column":
            return None
        data_type = rule.data_type if rule.rule_action == "change-data-type" else None
        return ProjectedColumn(_apply_name(rule, column.name), source=column, data_type=data_type, rule=rule)

    def _is_included(self, table: Table, column: Column) -> bool:
        """With `include-column` rules on a table only the columns that they name are kept."""
        rules = [
            rule
            for rule in self._targeting("column")
            if rule.rule_action == "include-column" and _on_table(rule, table.schema, table.name)
        ]
        return not rules or any(_on_column(rule, column) for rule in rules)

    def _added_columns(self, table: Table) -> Iterator[ProjectedColumn]:
        for rule in self._targeting("column"):
            if rule.rule_action == "add-column" and _on_table(rule, table.schema, table.name):
                names = inputs(rule.expression) if rule.expression else ()
                yield ProjectedColumn(
                    rule.value or "", expression=rule.expression, data_type=rule.data_type, rule=rule, inputs=names
                )


def _selected_by(rule: Selection, schema: str, table: str) -> bool:
    locator = rule.object_locator
    if locator.table_type == "view":
        return False
    if rule.rule_action == "explicit":
        return (locator.schema_name, locator.table_name) == (schema, table)
    return matches(locator.schema_name, schema) and matches(locator.table_name, table)


def _on_table(rule: Transformation, schema: str, table: str) -> bool:
    locator = rule.object_locator
    return matches(locator.schema_name, schema) and matches(locator.table_name or "%", table)


def _on_column(rule: Transformation, column: Column) -> bool:
    locator = rule.object_locator
    if locator.data_type and FROM_POSTGRES.get(column.type) != locator.data_type:
        return False
    return matches(locator.column_name or "%", column.name)


def _renamed(rules: tuple[Transformation, ...], name: str) -> str:
    rule = policy.winner(rules)
    return _apply_name(rule, name) if rule else name


def _apply_name(rule: Transformation, name: str) -> str:
    naming = NAMING.get(rule.rule_action)
    return naming(name, rule.value or "", rule.old_value or "") if naming else name


def _clashes(columns: tuple[ProjectedColumn, ...]) -> Iterator[Problem]:
    for name, count in Counter(column.name for column in columns).items():
        if count > 1:
            rule = next((column.rule for column in columns if column.name == name and column.rule), None)
            message = f"{count} columns become {name} on the target; one name, one column"
            yield Problem("name-clash", message, str(rule.rule_id) if rule else None)


def _unknown_inputs(table: Table, added: tuple[ProjectedColumn, ...]) -> Iterator[Problem]:
    known = {column.name for column in table.columns}
    for column in added:
        for name in column.inputs:
            if name not in known and not name.startswith(ROW_HEADERS) and column.rule:
                message = (
                    f"the expression of {column.name} names ${name}: no such column in {table.schema}.{table.name}"
                )
                yield Problem("unknown-column-in-expression", message, str(column.rule.rule_id), "expression")
