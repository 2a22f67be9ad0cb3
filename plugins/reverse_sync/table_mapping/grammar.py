"""The rules of a table mapping as AWS DMS writes them, as frozen models.

Source: "Specifying table selection and transformations rules using JSON",
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from reverse_sync.table_mapping.data_types import DataTypeName  # noqa: TC001  # pydantic reads it when it builds the model
from reverse_sync.table_mapping.masking import MaskingAction
from reverse_sync.table_mapping.names import NAMING
from reverse_sync.table_mapping.patterns import has_wildcard
from reverse_sync.table_mapping.rule_model import AsText, Model, Name, Rule, Size, given, refuse, require
from reverse_sync.table_mapping.schema import full_name
from reverse_sync.table_mapping.settings import TableLocator, TableSettings, Validation  # noqa: TC001  # as above

FilterOperator = Literal["lte", "ste", "gte", "eq", "noteq", "between", "notbetween", "null", "notnull"]
NamingAction = Literal[
    "rename", "convert-uppercase", "convert-lowercase", "add-prefix", "remove-prefix", "replace-prefix",
    "add-suffix", "remove-suffix", "replace-suffix",
]  # fmt: skip
ColumnAction = Literal["add-column", "include-column", "remove-column", "change-data-type"]
BEFORE_IMAGE = "add-before-image-columns"
RuleTarget = Literal["schema", "table", "column", "table-tablespace", "index-tablespace"]
LoadOrder = Annotated[Annotated[int, Field(ge=1, le=2**31 - 1)] | None, BeforeValidator(given)]


class Condition(Model):
    """One comparison of a filter; the conditions of one filter are alternatives."""

    filter_operator: FilterOperator
    value: AsText | None = None
    start_value: AsText | None = None
    end_value: AsText | None = None

    @model_validator(mode="after")
    def _has_its_values(self) -> Condition:
        needed = {"between": ("start-value", "end-value"), "null": ()}.get(
            self.filter_operator.removeprefix("not"), ("value",)
        )
        require(self, needed, f"filter-operator {self.filter_operator}")
        return self


class Filter(Model):
    """Conditions on one column. https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.Filters.html"""

    filter_type: Literal["source"]
    column_name: Name
    filter_conditions: Annotated[tuple[Condition, ...], Field(min_length=1)]


class Selection(Rule):
    """Takes tables in or leaves them out."""

    rule_type: Literal["selection"]
    object_locator: TableLocator
    rule_action: Literal["include", "exclude", "explicit"]
    filters: tuple[Filter, ...] | None = ()
    load_order: LoadOrder = None

    @model_validator(mode="after")
    def _keeps_to_its_action(self) -> Selection:
        if self.filters and self.rule_action != "include":
            raise refuse(
                "bad-value", "filters apply to rule-action include only, not to {action}", action=self.rule_action
            )
        names = (self.object_locator.schema_name, self.object_locator.table_name)
        if self.rule_action == "explicit" and any(map(has_wildcard, names)):
            raise refuse("bad-value", "rule-action explicit takes exact names, no wildcard")
        return self


class Locator(Model):
    """Which objects a transformation is about; `data_type` narrows columns to those of one DMS type."""

    schema_name: Name
    table_name: Name | None = None
    column_name: Name | None = None
    data_type: DataTypeName | None = None
    table_tablespace_name: Name | None = None
    index_tablespace_name: Name | None = None

    @property
    def full_name(self) -> str:
        """The tables that it names, as messages write them."""
        return full_name(self.schema_name, self.table_name or "%")


class DataType(Model):
    """The DMS type of a target column."""

    type: DataTypeName
    length: Size = None
    precision: Size = None
    scale: Size = None


class PrimaryKeyDefinition(Model):
    """The key of `define-primary-key`: read and checked, without effect on tables that exist already."""

    name: Name
    columns: Annotated[tuple[Name, ...], Field(min_length=1)]
    origin: Literal["primary-key", "unique-index"] = "primary-key"


class Transformation(Rule):
    """Changes what schemas, tables and columns look like on the target, and what columns hold there."""

    rule_type: Literal["transformation"]
    rule_target: RuleTarget
    object_locator: Locator
    rule_action: Literal[NamingAction, ColumnAction, MaskingAction, "add-before-image-columns", "define-primary-key"]
    value: str | None = None
    old_value: str | None = None
    expression: Name | None = None
    data_type: DataType | None = None
    primary_key_def: PrimaryKeyDefinition | None = None
    before_image_def: object = None

    @property
    def masks(self) -> bool:
        """Whether it hides a column's values; it may stand beside another rule on the column."""
        return self.rule_action in get_args(MaskingAction)

    @model_validator(mode="after")
    def _fits_together(self) -> Transformation:
        action, target = self.rule_action, self.rule_target
        if action == BEFORE_IMAGE or self.before_image_def is not None:
            raise refuse(
                "unsupported-action",
                "before images (rule-action add-before-image-columns with before-image-def) are for Kinesis and Kafka "
                "as targets; for Oracle AWS documents none",
            )
        needed = _TARGET_OF_ACTION.get(action, target)
        if needed != target:
            raise refuse(
                "bad-value",
                "rule-action {action} needs rule-target {needed}, not {target}",
                action=action,
                needed=needed,
                target=target,
            )
        if action == "rename" and self.value and self.expression:
            raise refuse("bad-value", "rule-action rename takes value or expression, not both")
        if action != "rename" or not self.expression:
            require(self, _KEYS_OF_ACTION.get(action, ()), f"rule-action {action}")
        require(self.object_locator, _locator_keys(action, target), f"rule-target {target}", "object-locator")
        _check_locator(self)
        _check_mask(self)
        return self


class Document(Model):
    """A whole table mapping."""

    rules: tuple[
        Annotated[Selection | Transformation | TableSettings | Validation, Field(discriminator="rule_type")], ...
    ]


_TARGET_OF_ACTION = {
    "define-primary-key": "table",
    **dict.fromkeys((*get_args(ColumnAction), *get_args(MaskingAction)), "column"),
}
_KEYS_OF_ACTION = {
    **{action: ("value",) for action in NAMING if not action.startswith("convert-")},
    "replace-prefix": ("value", "old-value"),
    "replace-suffix": ("value", "old-value"),
    "add-column": ("value", "data-type"),
    "change-data-type": ("data-type",),
    "define-primary-key": ("primary-key-def",),
    "data-masking-digits-mask": ("value",),
}


def _locator_keys(action: str, target: str) -> tuple[str, ...]:
    match target:
        case "schema":
            return ()
        case "table-tablespace" | "index-tablespace":
            return ("table-name", f"{target}-name")
        case "column" if action != "add-column":
            return ("table-name", "column-name")
        case _:
            return ("table-name",)


def _check_locator(rule: Transformation) -> None:
    locator = rule.object_locator
    if locator.table_tablespace_name and locator.index_tablespace_name:
        raise refuse("bad-value", "object-locator takes table-tablespace-name or index-tablespace-name, not both")
    wild = next((name for name in (locator.schema_name, locator.table_name or "") if has_wildcard(name)), None)
    if rule.rule_action == "define-primary-key" and wild:
        raise refuse(
            "bad-value", "rule-action define-primary-key takes exact names of schema and table, not {name}", name=wild
        )


def _check_mask(rule: Transformation) -> None:
    value = rule.value or ""
    if rule.rule_action == "data-masking-digits-mask" and not (len(value) == 1 and "!" <= value <= "~"):
        raise refuse(
            "bad-value", "value is {value}; a mask is one printable ASCII character, and no blank", value=repr(value)
        )
