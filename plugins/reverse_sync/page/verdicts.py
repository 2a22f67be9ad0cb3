"""How a verdict looks: a sign and words, so that its colour is never the only sign."""

from __future__ import annotations

from typing import NamedTuple

from reverse_sync.evidence.verdict import RunOutcome


class Look(NamedTuple):
    """The name of a colour in the style sheet, the sign, and the words."""

    tone: str
    sign: str
    words: str


UNDER_WAY = Look("live", "▶", "under way")
WAITING = Look("live", "⏲", "not begun")
NO_RECORD = Look("bad", "?", "no record")
UNREADABLE = Look("bad", "?", "record can't be read")
NEVER_RAN = Look("none", "·", "no run yet")

_LOOKS = {
    RunOutcome.COMPLETE: Look("good", "✔", RunOutcome.COMPLETE),
    RunOutcome.INCOMPLETE: Look("part", "◐", RunOutcome.INCOMPLETE),
    RunOutcome.NOT_PROVED: Look("bad", "✖", RunOutcome.NOT_PROVED),
    RunOutcome.STOPPED: Look("stop", "■", "stopped by a person"),
    RunOutcome.REJECTED: Look("stop", "⊘", "rejected by a person"),
}
_BUT = Look("bad", "✖", "proved, but something failed")


def look_of(outcome: str, *, succeeded: bool) -> Look:
    """The look of an outcome as the record names it; a row that was proved in a run that failed is no good news."""
    look = _LOOKS.get(RunOutcome(outcome)) if outcome in set(RunOutcome) else UNREADABLE
    assert look is not None  # noqa: S101 - every outcome has one
    return _BUT if look.tone in ("good", "part") and not succeeded else look
