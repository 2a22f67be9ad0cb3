"""Changes become array DML: what the task's tables are, what their rows become, and what Oracle makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import oracledb

from rehearsal.aws.worker import errors
from rehearsal.aws.worker.errors import ErrorPolicies, FatalError
from rehearsal.aws.worker.target import code, is_lost, write_sql
from rehearsal.aws.worker.values import NO_VALUE, limited_lob

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rehearsal.aws.worker.changes import Change, Values
    from rehearsal.aws.worker.dialogue import Log
    from rehearsal.aws.worker.tables import TargetTable
    from rehearsal.aws.worker.target import Target

BATCH_ROWS = 2000
_VERBS = {"I": "Insert", "U": "Update", "D": "Delete"}
_TRUNCATED = {1401, 12899}
_TABLE_ERRORS = {942, 1031, 1552, 1647, 1653}
_NO_COLUMN, _DUPLICATE = 904, 1


@dataclass
class Statement:
    """One kind of change of a table, and the rows that wait for it: the values of ``columns``, then the old key's."""

    table: TargetTable
    operation: str
    columns: tuple[str, ...]
    rows: list[list[Any]] = field(default_factory=list)

    @property
    def sql(self) -> str:
        """What Oracle is sent."""
        return write_sql(self.table.projection, self.operation, self.columns)

    @property
    def verb(self) -> str:
        """How settings and statistics call it."""
        return _VERBS[self.operation]

    def takes(self, table: TargetTable, operation: str, columns: tuple[str, ...]) -> bool:
        """Whether one more row can go with these."""
        same = self.table is table and self.operation == operation and self.columns == columns
        return same and len(self.rows) < BATCH_ROWS


class Applier:
    """Applies changes in their order; consecutive changes of one shape are one array DML.

    Raises oracledb.Error where the session is lost, FatalError where the task's settings say so.
    """

    def __init__(self, target: Target, settings: dict[str, Any], policies: dict[str, str], log: Log) -> None:
        self._target = target
        self._error_policies = ErrorPolicies(settings["ErrorBehavior"])
        self._policies = policies
        self._log = log
        self._waiting: Statement | None = None
        self.touched: set[str] = set()
        self.pending = 0

    def take(self) -> tuple[int, set[str]]:
        """How many changes came since the last time, and the tables that they touched."""
        taken, self.pending, self.touched = (self.pending, self.touched), 0, set()
        return taken

    def add(self, change: Change, table: TargetTable) -> None:
        """Take one change in."""
        self.touched.add(table.name)
        if table.state.suspended:
            return
        self.pending += 1
        try:
            self._add(change, table)
        except NO_VALUE as error:
            self.flush()
            self._failed("Data", table, _described(change, table), f"{type(error).__name__}: {error}")
        finally:
            table.state.count(f"{_VERBS[change.operation]}s")

    def flush(self) -> None:
        """Send what waits to Oracle."""
        statement, self._waiting = self._waiting, None
        if statement is not None:
            self._execute(statement)

    def suspend(self, table: TargetTable, reason: str) -> None:
        """Take the table out of the replication until it is started again."""
        table.state.suspend()
        self.touched.add(table.name)
        self._log.add("TASK_MANAGER", "W", f"Table '{table.name}' was errored/suspended: {reason}")

    def _add(self, change: Change, table: TargetTable) -> None:
        projection = table.projection
        if change.operation == "I":
            row = self._read(change.new, table)
            if projection.passes(row):
                self._wait(table, "I", table.transform(row, "I"), ())
            return
        key_columns = projection.source.primary_key
        old = change.old or change.new
        # DMS ignores updates and deletes without a primary key. REPLICA IDENTITY NOTHING tells none, and a key of which
        # the mapping or SupportLobs removes a column could meet other rows.
        told = old.keys() & table.readers.keys()
        if not key_columns or len(projection.primary_key) < len(key_columns) or not told >= set(key_columns):
            return
        row = self._read(change.new or change.old, table)
        # Of the row before the change only its key is certain in what the plugin sends.
        told_key = {name: old[name] for name in key_columns}
        key = self._read(told_key, table) if change.old else {name: row[name] for name in key_columns}
        moved = change.operation == "U" and key != {name: row.get(name, key[name]) for name in key}
        if moved and self._policies["primary_key_update"] == "ignored":
            self._log.add("TARGET_APPLY", "W", f"An update of the primary key of {table.name} is ignored")
            return
        if not projection.passes(row):
            return
        target_row = table.transform(row, "U") if change.operation == "U" else {}
        has_key = not moved and target_row.keys() >= set(projection.primary_key)
        target_key = target_row if has_key else table.transform(key, change.operation)
        self._wait(table, change.operation, target_row, tuple(target_key[name] for name in projection.primary_key))

    def _read(self, values: Values, table: TargetTable) -> dict[str, object]:
        """The source row as Python values; LOBs that are too large are cut."""
        row = table.read(values)
        if table.lobs and table.lob_limit_kb is not None:
            for name in table.lobs & row.keys():
                row[name], cut = limited_lob(row[name], table.lob_limit_kb)
                if cut:
                    self._log.add("TARGET_APPLY", "W", f"Column {name} of {table.name} was truncated to LobMaxSize")
        return row

    def _wait(self, table: TargetTable, operation: str, row: dict[str, object], key: tuple[object, ...]) -> None:
        columns = tuple(row)
        if self._waiting is None or not self._waiting.takes(table, operation, columns):
            self.flush()
            self._waiting = Statement(table, operation, columns)
        self._waiting.rows.append([*row.values(), *key])

    def _execute(self, statement: Statement) -> None:
        """One array DML in batch errors mode: behind a row that Oracle refuses it goes on."""
        rows, cursor = statement.rows, self._target.cursor
        if statement.table.state.suspended:
            return
        self._size_inputs(statement)
        try:
            cursor.executemany(statement.sql, rows, batcherrors=True, arraydmlrowcounts=True)
        except oracledb.Error as error:
            if is_lost(error):
                raise
            if len(rows) > 1 and not self._is_table_error(error):
                # The driver or Oracle refuses all of it for one value and does not say whose: halves find it.
                half = len(rows) // 2
                for part in (rows[:half], rows[half:]):
                    self._execute(replace(statement, rows=part))
                return
            self._judge(statement, {0: error}, [0] * len(rows))
        else:
            refused = {failure.offset: oracledb.DatabaseError(failure) for failure in cursor.getbatcherrors()}
            self._judge(statement, refused, cursor.getarraydmlrowcounts())

    def _size_inputs(self, statement: Statement) -> None:
        table = statement.table
        key = table.projection.primary_key if statement.operation != "I" else ()
        self._target.cursor.setinputsizes(*map(table.inputs.get, statement.columns + key))

    def _judge(self, statement: Statement, failures: Mapping[int, oracledb.Error], counts: list[int]) -> None:
        """Count the rows of an array DML, and deal with those that failed or met no row."""
        table, applied = statement.table, len(counts) - counts.count(0)
        table.state.count(f"Applied{statement.verb}s", applied)
        if applied == len(statement.rows):
            return
        for row, count, error in zip(statement.rows, counts, map(failures.get, range(len(counts))), strict=True):
            if not count and not table.state.suspended:
                kind = self._kind(statement, error) if error else f"ApplyError{statement.verb}"
                reason = str(error).splitlines()[0] if error else "0 rows affected"
                one = replace(statement, rows=[row])
                self._failed(kind, table, _literal(one), reason, one)

    def _is_table_error(self, error: oracledb.Error) -> bool:
        number = code(error)
        return number in _TABLE_ERRORS or (
            number == _NO_COLUMN and self._policies["missing_target_column"] == "table_error"
        )

    def _kind(self, statement: Statement, error: oracledb.Error) -> str:
        """What the task's settings call the error of a record."""
        if code(error) == _DUPLICATE and statement.operation == "I":
            return "ApplyErrorInsert"
        if self._is_table_error(error):
            return "Table"
        return "DataTruncation" if code(error) in _TRUNCATED else "Data"

    def _failed(self, kind: str, table: TargetTable, text: str, reason: str, failed: Statement | None = None) -> None:
        """Do what the task's settings say about an error of one record, or of a whole table."""
        action = self._error_policies.action(kind, table.name)
        if action == errors.IGNORE:
            return
        if action == errors.UPSERT and failed:
            self._upsert(failed)
            return
        self._log.add("TARGET_APPLY", "E" if kind == "Table" else "W", f"{reason}; table {table.name}; {text[:500]}")
        if action == errors.STOP:
            self._target.connection.rollback()
        self._target.add_exception(table.projection, text, reason)
        if action == errors.STOP:
            self._target.connection.commit()
            raise FatalError(f"{reason} in table {table.name} ({kind}Policy STOP_TASK)")
        if action == errors.SUSPEND:
            self.suspend(table, reason)

    def _upsert(self, failed: Statement) -> None:
        """A record that is there already is updated, one that is missing is inserted."""
        table, size, [row] = failed.table, len(failed.columns), failed.rows
        values = dict(zip(failed.columns, row, strict=False))
        key = row[size:] or [values[name] for name in table.projection.primary_key]
        for operation in ("U",) if failed.operation == "I" else ("I", "U"):
            one = replace(failed, operation=operation, rows=[row[:size] + (key if operation == "U" else [])])
            try:
                self._size_inputs(one)
                self._target.cursor.execute(one.sql, one.rows[0])
                break
            except oracledb.Error as error:
                if is_lost(error):
                    raise
                if operation == "U" or code(error) != _DUPLICATE:
                    self._failed("Data", table, _literal(one), str(error).splitlines()[0])
                    return
        table.state.count(f"Applied{failed.verb}s")


def _described(change: Change, table: TargetTable) -> str:
    """A change that no statement came of, as awsdms_apply_exceptions shows it: its key is what finds the row."""
    told = change.old or change.new
    key = ", ".join(f"{name} = {told.get(name)}" for name in table.projection.source.primary_key)
    return f"{_VERBS[change.operation].upper()} {table.name}{key and f' ({key})'}"


def _literal(one: Statement) -> str:
    """A statement of one row with its values, as awsdms_apply_exceptions shows it."""
    values = ", ".join("NULL" if value is None else f"'{value}'" for value in one.rows[0])
    return f"{one.sql} -- values: {values}"
