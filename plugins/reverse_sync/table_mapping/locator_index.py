"""Rules filed by their object locators: a table or a column finds its own without trying every rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from reverse_sync.table_mapping.patterns import PatternIndex, matches

if TYPE_CHECKING:
    from collections.abc import Iterable


class Locating(Protocol):
    """A locator; some have a `column_name` besides."""

    @property
    def schema_name(self) -> str: ...
    @property
    def table_name(self) -> str | None: ...


class Located(Protocol):
    """A rule: its id, and the locator of what it acts on."""

    @property
    def rule_id(self) -> int: ...
    @property
    def object_locator(self) -> Locating: ...


R = TypeVar("R", bound=Located)


class _SameTables(Generic[R]):
    """Rules whose locators name the same tables in the same words."""

    def __init__(self, schema: str) -> None:
        self.schema = schema
        self.rules: list[R] = []
        self.columns: PatternIndex[R] = PatternIndex()


class LocatorIndex(Generic[R]):
    """Rules by the tables and columns that their locators mean, wildcards included; answers come in order of rule-id.

    A locator without a table means every table, one without a column every column.
    """

    def __init__(self, rules: Iterable[R]) -> None:
        groups: dict[tuple[str, str], _SameTables[R]] = {}
        for rule in rules:
            locator = rule.object_locator
            words = (locator.schema_name, locator.table_name or "%")
            group = groups.setdefault(words, _SameTables(locator.schema_name))
            group.rules.append(rule)
            group.columns.add(getattr(locator, "column_name", None) or "%", rule)
        self._tables: PatternIndex[_SameTables[R]] = PatternIndex()
        for (_schema, table), group in groups.items():
            self._tables.add(table, group)
        self._found: dict[tuple[str, str], list[_SameTables[R]]] = {}

    def on_table(self, schema: str, table: str) -> list[R]:
        """The rules whose locators mean the table, or columns of it."""
        return _in_order(rule for group in self._groups(schema, table) for rule in group.rules)

    def on_column(self, schema: str, table: str, column: str) -> list[R]:
        """The rules whose locators mean the column."""
        return _in_order(rule for group in self._groups(schema, table) for rule in group.columns.matching(column))

    def _groups(self, schema: str, table: str) -> list[_SameTables[R]]:
        if (schema, table) not in self._found:
            groups = self._tables.matching(table)
            self._found[schema, table] = [group for group in groups if matches(group.schema, schema)]
        return self._found[schema, table]


def _in_order(rules: Iterable[R]) -> list[R]:
    return sorted(rules, key=lambda rule: rule.rule_id)
