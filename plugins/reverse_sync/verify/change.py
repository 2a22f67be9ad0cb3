"""The canary's change, by whatever way its pipeline has: a call of the service's API, or an UPDATE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from reverse_sync.errors import NotProvedError
from reverse_sync.pipeline import SqlCanary
from reverse_sync.sql import quoted
from reverse_sync.verify import api

if TYPE_CHECKING:
    from reverse_sync.pipeline import Aws
    from reverse_sync.verify.canary_row import CanaryRow


class Change(Protocol):
    """One change of the canary's column."""

    def send(self) -> str:
        """Make it; how it was answered, in words."""

    @property
    def is_under_way(self) -> bool:
        """Whether the answer to it says that it will be made later."""

    def no_effect(self, found: object, elsewhere: str) -> NotProvedError:
        """What it means that the row holds something else afterwards."""

    def shown(self) -> str:
        """How the service shows the change, once PostgreSQL has it; empty where it is not asked."""


def change_of(row: CanaryRow, method: str, text: str) -> Change:
    """The change of the row's column to that text.

    :param method: of HTTP, empty for the pipeline file's own; an UPDATE has none
    """
    canary = row.canary
    return (
        UpdateChange(row, text)
        if isinstance(canary, SqlCanary)
        else ApiChange(api.Call(canary, method or canary.method, row.row_id, text), row.pipeline.aws)
    )


class ApiChange:
    """A call of the service's API; a 2xx alone proves nothing."""

    def __init__(self, call: api.Call, aws: Aws) -> None:
        self._call = call
        self._aws = aws
        self._status = 0

    def send(self) -> str:
        """Call it.

        :raises ReverseSyncError: as :func:`reverse_sync.verify.api.change`.
        """
        self._status = api.change(self._call, self._aws)
        return f"HTTP {self._status}"

    @property
    def is_under_way(self) -> bool:
        """Whether the service has only accepted it."""
        return self._status == api.ACCEPTED

    def no_effect(self, found: object, elsewhere: str) -> NotProvedError:
        """What was sent, how it was answered, and where the text is instead."""
        return api.no_effect(self._call, self._status, found, elsewhere)

    def shown(self) -> str:
        """What its GET answers.

        :raises ReverseSyncError: as :func:`reverse_sync.verify.api.shown`.
        """
        return api.shown(self._call, self._aws)


class UpdateChange:
    """An UPDATE of one row by its primary key, over the session that reads the row."""

    def __init__(self, row: CanaryRow, text: str) -> None:
        self._row = row
        self._text = text

    def send(self) -> str:
        """Update it.

        :raises ReverseSyncError: where PostgreSQL does not answer or refuses; the session's block says which.
        """
        source, column = self._row.projection.source, self._row.canary.column
        key = " AND ".join(f"{_escaped(name)} = %s" for name in source.primary_key)
        sql = f"UPDATE {_escaped(source.schema, source.name)} SET {_escaped(column)} = %s WHERE {key}"  # noqa: S608
        with self._row.source.cursor() as cursor:
            cursor.execute(sql, [self._text, *self._row.key])
            return f"UPDATE {cursor.rowcount}"

    @property
    def is_under_way(self) -> bool:
        """Never: an UPDATE is made when it is answered."""
        return False

    def shown(self) -> str:
        """Nothing: there is no service."""
        return ""

    def no_effect(self, found: object, elsewhere: str) -> NotProvedError:
        """The row was updated, and holds something else all the same."""
        canary = self._row.canary
        return NotProvedError(
            f"The canary's UPDATE set {canary.table}.{canary.column} of row {self._row.named} to {self._text!r}, but "
            f"PostgreSQL has {found!r} there: a trigger or a rule of the table, or another writer, changes it. "
            f"{elsewhere} Choose another canary.column, then run again."
        )


def _escaped(*names: str) -> str:
    return quoted(*names).replace("%", "%%")
