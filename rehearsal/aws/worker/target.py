"""The Oracle side of a worker: its session, and the control tables that DMS keeps on the target.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html
"""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import oracledb

from rehearsal.aws.worker.errors import FatalError, RecoverableError

if TYPE_CHECKING:
    from reverse_sync.table_mapping import Projection

_EXISTS = 955
_FATAL_CODES = {1017, 1031, 1045, 28000}
_POSITION = "*"
"""Where the position is kept; the other rows of awsdms_txn_state hold a table's statistics each."""

_EXCEPTION_COLUMNS = """
    "TASK_NAME" VARCHAR2(128) NOT NULL, "TABLE_OWNER" VARCHAR2(128) NOT NULL, "TABLE_NAME" VARCHAR2(128) NOT NULL,
    "ERROR_TIME" TIMESTAMP NOT NULL, "STATEMENT" VARCHAR2(4000) NOT NULL, "ERROR" VARCHAR2(4000) NOT NULL
"""
_FAILURE_COLUMNS = """
    "TASK_NAME" VARCHAR2(128) NOT NULL, "TABLE_OWNER" VARCHAR2(128) NOT NULL, "TABLE_NAME" VARCHAR2(128) NOT NULL,
    "FAILURE_TIME" TIMESTAMP NOT NULL, "KEY_TYPE" VARCHAR2(128) NOT NULL, "KEY" VARCHAR2(4000) NOT NULL,
    "FAILURE_TYPE" VARCHAR2(128) NOT NULL, "DETAILS" VARCHAR2(4000) NOT NULL
"""
"""https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Validating.html#CHAP_Validating.Troubleshooting"""
_MAX_TEXT = 4000


def connect(login: dict[str, Any]) -> oracledb.Connection:
    """A session on Oracle, over TCPS where the login has a certificate to trust. Raises oracledb.Error."""
    tls: dict[str, Any] = {}
    if "sslrootcert" in login:
        wallet = Path(login["sslrootcert"]).parent
        tls = {"protocol": "tcps", "wallet_location": str(wallet), "ssl_server_dn_match": False}
    return oracledb.connect(
        **tls,
        host=login["host"],
        port=int(login["port"]),
        service_name=login["dbname"],
        user=login["user"],
        password=login["password"],
        tcp_connect_timeout=10,
        program=f"repctl@{socket.gethostname()}",  # what DMS's engine is called
    )


class Target:
    """A session on Oracle, one transaction after the other."""

    def __init__(self, login: dict[str, Any], task: str, schema: str) -> None:
        self._login = login
        self._task = task
        self._states = f'"{schema}"."awsdms_txn_state"'
        self._exceptions = f'"{schema}"."awsdms_apply_exceptions"'
        self._failures = f'"{schema}"."awsdms_validation_failures_v1"'
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
            raise worker_error(error) from error

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
            raise worker_error(error) from error

    def column_types(self, schema: str, table: str) -> dict[str, oracledb.DbType]:
        """The types of a table's columns; none where it is not there or not to be read: its rows' errors will tell."""
        try:
            self.cursor.execute(f"SELECT * FROM {quoted(schema)}.{quoted(table)} WHERE 1 = 0")  # noqa: S608  # quoted
        except oracledb.Error as error:
            if is_lost(error):
                raise worker_error(error) from error
            return {}
        return {column.name: column.type_code for column in self.cursor.description}

    def reset_states(self, states: dict[str, dict[str, Any]]) -> None:
        """Begin again with these states, committed."""
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
            raise worker_error(error) from error
        finally:
            self._connection.autocommit = False

    def rollback(self) -> None:
        """Take back what is not committed."""
        try:
            self._connection.rollback()
        except oracledb.Error as error:
            raise worker_error(error) from error

    def add_exception(self, schema: str, table: str, statement: str, error: str, *, commit: bool = False) -> None:
        """Note a change that could not be applied in awsdms_apply_exceptions."""
        now = datetime.now(UTC).replace(tzinfo=None)
        try:
            self.cursor.setinputsizes(None, None, None, oracledb.DB_TYPE_TIMESTAMP)
            self.cursor.execute(
                f"INSERT INTO {self._exceptions}"  # noqa: S608  # our own name
                ' ("TASK_NAME", "TABLE_OWNER", "TABLE_NAME", "ERROR_TIME", "STATEMENT", "ERROR")'
                " VALUES (:1, :2, :3, :4, :5, :6)",
                [self._task, schema, table, now, _short(statement), _short(error)],
            )
            if commit:
                self._connection.commit()
        except oracledb.Error as failure:
            raise worker_error(failure) from failure

    def prepare_validation(self) -> None:
        """Make the table of what validation finds, if it is not there."""
        self._create(self._failures, _FAILURE_COLUMNS)

    def rows(self, projection: Projection, columns: list[str]) -> list[tuple[Any, ...]]:
        """Every row of a target table."""
        with self._connection.cursor() as cursor:
            cursor.outputtypehandler = _as_decimals
            cursor.execute(select_sql(projection, columns))
            return list(cursor.fetchall())

    def add_validation_failure(self, schema: str, table: str, key: str, kind: str, details: str) -> None:
        """Note a row that validation found different, and commit."""
        row = [self._task, schema, table, datetime.now(UTC).replace(tzinfo=None), "Row", _short(key), kind]
        self.cursor.execute(
            f"INSERT INTO {self._failures} VALUES (:1, :2, :3, :4, :5, :6, :7, :8)",  # noqa: S608  # our own name
            [*row, _short(details)],
        )
        self._connection.commit()

    def _create(self, table: str, columns: str) -> None:
        try:
            self.cursor.execute(f"CREATE TABLE {table} ({columns})")
        except oracledb.DatabaseError as error:
            if code(error) != _EXISTS:
                raise


def quoted(name: str) -> str:
    """A name as Oracle takes it, case and all."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _as_decimals(cursor: Any, metadata: Any) -> Any:
    return cursor.var(Decimal, arraysize=cursor.arraysize) if metadata.type_code is oracledb.DB_TYPE_NUMBER else None


def select_sql(projection: Projection, columns: list[str]) -> str:
    """Every row of the target table."""
    names = ", ".join(map(quoted, columns))
    return f"SELECT {names} FROM {quoted(projection.schema)}.{quoted(projection.table)}"  # noqa: S608


def code(error: oracledb.Error) -> int:
    """The number of an ORA- error, 0 for python-oracledb's own."""
    return int(getattr(error.args[0], "code", 0) or 0) if error.args else 0


def is_lost(error: oracledb.Error) -> bool:
    """Whether the session is gone, or never came to be."""
    detail = error.args[0] if error.args else None
    full_code = str(getattr(detail, "full_code", ""))
    return bool(getattr(detail, "isrecoverable", False)) or full_code.startswith(("DPY-4011", "DPY-6", "DPY-1001"))


def worker_error(error: oracledb.Error) -> Exception:
    """An error of the session as the worker's own."""
    text = str(error).splitlines()[0]
    return FatalError(text) if code(error) in _FATAL_CODES and not is_lost(error) else RecoverableError(text)


def _short(text: str) -> str:
    return text.replace("\x00", "\\0").encode()[:_MAX_TEXT].decode(errors="ignore")
