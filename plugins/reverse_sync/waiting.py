"""One way to wait: poll where the task runs, and where the answer is not there yet, poll on from the triggerer.

A waiting task holds no worker: it polls twice there, `AT_ONCE_S` apart, because to defer costs more than that. In the
triggerer the pause between two polls grows from `first_poll_s` by a quarter each time up to `longest_poll_s`; the
deadline is a moment, not a count, so a restarted triggerer does not begin again.
"""

from __future__ import annotations

import abc
import asyncio
import logging
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypedDict, TypeVar, cast

from airflow.sdk import BaseSensorOperator
from airflow.triggers.base import BaseTrigger, TriggerEvent

from reverse_sync.errors import NeedsPersonError
from reverse_sync.task_keywords import TaskKeywords

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.pipeline import Waits

PollStatus = Literal["success", "failure", "not yet"]
F = TypeVar("F")
"""The facts that a trigger sees: a TypedDict."""
R = TypeVar("R")
"""What a sensor returns: one of `reverse_sync.results`."""
Kept: TypeAlias = "Mapping[str, Any]"
"""A dataclass's fields as the metadata database keeps them, JSON; the dataclass is made of them again."""
log = logging.getLogger(__name__)
GROWTH = 1.25
POLL_TIMEOUT_S = 60
AT_ONCE_S = 0.5
"""So long a task waits for the answer before it defers, which takes another process of its own and some two seconds."""


@dataclass(frozen=True)
class PollResult:
    """What a poll brought: `success`, `failure` (it can't succeed any more) or `not yet`, and the facts seen.

    :param could_not_look: why it saw none
    """

    status: PollStatus
    facts: Mapping[str, object] = field(default_factory=dict)
    could_not_look: str = ""

    def as_event(self) -> dict[str, object]:
        """A :class:`PollEvent`, plain JSON."""
        return {"status": self.status, "facts": dict(self.facts), "could_not_look": self.could_not_look}


class PollEvent(TypedDict, Generic[F]):
    """A :class:`PollResult` on its way from the trigger to the sensor that knows the trigger's facts."""

    status: PollStatus
    facts: F
    could_not_look: str


@dataclass(frozen=True)
class PollSchedule:
    """When to poll, and when to give up.

    :param deadline: when to give up, UTC, ISO 8601
    :param first_poll_s: the first pause, seconds
    :param longest_poll_s: the longest pause, seconds
    """

    deadline: str
    first_poll_s: float
    longest_poll_s: float

    @classmethod
    def within(cls, timeout_s: float, first_poll_s: float, longest_poll_s: float) -> PollSchedule:
        """From now on for so many seconds."""
        return cls((datetime.now(UTC) + timedelta(seconds=timeout_s)).isoformat(), first_poll_s, longest_poll_s)


class PollTrigger(BaseTrigger):
    """Polls until the answer is success or failure, or the deadline passes; it observes, and changes nothing.

    A subclass says in :meth:`poll` what to ask, and names in ``arguments`` what it needs for that.

    :param schedule: when to poll; its fields where the triggerer makes the trigger again
    :param arguments: JSON, as the metadata database keeps it; the subclass declares them
    """

    def __init__(self, *, schedule: PollSchedule | Kept, **arguments: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.schedule = schedule if isinstance(schedule, PollSchedule) else PollSchedule(**schedule)
        self.arguments = arguments

    @abc.abstractmethod
    async def poll(self) -> PollResult:
        """Ask once. What it raises, except NeedsPersonError, is taken as an outage that may pass, and noted."""

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The trigger as the metadata database keeps it."""
        return f"{type(self).__module__}.{type(self).__qualname__}", {
            "schedule": asdict(self.schedule),
            **self.arguments,
        }

    async def poll_safely(self) -> PollResult:
        """Ask once; an outage is a result of its own, and so is a poll that takes longer than `POLL_TIMEOUT_S`.

        What only a person can correct (a wrong password) is no outage: asking again might lock the account.
        """
        bound = asyncio.timeout(POLL_TIMEOUT_S)
        try:
            async with bound:
                return await self.poll()
        except NeedsPersonError as error:
            return PollResult("failure", could_not_look=str(error))
        except Exception as error:  # noqa: BLE001 - whatever keeps us from looking may pass; the deadline bounds it
            late = f"no answer within {POLL_TIMEOUT_S} s"
            reason = late if bound.expired() else f"{type(error).__name__}: {error}".strip()
            log.warning("Could not look: %s", reason)
            return PollResult("not yet", could_not_look=reason)

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll until there is an answer, and report it as one event."""
        deadline = datetime.fromisoformat(self.schedule.deadline)
        pause_s = self.schedule.first_poll_s
        while True:
            result = await self.poll_safely()
            remaining_s = (deadline - datetime.now(UTC)).total_seconds()
            if result.status != "not yet" or remaining_s <= 0:
                yield TriggerEvent(result.as_event())
                return
            log.info("Not yet: %s", result.could_not_look or result.facts)
            await asyncio.sleep(min(pause_s, remaining_s))
            pause_s = min(pause_s * GROWTH, self.schedule.longest_poll_s)


class PollSettings(TypedDict):
    """How a :class:`DeferredSensor` waits."""

    first_poll_s: float
    longest_poll_s: float
    timeout_s: float


class WaitKeywords(TaskKeywords, PollSettings):
    """The `**kwargs` of a sensor that is a :class:`DeferredSensor`."""


class DeferredSensor(BaseSensorOperator, Generic[F, R]):
    """A sensor that polls twice at most where it runs, and leaves every further poll to the triggerer.

    :param first_poll_s: the first pause, seconds
    :param longest_poll_s: the longest pause, seconds
    :param timeout_s: how long to wait in all, seconds
    """

    def __init__(self, *, first_poll_s: float, longest_poll_s: float, timeout_s: float, **kwargs: Unpack[TaskKeywords]):
        super().__init__(**kwargs)
        self.first_poll_s = first_poll_s
        self.longest_poll_s = longest_poll_s
        self.timeout_s = timeout_s

    @abc.abstractmethod
    def trigger(self, schedule: PollSchedule, context: Context) -> PollTrigger:
        """The trigger that polls."""

    @abc.abstractmethod
    def explain(self, facts: F) -> str:
        """Why the wait can't succeed: both facts, then the next step."""

    def explain_outage(self, reason: str) -> str:
        """The same where the last poll could not look."""
        return f"The last look brought no answer: {reason}"

    @abc.abstractmethod
    def succeed(self, facts: F, context: Context) -> R:
        """What the task returns once the answer is success."""

    def execute(self, context: Context) -> R:
        """Poll, then defer.

        :raises NeedsPersonError: where it can't succeed any more, or the time is up.
        """
        return self.wait(self.trigger(self.schedule(), context), context)

    def schedule(self) -> PollSchedule:
        """The whole time to wait, from now on."""
        return PollSchedule.within(self.timeout_s, self.first_poll_s, self.longest_poll_s)

    def wait(
        self, trigger: PollTrigger, context: Context, then: Callable[[Context, PollEvent[F]], R] | None = None
    ) -> R:
        """Poll; go on where there is an answer, at once or `AT_ONCE_S` later, otherwise defer.

        :param then: the method of this sensor that goes on with the answer; None: :meth:`execute_complete`
        :raises NeedsPersonError: as :meth:`execute`.
        """
        then = then or self.execute_complete
        result = asyncio.run(trigger.poll_safely())
        if result.status == "not yet" and not result.could_not_look:
            time.sleep(min(AT_ONCE_S, self.first_poll_s))
            result = asyncio.run(trigger.poll_safely())
        if result.status == "not yet":
            seen = result.could_not_look or result.facts
            self.log.info("Not yet: %s. Waiting up to %s s, deferred.", seen, f"{self.timeout_s:g}")
            self.defer(trigger=trigger, method_name=then.__name__)
        return then(context, cast("PollEvent[F]", result.as_event()))

    def execute_complete(self, context: Context, event: PollEvent[F]) -> R:
        """Turn the trigger's event into the task's outcome."""
        return self.succeed(self.facts_of(event), context)

    def facts_of(self, event: PollEvent[F]) -> F:
        """What a successful wait saw.

        :raises NeedsPersonError: where it was not successful.
        """
        if event["status"] == "success":
            return event["facts"]
        outage = event["could_not_look"]
        why = self.explain_outage(outage) if outage else self.explain(event["facts"])
        if event["status"] == "failure":
            raise NeedsPersonError(why)
        raise NeedsPersonError(f"Waited {self.timeout_s:g} s without success. {why}")


def poll_settings(waits: Waits, timeout_s: float) -> PollSettings:
    """A sensor's arguments from the pipeline's `waits`."""
    return {"first_poll_s": waits.first_poll_s, "longest_poll_s": waits.longest_poll_s, "timeout_s": timeout_s}
