"""Rules that change neither names nor values: load and LOB settings of tables, and DMS's own validation.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Tablesettings.html,
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Validating.html#CHAP_Validating.JSONEditor
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from reverse_sync.table_mapping.data_types import DataTypeName  # noqa: TC001  # pydantic reads it when it builds the model
from reverse_sync.table_mapping.patterns import as_name, has_wildcard
from reverse_sync.table_mapping.rule_model import AsText, Model, Name, Rule, Size, refuse, require
from reverse_sync.table_mapping.schema import full_name

MOST_RANGE_COLUMNS = 10


class TableLocator(Model):
    """Which tables a rule is about."""

    schema_name: Name
    table_name: Name
    table_type: Literal["table", "view", "all"] = "table"

    @property
    def names(self) -> tuple[str, str]:
        """Schema and table; `[_]` stands for the underscore itself."""
        return as_name(self.schema_name), as_name(self.table_name)

    @property
    def full_name(self) -> str:
        """The tables that it names, as messages write them."""
        return full_name(self.schema_name, self.table_name)


class ParallelLoad(Model):
    """How a full load is cut into parts; a task that replicates changes only does not look at it."""

    type: Literal["partitions-auto", "subpartitions-auto", "partitions-list", "ranges", "none"]
    partitions: tuple[AsText, ...] | None = None
    subpartitions: tuple[AsText, ...] | None = None
    number_of_partitions: Size = None
    columns: Annotated[tuple[Name, ...], Field(max_length=MOST_RANGE_COLUMNS)] | None = None
    boundaries: tuple[tuple[AsText, ...], ...] | None = None

    @model_validator(mode="after")
    def _has_its_parts(self) -> ParallelLoad:
        if self.type != "ranges":
            return self
        require(self, ("columns", "boundaries"), "parallel-load of type ranges", "parallel-load")
        columns = len(self.columns or ())
        for boundary in self.boundaries or ():
            if len(boundary) != columns:
                raise refuse(
                    "bad-value",
                    "a boundary of parallel-load has {values} values for {columns} columns",
                    values=len(boundary),
                    columns=columns,
                )
        return self


class LobSettings(Model):
    """How a table's large values are carried; `bulk_max_size` in KB."""

    mode: Literal["limited", "unlimited", "none"] = "limited"
    bulk_max_size: Size = None

    @model_validator(mode="after")
    def _has_a_limit(self) -> LobSettings:
        if self.mode == "limited" and not self.bulk_max_size:
            raise refuse("bad-value", "lob-settings of mode limited need a bulk-max-size above 0")
        return self


class TableSettings(Rule):
    """Load and LOB settings of a table."""

    rule_type: Literal["table-settings"]
    object_locator: TableLocator
    parallel_load: ParallelLoad | None = None
    lob_settings: LobSettings | None = None

    @model_validator(mode="after")
    def _names_one_table(self) -> TableSettings:
        wild = next(filter(has_wildcard, (self.object_locator.schema_name, self.object_locator.table_name)), None)
        if wild:
            raise refuse("bad-value", "table-settings take exact names of schema and table, not {name}", name=wild)
        return self


class ColumnLocator(Model):
    """Which columns a validation rule is about."""

    schema_name: Name
    table_name: Name
    column_name: Name
    data_type: DataTypeName | None = None

    @property
    def full_name(self) -> str:
        """The tables that it names, as messages write them."""
        return full_name(self.schema_name, self.table_name)


class Validation(Rule):
    """What DMS's validation compares instead of a column's value, on either side; it changes no row."""

    rule_type: Literal["validation"]
    rule_target: Literal["column"]
    object_locator: ColumnLocator
    rule_action: Literal["override-validation-function"]
    source_function: Name | None = None
    target_function: Name | None = None

    @model_validator(mode="after")
    def _overrides_something(self) -> Validation:
        if not self.source_function and not self.target_function:
            raise refuse(
                "missing-key", "rule-action override-validation-function needs source-function or target-function"
            )
        return self
