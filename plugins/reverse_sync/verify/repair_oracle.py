"""Rows that differ written in Oracle as PostgreSQL holds them, each only while it still is as it was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.oracle.insert_triggers import insert_triggers
from reverse_sync.oracle.session import oracle_session

if TYPE_CHECKING:
    from collections.abc import Sequence

    import oracledb

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.keys import Key
    from reverse_sync.reconcile.repair import Statement
    from reverse_sync.reconcile.results import RowDifference
    from reverse_sync.reconcile.table import OpenTable
    from reverse_sync.results import SelectedTable
    from reverse_sync.verify.corrected import Corrected


class OracleRepair:
    """Runs the statements of the repair script, a batch a transaction.

    :param table: the table, whose enabled insert triggers would give rows other values
    """

    where = "in Oracle"

    def __init__(self, pipeline: Pipeline, table: SelectedTable) -> None:
        self._connection = pipeline.oracle.connection
        self._table = table

    def correct(self, comparison: OpenTable, batch: Sequence[RowDifference], corrected: Corrected) -> None:
        """Write these rows and commit; what was left alone, and why, is added to `corrected`.

        :raises ReverseSyncError: where Oracle does not answer; nothing of the batch is written then.
        """
        statements = corrected.unchanged(batch, *comparison.correcting(batch))
        with oracle_session(self._connection) as connection:
            triggers = [str(trigger) for trigger in insert_triggers(connection, [self._table]) if trigger.enabled]
            written = 0
            for statement in statements:
                if why := _unwritable(statement, triggers) or _refused(connection, statement):
                    corrected.skipped[statement.key] = why
                else:
                    written += 1
            connection.commit()
        corrected.repaired += written


def _unwritable(statement: Statement, triggers: Sequence[str]) -> str:
    if statement.inserts and triggers:
        return f"the insert trigger {', '.join(triggers)} is enabled and would give the new row other values"
    return statement.why_not


def _refused(connection: oracledb.Connection, statement: Statement) -> str:
    """Run one statement; why it changed nothing, empty where it did. Oracle takes back what a refused one began."""
    from oracledb import DatabaseError

    from reverse_sync.oracle.session import is_outage

    key: Key = statement.key
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement.sql)
            return "" if cursor.rowcount else f"Oracle's row {', '.join(key)} has changed since it was seen"
    except DatabaseError as error:
        if is_outage(error):
            raise
        return f"Oracle refuses it: {str(error).splitlines()[0]}"
