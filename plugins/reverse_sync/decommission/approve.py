"""The question to a person before a pipeline is taken down: what there is, and what of it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.approval import ApproveOperator
from reverse_sync.steps import PLAN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.approval import ApproveKeywords
    from reverse_sync.results import Answer, DecommissionPlan


class ApproveDecommissionOperator(ApproveOperator):
    """Asks a person whether what the plan names is to be taken down.

    :param plan: what :class:`~reverse_sync.decommission.operators.PlanOperator` returned; a template
    """

    template_fields: Sequence[str] = (*ApproveOperator.template_fields, "plan")

    def __init__(self, *, plan: DecommissionPlan | None, **kwargs: Unpack[ApproveKeywords]) -> None:
        super().__init__(**kwargs)
        self.plan = plan

    def execute(self, context: Context) -> Answer | None:
        """Ask, with the plan.

        :raises NeedsPersonError: where a person marked the task that plans: nobody can approve what is not named.
        """
        self.body = PLAN.needed(self.plan)["text"]
        return super().execute(context)
