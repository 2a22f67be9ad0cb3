"""One way to wait: poll twice, defer the rest, give up at a moment."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from airflow.sdk.exceptions import TaskDeferred

from reverse_sync.errors import NeedsPersonError
from reverse_sync.waiting import DeferredSensor, PollResult, PollSchedule, PollSettings, PollTrigger

ANSWERS: list[PollResult | Exception] = []


class Scripted(PollTrigger):
    """PollResults what the test wrote down, and the last answer for ever."""

    async def poll(self) -> PollResult:
        answer = ANSWERS.pop(0) if len(ANSWERS) > 1 else ANSWERS[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


POLLS: PollSettings = {"first_poll_s": 1, "longest_poll_s": 5, "timeout_s": 1800}


class Sensor(DeferredSensor[dict[str, Any], Any]):
    """Waits for the script."""

    def trigger(self, schedule: PollSchedule, context: Any) -> PollTrigger:
        return Scripted(schedule=schedule, what="row")

    def succeed(self, facts: dict[str, Any], context: Any) -> Any:
        return {"outcome": "found", **facts}

    def explain(self, facts: dict[str, Any]) -> str:
        return f"it should be there but is {facts}"


def script(*answers: PollResult | Exception) -> None:
    ANSWERS[:] = answers


def event_of(trigger: PollTrigger) -> Any:
    async def first() -> Any:
        async for event in trigger.run():
            return event.payload
        raise AssertionError("no event")

    return asyncio.run(first())


def trigger(timeout_s: float = 60) -> Scripted:
    return Scripted(schedule=PollSchedule.within(timeout_s, 0.01, 0.02), what="row")


def test_an_answer_at_the_first_poll_needs_no_triggerer() -> None:
    script(PollResult("success", {"status": "available"}))
    assert Sensor(task_id="wait", **POLLS).execute({}) == {"outcome": "found", "status": "available"}


def test_an_answer_at_the_second_poll_needs_no_triggerer_either() -> None:
    script(PollResult("not yet"), PollResult("success", {"status": "available"}))
    assert Sensor(task_id="wait", **POLLS).execute({}) == {"outcome": "found", "status": "available"}


def test_an_outage_is_left_to_the_triggerer_at_once() -> None:
    script(OSError("connection refused"), PollResult("success"))
    with pytest.raises(TaskDeferred):
        Sensor(task_id="wait", **POLLS).execute({})


def test_what_is_not_there_yet_is_left_to_the_triggerer() -> None:
    script(PollResult("not yet", {"status": "rebooting"}))
    with pytest.raises(TaskDeferred) as deferred:
        Sensor(task_id="wait", first_poll_s=2, longest_poll_s=9, timeout_s=60).execute({})
    kept = deferred.value.trigger.serialize()[1]
    schedule = kept["schedule"]
    assert (schedule["first_poll_s"], schedule["longest_poll_s"], kept["what"]) == (2, 9, "row")
    assert 55 < (datetime.fromisoformat(schedule["deadline"]) - datetime.now(UTC)).total_seconds() <= 60


def test_what_cannot_come_any_more_fails_at_once() -> None:
    script(PollResult("failure", {"status": "failed"}))
    with pytest.raises(NeedsPersonError, match=r"it should be there but is .*failed"):
        Sensor(task_id="wait", **POLLS).execute({})


def test_the_trigger_polls_until_there_is_an_answer() -> None:
    script(PollResult("not yet"), PollResult("not yet"), PollResult("success", {"row": 1}))
    assert event_of(trigger()) == {"status": "success", "facts": {"row": 1}, "could_not_look": ""}


def test_an_outage_passes() -> None:
    script(OSError("connection refused"), PollResult("success", {"row": 1}))
    assert event_of(trigger()) == {"status": "success", "facts": {"row": 1}, "could_not_look": ""}


def test_an_outage_that_lasts_is_named_when_the_time_is_up() -> None:
    script(OSError("connection refused"))
    event = event_of(trigger(timeout_s=0.05))
    assert event == {"status": "not yet", "facts": {}, "could_not_look": "OSError: connection refused"}
    with pytest.raises(
        NeedsPersonError,
        match=r"Waited 30 s without success\. The last look brought no answer: OSError: connection refused",
    ):
        Sensor(task_id="wait", first_poll_s=1, longest_poll_s=5, timeout_s=30).execute_complete({}, event)


def test_what_only_a_person_can_mend_is_no_outage() -> None:
    script(NeedsPersonError("wrong password"))
    event = event_of(trigger())
    assert event == {"status": "failure", "facts": {}, "could_not_look": "wrong password"}


def test_a_poll_that_hangs_is_given_up_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(Scripted):
        async def poll(self) -> PollResult:
            answer = await super().poll()
            if answer.status == "not yet":
                await asyncio.Event().wait()
            return answer

    monkeypatch.setattr("reverse_sync.waiting.POLL_TIMEOUT_S", 0.05)
    script(PollResult("not yet"), PollResult("success", {"row": 1}))
    hanging = Hanging(schedule=PollSchedule.within(60, 0.01, 0.02))
    assert event_of(hanging) == {"status": "success", "facts": {"row": 1}, "could_not_look": ""}

    script(PollResult("not yet"))
    hanging = Hanging(schedule=PollSchedule.within(0, 0.01, 0.02))
    assert event_of(hanging) == {"status": "not yet", "facts": {}, "could_not_look": "no answer within 0.05 s"}


def test_a_restarted_triggerer_keeps_the_deadline() -> None:
    script(PollResult("not yet", {"n": 1}))
    path, arguments = trigger(timeout_s=-1).serialize()
    assert path.endswith("Scripted")
    assert event_of(Scripted(**arguments)) == {"status": "not yet", "facts": {"n": 1}, "could_not_look": ""}


def test_pauses_grow_up_to_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("reverse_sync.waiting.asyncio.sleep", sleep)
    script(*[PollResult("not yet")] * 6, PollResult("success"))
    event_of(Scripted(schedule=PollSchedule.within(3600, 1, 2)))
    assert pauses == [1, 1.25, 1.5625, 1.953125, 2, 2]
