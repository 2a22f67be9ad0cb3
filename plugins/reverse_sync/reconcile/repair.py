"""Oracle's SQL that makes rows equal: as a script for a person to review, and statement by statement.

Each statement holds the values that were seen, so it does nothing to a row that has changed since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.reconcile.keys import key_of
from reverse_sync.reconcile.oracle_literals import UnwritableError, is_empty, oracle_literal
from reverse_sync.sql import quoted
from reverse_sync.type_pairs import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reverse_sync.reconcile.keys import Key
    from reverse_sync.reconcile.plan import ComparedColumn, Plan
    from reverse_sync.reconcile.rows import Row

# One to a line: a longer one is none for SQL*Plus.
_COMMA, _AND = ",\n    ", "\n    AND "
_HEADER = """\
-- What makes {table} hold what PostgreSQL held when it was compared, row by row. Review it, then run it in SQL*Plus or
-- SQLcl as the tables' owner, with NLS_LANG=.AL32UTF8; then compare the table again.
-- A row that has changed since is left alone: its statement says "0 rows".
{triggers}SET DEFINE OFF
SET SQLBLANKLINES ON
"""


class Statement(NamedTuple):
    """What makes one row equal.

    :param sql: empty where no statement can be written, and `why_not` says so
    :param inserts: whether insert triggers would fire
    """

    key: Key
    sql: str
    why_not: str = ""
    inserts: bool = False

    def __str__(self) -> str:
        if self.sql:
            return f"{self.sql};"
        on_one_line = " ".join(f"{', '.join(self.key)}: {self.why_not}".split())  # a comment ends with its line
        return f"-- {on_one_line}; write this row by a program"


def script(plan: Plan, source: Sequence[Row], target: Sequence[Row], insert_triggers: Sequence[str] = ()) -> str:
    """The script for rows that were read by their keys.

    :param source: what the mapping makes of PostgreSQL's rows
    :param target: Oracle's rows
    :param insert_triggers: enabled triggers that would change rows that are inserted
    """
    warning = "".join(
        f"-- Disable the trigger {name} before and enable it afterwards: it gives inserted rows other values.\n"
        for name in insert_triggers
    )
    text = "".join(f"\n{statement}\n" for statement in statements(plan, source, target))
    return f"{_HEADER.format(table=plan.name, triggers=warning)}{text}\n-- COMMIT;\n"


def statements(plan: Plan, source: Sequence[Row], target: Sequence[Row]) -> Iterator[Statement]:
    """A statement for each row that differs, of rows that were read by their keys.

    :param source: what the mapping makes of PostgreSQL's rows
    :param target: Oracle's rows
    """
    expected: dict[Key, Row] = {key_of(plan.key, row): row for row in source}
    found: dict[Key, Row] = {key_of(plan.key, row): row for row in target}
    for key in expected | found:
        try:
            sql = _statement(plan, expected.get(key), found.get(key))
        except UnwritableError as why:
            yield Statement(key, "", str(why))
        else:
            if sql:
                yield Statement(key, sql, inserts=key not in found)


def _statement(plan: Plan, expected: Row | None, found: Row | None) -> str:
    if expected is None:
        return _delete(plan, found) if found else ""
    return _update(plan, expected, found) if found else _insert(plan, expected)


def _update(plan: Plan, expected: Row, found: Row) -> str:
    different = [c for c in plan.columns if not c.pair.same(expected[c.target.name], found[c.target.name])]
    if not different:
        return ""
    written = _as_dms_writes(plan, expected)
    sets = _COMMA.join(f"{quoted(c.target.name)} = {oracle_literal(c, written[c.target.name])}" for c in different)
    where = _AND.join(_is(column, found) for column in (*plan.key, *different))
    return f"UPDATE {_table(plan)} SET {sets}\n  WHERE {where}"  # noqa: S608


def _insert(plan: Plan, expected: Row) -> str:
    written = _as_dms_writes(plan, expected)
    names = _COMMA.join(quoted(column.target.name) for column in plan.columns)
    given = _COMMA.join(oracle_literal(column, written[column.target.name]) for column in plan.columns)
    key = " AND ".join(_is(column, written) for column in plan.key)
    merge = f"MERGE INTO {_table(plan)} USING dual ON ({key})"
    return f"{merge}\n  WHEN NOT MATCHED THEN INSERT ({names})\n  VALUES ({given})"  # noqa: S608


def _delete(plan: Plan, found: Row) -> str:
    return f"DELETE FROM {_table(plan)}\n  WHERE {_AND.join(_is(column, found) for column in plan.columns)}"  # noqa: S608


def _as_dms_writes(plan: Plan, row: Row) -> Row:
    """The row with one space for an empty text, where DMS writes that."""
    if not plan.blank_for_empty:
        return row
    texts = {column.target.name for column in plan.columns if column.pair.store in (Store.VARCHAR, Store.CHAR)}
    return {name: " " if value == "" and name in texts else value for name, value in row.items()}


def _table(plan: Plan) -> str:
    return quoted(plan.projection.schema, plan.projection.table)


def _is(column: ComparedColumn, row: Row) -> str:
    """That Oracle's column still holds this value."""
    name, value = quoted(column.target.name), row[column.target.name]
    if is_empty(value):
        return f"{name} IS NULL"
    if column.pair.store in (Store.CLOB, Store.BLOB):
        return f"DBMS_LOB.COMPARE({name}, {oracle_literal(column, value)}) = 0"
    return f"{name} = {oracle_literal(column, value)}"
