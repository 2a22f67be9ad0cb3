"""The rules of a table mapping as AWS DMS writes them, as frozen models.

Source: "Specifying table selection and transformations rules using JSON",
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from reverse_sync.table_mapping.data_types import DataTypeName  # noqa: TC001  # pydantic reads it when it builds the model
from reverse_sync.table_mapping.names import NAMING, has_wildcard


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-"))


def _rule_id(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18:
        return value
    raise PydanticCustomError("rule_id", 'a number of at most 18 digits, for instance "10"')


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Name = Annotated[str, Field(min_length=1)]
RuleId = Annotated[int, BeforeValidator(_rule_id)]
FilterValue = Annotated[str, BeforeValidator(_text)]
FilterOperator = Literal["lte", "ste", "gte", "eq", "noteq", "between", "notbetween", "null", "notnull"]
NamingAction = Literal[
    "rename", "convert-uppercase", "convert-lowercase", "add-prefix", "remove-prefix", "replace-prefix",
    "add-suffix", "remove-suffix", "replace-suffix",
]  # fmt: skip
ColumnAction = Literal["add-column", "include-column", "remove-column", "change-data-type"]
UnmodelledAction = Literal[
    "add-before-image-columns", "data-masking-digits-mask", "data-masking-digits-randomize", "data-masking-hash-mask",
]  # fmt: skip
RuleTarget = Literal["schema", "table", "column", "table-tablespace", "index-tablespace"]


class Condition(_Model):
    """One comparison of a filter; the conditions of one filter are alternatives."""

    filter_operator: FilterOperator
    value: FilterValue | None = None
    start_value: FilterValue | None = None
    end_value: FilterValue | None = None

    @model_validator(mode="after")
    def _has_its_values(self) -> Condition:
        needed = {"between": ("start-value", "end-value"), "null": ()}.get(
            self.filter_operator.removeprefix("not"), ("value",)
        )
        _require(self, needed, f"filter-operator {self.filter_operator}")
        return self


class Filter(_Model):
    """Conditions on one column. https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.Filters.html"""

    filter_type: Literal["source"]
    column_name: Name
    filter_conditions: Annotated[tuple[Condition, ...], Field(min_length=1)]


class _Rule(_Model):
    rule_id: RuleId
    rule_name: Name


class SelectionLocator(_Model):
    """Which tables a selection rule is about."""

    schema_name: Name
    table_name: Name
    table_type: Literal["table", "view", "all"] = "table"


class Selection(_Rule):
    """Takes tables in or leaves them out."""

    rule_type: Literal["selection"]
    object_locator: SelectionLocator
    rule_action: Literal["include", "exclude", "explicit"]
    filters: tuple[Filter, ...] | None = ()
    load_order: FilterValue | None = None

    @model_validator(mode="after")
    def _keeps_to_its_action(self) -> Selection:
        if self.filters and self.rule_action != "include":
            raise PydanticCustomError(
                "bad-value", "filters apply to rule-action include only, not to {action}", {"action": self.rule_action}
            )
        names = (self.object_locator.schema_name, self.object_locator.table_name)
        if self.rule_action == "explicit" and any(map(has_wildcard, names)):
            raise PydanticCustomError("bad-value", "rule-action explicit takes exact names, no wildcard")
        return self


class Locator(_Model):
    """Which objects a transformation is about; `data_type` narrows columns to those of one DMS type."""

    schema_name: Name
    table_name: Name | None = None
    column_name: Name | None = None
    data_type: DataTypeName | None = None
    table_tablespace_name: Name | None = None
    index_tablespace_name: Name | None = None


class DataType(_Model):
    """The DMS type of a target column."""

    type: DataTypeName
    length: int | None = None
    precision: int | None = None
    scale: int | None = None


class PrimaryKeyDefinition(_Model):
    """The key of `define-primary-key`: read and checked, without effect on tables that exist already."""

    name: Name
    columns: Annotated[tuple[Name, ...], Field(min_length=1)]
    origin: Literal["primary-key", "unique-index"] = "primary-key"


class Transformation(_Rule):
    """Changes what schemas, tables and columns look like on the target."""

    rule_type: Literal["transformation"]
    rule_target: RuleTarget
    object_locator: Locator
    rule_action: Literal[NamingAction, ColumnAction, UnmodelledAction, "define-primary-key"]
    value: str | None = None
    old_value: str | None = None
    expression: Name | None = None
    data_type: DataType | None = None
    primary_key_def: PrimaryKeyDefinition | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Transformation:
        action, target = self.rule_action, self.rule_target
        if action in get_args(UnmodelledAction):
            raise PydanticCustomError(
                "unsupported-action", "rule-action {action} is one that Reverse Sync cannot follow", {"action": action}
            )
        needed = {"define-primary-key": "table", **dict.fromkeys(get_args(ColumnAction), "column")}.get(action, target)
        if needed != target:
            raise PydanticCustomError(
                "bad-value",
                "rule-action {action} needs rule-target {needed}, not {target}",
                {"action": action, "needed": needed, "target": target},
            )
        _require(self, _KEYS_OF_ACTION.get(action, ()), f"rule-action {action}")
        _require(self.object_locator, _locator_keys(action, target), f"rule-target {target}", "object-locator")
        return self


class TableSettings(_Rule):
    """Load and LOB settings of a table: allowed, and without a meaning for names and values."""

    model_config = ConfigDict(extra="allow")

    rule_type: Literal["table-settings"]
    object_locator: SelectionLocator


class Document(_Model):
    """A whole table mapping."""

    rules: tuple[Annotated[Selection | Transformation | TableSettings, Field(discriminator="rule_type")], ...]


_KEYS_OF_ACTION = {
    **{action: ("value",) for action in NAMING if not action.startswith("convert-")},
    "replace-prefix": ("value", "old-value"),
    "replace-suffix": ("value", "old-value"),
    "add-column": ("value", "data-type"),
    "change-data-type": ("data-type",),
    "define-primary-key": ("primary-key-def",),
}


def _locator_keys(action: str, target: str) -> tuple[str, ...]:
    if target == "schema":
        return ()
    return ("table-name", "column-name") if target == "column" and action != "add-column" else ("table-name",)


def _require(model: BaseModel, keys: tuple[str, ...], because: str, within: str = "") -> None:
    for key in keys:
        if not getattr(model, key.replace("-", "_")):
            path = f"{within}.{key}" if within else key
            raise PydanticCustomError(
                "missing-key", "{because} needs the key {path}", {"because": because, "path": path}
            )
