"""Wait until a row of the target holds a value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NotRequired, TypedDict

from reverse_sync.oracle.rows import RowReader
from reverse_sync.sql import select_by_key
from reverse_sync.table_mapping.schema import full_name
from reverse_sync.waiting import PollResult, PollTrigger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from airflow.triggers.base import TriggerEvent

    from reverse_sync.waiting import Kept, PollSchedule


def is_text(found: object, expected: str) -> bool:
    """Whether Oracle holds the text; blanks at its end, with which a CHAR is filled up, are no difference."""
    return isinstance(found, str) and found.rstrip(" ") == expected.rstrip(" ")


class ValueFacts(TypedDict):
    """What Oracle holds in one column of one row; moments are UTC, ISO 8601.

    :param where: the column with its table, as a message names it
    :param row: whether Oracle has the row
    :param value: what it holds
    :param seen_at: when it was read
    :param last_without: the last moment before, at which it was read without the expected text
    :param hopeless: why the expected text can't come any more
    """

    where: str
    row: bool
    value: object
    seen_at: str
    last_without: str | None
    hopeless: NotRequired[str]


class OracleValueTrigger(PollTrigger):
    """Reads one column of one row until it holds the expected text.

    :param oracle_conn_id: the connection
    :param target: the table, schema and name
    :param column: the column to read
    :param key: the row's key, name and value of each column
    :param expected: the text to wait for
    """

    def __init__(
        self,
        *,
        oracle_conn_id: str,
        target: Sequence[str],
        column: str,
        key: Mapping[str, object],
        expected: str,
        schedule: PollSchedule | Kept,
    ) -> None:
        super().__init__(
            schedule=schedule,
            oracle_conn_id=oracle_conn_id,
            target=list(target),
            column=column,
            key=dict(key),
            expected=expected,
        )
        self.last_without: str | None = None
        self._query = select_by_key(target, [column], list(key), ":{}")
        self._reader = RowReader(oracle_conn_id)

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look until there is an answer, over one session."""
        async with self._reader:
            async for event in super().run():
                yield event

    async def poll(self) -> PollResult:
        """Read once; remember when the value was last seen missing, so that the latency has its bounds."""
        asked_at = datetime.now(UTC).isoformat()
        row = await self._reader.fetch(self._query, list(self.arguments["key"].values()))
        found = row[0] if row else None
        facts: ValueFacts = {
            "where": f"{full_name(*self.arguments['target'])}.{self.arguments['column']}",
            "row": bool(row),
            "value": found,
            "seen_at": datetime.now(UTC).isoformat(),
            "last_without": self.last_without,
        }
        if is_text(found, self.arguments["expected"]):
            return PollResult("success", facts)
        self.last_without = asked_at
        return PollResult("not yet", facts)
