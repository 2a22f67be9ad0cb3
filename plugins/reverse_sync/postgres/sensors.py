"""Wait until PostgreSQL answers with the settings that logical replication needs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from reverse_sync.postgres.server import look, shortcomings
from reverse_sync.waiting import Answer, DeferredSensor, LookTrigger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context


class PostgresSettingsTrigger(LookTrigger):
    """Asks PostgreSQL for its settings until they are right.

    :param postgres_conn_id: the connection to ask over
    """

    def __init__(self, *, postgres_conn_id: str, **patience: Any) -> None:
        super().__init__(**patience, postgres_conn_id=postgres_conn_id)

    async def look(self) -> Answer:
        """Ask once; psycopg2 blocks, so it asks from a thread."""
        settings = await asyncio.to_thread(look, self.arguments["postgres_conn_id"])
        return Answer("not yet" if shortcomings(settings) else "success", settings)


class PostgresSettingsSensor(DeferredSensor):
    """Waits, deferred, until pglogical is preloaded and the WAL is logical."""

    template_fields: Sequence[str] = ("postgres_conn_id",)

    def __init__(self, *, postgres_conn_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.postgres_conn_id = postgres_conn_id

    def trigger(self, patience: dict[str, Any], context: Context) -> LookTrigger:  # noqa: ARG002
        """Ask over the connection."""
        return PostgresSettingsTrigger(postgres_conn_id=self.postgres_conn_id, **patience)

    def explain(self, facts: dict[str, Any]) -> str:
        """What PostgreSQL answers, against what it must."""
        if "wal_level" not in facts:
            reason = facts.get("could not look", facts)
            return f"PostgreSQL should answer over {self.postgres_conn_id!r} after its reboot, but: {reason}"
        return (
            f"PostgreSQL answers, but {' and '.join(shortcomings(facts))}. Put rds.logical_replication=1 and "
            "shared_preload_libraries=pglogical in the parameter group that the instance uses (a reboot applies them), "
            "then run the DAG again."
        )
