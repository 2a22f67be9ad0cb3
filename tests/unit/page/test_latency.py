"""The geometry of the latency of many runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from reverse_sync.page.history import PastRun
from reverse_sync.page.latency import BOTTOM, HEIGHT, TOP, latency_chart
from reverse_sync.page.runs import Run
from reverse_sync.page.summary import Summary
from reverse_sync.page.verdicts import look_of

BEGAN = datetime(2026, 11, 22, tzinfo=UTC)


def past(number: int, **latency_s: float) -> PastRun:
    at = BEGAN + timedelta(hours=number)
    run = Run("d", f"r{number}", "success" if latency_s else "failed", at, at, at, 0, "somebody", "")
    look = look_of("proved, complete" if latency_s else "not proved", succeeded=bool(latency_s))
    return PastRun(run, Summary(look, "", "", "", latency_s, None, None, 0))


def chart(*runs: PastRun, limit_s: float = 60) -> Any:
    return latency_chart(runs, limit_s)


def test_more_seconds_are_further_up_and_everything_is_within_the_frame() -> None:
    drawn = chart(past(1, canary=0.0), past(2, canary=0.5), past(3, canary=7), past(4, canary=900))
    ys = [point.y for point in drawn.lines[0].points]
    assert ys == sorted(ys, reverse=True)
    assert all(TOP <= y <= HEIGHT - BOTTOM for y in ys)
    assert ys[2] > drawn.limit.y > ys[3]
    assert drawn.limit.text == "limit 60 s"
    assert [tick.text for tick in drawn.ticks] == ["0.01 s", "0.1 s", "1 s", "10 s", "100 s", "1000 s"]


def test_a_run_that_measured_nothing_parts_the_line_and_is_marked() -> None:
    drawn = chart(past(1, canary=1), past(2, canary=1), past(3), past(4, canary=1), past(5, canary=1))
    assert [path.count("L") for path in drawn.lines[0].paths] == [1, 1]
    assert [column.gap for column in drawn.columns] == [False, False, True, False, False]
    assert drawn.columns[2].look.sign == "✖"
    assert drawn.columns[2].said == "r3: not proved; no latency was measured"


def test_each_run_can_be_clicked_and_says_all_of_its_values() -> None:
    drawn = chart(*(past(number, canary=0.25, CDCLatencySource=2) for number in range(50)))
    assert len({column.href for column in drawn.columns}) == 50
    assert drawn.columns[7].href == "/reverse-sync/dags/d/runs/r7"
    assert drawn.columns[7].said == "r7: proved, complete; canary 0.25 s, CDCLatencySource 2 s"
    assert [len(line.points) for line in drawn.lines] == [50, 50, 0]
