"""Two tables walked side by side in the order of their key: which rows are missing, extra or different."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from reverse_sync.catalog.database import fetch_all
from reverse_sync.sql import quoted, select_by_key
from reverse_sync.verify.equality import same, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reverse_sync.table_mapping import Projection

Key = tuple[Any, ...]

# Types whose order and equality both databases share: numbers by value, text by its bytes.
_NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric"})
_TEXTS = frozenset({"character varying", "text"})


class RowDifference(NamedTuple):
    """One row that is not the same on both sides."""

    key: Key
    what: str

    def __str__(self) -> str:
        return f"{', '.join(str(value) for value in self.key)}: {self.what}"


class TableScan:
    """One selected table, as PostgreSQL's rows become by the mapping and as Oracle has them.

    :param source: a connection to PostgreSQL
    :param target: a connection to Oracle
    :param chunk_rows: how many rows of PostgreSQL are held in memory
    """

    def __init__(self, projection: Projection, source: Any, target: Any, chunk_rows: int) -> None:
        self._projection = projection
        self._source = source
        self._target = target
        self._chunk_rows = chunk_rows
        table = projection.source
        self._source_columns = [column.name for column in table.columns]
        self._target_columns = [c.name for c in projection.columns if c.source is not None or c.expression is not None]
        self.compared = 0
        self.complete = True

    def differences(self, row_limit: int) -> Iterator[RowDifference]:
        """Every row that differs, in the order of the key; stops, incomplete, after `row_limit` rows of PostgreSQL."""
        after: Key | None = None
        while True:
            rows = self._read_source(after)
            until = self._source_key(rows[-1]) if len(rows) == self._chunk_rows else None
            yield from self._compare(rows, self._read_target(after, until))
            self.compared += len(rows)
            if until is None:
                return
            if self.compared >= row_limit:
                self.complete = False
                return
            after = until

    def look_again(self, key: Key) -> RowDifference | None:
        """The row of that key alone; None where it is the same by now."""
        table = self._projection.source
        query = select_by_key((table.schema, table.name), self._source_columns, table.primary_key, "%s")
        rows = self._as_rows(fetch_all(self._source, query, list(key)))
        where = (self._projection.schema, self._projection.table)
        query = select_by_key(where, self._target_columns, self._projection.primary_key, ":{}")
        found = fetch_all(self._target, query, list(key))
        return next(self._compare(rows, (dict(zip(self._target_columns, row, strict=True)) for row in found)), None)

    def _compare(self, rows: list[dict[str, Any]], found: Iterable[dict[str, Any]]) -> Iterator[RowDifference]:
        expected = {
            self._source_key(row): self._projection.transform(row) for row in rows if self._projection.passes(row)
        }
        for target in found:
            key = tuple(target[name] for name in self._projection.primary_key)
            wanted = expected.pop(key, None)
            if wanted is None:
                yield RowDifference(key, "in Oracle only")
            elif different := [name for name, value in wanted.items() if not same(value, target[name])]:
                values = (f"{name} should be {_short(wanted[name])}, is {_short(target[name])}" for name in different)
                yield RowDifference(key, "; ".join(values))
        for key in expected:
            yield RowDifference(key, "missing in Oracle")

    def _read_source(self, after: Key | None) -> list[dict[str, Any]]:
        table = self._projection.source
        types = {column.name: column.type for column in table.columns}
        key = [quoted(name) + (' COLLATE "C"' if types[name] in _TEXTS else "") for name in table.primary_key]
        where, values = _beyond(key, ">", after, "%s")
        columns = ", ".join(map(quoted, self._source_columns))
        table_name = quoted(table.schema, table.name)
        sql = f"SELECT {columns} FROM {table_name}{_where(where)} ORDER BY {', '.join(key)} LIMIT %s"  # noqa: S608
        return self._as_rows(fetch_all(self._source, sql, [*values, self._chunk_rows]))

    def _read_target(self, after: Key | None, until: Key | None) -> Iterator[dict[str, Any]]:
        key = [quoted(name) for name in self._projection.primary_key]
        low, low_values = _beyond(key, ">", after, ":{}")
        high, high_values = _beyond(key, "<", until, ":{}", first=len(low_values) + 1, inclusive=True)
        columns = ", ".join(map(quoted, self._target_columns))
        sql = f"SELECT {columns} FROM {quoted(self._projection.schema, self._projection.table)}{_where(low, high)}"  # noqa: S608
        with self._target.cursor() as cursor:
            cursor.arraysize = cursor.prefetchrows = 1000
            cursor.execute(sql, [*low_values, *high_values])
            for row in cursor:
                yield dict(zip(self._target_columns, row, strict=True))

    def _as_rows(self, rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
        return [dict(zip(self._source_columns, row, strict=True)) for row in rows]

    def _source_key(self, row: dict[str, Any]) -> Key:
        return tuple(row[name] for name in self._projection.source.primary_key)


def not_comparable(projection: Projection) -> str | None:
    """Why the table can't be walked by its key; None where it can."""
    table = projection.source
    if not table.primary_key:
        return "it has no primary key"
    fed = {column.source.name: column for column in projection.columns if column.source is not None}
    for name in table.primary_key:
        column = fed.get(name)
        if column is None or column.data_type is not None or column.name not in projection.primary_key:
            return f"the mapping does not carry its key column {name} as it is"
        if column.source is not None and column.source.type not in _NUMBERS | _TEXTS:
            return f"its key column {name} is of type {column.source.type}, whose order the two databases do not share"
    return None


def _beyond(
    key: Sequence[str], sign: str, bound: Key | None, placeholder: str, *, first: int = 1, inclusive: bool = False
) -> tuple[str, list[Any]]:
    """The condition that a key lies beyond `bound`, and its values; Oracle compares no tuples by `<` or `>`."""
    if bound is None:
        return "", []
    values: list[Any] = []

    def bind(value: Any) -> str:
        values.append(value)
        return placeholder.format(first + len(values) - 1)

    alternatives = []
    for place, column in enumerate(key):
        same_before = [f"{before} = {bind(bound[n])}" for n, before in enumerate(key[:place])]
        last = sign + "=" if inclusive and place == len(key) - 1 else sign
        alternatives.append(" AND ".join([*same_before, f"{column} {last} {bind(bound[place])}"]))
    return f"({' OR '.join(alternatives)})", values


def _where(*conditions: str) -> str:
    given = [condition for condition in conditions if condition]
    return f" WHERE {' AND '.join(given)}" if given else ""


def _short(value: object) -> str:
    text = repr(shown(value))
    return text if len(text) <= 60 else text[:57] + "..."
