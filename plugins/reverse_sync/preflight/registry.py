"""The checks: functions that a decorator registers, in the order in which they are defined."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reverse_sync.preflight.finding import NOTHING, Finding, Group

if TYPE_CHECKING:
    from reverse_sync.preflight.cutover import Cutover

CheckFunction = Callable[["Cutover"], Iterable[Finding]]
Need = Literal["mapping", "source", "target", "target_login", "rds", "dms", "apis"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its code is the function's name, its summary the function's docstring.

    `accepted_by` is the key of the pipeline file that lets a run go on past its errors, or NOTHING.
    """

    code: str
    group: Group
    summary: str
    link: str
    needs: frozenset[Need]
    function: CheckFunction
    accepted_by: str = NOTHING


CHECKS: list[Check] = []


def check(
    group: Group, link: str, *needs: Need, accepted_by: str = NOTHING
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function as a check of `group` that can look only where it has all that it `needs`."""

    def register(function: CheckFunction) -> CheckFunction:
        code = function.__name__.replace("_", "-")
        summary = " ".join((function.__doc__ or "").split())
        CHECKS.append(Check(code, group, summary, link, frozenset(needs), function, accepted_by))
        return function

    return register
