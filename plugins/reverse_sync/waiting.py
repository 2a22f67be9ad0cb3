"""One way to wait: look, and where the answer is not there yet, look again from the triggerer.

A waiting task holds no worker. The pause between two looks grows from `first_poll_s` by a quarter each time up to
`longest_poll_s`; the deadline is a moment, not a count, so a restarted triggerer does not begin again.
"""

from __future__ import annotations

import abc
import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from airflow.sdk import BaseSensorOperator
from airflow.triggers.base import BaseTrigger, TriggerEvent

from reverse_sync.errors import NeedsPersonError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from airflow.sdk import Context

    from reverse_sync.pipeline import Waits

log = logging.getLogger(__name__)
GROWTH = 1.25
LOOK_TIMEOUT_S = 60


@dataclass(frozen=True)
class Answer:
    """What a look brought: `success`, `failure` (it can't succeed any more) or `not yet`, and the facts seen."""

    status: Literal["success", "failure", "not yet"]
    facts: dict[str, Any] = field(default_factory=dict)


class LookTrigger(BaseTrigger):
    """Looks until the answer is success or failure, or the deadline passes.

    A subclass says in :meth:`look` what to look at, and names in ``arguments`` what it needs for that.

    :param deadline: when to give up, UTC, ISO 8601
    :param first_poll_s: the first pause, seconds
    :param longest_poll_s: the longest pause, seconds
    """

    def __init__(self, *, deadline: str, first_poll_s: float, longest_poll_s: float, **arguments: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.deadline = deadline
        self.first_poll_s = first_poll_s
        self.longest_poll_s = longest_poll_s
        self.arguments = arguments

    @abc.abstractmethod
    async def look(self) -> Answer:
        """Look once. What it raises, except NeedsPersonError, is taken as an outage that may pass, and noted."""

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The trigger as the metadata database keeps it."""
        return f"{type(self).__module__}.{type(self).__qualname__}", {
            "deadline": self.deadline,
            "first_poll_s": self.first_poll_s,
            "longest_poll_s": self.longest_poll_s,
            **self.arguments,
        }

    async def look_safely(self) -> Answer:
        """Look once; an outage is an answer of its own, and so is a look that takes longer than `LOOK_TIMEOUT_S`.

        What only a person can mend (a wrong password) is no outage: looking again might lock the account.
        """
        bound = asyncio.timeout(LOOK_TIMEOUT_S)
        try:
            async with bound:
                return await self.look()
        except NeedsPersonError as error:
            return Answer("failure", {"could not look": str(error)})
        except Exception as error:  # noqa: BLE001 - whatever keeps us from looking may pass; the deadline bounds it
            late = f"no answer within {LOOK_TIMEOUT_S} s"
            reason = late if bound.expired() else f"{type(error).__name__}: {error}".strip()
            log.warning("Could not look: %s", reason)
            return Answer("not yet", {"could not look": reason})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look until there is an answer, and report it as one event."""
        deadline = datetime.fromisoformat(self.deadline)
        pause_s = self.first_poll_s
        while True:
            answer = await self.look_safely()
            remaining_s = (deadline - datetime.now(UTC)).total_seconds()
            if answer.status != "not yet" or remaining_s <= 0:
                yield TriggerEvent({"status": answer.status, "facts": answer.facts})
                return
            log.info("Not yet: %s", answer.facts)
            await asyncio.sleep(min(pause_s, remaining_s))
            pause_s = min(pause_s * GROWTH, self.longest_poll_s)


class DeferredSensor(BaseSensorOperator):
    """A sensor that looks once where it runs, and leaves every further look to the triggerer.

    :param first_poll_s: the first pause, seconds
    :param longest_poll_s: the longest pause, seconds
    :param timeout_s: how long to wait in all, seconds
    """

    def __init__(self, *, first_poll_s: float = 1, longest_poll_s: float = 5, timeout_s: float = 1800, **kwargs: Any):
        super().__init__(**kwargs)
        self.first_poll_s = first_poll_s
        self.longest_poll_s = longest_poll_s
        self.timeout_s = timeout_s

    @abc.abstractmethod
    def trigger(self, patience: dict[str, Any], context: Context) -> LookTrigger:
        """The trigger that looks; `patience` holds its deadline and pauses."""

    @abc.abstractmethod
    def explain(self, facts: dict[str, Any]) -> str:
        """Why the wait can't succeed: both facts, then the next step."""

    def succeed(self, facts: dict[str, Any], context: Context) -> Any:  # noqa: ARG002 - for subclasses
        """What the task returns once the answer is success."""
        return {"outcome": "found", **facts}

    def execute(self, context: Context) -> Any:
        """Look once, then defer.

        :raises NeedsPersonError: where it can't succeed any more, or the time is up.
        """
        patience = {
            "deadline": (datetime.now(UTC) + timedelta(seconds=self.timeout_s)).isoformat(),
            "first_poll_s": self.first_poll_s,
            "longest_poll_s": self.longest_poll_s,
        }
        trigger = self.trigger(patience, context)
        answer = asyncio.run(trigger.look_safely())
        if answer.status == "not yet":
            self.log.info("Not yet: %s. Waiting up to %s s, deferred.", answer.facts, f"{self.timeout_s:g}")
            self.defer(trigger=trigger, method_name="execute_complete")
        return self.execute_complete(context, {"status": answer.status, "facts": answer.facts})

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Turn the trigger's event into the task's outcome."""
        facts = event["facts"]
        if event["status"] == "success":
            return self.succeed(facts, context)
        if event["status"] == "failure":
            raise NeedsPersonError(self.explain(facts))
        raise NeedsPersonError(f"Waited {self.timeout_s:g} s in vain. {self.explain(facts)}")


def patience(waits: Waits, timeout_s: float) -> dict[str, Any]:
    """A sensor's arguments from the pipeline's `waits`."""
    return {"first_poll_s": waits.first_poll_s, "longest_poll_s": waits.longest_poll_s, "timeout_s": timeout_s}
