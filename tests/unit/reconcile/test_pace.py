"""A comparison is no faster than allowed, and waits while replication falls behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reverse_sync.pipeline import Pipeline, load
from reverse_sync.reconcile import pace
from reverse_sync.reconcile.pace import Pace
from tests.support.parts import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    return clock


@pytest.fixture
def lag(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], int]], None]:
    """Sets how many bytes replication lags behind."""

    def use(bytes_now: Callable[[], int]) -> None:
        monkeypatch.setattr(pace, "lag_bytes", lambda *_: bytes_now())
        monkeypatch.setattr(pace, "known_slot", lambda _: None)

    use(lambda: 0)
    return use


def pipeline(**settings: object) -> Pipeline:
    found = load(Path(ROOT / "include" / "pipelines" / "flightspecials.yaml"))
    return found.model_copy(update={"reconciliation": found.reconciliation.model_copy(update=settings)})


def test_rows_a_second_are_kept(clock: Clock, lag: Callable[[Callable[[], int]], None]) -> None:
    told: list[tuple[int, int, float]] = []
    before_range = Pace(pipeline(rows_per_s=100), lambda *progress: told.append(progress))
    for rows in (0, 1000, 3000):
        before_range(rows, 2500)
    assert clock.now == pytest.approx(30)
    assert told == [(0, 2500, 0.0), (1000, 2500, 100.0), (3000, 3000, 100.0)]


def test_progress_is_told_once_a_second_and_at_the_end(clock: Clock, lag: Callable[[Callable[[], int]], None]) -> None:
    asked: list[float] = []

    def no_lag() -> int:
        asked.append(clock.now)
        return 0

    lag(no_lag)
    told: list[tuple[int, int, float]] = []
    pace = Pace(pipeline(), lambda *progress: told.append(progress))
    for rows in range(0, 5000, 500):
        pace(rows, 5000)
        clock.now += 0.25
    pace.ended(5000)
    assert told == [(0, 5000, 0.0), (2000, 5000, 2000.0), (4000, 5000, 2000.0), (5000, 5000, 2000.0)]
    assert asked == [0, 1, 2]


def test_without_a_limit_nothing_waits(clock: Clock, lag: Callable[[Callable[[], int]], None]) -> None:
    Pace(pipeline(rows_per_s=None), lambda *_: None)(10**9, 10**9)
    assert clock.now == 0


@pytest.mark.parametrize(("caught_up_s", "waited_s"), [(10, 15), (10_000, 120)])
def test_a_lag_is_waited_for_until_its_timeout(
    clock: Clock, lag: Callable[[Callable[[], int]], None], caught_up_s: int, waited_s: int
) -> None:
    lag(lambda: 0 if clock.now >= caught_up_s else 2**30)
    Pace(pipeline(lag_limit_mb=1, lag_timeout_s=120), lambda *_: None)(0, 1)
    assert waited_s - 5 <= clock.now <= waited_s + 15
