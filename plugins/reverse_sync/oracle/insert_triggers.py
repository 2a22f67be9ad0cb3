"""The target's BEFORE INSERT triggers: they would give replicated rows other ids than their source rows have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from airflow.sdk import BaseOperator

from reverse_sync.catalog.oracle import read_triggers
from reverse_sync.errors import NeedsPersonError
from reverse_sync.oracle.session import oracle_session
from reverse_sync.results import Outcome
from reverse_sync.sql import quoted
from reverse_sync.steps import SELECT_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.catalog.database import Connection
    from reverse_sync.catalog.oracle import Trigger
    from reverse_sync.results import Result, SelectedTable
    from reverse_sync.task_keywords import TaskKeywords


def insert_triggers(connection: Connection, tables: Iterable[SelectedTable]) -> list[Trigger]:
    """The BEFORE INSERT row triggers of the target tables, enabled or not."""
    wanted = {tuple(table["target"]) for table in tables}
    return [
        trigger
        for owner in sorted({owner for owner, _ in wanted})
        for trigger in read_triggers(connection, owner)
        if (trigger.schema, trigger.table) in wanted and trigger.before_insert
    ]


def switch(connection: Connection, trigger: Trigger, state: Literal["ENABLE", "DISABLE"]) -> None:
    """Enable or disable a trigger."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TRIGGER {quoted(trigger.owner, trigger.name)} {state}")


class OracleInsertTriggersOperator(BaseOperator):
    """Disables the enabled BEFORE INSERT row triggers of the target tables, or stops with an error that names them.

    "Turn off triggers" on the target while DMS writes to it:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_BestPractices.html

    :param oracle_conn_id: a connection whose user may alter the triggers
    :param tables: the selected tables, as :class:`SelectTablesOperator` returns them; a template
    :param policy: `disable` or `stop`
    """

    template_fields: Sequence[str] = ("oracle_conn_id", "tables", "policy")

    def __init__(
        self,
        *,
        oracle_conn_id: str,
        tables: list[SelectedTable] | None,
        policy: Literal["disable", "stop"],
        **kwargs: Unpack[TaskKeywords],
    ) -> None:
        super().__init__(**kwargs)
        self.oracle_conn_id = oracle_conn_id
        self.tables = tables
        self.policy = policy

    def execute(self, context: Context) -> Result:  # noqa: ARG002
        """Look, disable or stop, and say which.

        :raises NeedsPersonError: where the policy is `stop` and there is such a trigger, or Oracle forbids to alter it.
        :raises ReverseSyncError: where Oracle does not answer.
        """
        tables = SELECT_TABLES.needed(self.tables)
        with oracle_session(self.oracle_conn_id) as connection:
            found = [trigger for trigger in insert_triggers(connection, tables) if trigger.enabled]
            if not found:
                return {"outcome": Outcome.LEFT_ALONE, "why": "no BEFORE INSERT row trigger is enabled"}
            return self._judge(connection, found)

    def _judge(self, connection: Connection, found: list[Trigger]) -> Result:
        from oracledb import Error

        names = ", ".join(map(str, found))
        if self.policy == "stop":
            raise NeedsPersonError(
                f"Oracle would rewrite the ids of replicated rows: enabled BEFORE INSERT trigger {names}, but "
                "oracle.insert_triggers is 'stop'. Disable it yourself, or set the key to 'disable'."
            )
        for trigger in found:
            try:
                switch(connection, trigger, "DISABLE")
            except Error as error:
                raise NeedsPersonError(
                    f"The trigger {trigger} must be disabled, but Oracle answers: {str(error).splitlines()[0]}. Grant "
                    f"ALTER ANY TRIGGER to the user of {self.oracle_conn_id!r}, or disable it yourself, then clear "
                    "this task."
                ) from None
        return {"outcome": Outcome.CHANGED, "what": f"disabled {names}"}
