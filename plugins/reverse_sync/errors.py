"""The few errors of this project. Each message states the facts that disagree, then the next step.

"X should be A, but is B: do C." A message crosses process borders as a text (XCom, record, Airflow's log, mail), so
:func:`reason_of` finds its three parts in the text; a house test holds every message to that form.
"""

from __future__ import annotations

import re

from typing_extensions import TypedDict  # the record's schema is made from it

# How a next step begins.
_STEP = re.compile(
    r"(?:Then |Once [^.]*, |To [^.,]*, |After [^.,]* )?"
    r"(?:add|approve|bring|check|choose|clear|compare|correct|create|delete|disable|do|find|give|grant|install|let|load|look|make"
    r"|mend|name|put|raise|reboot|renew|restart|run|see|set|stop|take|the next try|trigger|wait)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.:;?] ")
_BUT = re.compile(r",? but:? ")
_NO_STEP = "Read this task's log, correct what it names, then clear this task."


class Reason(TypedDict):
    """Why something failed: what was expected, what was found instead, and what to do about it."""

    expected: str
    found: str
    do: str


class ReverseSyncError(Exception):
    """Something a person has to look at; the message is all that person needs."""


class PipelineError(ReverseSyncError, ValueError):
    """A pipeline file, or a file it names, can't be used."""


class NeedsPersonError(ReverseSyncError):
    """Another try can't help (drift, a missing resource, a wait whose time is up): the task is not retried."""


class StatementRefusedError(NeedsPersonError):
    """A database refuses one statement, or lacks what it names: of the same login others may succeed."""


class UnmappableRowError(NeedsPersonError):
    """A row holds what the mapping makes no value of; only its table can't be compared."""


class StatementFailedError(ReverseSyncError):
    """A database answers, but with an error: another try, or a statement about another table, may fare better."""


class SlowQueryError(StatementFailedError):
    """A query of the comparison did not end in time; those of other tables may."""


OF_ONE_TABLE = (StatementRefusedError, UnmappableRowError)
"""What keeps one table from being compared until a person has looked at it, and no other table."""


class NotProvedError(NeedsPersonError):
    """The change did not arrive in Oracle, or arrived different."""


def reason_of(message: str, task: str) -> Reason:
    """The parts of a message; together they have every word of it.

    :param task: the task that failed; that it succeeds is expected where the message names no other expectation
    """
    at = _next_step(message)
    facts, do = (message, _NO_STEP) if at is None else (message[:at], message[at:])
    facts = facts.rstrip().removesuffix(":").removesuffix(";")
    first_sentence = facts.partition("\n")[0].partition(". ")[0]
    if but := _BUT.search(first_sentence):
        return {"expected": facts[: but.start()], "found": facts[but.end() :], "do": _sentence(do)}
    return {"expected": f"{task} succeeds", "found": facts, "do": _sentence(do)}


def _next_step(message: str) -> int | None:
    """Where the next step begins: a line that begins with it, or the first clause of the last line that has one."""
    starts = [0, *(found.end() for found in re.finditer("\n", message))]
    for start in starts[1:]:
        if _STEP.match(message, start):
            return start
    for start in reversed(starts):
        end = message.find("\n", start)
        clauses = _CLAUSE.finditer(message, start, len(message) if end < 0 else end)
        if step := next((found.end() for found in clauses if _STEP.match(message, found.end())), None):
            return step
    return None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
