"""The Oracle side of a worker: its session, and the control tables that DMS keeps on the target.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html
"""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import oracledb

from rehearsal.aws.worker.errors import FatalError, RecoverableError

if TYPE_CHECKING:
    from reverse_sync.table_mapping import Projection

POSITION = "*"
"""Where the position is kept; the other rows of awsdms_txn_state hold a table's statistics each."""
_EXISTS = 955
_FATAL_CODES = {1017, 1031, 1045, 28000}

_STATE_COLUMNS = '"TASK_NAME" VARCHAR2(128), "SCOPE" VARCHAR2(257), "STATE" VARCHAR2(4000)'

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
    """A session on Oracle, one transaction after the other. Raises oracledb.Error where it fails."""

    def __init__(self, login: dict[str, Any], task: str, schema: str) -> None:
        """Connect, and make the control tables if they are not there."""
        self._task = task
        self._states = f'"{schema}"."awsdms_txn_state"'
        self._exceptions = f'"{schema}"."awsdms_apply_exceptions"'
        self._failures = f'"{schema}"."awsdms_validation_failures_v1"'
        self.connection = connect(login)
        self.cursor = self.connection.cursor()
        self._create(self._states, _STATE_COLUMNS)
        self._create(self._exceptions, _EXCEPTION_COLUMNS)

    def close(self) -> None:
        """Leave Oracle, in whatever state the session is; nothing uncommitted stays."""
        with suppress(oracledb.Error):  # it was gone already
            self.connection.close()

    def column_types(self, projection: Projection) -> dict[str, oracledb.DbType]:
        """The types of a table's columns; none where it is not there or not to be read: its rows' errors will tell."""
        try:
            self.cursor.execute(f"SELECT * FROM {_table(projection)} WHERE 1 = 0")
        except oracledb.Error as error:
            if is_lost(error):
                raise
            return {}
        return {column.name: column.type_code for column in self.cursor.description or ()}

    def read_states(self) -> dict[str, dict[str, Any]]:
        """The position (under `*`) and the statistics of the task's tables, as last committed."""
        self.cursor.execute(f'SELECT "SCOPE", "STATE" FROM {self._states} WHERE "TASK_NAME" = :1', [self._task])
        return {scope: json.loads(state) for scope, state in self.cursor.fetchall()}

    def write_states(self, states: dict[str, dict[str, Any]]) -> None:
        """Put these in the place of what was kept, and commit."""
        rows = [(json.dumps(state), self._task, scope) for scope, state in states.items()]
        self.cursor.execute(f'DELETE FROM {self._states} WHERE "TASK_NAME" = :1', [self._task])
        self.cursor.executemany(f'INSERT INTO {self._states} ("STATE", "TASK_NAME", "SCOPE") VALUES (:1, :2, :3)', rows)
        self.connection.commit()

    def commit(self, lsn: str, tables: dict[str, dict[str, Any]]) -> None:
        """Commit the changes, with the position and the statistics of ``tables`` in the same transaction."""
        rows = [(json.dumps(state), self._task, scope) for scope, state in [(POSITION, {"lsn": lsn}), *tables.items()]]
        update = f'UPDATE {self._states} SET "STATE" = :1 WHERE "TASK_NAME" = :2 AND "SCOPE" = :3'
        self.connection.autocommit = True  # saves the round trip of a commit of its own
        try:
            self.cursor.executemany(update, rows)
        finally:
            self.connection.autocommit = False

    def add_exception(self, projection: Projection, statement: str, error: str) -> None:
        """Note a change that could not be applied in awsdms_apply_exceptions."""
        row = [self._task, projection.schema, projection.table, _now(), _short(statement), _short(error)]
        self.cursor.setinputsizes(None, None, None, oracledb.DB_TYPE_TIMESTAMP, None, None)
        self.cursor.execute(f"INSERT INTO {self._exceptions} VALUES (:1, :2, :3, :4, :5, :6)", row)

    def prepare_validation(self) -> None:
        """Make the table of what validation finds, if it is not there."""
        self._create(self._failures, _FAILURE_COLUMNS)

    def rows(self, projection: Projection, columns: list[str]) -> list[tuple[Any, ...]]:
        """Every row of a target table."""
        with self.connection.cursor() as cursor:
            cursor.outputtypehandler = _as_decimals
            cursor.execute(f"SELECT {', '.join(map(quoted, columns))} FROM {_table(projection)}")
            return list(cursor.fetchall())

    def add_validation_failure(self, projection: Projection, key: str, kind: str, details: str) -> None:
        """Note a row that validation found different, and commit."""
        row = [self._task, projection.schema, projection.table, _now(), "Row", _short(key), kind, _short(details)]
        self.cursor.execute(f"INSERT INTO {self._failures} VALUES (:1, :2, :3, :4, :5, :6, :7, :8)", row)
        self.connection.commit()

    def _create(self, table: str, columns: str) -> None:
        try:
            self.cursor.execute(f"CREATE TABLE {table} ({columns})")
        except oracledb.DatabaseError as error:
            if code(error) != _EXISTS:
                raise


def write_sql(projection: Projection, operation: str, columns: tuple[str, ...]) -> str:
    """INSERT, UPDATE or DELETE of one row: the binds of ``columns``, then those of the key."""
    table, count = _table(projection), len(columns)
    if operation == "I":
        places = ", ".join(f":{number}" for number in range(1, count + 1))
        return f"INSERT INTO {table} ({', '.join(map(quoted, columns))}) VALUES ({places})"
    binds = [f"{quoted(name)} = :{number}" for number, name in enumerate((*columns, *projection.primary_key), 1)]
    start = f"UPDATE {table} SET {', '.join(binds[:count])}" if operation == "U" else f"DELETE FROM {table}"
    return f"{start} WHERE {' AND '.join(binds[count:])}"


def _table(projection: Projection) -> str:
    return f"{quoted(projection.schema)}.{quoted(projection.table)}"


def quoted(name: str) -> str:
    """A name as Oracle takes it, case and all."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _as_decimals(cursor: Any, metadata: Any) -> Any:
    return cursor.var(Decimal, arraysize=cursor.arraysize) if metadata.type_code is oracledb.DB_TYPE_NUMBER else None


def code(error: oracledb.Error) -> int:
    """The number of an ORA- error, 0 for python-oracledb's own."""
    return int(getattr(error.args[0], "code", 0) or 0) if error.args else 0


def is_lost(error: oracledb.Error) -> bool:
    """Whether the session is gone, or never came to be."""
    detail = error.args[0] if error.args else None
    full_code = str(getattr(detail, "full_code", ""))
    return bool(getattr(detail, "isrecoverable", False)) or full_code.startswith(("DPY-4011", "DPY-6", "DPY-1001"))


def worker_error(error: oracledb.Error) -> Exception:
    """An error of Oracle's as the worker's own."""
    text = str(error).splitlines()[0]
    return FatalError(text) if code(error) in _FATAL_CODES and not is_lost(error) else RecoverableError(text)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _short(text: str) -> str:
    return text.replace("\x00", "\\0").encode()[:_MAX_TEXT].decode(errors="ignore")
