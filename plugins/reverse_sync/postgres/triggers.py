"""Ask PostgreSQL until it answers with the settings that logical replication needs, or can't any more."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from reverse_sync.postgres.server import look, shortcomings
from reverse_sync.waiting import PollResult, PollTrigger

if TYPE_CHECKING:
    from reverse_sync.waiting import Kept, PollSchedule


class PostgresSettingsTrigger(PollTrigger):
    """Asks PostgreSQL for its settings until they are right.

    Wrong settings of a server that has restarted since `seen_start` are a failure: nothing but another restart changes
    them. Before that restart they are what they were, so it is waited for.

    :param postgres_conn_id: the connection to ask over
    :param seen_start: the server's start time that this run saw before its reboot, ISO 8601
    """

    def __init__(self, *, postgres_conn_id: str, seen_start: str, schedule: PollSchedule | Kept) -> None:
        super().__init__(schedule=schedule, postgres_conn_id=postgres_conn_id, seen_start=seen_start)

    async def poll(self) -> PollResult:
        """Ask once; psycopg2 blocks, so it asks from a thread."""
        settings = await asyncio.to_thread(look, self.arguments["postgres_conn_id"])
        if not shortcomings(settings):
            return PollResult("success", settings)
        restarted = datetime.fromisoformat(settings["started_at"]) > datetime.fromisoformat(
            self.arguments["seen_start"]
        )
        return PollResult("failure" if restarted else "not yet", settings)
