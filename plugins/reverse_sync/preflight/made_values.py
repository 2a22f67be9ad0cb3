"""What rules make of the rows that are there now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from reverse_sync.table_mapping.made_values import is_held, maker

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reverse_sync.table_mapping import Column, ProjectedColumn, Projection


_MOST_SHOWN = 60


@dataclass
class MadeValues:
    """What a rule makes of a column in `rows` rows: the largest, and how many its own type has no room for."""

    rows: int = 0
    nulls: int = 0
    refused: int = 0
    example: object = None
    most_characters: int = 0
    most_bytes: int = 0
    most_utf16: int = 0
    most_digits: int = 0
    most_fraction_digits: int = 0

    @property
    def said_refused(self) -> str:
        """How many rows, and one value of them."""
        shown = str(self.example) if isinstance(self.example, Decimal) else repr(self.example)
        return f"{self.refused} of {self.rows} rows now, such as {shown[:_MOST_SHOWN]}"

    def add(self, column: ProjectedColumn, value: object) -> None:
        """Count one more row."""
        self.rows += 1
        if not is_held(column, value):
            self.example = self.example if self.refused else value
            self.refused += 1
        if value is None:
            self.nulls += 1
            return
        text = str(value)
        self.most_characters = max(self.most_characters, len(text))
        self.most_bytes = max(self.most_bytes, len(text.encode()))
        self.most_utf16 = max(self.most_utf16, len(text.encode("utf-16-le")) // 2)
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            return
        if (number := Decimal(str(value))).is_finite():
            self.most_digits = max(self.most_digits, number.adjusted() + 1 if number else 0)
            exponent = number.normalize().as_tuple().exponent
            self.most_fraction_digits = max(self.most_fraction_digits, -exponent if isinstance(exponent, int) else 0)


def columns_read(projection: Projection) -> list[Column]:
    """The source columns that rules make values of."""
    made = [column for column in projection.columns if maker(column, projection.source)]
    names = {name for column in made for name in column.inputs} | {one.source.name for one in made if one.source}
    return [column for column in projection.source.columns if column.name in names]


def made_values(projection: Projection, rows: Iterable[Mapping[str, object]]) -> dict[str, MadeValues]:
    """Target column -> what its rule makes of the rows; a row that SQLite can't evaluate counts as refused."""
    makers = [(column, make) for column in projection.columns if (make := maker(column, projection.source))]
    found = {column.name: MadeValues() for column, _ in makers}
    for row in rows:
        for column, make in makers:
            try:
                value = make(row)
            except ValueError as fault:
                found[column.name].rows += 1
                found[column.name].refused += 1
                found[column.name].example = str(fault)
            else:
                found[column.name].add(column, value)
    return found
