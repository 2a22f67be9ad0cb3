"""Whether the run reboots PostgreSQL: one look at its settings, and the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.standard.operators.branch import BaseBranchOperator

from reverse_sync.errors import NeedsPersonError
from reverse_sync.postgres.server import look, shortcomings
from reverse_sync.results import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.pipeline import RebootPolicy
    from reverse_sync.results import ReplicationSettings, ServerSettingsResult
    from reverse_sync.task_keywords import TaskKeywords


class DecideRebootOperator(BaseBranchOperator):
    """Looks at PostgreSQL's settings and start time in one query, and lets the run go on with the reboot or past it.

    :param postgres_conn_id: the connection that asks PostgreSQL
    :param reboot_task: the id of the task that goes on where a reboot follows
    :param otherwise: the id of the task that goes on where none does
    """

    template_fields: Sequence[str] = ("postgres_conn_id",)

    def __init__(
        self, *, postgres_conn_id: str, reboot_task: str, otherwise: str, **kwargs: Unpack[TaskKeywords]
    ) -> None:
        super().__init__(**kwargs)
        self.postgres_conn_id = postgres_conn_id
        self.reboot_task = reboot_task
        self.otherwise = otherwise

    def execute(self, context: Context) -> ServerSettingsResult:
        """The settings, the start time, and whether a reboot follows.

        :raises ReverseSyncError: where PostgreSQL does not answer.
        :raises NeedsPersonError: where a reboot is needed and the policy forbids it.
        """
        settings = look(self.postgres_conn_id)
        reason = reason_to_reboot(context["params"]["reboot"], settings)
        seen: ServerSettingsResult = {
            "outcome": Outcome.FOUND,
            "what": f"a reboot follows: {reason}" if reason else "no reboot is needed",
            "shared_preload_libraries": settings["shared_preload_libraries"],
            "wal_level": settings["wal_level"],
            "started_at": settings["started_at"],
        }
        context["ti"].xcom_push(key="return_value", value=seen)  # the skipping ends the task before it can return
        self.do_branch(context, self.reboot_task if reason else self.otherwise)
        return seen


def reason_to_reboot(policy: RebootPolicy, settings: ReplicationSettings) -> str | None:
    """Why the run reboots PostgreSQL; None where it does not.

    :raises NeedsPersonError: where a reboot is needed and the policy forbids it.
    """
    wrong = "; ".join(shortcomings(settings))
    if policy == "never" and wrong:
        raise NeedsPersonError(
            f"PostgreSQL needs a reboot ({wrong}) but the reboot policy is 'never'. Reboot the instance yourself, or "
            "trigger the DAG with the policy 'when_needed'."
        )
    return wrong or ("the reboot policy is 'always'" if policy == "always" else None)
