"""What tests do with the two tables of the stage, and with what a task left in Oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.aws_stage import eventually

if TYPE_CHECKING:
    from tests.support.aws_stage import Stage

LOGGED = {"Logging": {"EnableLogging": True}}


def behaviour(**policies: Any) -> dict[str, Any]:
    """Task settings with these error policies, and a log."""
    return LOGGED | {"ErrorBehavior": policies}


def run_sql(stage: Stage, *statements: str) -> None:
    """Change something in PostgreSQL, each statement in a transaction of its own."""
    with stage.postgres() as postgres:
        for statement in statements:
            postgres.execute(statement.encode())


def names(stage: Stage) -> dict[int, str]:
    """Oracle's items, by id."""
    return dict(stage.oracle_rows("SELECT ID, NAME FROM ITEM"))


def arrived(stage: Stage, expected: dict[int, str]) -> None:
    """Wait until Oracle has these items and no other."""
    eventually(lambda: names(stage), lambda found: found == expected)


def exceptions(stage: Stage, arn: str) -> list[tuple[str, str]]:
    """Statement and error of what the task could not apply, in the order of its errors."""
    query = 'SELECT "TASK_NAME", "STATEMENT", "ERROR" FROM "DMSUSER"."awsdms_apply_exceptions" ORDER BY "ERROR_TIME"'
    found = stage.oracle_rows(query, user="dmsuser")
    return [(statement, error) for task, statement, error in found if task == arn.rpartition(":")[2]]


def caught_up(stage: Stage, timeout_s: float = 60) -> None:
    """Wait until all that is written now was applied: the worker confirms its position after Oracle's commit."""
    with stage.postgres() as postgres:
        [now] = postgres.execute("SELECT pg_current_wal_lsn()::text").fetchone() or [""]
        query = "SELECT bool_and(confirmed_flush_lsn >= %s::pg_lsn) FROM pg_replication_slots WHERE active"
        eventually(lambda: (postgres.execute(query, [now]).fetchone() or [False])[0], timeout_s=timeout_s)
