"""Can a selection rule's filters judge every change, and do their bounds say what they seem to?"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, warning
from reverse_sync.preflight.nearest import Nearest
from reverse_sync.preflight.registry import check
from reverse_sync.table_mapping.data_types import dms_type
from reverse_sync.table_mapping.names import untransformable
from reverse_sync.table_mapping.patterns import as_name, has_wildcard
from reverse_sync.type_pairs.sizes import EXACT_NUMBERS
from reverse_sync.type_pairs.source_types import LOBS, Kind, source_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.table_mapping import Column, Table
    from reverse_sync.table_mapping.grammar import Condition, Filter, Selection

_Bound = tuple[Decimal, str]
_MOST_NAMES = 5
_RANGES = frozenset({"gte", "lte", "ste", "between", "notbetween"})
_MOMENTS = {
    "date": ("YYYY-MM-DD", r"\d{4}-\d\d-\d\d"),
    "timestamp": ("YYYY-MM-DD or YYYY-MM-DD HH:MM:SS", r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d+)?)?"),
}


@check(Group.MAPPING, links.FILTERS, "mapping", "source")
def filter_column(cutover: Cutover) -> Iterator[Finding]:
    """A filter's table is a pattern, or its column is not there, a LOB, generated or no key: changes slip past it."""
    nearest = Nearest()
    for selection in cutover.mapping.selections:
        locator = selection.object_locator
        names = (locator.schema_name, locator.table_name)
        if selection.filters and any(has_wildcard(name) or as_name(name) != name for name in names):
            yield error(
                f"rule {selection.rule_id} filters the tables of a pattern, {locator.full_name}",
                "AWS DMS filters tables with exact names only: a filter does not know wildcards",
                f"write one selection rule a table, with its name as it stands: {_names(cutover, selection)}",
                file=cutover.mapping_file,
                rule=str(selection.rule_id),
                table=locator.full_name,
            )
            continue
        for item, table in _filters(cutover, selection):
            column = table.column(item.column_name)
            wrong = _wrong_with(column, table) if column else ("no such column", "it cannot be applied", "correct it")
            if wrong:
                what, why, do = wrong
                near = "" if column else nearest.hint(item.column_name, [one.name for one in table.columns])
                yield error(
                    f"a filter on {item.column_name} of {table.full_name}: {what}{near}",
                    why,
                    do,
                    file=cutover.mapping_file,
                    rule=str(selection.rule_id),
                    table=table.full_name,
                    column=item.column_name,
                )


@check(Group.MAPPING, links.FILTERS, "mapping", "source")
def filter_value(cutover: Cutover) -> Iterator[Finding]:
    """A filter's bound is no value of its column, or a range ends before it begins: it lets every row or none pass."""
    for selection in cutover.mapping.selections:
        for item, table in _filters(cutover, selection):
            column = table.column(item.column_name)
            for condition in item.filter_conditions if column else ():
                fault = _fault(condition, column) if column else None
                if fault:
                    yield error(
                        f"a filter on {item.column_name} of {table.full_name} ({condition.filter_operator}): {fault}",
                        "values are compared as SQLite does, so that it lets every row pass, or none",
                        "correct the value",
                        file=cutover.mapping_file,
                        rule=str(selection.rule_id),
                        table=table.full_name,
                        column=item.column_name,
                    )


@check(Group.MAPPING, links.FILTERS, "mapping", "source")
def letters_compared(cutover: Cutover) -> Iterator[Finding]:
    """A filter's range of a text is written with numbers: texts are compared letter by letter."""
    for selection in cutover.mapping.selections:
        for item, table in _filters(cutover, selection):
            column = table.column(item.column_name)
            if column is None or source_type(column).kind is not Kind.TEXT:
                continue
            for condition in item.filter_conditions:
                bounds = (condition.value, condition.start_value, condition.end_value)
                numbers = [text for text in bounds if text is not None and _number(text) is not None]
                if condition.filter_operator in _RANGES and numbers:
                    yield warning(
                        f"a filter on {item.column_name} of {table.full_name} ({condition.filter_operator} "
                        f"{' and '.join(numbers)}) compares texts: the column is {column.type}",
                        "letter by letter 9 comes behind 100, and 0100 before 99",
                        "filter by a column of numbers, or make sure that all such texts have one length",
                        file=cutover.mapping_file,
                        rule=str(selection.rule_id),
                        table=table.full_name,
                        column=item.column_name,
                    )


@check(Group.MAPPING, links.FILTERS, "mapping", "source")
def filters_contradict(cutover: Cutover) -> Iterator[Finding]:
    """Filters on one column that no value passes together: a row has to pass each of them."""
    for selection in cutover.mapping.selections:
        ranges: dict[str, list[tuple[_Bound | None, _Bound | None]]] = {}
        for item, table in _filters(cutover, selection):
            column = table.column(item.column_name)
            if column and len(item.filter_conditions) == 1 and not _fault(item.filter_conditions[0], column):
                ranges.setdefault(column.name, []).append(_range(item.filter_conditions[0], column))
        for name, found in ranges.items():
            lowest = max((low for low, _ in found if low), default=None)
            highest = min((high for _, high in found if high), default=None)
            if lowest and highest and lowest > highest and len(found) > 1:
                yield error(
                    f"no value of {name} passes the {len(found)} filters of rule {selection.rule_id} on it together",
                    "a row has to pass every filter of its rule, so that none does",
                    "put alternatives into the conditions of one filter, of which one is enough",
                    file=cutover.mapping_file,
                    rule=str(selection.rule_id),
                    table=selection.object_locator.full_name,
                    column=name,
                )


def _names(cutover: Cutover, selection: Selection) -> str:
    names = [table.name for table in cutover.caught[selection.rule_id].tables]
    return ", ".join(names[:_MOST_NAMES]) + (" ..." if len(names) > _MOST_NAMES else "") or "there is none now"


def _filters(cutover: Cutover, selection: Selection) -> Iterator[tuple[Filter, Table]]:
    """The rule's filters with the table of its name; that there is none is a finding of its own."""
    locator = selection.object_locator
    here = (locator.schema_name, locator.table_name)
    for table in cutover.caught[selection.rule_id].tables if selection.filters else ():
        if (table.schema, table.name) == here:
            yield from ((item, table) for item in selection.filters or ())


def _wrong_with(column: Column, table: Table) -> tuple[str, str, str] | None:
    """What is wrong with filtering by the column, why, and what to do."""
    if dms_type(column) in LOBS:
        return (
            f"it is {column.type} and travels as a LOB",
            "AWS DMS filters by no LOB column",
            "filter by a key column of another type: character varying(n) instead of text",
        )
    if column.generated:
        return (
            "it is a generated column",
            "logical decoding leaves generated columns out, so that the filter finds NULL in every change",
            "filter by a key column that is stored",
        )
    if untransformable(column.name) == "a right-to-left script":
        return "its name is in a right-to-left script", "AWS DMS filters by no such column", "give it another name"
    if column.name not in table.primary_key:
        return (
            "it is not part of the primary key",
            "a DELETE carries the key only, so the filter cannot judge it and deletions get lost",
            "filter by a key column",
        )
    return None


def _fault(condition: Condition, column: Column) -> str | None:
    """What is wrong with the bounds of a condition."""
    bounds = [
        text for text in (condition.value, condition.start_value, condition.end_value) if text is not None
    ]  # fmt: skip
    if condition.filter_operator in ("null", "notnull") or column.category:
        return None
    for text in bounds:
        if fault := _fault_of_bound(text, column):
            return fault
    start, end = condition.start_value, condition.end_value
    if start is None or end is None or _orderable(start, column) <= _orderable(end, column):
        return None
    return f"no value lies between {start} and {end}"


def _fault_of_bound(text: str, column: Column) -> str | None:
    if column.type in EXACT_NUMBERS or column.type in ("real", "double precision"):
        return None if _number(text) is not None else f"{text!r} is no number, and the column is {column.type}"
    kind = "timestamp" if column.type.startswith("timestamp") else column.type
    if kind in _MOMENTS:
        spelled, pattern = _MOMENTS[kind]
        return None if re.fullmatch(pattern, text) else f"{text!r} is not written as {spelled}"
    return None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _range(condition: Condition, column: Column) -> tuple[_Bound | None, _Bound | None]:
    """The least and the largest value that the condition lets pass; None where it sets no such bound."""
    value, start, end = (
        None if text is None else _orderable(text, column)
        for text in (condition.value, condition.start_value, condition.end_value)
    )
    match condition.filter_operator:
        case "eq":
            return value, value
        case "gte":
            return value, None
        case "lte" | "ste":
            return None, value
        case "between":
            return start, end
        case _:
            return None, None


def _orderable(text: str, column: Column) -> _Bound:
    number = _number(text) if column.type in EXACT_NUMBERS else None
    return (number, "") if number is not None else (Decimal(0), text)
