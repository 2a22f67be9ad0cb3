"""Airflow's own SQL operator on a session that can't hang, and with failures in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

from reverse_sync.postgres.session import bounded_hook, readable_postgres_errors

if TYPE_CHECKING:
    from airflow.providers.common.sql.hooks.sql import DbApiHook
    from airflow.sdk import Context


class PostgresQueryOperator(SQLExecuteQueryOperator):
    """SQLExecuteQueryOperator as :func:`reverse_sync.postgres.session.postgres_session` connects.

    :param conn_id: the connection to PostgreSQL
    """

    def get_db_hook(self) -> DbApiHook:
        """The hook, bounded."""
        return bounded_hook(str(self.conn_id))

    def execute(self, context: Context) -> object:
        """Run the statements.

        :raises ReverseSyncError: where PostgreSQL does not answer, or refuses.
        """
        with readable_postgres_errors(str(self.conn_id)):
            return super().execute(context)  # type: ignore[no-untyped-call]
