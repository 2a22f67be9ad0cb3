"""What each rule of a mapping means among the tables that there are, found in one pass over them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reverse_sync.table_mapping.locator_index import LocatorIndex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reverse_sync.table_mapping import Rule, Table


@dataclass(slots=True)
class Caught:
    """The tables that a rule's locator means, and the names of the columns that it means in them."""

    tables: list[Table] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)


def caught_by(rules: Iterable[Rule], tables: Iterable[Table]) -> dict[int, Caught]:
    """rule-id -> what it means."""
    rules = tuple(rules)
    found = {rule.rule_id: Caught() for rule in rules}
    index = LocatorIndex(rules)
    of_columns = LocatorIndex([rule for rule in rules if getattr(rule.object_locator, "column_name", None)])
    for table in tables:
        for rule in index.on_table(table.schema, table.name):
            found[rule.rule_id].tables.append(table)
        for column in table.columns:
            for rule in of_columns.on_column(table.schema, table.name, column.name):
                found[rule.rule_id].columns.add(column.name)
    return found
