"""What DMS notes in Oracle about a task: changes that it could not apply, rows that its validation found different.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reverse_sync.catalog.database import fetch_one
from reverse_sync.sql import quoted
from reverse_sync.table_mapping.schema import full_name

if TYPE_CHECKING:
    from datetime import datetime

    from reverse_sync.catalog.database import Connection

EXCEPTIONS = "awsdms_apply_exceptions"
VALIDATION_FAILURES = "awsdms_validation_failures_v1"
MOST_READ = 100
"""Of each table the newest rows that are read; the count says how many there are."""
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Note:
    """One row of a control table: when, about which table of Oracle's, and what DMS says (its statement, its error)."""

    at: datetime
    table: str
    said: str

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} UTC, {self.table}: {self.said}"


@dataclass(frozen=True, slots=True)
class Notes:
    """A control table's rows about one task, the newest first; `unreadable` says why nobody could look."""

    table: str
    newest: tuple[Note, ...] = ()
    count: int = 0
    unreadable: str | None = None

    @property
    def said(self) -> str:
        """One sentence about them."""
        if self.unreadable:
            return f"{self.table} could not be read: {self.unreadable}"
        return f"{self.table} has {self.count or 'no'} row{'' if self.count == 1 else 's'}"

    def since(self, moment: datetime) -> tuple[Note, ...]:
        """Those of that moment's second (UTC, without a zone) or later: DMS may note whole seconds."""
        return tuple(note for note in self.newest if note.at >= moment.replace(microsecond=0))


@dataclass(frozen=True, slots=True)
class ControlTables:
    """Where a task's control tables are looked for.

    :ivar task: the last part of the task's ARN, by which DMS names it there
    :ivar schema: the task setting ControlSchema; empty: wherever the login sees one
    :ivar since: the moment from which rows count (UTC, without a zone); None: all of them
    """

    task: str
    schema: str
    since: datetime | None

    def exceptions(self, connection: Connection) -> Notes:
        """The changes that Oracle refused."""
        columns = "ERROR_TIME, TABLE_OWNER, TABLE_NAME, ERROR, STATEMENT"
        return self._read(connection, EXCEPTIONS, columns, "ERROR_TIME")

    def validation_failures(self, connection: Connection) -> Notes:
        """The rows that DMS's own validation found different.

        https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Validating.html#CHAP_Validating.Troubleshooting
        """
        columns = 'FAILURE_TIME, TABLE_OWNER, TABLE_NAME, FAILURE_TYPE, "KEY", DETAILS'
        return self._read(connection, VALIDATION_FAILURES, columns, "FAILURE_TIME")

    def _read(self, connection: Connection, table: str, columns: str, time: str) -> Notes:
        notes: list[Note] = []
        count = 0
        places = self._places(connection, table)
        if not places:
            return Notes(table, unreadable=self._why_unseen(connection))
        for place in places:
            where = f'FROM {quoted(*place)} WHERE "TASK_NAME" = :task'
            values: dict[str, object] = {"task": self.task}
            if self.since:
                where, values = f"{where} AND {time} >= :since", {**values, "since": self.since}
            count += int(fetch_one(connection, f"SELECT COUNT(*) {where}", values)[0])
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {columns} {where} ORDER BY {time} DESC", values)
                notes += [_note(*row) for row in cursor.fetchmany(MOST_READ)]
        newest = sorted(notes, key=lambda note: note.at, reverse=True)[:MOST_READ]
        return Notes(table, tuple(newest), count)

    def _places(self, connection: Connection, table: str) -> list[tuple[str, str]]:
        """Owner and name of the tables of that name; DMS's name is in lower case, which Oracle keeps."""
        sql = "SELECT owner, table_name FROM all_tables WHERE LOWER(table_name) = :name"
        with connection.cursor() as cursor:
            cursor.execute(sql, {"name": table})
            found = cursor.fetchall()
        return [(owner, name) for owner, name in found if not self.schema or owner.upper() == self.schema.upper()]

    def _why_unseen(self, connection: Connection) -> str | None:
        """None where DMS has made none yet; a login that may not see everybody's tables can't tell."""
        login = fetch_one(connection, "SELECT USER FROM DUAL")[0]
        sees_all = fetch_one(connection, "SELECT COUNT(*) FROM session_privs WHERE privilege = 'SELECT ANY TABLE'")[0]
        if sees_all or not self.schema or self.schema.upper() == login:
            return None
        return f"{login} sees no such table in {self.schema}; GRANT SELECT on it to {login}, unless DMS has made none"


def _note(at: datetime, owner: str, table: str, *said: object) -> Note:
    texts = (" ".join(str(text).split()) for text in said if text is not None)
    shown = (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..." for text in texts)
    return Note(at, full_name(owner, table), "; ".join(shown))
