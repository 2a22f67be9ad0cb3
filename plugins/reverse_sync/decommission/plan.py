"""Which way a decommission goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.steps import PLAN

if TYPE_CHECKING:
    from reverse_sync.results import DecommissionPlan


def next_step(plan: DecommissionPlan | None, canary: str, otherwise: str) -> str:
    """A task that runs has to show that it has caught up; without one, the tables alone have to be the same."""
    return canary if PLAN.needed(plan)["task_runs"] else otherwise
