"""A question to a person, whose No is an answer and not a failure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NotRequired

from airflow.providers.standard.operators.hitl import ApprovalOperator

from reverse_sync.errors import NeedsPersonError
from reverse_sync.notices import run_link, tell
from reverse_sync.results import Outcome
from reverse_sync.task_keywords import TaskKeywords

if TYPE_CHECKING:
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline, Question
    from reverse_sync.results import Answer


class ApprovalKeywords(TaskKeywords):
    """What Airflow's own operator is given.

    :param subject: the question
    :param body: what to know before answering
    """

    subject: str
    body: NotRequired[str]


class ApproveKeywords(ApprovalKeywords):
    """The `**kwargs` of an operator that is an :class:`ApproveOperator`."""

    pipeline: Pipeline
    question: Question


class ApproveOperator(ApprovalOperator):
    """Airflow's approval: after a No, what would follow is skipped, and the evidence says who answered.

    It holds no worker while it waits. Who may answer, how long it waits and what then is `approvals` of the pipeline
    file. Without an answer, nothing of what it asks for is done.

    :param pipeline: the pipeline
    :param question: what it asks for
    """

    def __init__(self, *, pipeline: Pipeline, question: Question, **kwargs: Unpack[ApprovalKeywords]) -> None:
        policy = pipeline.approvals.of(question)
        super().__init__(
            assigned_users=[{"id": user.id, "name": user.name} for user in policy.users] or None,
            response_timeout=timedelta(seconds=policy.timeout_s) if policy.timeout_s else None,
            defaults=self.REJECT if policy.timeout_s and policy.on_timeout == "reject" else None,
            ignore_downstream_trigger_rules=True,
            execution_timeout=None,
            **kwargs,
        )
        self.pipeline = pipeline
        self.question = question
        self.policy = policy

    def execute(self, context: Context) -> Answer | None:
        """Ask, and tell those who want to know."""
        self.body = f"{self.body or ''}\n\n{self._who_and_until()}"
        tell(
            self.pipeline,
            context,
            {
                "pipeline": self.pipeline.name,
                "events": ["approval"],
                "subject": self.subject,
                "reason": self.body,
                "next_step": f"Answer {self.APPROVE} or {self.REJECT} in Airflow, under Required Actions of the run.",
                "link": run_link(context["ti"].dag_id, context["ti"].run_id),
            },
        )
        answer: Answer | None = super().execute(context)
        return answer

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Answer | None:  # the provider's signature
        """The answer, by whom and when.

        :raises NeedsPersonError: where nobody answered in time; nothing that it asks for was done.
        """
        if event.get("error_type") == "timeout":
            raise NeedsPersonError(
                f"Nobody has answered {self.subject!r} within {self._timeout()}, so it was not done. Clear this task "
                "to ask again."
            )
        answer = self._answer(event) if "error" not in event else None
        context["ti"].xcom_push(key="return_value", value=answer)  # the skipping ends the task before it can return
        super().execute_complete(context, event)
        return answer

    def _who_and_until(self) -> str:
        users = ", ".join(user.name for user in self.policy.users)
        who = f"Only {users} may answer." if users else "Whoever may edit this DAG's runs may answer."
        if self.response_timeout is None:
            return f"{who} The run waits for as long as it takes; after {self.REJECT} it ends, and this is not done."
        then = "ends as after a No" if self.policy.on_timeout == "reject" else "fails"
        return f"{who} Without an answer within {self._timeout()} the run {then}, and this is not done."

    def _timeout(self) -> str:
        own = (
            f"{self.question}."
            if "timeout_s" in getattr(self.pipeline.approvals, self.question).model_fields_set
            else ""
        )
        return f"{self.policy.timeout_s:g} s (approvals.{own}timeout_s)"

    def _answer(self, event: dict[str, Any]) -> Answer:  # as Airflow's trigger of a person's answer gives it
        nobody = f"nobody: no answer within {self._timeout()}" if event.get("timedout") else "an unknown person"
        by = (event.get("responded_by_user") or {}).get("name", nobody)
        outcome = Outcome.APPROVED if event["chosen_options"] == [self.APPROVE] else Outcome.REJECTED
        return {"outcome": outcome, "what": f"by {by}", "by": by, "at": str(event["responded_at"])}
