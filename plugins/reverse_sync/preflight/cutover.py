"""Everything that a preflight looks at, each part opened once and each view read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.aws.dms import AT_REST, has_run
from reverse_sync.postgres.slots import is_lost, may_be_of_dms, said_gone
from reverse_sync.preflight.caught import caught_by
from reverse_sync.table_mapping import Column, MappingError, Table, TableMapping
from reverse_sync.type_pairs import pair

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reverse_sync.catalog.postgres_server import Slot
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.preflight.api_facts import ApiFacts
    from reverse_sync.preflight.aws_facts import DmsFacts, RdsFacts
    from reverse_sync.preflight.caught import Caught
    from reverse_sync.preflight.failure import Failure
    from reverse_sync.preflight.source_facts import SourceFacts
    from reverse_sync.preflight.target_facts import TargetFacts
    from reverse_sync.table_mapping import Problem, ProjectedColumn, Projection
    from reverse_sync.type_pairs import Pair


class PairedColumn(NamedTuple):
    """A column on its way: its source table, what the mapping makes of it, the target's column, and their types."""

    table: Table
    projected: ProjectedColumn
    to: Column
    pair: Pair

    @property
    def table_name(self) -> str:
        """The source table, `schema.table`."""
        return self.table.full_name


@dataclass
class Cutover:
    """The pipeline, its mapping, and what could be opened; `unreachable` says why a part could not."""

    pipeline: Pipeline
    mapping_text: str
    mapping_file: str
    mapping: TableMapping = field(init=False)
    mapping_problems: tuple[Problem, ...] = ()
    source: SourceFacts = field(init=False)
    source_login: bool = field(init=False)
    target: TargetFacts = field(init=False)
    target_login: TargetFacts = field(init=False)
    rds: RdsFacts = field(init=False)
    dms: DmsFacts = field(init=False)
    apis: tuple[ApiFacts, ...] = field(init=False)
    unreachable: dict[str, Failure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            self.mapping = TableMapping.parse(self.mapping_text, self.mapping_file)
        except MappingError as error:
            self.mapping_problems = error.problems

    def has(self, part: str) -> bool:
        """Whether that part is there to be looked at."""
        return part in self.__dict__

    @property
    def task_has_run(self) -> bool:
        """Whether DMS is known to have run the task before: changes may be under way, and a slot holds its position."""
        return self.has("dms") and has_run(self.dms.task or {})

    def is_own_slot(self, slot: Slot) -> bool:
        """Whether that slot is the task's, or may be it where nothing tells which one that is."""
        name = self.dms.slot if self.has("dms") else None
        if name is not None:
            return slot.name == name
        return may_be_of_dms(slot, self.source.server.database)

    @property
    def slot_is_lost(self) -> bool:
        """Whether a task that is at rest can't be resumed, because its slot is gone or has lost WAL."""
        task = self.dms.task if self.has("dms") else None
        if not task or task["Status"] not in AT_REST or not has_run(task):
            return False
        if not self.has("source"):
            return said_gone(task)
        own = [slot for slot in self.source.slots if self.is_own_slot(slot)]
        # A first start that never came as far as a slot has lost nothing.
        return is_lost(task, own) and bool(own or task.get("RecoveryCheckpoint"))

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The source's tables; without a source, those that the rules name, with the columns that they name."""
        return self.source.tables if self.has("source") else _named_tables(self.mapping)

    @cached_property
    def projections(self) -> tuple[Projection, ...]:
        """What each selected table becomes."""
        return tuple(found for table in self.tables if (found := self.mapping.project(table)))

    @cached_property
    def caught(self) -> dict[int, Caught]:
        """What each rule means among the tables, by its id."""
        return caught_by(self.mapping.rules, self.tables)

    @cached_property
    def columns(self) -> tuple[PairedColumn, ...]:
        """Each projected column with the target column that it meets, where there is one."""
        return tuple(
            PairedColumn(projection.source, column, to, pair(column, to))
            for projection, target in self.pairs
            for column in projection.columns
            if (to := target.column(column.name))
        )

    @cached_property
    def pairs(self) -> tuple[tuple[Projection, Table], ...]:
        """Each projection with the target table that it meets, where there is one."""
        return tuple(
            (projection, found)
            for projection in self.projections
            if (found := self.target.table(projection.schema, projection.table))
        )


def _named_tables(mapping: TableMapping) -> tuple[Table, ...]:
    columns: dict[tuple[str, str], dict[str, Column]] = {}
    for selection in mapping.selections:
        columns.setdefault((selection.object_locator.schema_name, selection.object_locator.table_name), {})
    for rule in mapping.transformations:
        locator = rule.object_locator
        if rule.rule_target == "column" and locator.table_name and locator.column_name:
            found: Mapping[str, Column] = {locator.column_name: Column(locator.column_name, "")}
            columns.setdefault((locator.schema_name, locator.table_name), {}).update(found)
    return tuple(Table(schema, table, tuple(named.values())) for (schema, table), named in columns.items())
