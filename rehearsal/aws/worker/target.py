"""The Oracle side of a worker: its session, and the control tables that DMS keeps on the target.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import oracledb

from rehearsal.aws.worker.errors import FatalError, RecoverableError

_EXISTS = 955
_FATAL_CODES = {1017, 1031, 1045, 28000}
_POSITION = "*"
"""Where the position is kept; the other rows of awsdms_txn_state hold a table's statistics each."""

_EXCEPTION_COLUMNS = """
    "TASK_NAME" VARCHAR2(128) NOT NULL, "TABLE_OWNER" VARCHAR2(128) NOT NULL, "TABLE_NAME" VARCHAR2(128) NOT NULL,
    "ERROR_TIME" TIMESTAMP NOT NULL, "STATEMENT" VARCHAR2(4000) NOT NULL, "ERROR" VARCHAR2(4000) NOT NULL
"""
_MAX_TEXT = 4000


def connect(login: dict[str, Any]) -> oracledb.Connection:
    """A session on Oracle. Raises oracledb.Error."""
    return oracledb.connect(
        host=login["host"],
        port=int(login["port"]),
        service_name=login["dbname"],
        user=login["user"],
        password=login["password"],
        tcp_connect_timeout=10,
    )


class Target:
    """A session on Oracle, one transaction after the other."""

    def __init__(self, login: dict[str, Any], task: str, schema: str) -> None:
        self._login = login
        self._task = task
        self._states = f'"{schema}"."awsdms_txn_state"'
        self._exceptions = f'"{schema}"."awsdms_apply_exceptions"'
        self._connection: Any = None
        self.cursor: Any = None

    def connect(self) -> None:
        """Connect, and make the control tables if they are not there. Raises RecoverableError, FatalError."""
        try:
            self._connection = connect(self._login)
            self.cursor = self._connection.cursor()
            for table, columns in (
                (self._states, '"TASK_NAME" VARCHAR2(128), "SCOPE" VARCHAR2(257), "STATE" VARCHAR2(4000)'),
                (self._exceptions, _EXCEPTION_COLUMNS),
            ):
                self._create(table, columns)
        except oracledb.Error as error:
            raise translated(error) from error

    def close(self) -> None:
        """Leave Oracle, in whatever state the session is; nothing uncommitted stays."""
        if self._connection is not None:
            try:
                self._connection.close()
            except oracledb.Error:
                return  # it was gone already

    def read_states(self) -> dict[str, dict[str, Any]]:
        """The position (under `*`) and the statistics of the task's tables, as last committed."""
        try:
            self.cursor.execute(
                f'SELECT "SCOPE", "STATE" FROM {self._states} WHERE "TASK_NAME" = :1',  # noqa: S608  # our own name
                [self._task],
            )
            return {scope: json.loads(state) for scope, state in self.cursor.fetchall()}
        except oracledb.Error as error:
            raise translated(error) from error

    def reset_states(self, states: dict[str, dict[str, Any]]) -> None:
        """Begin anew with these states, committed."""
        self.cursor.execute(f'DELETE FROM {self._states} WHERE "TASK_NAME" = :1', [self._task])  # noqa: S608
        self.add_states(states)

    def add_states(self, states: dict[str, dict[str, Any]]) -> None:
        """Add the rows that `commit` will update, and commit."""
        rows = [(self._task, scope, json.dumps(state)) for scope, state in states.items()]
        if rows:
            self.cursor.executemany(
                f'INSERT INTO {self._states} ("TASK_NAME", "SCOPE", "STATE") VALUES (:1, :2, :3)',  # noqa: S608
                rows,
            )
        self._connection.commit()

    def commit(self, lsn: str, tables: dict[str, dict[str, Any]]) -> None:
        """Commit the changes, with the position and the statistics of ``tables`` in the same transaction."""
        rows = [(json.dumps(state), self._task, scope) for scope, state in [(_POSITION, {"lsn": lsn}), *tables.items()]]
        try:
            self._connection.autocommit = True  # saves the round trip of a commit of its own
            self.cursor.executemany(
                f'UPDATE {self._states} SET "STATE" = :1 WHERE "TASK_NAME" = :2 AND "SCOPE" = :3',  # noqa: S608
                rows,
            )
        except oracledb.Error as error:
            raise translated(error) from error
        finally:
            self._connection.autocommit = False

    def rollback(self) -> None:
        """Take back what is not committed."""
        try:
            self._connection.rollback()
        except oracledb.Error as error:
            raise translated(error) from error

    def add_exception(self, schema: str, table: str, statement: str, error: str, *, commit: bool = False) -> None:
        """Note a change that could not be applied in awsdms_apply_exceptions."""
        now = datetime.now(UTC).replace(tzinfo=None)
        try:
            self.cursor.execute(
                f"INSERT INTO {self._exceptions}"  # noqa: S608  # our own name
                ' ("TASK_NAME", "TABLE_OWNER", "TABLE_NAME", "ERROR_TIME", "STATEMENT", "ERROR")'
                " VALUES (:1, :2, :3, :4, :5, :6)",
                [self._task, schema, table, now, _short(statement), _short(error)],
            )
            if commit:
                self._connection.commit()
        except oracledb.Error as failure:
            raise translated(failure) from failure

    def _create(self, table: str, columns: str) -> None:
        try:
            self.cursor.execute(f"CREATE TABLE {table} ({columns})")
        except oracledb.DatabaseError as error:
            if code(error) != _EXISTS:
                raise


def code(error: oracledb.Error) -> int:
    """The number of an ORA- error, 0 for python-oracledb's own."""
    return int(getattr(error.args[0], "code", 0) or 0) if error.args else 0


def is_lost(error: oracledb.Error) -> bool:
    """Whether the session is gone, or never came to be."""
    detail = error.args[0] if error.args else None
    full_code = str(getattr(detail, "full_code", ""))
    return bool(getattr(detail, "isrecoverable", False)) or full_code.startswith(("DPY-4011", "DPY-6", "DPY-1001"))


def translated(error: oracledb.Error) -> Exception:
    """An error of the session as the worker's own."""
    text = str(error).splitlines()[0]
    return FatalError(text) if code(error) in _FATAL_CODES and not is_lost(error) else RecoverableError(text)


def _short(text: str) -> str:
    return text.encode()[:_MAX_TEXT].decode(errors="ignore")
