"""A table mapping: which tables it selects and what each of them becomes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reverse_sync.table_mapping import policy
from reverse_sync.table_mapping.data_types import dms_type
from reverse_sync.table_mapping.errors import Problem
from reverse_sync.table_mapping.expressions import analyse, name_expression
from reverse_sync.table_mapping.grammar import Selection, Transformation
from reverse_sync.table_mapping.locator_index import LocatorIndex
from reverse_sync.table_mapping.masking import RANDOM
from reverse_sync.table_mapping.names import NAMING
from reverse_sync.table_mapping.parsing import parse_rules
from reverse_sync.table_mapping.patterns import matches
from reverse_sync.table_mapping.projection import ProjectedColumn, Projection
from reverse_sync.table_mapping.rule_sizes import without_room
from reverse_sync.table_mapping.settings import LobSettings, TableSettings, Validation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reverse_sync.table_mapping.grammar import DataType
    from reverse_sync.table_mapping.parsing import Rule
    from reverse_sync.table_mapping.schema import Column, Table


@dataclass(frozen=True)
class TableMapping:
    """The rules of one mapping document."""

    source: str
    rules: tuple[Rule, ...]
    selections: tuple[Selection, ...] = field(init=False, compare=False)
    transformations: tuple[Transformation, ...] = field(init=False, compare=False)
    validations: tuple[Validation, ...] = field(init=False, compare=False)
    settings: tuple[TableSettings, ...] = field(init=False, compare=False)
    _finds: _Finds = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, kind in (
            ("selections", Selection),
            ("transformations", Transformation),
            ("validations", Validation),
            ("settings", TableSettings),
        ):
            object.__setattr__(self, name, tuple(rule for rule in self.rules if isinstance(rule, kind)))
        object.__setattr__(self, "_finds", _Finds(self.selections, self.transformations))

    @classmethod
    def parse(cls, text: str, source: str) -> TableMapping:
        """Read the JSON text of a mapping; `source` names it in errors. Raises MappingError with every problem."""
        return cls(source, parse_rules(text, source))

    def selects(self, schema: str, table: str) -> bool:
        """Whether the selection rules take this table in."""
        return policy.included(len(self._selecting(schema, table)), len(self._excluding(schema, table)))

    def leaves_out(self, schema: str, table: str) -> bool:
        """Whether it is a table of DMS's own that the selection rules would take in, were it not DMS's own."""
        including = [rule for rule in self._selected_by(schema, table) if rule.rule_action != "exclude"]
        return (
            policy.included(len(including), len(self._excluding(schema, table)))
            and not self._selecting(schema, table)
        )  # fmt: skip

    def rules_for_column(self, table: Table, column: Column) -> tuple[Transformation, ...]:
        """Every rule that acts on the column, in the order of their ids; only the first applies.

        Data-masking rules are not among them, for they may stand beside another rule: see `masks_for_column`.
        """
        return tuple(self._on_column(self._finds.columns, table, column))

    def masks_for_column(self, table: Table, column: Column) -> tuple[Transformation, ...]:
        """Every data-masking rule on the column, in the order of their ids; only the first applies."""
        return tuple(self._on_column(self._finds.masks, table, column))

    def rules_for_table(self, table: Table) -> tuple[Transformation, ...]:
        """Every rule that acts on the table's name, in the order of their ids; only the first applies."""
        return tuple(self._finds.tables.on_table(table.schema, table.name))

    def rules_for_schema(self, schema: str) -> tuple[Transformation, ...]:
        """Every rule that acts on the schema's name, in the order of their ids; only the first applies."""
        return tuple(rule for rule in self._finds.schemas if matches(rule.object_locator.schema_name, schema))

    def candidates(self, table: Table) -> Iterator[tuple[Column, str, Transformation | None]]:
        """Each column with the target name that each of its rules would give it, those that never apply included."""
        for column in table.columns:
            rules = self.rules_for_column(table, column)
            kept = [rule for rule in rules if rule.rule_action != "remove-column"]
            yield from ((column, _column_name(rule, table, column), rule) for rule in kept)
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
            schema=_renamed(self.rules_for_schema(table.schema), table.schema, {"AR_M_SOURCE_SCHEMA": table.schema}),
            table=_renamed(self.rules_for_table(table), table.name, _constants(table)),
            columns=columns,
            primary_key=tuple(kept[name].name for name in table.primary_key if name in kept),
            filters=()
            if any(not rule.filters for rule in selecting)
            else tuple(rule.filters or () for rule in selecting),
            problems=(*_clashes(columns), *_unknown_inputs(table, added)),
            mapping_source=self.source,
            lob_settings=self._lob_settings(table),
        )

    def _lob_settings(self, table: Table) -> LobSettings | None:
        """What the table-settings rule of exactly this table says of its LOBs."""
        here = (table.schema, table.name)
        found = (rule for rule in self.settings if rule.lob_settings and rule.object_locator.names == here)
        rule = min(found, key=lambda rule: rule.rule_id, default=None)
        return rule.lob_settings if rule else None

    def _selected_by(self, schema: str, table: str) -> list[Selection]:
        return [
            rule for rule in self._finds.selections.on_table(schema, table) if _means_table(rule, schema, table)
        ]  # fmt: skip

    def _selecting(self, schema: str, table: str) -> list[Selection]:
        return [
            rule
            for rule in self._selected_by(schema, table)
            if rule.rule_action != "exclude" and policy.may_take_in(rule, table)
        ]

    def _excluding(self, schema: str, table: str) -> list[Selection]:
        return [rule for rule in self._selected_by(schema, table) if rule.rule_action == "exclude"]

    def _on_column(
        self, index: LocatorIndex[Transformation], table: Table, column: Column
    ) -> Iterator[Transformation]:  # fmt: skip
        for rule in index.on_column(table.schema, table.name, column.name):
            narrowed_to = rule.object_locator.data_type
            if not narrowed_to or dms_type(column) == narrowed_to:
                yield rule

    def _project_column(self, table: Table, column: Column) -> ProjectedColumn | None:
        rules = self.rules_for_column(table, column)
        # With `include-column` rules on a table only the columns that they name are kept.
        if self._finds.includes.on_table(table.schema, table.name) and not any(
            rule.rule_action == "include-column" for rule in rules
        ):
            return None
        rule = policy.winner(rules)
        if rule and rule.rule_action == "remove-column":
            return None
        mask = policy.winner(self.masks_for_column(table, column))
        data_type = rule.data_type if rule and rule.rule_action == "change-data-type" else None
        return ProjectedColumn(
            _column_name(rule, table, column) if rule else column.name,
            source=column,
            data_type=data_type,
            rule=rule,
            mask=mask,
            only_dms_knows=_why_unforeseeable(column, data_type, mask),
        )

    def _added_columns(self, table: Table) -> Iterator[ProjectedColumn]:
        for rule in self._finds.additions.on_table(table.schema, table.name):
            found = analyse(rule.expression) if rule.expression else None
            yield ProjectedColumn(
                rule.value or "",
                expression=rule.expression,
                data_type=rule.data_type,
                rule=rule,
                inputs=found.columns if found else (),
                only_dms_knows=found.only_dms_knows if found else None,
            )


def _why_unforeseeable(column: Column, data_type: DataType | None, mask: Transformation | None) -> str | None:
    if mask:
        return mask.rule_action if mask.rule_action == RANDOM else None
    return without_room(data_type, column) if data_type else None


class _Finds:
    """The rules, filed by what they act on."""

    def __init__(self, selections: Iterable[Selection], transformations: Iterable[Transformation]) -> None:
        by_target: dict[str, list[Transformation]] = {}
        for rule in transformations:
            by_target.setdefault(rule.rule_target, []).append(rule)
        columns = by_target.get("column", [])
        self.selections = LocatorIndex(selections)
        self.schemas = sorted(_naming(by_target.get("schema", [])), key=lambda rule: rule.rule_id)
        self.tables = LocatorIndex(_naming(by_target.get("table", [])))
        self.columns = LocatorIndex(rule for rule in columns if rule.rule_action != "add-column" and not rule.masks)
        self.masks = LocatorIndex(rule for rule in columns if rule.masks)
        self.includes = LocatorIndex(rule for rule in columns if rule.rule_action == "include-column")
        self.additions = LocatorIndex(rule for rule in columns if rule.rule_action == "add-column")


def _naming(rules: Iterable[Transformation]) -> list[Transformation]:
    return [rule for rule in rules if rule.rule_action in NAMING]


def _means_table(rule: Selection, schema: str, table: str) -> bool:
    locator = rule.object_locator
    if locator.table_type == "view":
        return False
    # `explicit` takes names as they stand, so that `_` is no wildcard.
    return rule.rule_action != "explicit" or (locator.schema_name, locator.table_name) == (schema, table)


def _constants(table: Table) -> dict[str, str]:
    return {"AR_M_SOURCE_SCHEMA": table.schema, "AR_M_SOURCE_TABLE_NAME": table.name}


def _renamed(rules: tuple[Transformation, ...], name: str, constants: dict[str, str]) -> str:
    rule = policy.winner(rules)
    return _apply_name(rule, name, constants) if rule else name


def _column_name(rule: Transformation, table: Table, column: Column) -> str:
    return _apply_name(rule, column.name, _constants(table) | {"AR_M_SOURCE_COLUMN_NAME": column.name})


def _apply_name(rule: Transformation, name: str, constants: dict[str, str]) -> str:
    if rule.rule_action == "rename" and rule.expression:
        return str(name_expression(rule.expression).evaluate(constants)[0])
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
            if name not in known and column.rule:
                near = next((f"; did you mean ${one}?" for one in known if one.lower() == name.lower()), "")
                message = f"the expression of {column.name} names ${name}: no such column in {table.full_name}{near}"
                yield Problem("unknown-column-in-expression", message, str(column.rule.rule_id), "expression")
