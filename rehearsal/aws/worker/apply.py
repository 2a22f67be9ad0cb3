"""Changes become array DML: what the task's tables are, what their rows become, and what Oracle makes of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import oracledb

from rehearsal.aws.worker import errors
from rehearsal.aws.worker.errors import ErrorPolicies, FatalError
from rehearsal.aws.worker.tables import TargetTable, write_sql
from rehearsal.aws.worker.target import code, is_lost, worker_error
from rehearsal.aws.worker.values import limited_lob

if TYPE_CHECKING:
    from rehearsal.aws.worker.changes import Change, Values
    from rehearsal.aws.worker.report import Log
    from rehearsal.aws.worker.target import Target

BATCH_ROWS = 2000
_VERBS = {"I": "Insert", "U": "Update", "D": "Delete"}
_TRUNCATED = {1401, 12899}
_TABLE_ERRORS = {942, 1031, 1552, 1647, 1653}
_NO_COLUMN, _DUPLICATE = 904, 1


@dataclass
class Statement:
    """An SQL statement and the rows that wait for it; a row's binds, and the whole target row for an upsert."""

    table: TargetTable
    operation: str
    sql: str
    columns: tuple[str, ...]
    rows: list[list[Any]] = field(default_factory=list)


class Applier:
    """Applies changes in their order; consecutive changes of one shape are one array DML."""

    def __init__(self, target: Target, settings: dict[str, Any], policies: dict[str, str], log: Log) -> None:
        self._target = target
        self._lob_settings = settings["TargetMetadata"]
        self._error_policies = ErrorPolicies(settings["ErrorBehavior"])
        self._policies = policies
        self._log = log
        self._waiting: Statement | None = None
        self._statements: dict[tuple[str, str, tuple[str, ...]], str] = {}
        self.touched: dict[str, TargetTable] = {}
        self.pending = 0

    def take(self) -> tuple[int, dict[str, TargetTable]]:
        """How many changes came since the last time, and the tables that they touched."""
        taken, self.pending, self.touched = (self.pending, self.touched), 0, {}
        return taken

    def forget_statements(self) -> None:
        """A table may have changed."""
        self._statements.clear()

    def add(self, change: Change, table: TargetTable) -> None:
        """Take one change in. Raises RecoverableError and FatalError."""
        self.touched[table.name] = table
        if table.suspended:
            return
        verb = _VERBS[change.operation]
        self.pending += 1
        try:
            self._add(change, table)
        except (ValueError, ArithmeticError, TypeError) as error:
            self.flush()
            self._failed("Data", table, _described(change, table), f"{type(error).__name__}: {error}")
        finally:
            table.count(f"{verb}s")

    def flush(self) -> None:
        """Send what waits to Oracle. Raises RecoverableError and FatalError."""
        statement, self._waiting = self._waiting, None
        if statement is not None and not statement.table.suspended:
            self._execute(statement)

    def suspend(self, table: TargetTable, reason: str) -> None:
        """Take the table out of the replication until it is started again."""
        table.state = "Table error"
        table.updated = time.time()
        self.touched[table.name] = table
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
        readers = table.readers
        row = {
            name: None if value is None else readers[name](value) for name, value in values.items() if name in readers
        }
        limited = self._lob_settings["LimitedSizeLobMode"]
        most_kb = table.projection.lob_limit_kb(self._lob_settings["LobMaxSize"] if limited else None)
        if table.lobs and most_kb is not None:
            for name in table.lobs & row.keys():
                row[name], cut = limited_lob(row[name], most_kb)
                if cut:
                    self._log.add("TARGET_APPLY", "W", f"Column {name} of {table.name} was truncated to LobMaxSize")
        return row

    def _wait(self, table: TargetTable, operation: str, row: dict[str, object], key: tuple[object, ...]) -> None:
        columns = tuple(row)
        waiting = self._waiting
        if (
            waiting is None
            or waiting.table is not table
            or waiting.operation != operation
            or waiting.columns != columns
            or len(waiting.rows) >= BATCH_ROWS
        ):
            self.flush()
            if table.suspended:
                return
            waiting = self._waiting = Statement(table, operation, self._sql(table, operation, columns), columns)
        waiting.rows.append([*row.values(), *key])

    def _sql(self, table: TargetTable, operation: str, columns: tuple[str, ...]) -> str:
        shape = (table.name, operation, columns)
        if shape not in self._statements:
            self._statements[shape] = write_sql(table.projection, operation, columns)
        return self._statements[shape]

    def _execute(self, statement: Statement) -> None:
        """One array DML; behind a row that Oracle refuses the rest goes row by row, as its batch errors mode does."""
        repeatable = statement.operation == "I" or self._policies["primary_key_update"] == "ignored"
        done = self._execute_at_once(statement) if repeatable and statement.operation != "D" else 0
        if done < len(statement.rows):
            self._execute_each(replace(statement, rows=statement.rows[done:]))

    def _execute_at_once(self, statement: Statement) -> int:
        """The quick way, which ends at the first error; how many of the rows are dealt with for good."""
        cursor, verb = self._target.cursor, _VERBS[statement.operation]
        try:
            self._size_inputs(statement)
            cursor.executemany(statement.sql, statement.rows)
        except oracledb.Error as error:
            if is_lost(error):
                raise worker_error(error) from error
            if statement.operation != "I" or not code(error):
                return 0
        done = int(cursor.rowcount)
        if statement.operation != "I" and done != len(statement.rows):
            return 0  # an update met no row: which one, the repetition will tell
        statement.table.count(f"Applied{verb}s", done)
        return done

    def _execute_each(self, statement: Statement) -> None:
        cursor = self._target.cursor
        try:
            self._size_inputs(statement)
            # python-oracledb asks for the counts again in a repeated statement only together with batch errors.
            cursor.executemany(statement.sql, statement.rows, batcherrors=True, arraydmlrowcounts=True)
        except oracledb.Error as error:
            if is_lost(error):
                raise worker_error(error) from error
            if len(statement.rows) == 1 or self._is_table_error(error):
                self._row_failed(statement, statement.rows[0], error)
                return
            # The driver or Oracle refuses all of it for one value and does not say whose: halves find it.
            half = len(statement.rows) // 2
            for rows in (statement.rows[:half], statement.rows[half:]):
                if not statement.table.suspended:
                    self._execute_each(replace(statement, rows=rows))
            return
        failures = {failure.offset: failure for failure in cursor.getbatcherrors()}
        self._judge(statement, failures, cursor.getarraydmlrowcounts())

    def _size_inputs(self, statement: Statement) -> None:
        table, operation = statement.table, statement.operation
        names = statement.columns + (table.projection.primary_key if operation != "I" else ())
        if not table.inputs.keys().isdisjoint(names):
            self._target.cursor.setinputsizes(*map(table.inputs.get, names))

    def _judge(self, statement: Statement, failures: dict[int, Any], counts: list[int]) -> None:
        """Count the rows of an array DML, and deal with those that failed or met no row."""
        applied = sum(1 for count in counts if count)
        statement.table.count(f"Applied{_VERBS[statement.operation]}s", applied)
        if applied == len(statement.rows):
            return
        for offset, row in enumerate(statement.rows):
            if offset in failures:
                self._row_failed(statement, row, oracledb.DatabaseError(failures[offset]))
            elif not counts[offset]:
                self._row_missed(statement, row)
            if statement.table.suspended:
                return

    def _is_table_error(self, error: oracledb.Error) -> bool:
        number = code(error)
        return number in _TABLE_ERRORS or (
            number == _NO_COLUMN and self._policies["missing_target_column"] == "table_error"
        )

    def _row_failed(self, statement: Statement, row: list[Any], error: oracledb.Error) -> None:
        number, table = code(error), statement.table
        if number == _DUPLICATE and statement.operation == "I":
            kind = "ApplyErrorInsert"
        elif self._is_table_error(error):
            kind = "Table"
        else:
            kind = "DataTruncation" if number in _TRUNCATED else "Data"
        self._failed(kind, table, _literal(statement.sql, row), str(error).splitlines()[0], (statement, row))

    def _row_missed(self, statement: Statement, row: list[Any]) -> None:
        kind = f"ApplyError{_VERBS[statement.operation]}"
        self._failed(kind, statement.table, _literal(statement.sql, row), "0 rows affected", (statement, row))

    def _failed(
        self, kind: str, table: TargetTable, text: str, reason: str, failed: tuple[Statement, list[Any]] | None = None
    ) -> None:
        """Do what the task's settings say about an error of one record, or of a whole table."""
        action = self._error_policies.action(kind, table.name)
        if action == errors.IGNORE:
            return
        if action == errors.UPSERT and failed:
            self._upsert(*failed)
            return
        projection = table.projection
        self._log.add("TARGET_APPLY", "E" if kind == "Table" else "W", f"{reason}; table {table.name}; {text[:500]}")
        if action == errors.STOP:
            self._target.rollback()
            self._target.add_exception(projection.schema, projection.table, text, reason, commit=True)
            raise FatalError(f"{reason} in table {table.name} ({kind}Policy STOP_TASK)")
        self._target.add_exception(projection.schema, projection.table, text, reason)
        if action == errors.SUSPEND:
            self.suspend(table, reason)

    def _upsert(self, statement: Statement, row: list[Any]) -> None:
        """A record that is there already is updated, one that is missing is inserted."""
        table, columns = statement.table, statement.columns
        values = dict(zip(columns, row, strict=False))
        key = row[len(columns) :] or [values[name] for name in table.projection.primary_key]
        attempts = ("U",) if statement.operation == "I" else ("I", "U")
        for operation in attempts:
            binds = [*values.values(), *(key if operation == "U" else ())]
            one = Statement(table, operation, self._sql(table, operation, columns), columns, [binds])
            try:
                self._size_inputs(one)
                self._target.cursor.execute(one.sql, binds)
                break
            except oracledb.Error as error:
                if is_lost(error):
                    raise worker_error(error) from error
                if operation == "U" or code(error) != _DUPLICATE:
                    self._failed("Data", table, _literal(one.sql, binds), str(error).splitlines()[0])
                    return
        table.count(f"Applied{_VERBS[statement.operation]}s")


def _described(change: Change, table: TargetTable) -> str:
    """A change that no statement came of, as awsdms_apply_exceptions shows it: its key is what finds the row."""
    told = change.old or change.new
    key = ", ".join(f"{name} = {told.get(name)}" for name in table.projection.source.primary_key)
    return f"{_VERBS[change.operation].upper()} {table.name}{key and f' ({key})'}"


def _literal(sql: str, row: list[Any]) -> str:
    """A statement with its values, as awsdms_apply_exceptions shows it."""
    values = ", ".join("NULL" if value is None else f"'{value}'" for value in row)
    return f"{sql} -- values: {values}"
