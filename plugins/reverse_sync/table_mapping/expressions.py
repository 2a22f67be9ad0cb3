"""SQLite expressions of rules, evaluated by SQLite itself, fenced in: no table, no file, no endless loop.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Expressions.html
"""

from __future__ import annotations

import hashlib
import sqlite3
from typing import TYPE_CHECKING

from reverse_sync.table_mapping.policy import as_sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION}
_STEPS_PER_TICK = 100_000
_MAX_TICKS = 50
_MAX_VALUE_BYTES = 4_000_000


class _Names(dict[str, None]):
    """Stands for a row, and notes the columns that SQLite asks for."""

    def __missing__(self, name: str) -> None:
        self[name] = None


def inputs(expression: str) -> tuple[str, ...]:
    """The columns that a sound expression names, as `$column`, in order of appearance."""
    names = _Names()
    _Sandbox().connection.execute(f"EXPLAIN SELECT {expression}", names)  # the fence is the connection's
    return tuple(names)


def syntax_error(expression: str) -> str | None:
    """Why SQLite cannot evaluate the expression, or None."""
    try:
        inputs(expression)
    except (sqlite3.Error, ValueError) as error:
        return str(error)
    # More than one value, or a clause behind it: an expression gives one value for one row.
    try:
        _Sandbox().connection.execute(f"EXPLAIN SELECT ({expression})", _Names())
    except (sqlite3.Error, ValueError) as error:
        return str(error)
    return None


class Expressions:
    """Several expressions, evaluated together over one row at a time."""

    def __init__(self, expressions: Sequence[str]) -> None:
        self._sandbox = _Sandbox()
        self._sql = "SELECT " + ", ".join(f"({expression})" for expression in expressions)
        self._inputs = tuple(dict.fromkeys(name for expression in expressions for name in inputs(expression)))

    def evaluate(self, row: Mapping[str, object]) -> tuple[object, ...]:
        """Their values over `row`; a column that the row lacks counts as NULL. ValueError where SQLite fails."""
        self._sandbox.ticks = 0
        values = {name: as_sqlite(row.get(name)) for name in self._inputs}
        try:
            found: tuple[object, ...] = self._sandbox.connection.execute(self._sql, values).fetchone()
        except sqlite3.Error as error:
            raise ValueError(f"{self._sql}: {error}") from error
        return found


class _Sandbox:
    """A connection on which only plain expressions can run."""

    def __init__(self) -> None:
        self.ticks = 0
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE_BYTES)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200)
        connection.set_progress_handler(self._tick, _STEPS_PER_TICK)
        connection.create_function("hash_sha256", 1, _hash_sha256, deterministic=True)
        connection.set_authorizer(_authorize)
        self.connection = connection

    def _tick(self) -> int:
        self.ticks += 1
        return int(self.ticks > _MAX_TICKS)


def _authorize(action: int, *_details: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _hash_sha256(value: object) -> str | None:
    return None if value is None else hashlib.sha256(str(value).encode()).hexdigest()
