"""Whether the run is to repair rows that differ: what a person chose in the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.standard.operators.branch import BaseBranchOperator

from reverse_sync.results import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.results import Result
    from reverse_sync.task_keywords import TaskKeywords


class DecideRepairOperator(BaseBranchOperator):
    """Skips the question and the repair where the run asks for none, so that it ends without waiting for either.

    :param how: `none`, `oracle` or `touch`; a template
    :param question: the id of the task that goes on where a repair is asked for
    """

    template_fields: Sequence[str] = ("how",)

    def __init__(self, *, how: str, question: str, **kwargs: Unpack[TaskKeywords]) -> None:
        super().__init__(**kwargs)
        self.how = how
        self.question = question

    def execute(self, context: Context) -> Result:
        """Whether rows that differ are repaired, once a person approves."""
        asked = self.how != "none"
        decided: Result = {
            "outcome": Outcome.FOUND,
            "what": f"the parameter repair is {self.how!r}: rows that differ are "
            + ("repaired once a person approves" if asked else "named only"),
        }
        context["ti"].xcom_push(key="return_value", value=decided)  # the skipping ends the task before it can return
        self.do_branch(context, self.question if asked else None)
        return decided
