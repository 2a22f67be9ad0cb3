"""A row of PostgreSQL as its own texts, and the values that they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.sql import quoted
from reverse_sync.type_pairs.source_types import source_type
from reverse_sync.type_pairs.target_types import filled_up, select

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reverse_sync.table_mapping import Column


def source_expressions(columns: Iterable[Column]) -> list[str]:
    """What selects each column of PostgreSQL as text."""
    return [source_type(column).select.format(quoted(column.name)) for column in columns]


def read_source_row(columns: Sequence[Column], texts: Sequence[str | None]) -> dict[str, object]:
    """The values of the texts that :func:`source_expressions` selected, by the columns' names.

    :raises ValueError: where PostgreSQL printed something that is none of the type.
    """
    return {
        column.name: None if text is None else source_type(column).read(text)
        for column, text in zip(columns, texts, strict=True)
    }


def target_expressions(names: Iterable[str], declared: Mapping[str, Column]) -> list[str]:
    """What selects each column of Oracle; one that is not declared is selected as it is, for Oracle to name.

    :param declared: the columns by name, as the catalog declares them
    """
    return [select(declared[name], quoted(name)) if name in declared else quoted(name) for name in names]


def bound_key(declared: Mapping[str, Column], key: Mapping[str, object]) -> dict[str, object]:
    """A row's key in Oracle as it is bound: a text for a CHAR has the column's blanks.

    :param declared: the columns by name, as the catalog declares them
    """
    return {
        name: filled_up(declared[name], value) if name in declared and isinstance(value, str) else value
        for name, value in key.items()
    }
