"""DMS's data validation: the rows of both sides compared by their keys, LOBs left out.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Validating.html
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import oracledb
import psycopg2

from rehearsal.aws.worker.dialogue import Pace
from rehearsal.aws.worker.target import is_lost
from rehearsal.aws.worker.values import NO_VALUE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rehearsal.aws.worker.source import Source
    from rehearsal.aws.worker.tables import TargetTable
    from rehearsal.aws.worker.target import Target

EVERY_S = 1.0
Rows = dict[tuple[object, ...], dict[str, object]]


class Validation:
    """Looks at all rows now and then; what differs in two looks has failed, for one it may be on its way."""

    def __init__(self, source: Source, target: Target) -> None:
        self._source = source
        self._target = target
        self._pace = Pace(EVERY_S)
        self._suspects: dict[str, set[str]] = {}
        self._noted: set[tuple[str, str]] = set()

    def look(self, tables: Iterable[TargetTable]) -> set[str]:
        """Where it is time, compare the tables; the names of those whose result is another one than before."""
        changed = set()
        for table in tables if self._pace.due() else ():
            before, table.state.validation = table.state.validation, self._validate(table)
            if table.state.validation != before:
                changed.add(table.name)
        return changed

    def _validate(self, table: TargetTable) -> dict[str, Any]:
        if table.state.suspended or not table.projection.primary_key:
            return {"state": "Table error" if table.state.suspended else "No primary key"}
        columns = [c.name for c in table.projection.columns if not (c.source and c.source.name in table.lobs)]
        try:
            wanted, found = self._expected(table, columns), self._found(table, columns)
        except (psycopg2.ProgrammingError, oracledb.DatabaseError) as error:
            if isinstance(error, oracledb.Error) and is_lost(error):
                raise
            return {"state": "Error"}  # the table is gone, or is not to be read
        differing = {
            json.dumps(dict(zip(table.projection.primary_key, map(str, key), strict=True))): why
            for key in wanted.keys() | found.keys()
            if (why := _difference(wanted.get(key), found.get(key)))
        }
        failed = differing.keys() & self._suspects.get(table.name, set())
        self._suspects[table.name] = set(differing)
        for key in sorted(failed):
            if (table.name, key) not in self._noted:
                self._noted.add((table.name, key))
                self._target.add_validation_failure(table.projection, key, *differing[key])
        state = "Mismatched records" if failed else "Pending records" if differing else "Validated"
        return {"state": state, "failed": len(failed), "pending": len(differing) - len(failed)}

    def _expected(self, table: TargetTable, columns: list[str]) -> Rows:
        rows: Rows = {}
        for texts in self._source.rows(table.projection.source):
            if made := _made(table, texts):
                rows[_key(table, made)] = {name: made.get(name) for name in columns}
        return rows

    def _found(self, table: TargetTable, columns: list[str]) -> Rows:
        names = list(dict.fromkeys([*columns, *table.projection.primary_key]))
        rows = (dict(zip(names, row, strict=True)) for row in self._target.rows(table.projection, names))
        return {_key(table, row): {name: row[name] for name in columns} for row in rows}


def _made(table: TargetTable, texts: dict[str, str | None]) -> dict[str, object]:
    """What a source row becomes; of one that Oracle cannot hold its key, as it is printed if need be."""
    projection, key = table.projection, {name: texts[name] for name in table.projection.source.primary_key}
    with suppress(*NO_VALUE):
        row = table.read(texts)
        return table.transform(row, "I") if projection.passes(row) else {}
    with suppress(*NO_VALUE):
        return table.transform(table.read(key), "D")
    return dict(zip(projection.primary_key, key.values(), strict=False))


def _key(table: TargetTable, row: dict[str, object]) -> tuple[object, ...]:
    return tuple(_plain(row[name]) for name in table.projection.primary_key)


def _difference(wanted: dict[str, object] | None, found: dict[str, object] | None) -> tuple[str, str] | None:
    """FAILURE_TYPE and DETAILS, or None."""
    if wanted is None or found is None:
        return ("MISSING_SOURCE" if wanted is None else "MISSING_TARGET"), "{}"
    unlike = {name: [str(value), str(found[name])] for name, value in wanted.items() if not _same(value, found[name])}
    return ("RECORD_DIFF", json.dumps(unlike, ensure_ascii=False)) if unlike else None


def _same(wanted: object, found: object) -> bool:
    one, other = _plain(wanted), _plain(found)
    if isinstance(one, datetime) and isinstance(other, datetime):
        return other in (one, one.replace(microsecond=0))  # DATE has whole seconds
    return one == other or (type(one) is not type(other) and str(one) == str(other))


def _plain(value: Any) -> object:
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value)).normalize()
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001  # as DATE keeps it
    if hasattr(value, "read"):
        value = value.read()
    return (value.rstrip(" ") or None) if isinstance(value, str) else value
