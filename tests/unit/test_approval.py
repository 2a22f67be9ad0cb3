"""A question to a person: a Yes goes on, a No skips what follows, and both are told with the name."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, TriggerRule
from airflow.sdk.exceptions import DownstreamTasksSkipped

from reverse_sync.approval import ApproveOperator
from reverse_sync.errors import NeedsPersonError
from reverse_sync.pipeline import load
from reverse_sync.pipeline.model import Approvals
from tests.support.records import SHIPPED

AT = datetime(2026, 11, 22, 3, 0, 9, tzinfo=UTC)
PIPELINE = load(SHIPPED)
PERSON = {"id": "7", "name": "김민지"}


def policy(**approvals: Any) -> Any:
    return PIPELINE.model_copy(update={"approvals": Approvals.model_validate(approvals)})


def asking(pipeline: Any, **kwargs: Any) -> ApproveOperator:
    return ApproveOperator(task_id="approve", pipeline=pipeline, question="reboot", subject="Now?", **kwargs)


def answered(choice: str, by: Any = PERSON, approvals: Any = None, **event: Any) -> tuple[Any, dict[str, Any]]:
    """What the task returns or raises, and what it leaves for the evidence."""
    with DAG("asks"):
        approve = asking(policy(**approvals or {}))
        reboot = EmptyOperator(task_id="reboot")
        wait = EmptyOperator(task_id="wait", trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
        approve >> reboot >> wait >> EmptyOperator(task_id="evidence").as_teardown()
    pushed: dict[str, Any] = {}
    ti = SimpleNamespace(map_index=-1, xcom_push=lambda key, value: pushed.update({key: value}))
    context: Any = {"ti": ti, "task": approve}
    answer = {"chosen_options": [choice], "params_input": {}, "responded_at": AT, "responded_by_user": by}
    try:
        return approve.execute_complete(context, event if "error" in event else answer | event), pushed
    except DownstreamTasksSkipped as skipped:
        return skipped, pushed


def test_a_yes_goes_on_and_says_who_gave_it() -> None:
    returned, _ = answered("Approve")
    assert returned == {"outcome": "approved", "what": "by 김민지", "by": "김민지", "at": "2026-11-22 03:00:09+00:00"}


def test_a_no_skips_whatever_follows_but_the_evidence() -> None:
    skipped, pushed = answered("Reject")
    assert sorted(skipped.tasks) == ["reboot", "wait"]
    assert pushed["return_value"]["outcome"] == "rejected"
    assert pushed["return_value"]["by"] == "김민지"


def test_an_answer_without_a_name_is_told_so() -> None:
    assert answered("Approve", by=None)[0]["by"] == "an unknown person"


def test_a_question_that_nobody_answered_fails() -> None:
    with pytest.raises(
        NeedsPersonError, match=r"Nobody has answered 'Now\?' within .*, so it was not done. Clear this"
    ):
        answered("", approvals={"timeout_s": 60}, error="too late", error_type="timeout")


def test_a_question_that_nobody_answered_may_count_as_a_no() -> None:
    policy = {"timeout_s": 3600, "reboot": {"timeout_s": 60, "on_timeout": "reject"}}
    skipped, pushed = answered("Reject", by=None, approvals=policy, timedout=True)
    assert sorted(skipped.tasks) == ["reboot", "wait"]
    assert pushed["return_value"]["outcome"] == "rejected"
    assert pushed["return_value"]["by"] == "nobody: no answer within 60 s (approvals.reboot.timeout_s)"


def test_it_waits_for_as_long_as_it_takes() -> None:
    with DAG("asks", default_args={"execution_timeout": AT - AT}):
        approve = asking(PIPELINE)
    assert approve.execution_timeout is None
    assert approve.response_timeout is None


@pytest.mark.parametrize(
    ("approvals", "told"),
    [
        (
            {},
            "Whoever may edit this DAG's runs may answer. The run waits for as long as it takes; after Reject it ends",
        ),
        (
            {"users": [PERSON], "timeout_s": 3600},
            "Only 김민지 may answer. Without an answer within 3600 s (approvals.timeout_s) the run fails, and this is not",
        ),
        (
            {"users": [PERSON], "timeout_s": 3600, "reboot": {"on_timeout": "reject"}, "repair": {"users": []}},
            "Only 김민지 may answer. Without an answer within 3600 s (approvals.timeout_s) the run ends as after a No, ",
        ),
    ],
)
def test_the_question_says_who_may_answer_and_what_happens_without_an_answer(
    approvals: dict[str, Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    parent = ApproveOperator.__mro__[1]
    monkeypatch.setattr(parent, "execute", lambda operator, _: asked.append(operator.body))
    with DAG("asks"):
        approve = asking(policy(**approvals), body="It breaks.")
    context: Any = {"ti": SimpleNamespace(dag_id="asks", run_id="manual__1")}
    approve.execute(context)
    assert asked[0].startswith(f"It breaks.\n\n{told}")
    assert approve.assigned_users == ([PERSON] if approvals else None)


def test_each_question_has_its_own_policy_where_the_file_names_one() -> None:
    other = {"id": "8", "name": "이서준"}
    approvals = policy(
        users=[PERSON],
        timeout_s=3600,
        repair={"users": [other], "on_timeout": "reject"},
        decommission={"users": [], "timeout_s": None},
    ).approvals
    found = {name: approvals.of(name) for name in ("reboot", "repair", "decommission")}
    assert [(tuple(user.name for user in one.users), one.timeout_s, one.on_timeout) for one in found.values()] == [
        (("김민지",), 3600, "fail"),
        (("이서준",), 3600, "reject"),
        ((), None, "fail"),
    ]
