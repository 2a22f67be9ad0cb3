"""The target's BEFORE INSERT triggers: they would give replicated rows other ids than their source rows have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from airflow.sdk import BaseOperator

from reverse_sync.catalog.database import fetch_all
from reverse_sync.errors import NeedsPersonError
from reverse_sync.oracle.session import oracle_session
from reverse_sync.sql import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from airflow.sdk import Context

# https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/ALL_TRIGGERS.html
ENABLED = """
    SELECT OWNER, TRIGGER_NAME, TABLE_OWNER, TABLE_NAME FROM ALL_TRIGGERS
    WHERE TABLE_OWNER = :1 AND TABLE_NAME = :2 AND STATUS = 'ENABLED'
      AND TRIGGER_TYPE = 'BEFORE EACH ROW' AND TRIGGERING_EVENT LIKE '%INSERT%'
    ORDER BY OWNER, TRIGGER_NAME
"""


class InsertTrigger(NamedTuple):
    """An enabled BEFORE INSERT row trigger."""

    owner: str
    name: str
    table_owner: str
    table: str

    def __str__(self) -> str:
        return f"{self.owner}.{self.name} on {self.table_owner}.{self.table}"


def enabled_triggers(connection: Any, tables: Iterable[Mapping[str, Any]]) -> list[InsertTrigger]:
    """The enabled BEFORE INSERT row triggers of the target tables."""
    return [InsertTrigger(*row) for table in tables for row in fetch_all(connection, ENABLED, list(table["target"]))]


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
        tables: Any,
        policy: Literal["disable", "stop"],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.oracle_conn_id = oracle_conn_id
        self.tables = tables
        self.policy = policy

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Look, disable or stop, and say which.

        :raises NeedsPersonError: where the policy is `stop` and there is such a trigger, or Oracle forbids to alter it.
        :raises ReverseSyncError: where Oracle does not answer.
        """
        with oracle_session(self.oracle_conn_id) as connection:
            found = enabled_triggers(connection, self.tables)
            if not found:
                return {"outcome": "left alone", "why": "no BEFORE INSERT row trigger is enabled"}
            return self._judge(connection, found)

    def _judge(self, connection: Any, found: list[InsertTrigger]) -> dict[str, Any]:
        from oracledb import Error

        names = ", ".join(map(str, found))
        if self.policy == "stop":
            raise NeedsPersonError(
                f"Oracle would rewrite the ids of replicated rows: enabled BEFORE INSERT trigger {names}, but "
                "oracle.insert_triggers is 'stop'. Disable it yourself, or set the key to 'disable'."
            )
        for trigger in found:
            try:
                with connection.cursor() as cursor:
                    cursor.execute(f"ALTER TRIGGER {quoted(trigger.owner, trigger.name)} DISABLE")
            except Error as error:
                raise NeedsPersonError(
                    f"The trigger {trigger} must be disabled, but Oracle answers: {str(error).splitlines()[0]}. Grant "
                    f"ALTER ANY TRIGGER to the user of {self.oracle_conn_id!r}, or disable it yourself, then clear "
                    "this task."
                ) from None
        return {"outcome": "changed", "what": f"disabled {names}"}
