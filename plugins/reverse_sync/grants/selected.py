"""Which tables a mapping selects, as far as that is known without a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.table_mapping import Table
from reverse_sync.table_mapping.patterns import as_name, has_wildcard

if TYPE_CHECKING:
    from reverse_sync.table_mapping import TableMapping


class Selected(NamedTuple):
    """What the selection rules name.

    :ivar tables: tables that are named, and what each is called in Oracle
    :ivar schemas: schemas of PostgreSQL whose tables a pattern selects, and what each is called in Oracle
    :ivar everywhere: whether a pattern selects the schemas, too
    """

    tables: dict[tuple[str, str], tuple[str, str]]
    schemas: dict[str, str]
    everywhere: bool

    @property
    def by_pattern(self) -> bool:
        """Whether the tables' names can't be listed."""
        return self.everywhere or bool(self.schemas)

    @property
    def owner(self) -> str | None:
        """The one schema in Oracle that the tables are in; None where there are several, or nobody knows."""
        owners = {*self.schemas.values(), *(schema for schema, _ in self.tables.values())}
        return owners.pop() if len(owners) == 1 and not self.everywhere else None


def selected(mapping: TableMapping) -> Selected:
    """Read the selection rules."""
    locators = [rule.object_locator for rule in mapping.selections if rule.rule_action != "exclude"]
    found = Selected({}, {}, everywhere=any(has_wildcard(locator.schema_name) for locator in locators))
    for locator in locators:
        schema, table = as_name(locator.schema_name), as_name(locator.table_name)
        becomes = mapping.project(Table(schema, table, ()))
        if becomes is None or has_wildcard(locator.schema_name):
            continue
        if has_wildcard(locator.table_name):
            found.schemas[schema] = becomes.schema
        else:
            found.tables[schema, table] = (becomes.schema, becomes.table)
    return found
