"""Wait until a row of the target holds a value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from reverse_sync.oracle.rows import fetch_row_async
from reverse_sync.waiting import Answer, LookTrigger


class OracleValueTrigger(LookTrigger):
    """Reads one column of one row until it holds the expected text.

    :param oracle_conn_id: the connection
    :param query: selects the column by key
    :param key: the key's values
    :param expected: the text to wait for
    """

    def __init__(self, *, oracle_conn_id: str, query: str, key: list[Any], expected: str, **patience: Any) -> None:
        super().__init__(**patience, oracle_conn_id=oracle_conn_id, query=query, key=key, expected=expected)
        self.last_without: str | None = None

    async def look(self) -> Answer:
        """Read once; remember when the value was last seen missing, so that the latency has its bounds."""
        asked_at = datetime.now(UTC).isoformat()
        row = await fetch_row_async(self.arguments["oracle_conn_id"], self.arguments["query"], self.arguments["key"])
        found = row[0] if row else None
        facts = {
            "row": bool(row),
            "value": found,
            "seen_at": datetime.now(UTC).isoformat(),
            "last_without": self.last_without,
        }
        if found == self.arguments["expected"]:
            return Answer("success", facts)
        self.last_without = asked_at
        return Answer("not yet", facts)
