"""SQLite expressions of rules, evaluated by SQLite itself, fenced in: no table, no file, no endless loop.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Expressions.html
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from reverse_sync.table_mapping import functions
from reverse_sync.table_mapping.policy import as_number, as_sqlite
from reverse_sync.table_mapping.uses import Use, uses

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONSTANTS = frozenset({"AR_M_SOURCE_SCHEMA", "AR_M_SOURCE_TABLE_NAME", "AR_M_SOURCE_COLUMN_NAME"})
"""`$AR_M_...`: what the source object is called."""
TYPE_OF_COLUMN = "AR_M_SOURCE_COLUMN_DATATYPE"
"""What AWS's page lists besides, without an example of its value."""
HEADERS = frozenset({
    "AR_H_STREAM_POSITION", "AR_H_TIMESTAMP", "AR_H_COMMIT_TIMESTAMP", "AR_H_OPERATION", "AR_H_USER",
    "AR_H_CHANGE_SEQ",
})  # fmt: skip
"""`$AR_H_...`: what DMS knows of the change that brought the row."""
RESERVED = ("AR_H_", "AR_M_")

_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION}
_STEPS_PER_TICK = 100_000
_MAX_TICKS = 50
_MAX_VALUE_BYTES = 4_000_000
_ONE_NAME = re.compile(r"\s*\$(\w+)\s*")


@dataclass(frozen=True, slots=True)
class Analysis:
    """What an expression is made of; `fault` says why SQLite cannot evaluate it, and then the rest is empty.

    `columns`, `constants` and `headers` are the names behind `$` in the order in which they appear, `functions` are in
    lower case, `only_dms_knows` names what gives a value that nobody else can foresee, `uses` is what its operators do.
    """

    fault: str | None = None
    columns: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    functions: frozenset[str] = frozenset()
    aggregates: bool = False
    only_dms_knows: str | None = None
    uses: tuple[Use, ...] = ()


@lru_cache(maxsize=16_384)
def analyse(expression: str) -> Analysis:
    """What the expression is made of; nothing is evaluated."""
    sandbox, names = _Sandbox(), _Names()
    try:
        sandbox.connection.execute(f"EXPLAIN SELECT {expression}", names)  # the fence is the connection's
        # More than one value, or a clause behind it: an expression gives one value for one row.
        steps = sandbox.connection.execute(f"EXPLAIN SELECT ({expression})", names).fetchall()
    except (sqlite3.Error, ValueError) as error:
        return Analysis(fault=str(error))
    headers = tuple(name for name in names if name.startswith("AR_H_"))
    return Analysis(
        columns=tuple(name for name in names if not name.startswith(RESERVED)),
        constants=tuple(name for name in names if name.startswith("AR_M_")),
        headers=headers,
        functions=frozenset(sandbox.functions),
        aggregates=any(step[1] == "AggStep" for step in steps),
        only_dms_knows=f"${headers[0]}" if headers else functions.unforeseeable(expression, sandbox.functions),
        uses=uses([step[:7] for step in steps], [*names]),
    )


class _Names(dict[str, None]):
    """Stands for a row, and notes the columns that SQLite asks for."""

    def __missing__(self, name: str) -> None:
        self[name] = None


class Expressions:
    """Several expressions, evaluated together over one row at a time.

    :param constants: values that no row brings, for `$AR_M_...`
    """

    def __init__(self, expressions: Sequence[str], constants: Mapping[str, str] | None = None) -> None:
        self._alone = [found.group(1) if (found := _ONE_NAME.fullmatch(text)) else None for text in expressions]
        self._sandbox = _Sandbox()
        self._sql = "SELECT " + ", ".join(f"({expression})" for expression in expressions)
        self._constants = dict(constants or {})
        names = (name for text in expressions for name in (*analyse(text).columns, *analyse(text).constants))
        self._names = tuple(name for name in dict.fromkeys(names) if name not in self._constants)

    def evaluate(self, row: Mapping[str, object]) -> tuple[object, ...]:
        """Their values over `row`; a column that the row lacks counts as NULL. ValueError where SQLite fails.

        An expression that is one column alone gives the column's value with all its digits.
        """
        self._sandbox.ticks = 0
        values = self._constants | {name: as_number(row.get(name)) for name in self._names}
        try:
            found: tuple[object, ...] = self._sandbox.connection.execute(self._sql, values).fetchone()
        except sqlite3.Error as error:
            raise ValueError(f"{self._sql}: {error}") from error
        return tuple(
            as_sqlite(row[name]) if name is not None and name in row else value
            for name, value in zip(self._alone, found, strict=True)
        )


@lru_cache(maxsize=1024)
def name_expression(expression: str) -> Expressions:
    """An expression that gives a target name; it is evaluated over the constants of an object."""
    return Expressions([expression])


class _Sandbox:
    """A connection on which only plain expressions can run; it notes the functions that they call."""

    def __init__(self) -> None:
        self.ticks = 0
        self.functions: set[str] = set()
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE_BYTES)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200)
        connection.set_progress_handler(self._tick, _STEPS_PER_TICK)
        functions.install(connection)
        connection.set_authorizer(self._authorize)
        self.connection = connection

    def _tick(self) -> int:
        self.ticks += 1
        return int(self.ticks > _MAX_TICKS)

    def _authorize(self, action: int, _first: str | None, second: str | None, *_more: str | None) -> int:
        if action == sqlite3.SQLITE_FUNCTION and second:
            self.functions.add(second.lower())
        return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
