"""The latency of many runs as the geometry of an SVG: seconds upwards on a logarithmic scale, one column a run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.health.latency import METRICS
from reverse_sync.page.addresses import run_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reverse_sync.page.history import PastRun
    from reverse_sync.page.verdicts import Look

WIDTH, HEIGHT = 760.0, 200.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 14.0, 30.0
SHORTEST_S = 0.01
SERIES = ("canary", *METRICS)


class Point(NamedTuple):
    """One measured value."""

    x: float
    y: float


class Line(NamedTuple):
    """One series: its points, and the paths between those of runs that follow each other."""

    name: str
    points: list[Point]
    paths: list[str]


class Column(NamedTuple):
    """One run: the place that can be clicked, what is said of it, and whether it left a gap."""

    x: float
    width: float
    middle: float
    href: str
    said: str
    look: Look
    gap: bool


class Tick(NamedTuple):
    """A line of the scale."""

    y: float
    text: str


class Chart(NamedTuple):
    """Everything that the template draws."""

    width: float
    height: float
    left: float
    right: float
    bottom: float
    lines: list[Line]
    columns: list[Column]
    ticks: list[Tick]
    limit: Tick


def latency_chart(runs: Sequence[PastRun], limit_s: float) -> Chart:
    """The chart of these runs, the oldest on the left.

    :param limit_s: the limit that the health check measures against
    """
    measured = [run.summary.latency_s if run.summary else {} for run in runs]
    longest_s = max([limit_s, *(seconds for one in measured for seconds in one.values())]) * 1.5
    scale = _Scale(math.log10(SHORTEST_S), math.log10(longest_s))
    width = (WIDTH - LEFT - RIGHT) / max(len(runs), 1)
    middles = [LEFT + width * (place + 0.5) for place in range(len(runs))]
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        bottom=HEIGHT - BOTTOM,
        lines=[_line(name, measured, middles, scale) for name in SERIES],
        columns=[
            _column(run, latency_s, middle, width)
            for run, latency_s, middle in zip(runs, measured, middles, strict=True)
        ],
        ticks=[Tick(scale.y(seconds), f"{seconds:g} s") for seconds in _rounds(longest_s)],
        limit=Tick(scale.y(limit_s), f"limit {limit_s:g} s"),
    )


class _Scale(NamedTuple):
    lowest: float
    highest: float

    def y(self, seconds: float) -> float:
        share = (math.log10(max(seconds, SHORTEST_S)) - self.lowest) / (self.highest - self.lowest)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP), 1)


def _line(name: str, measured: Sequence[dict[str, float]], middles: Sequence[float], scale: _Scale) -> Line:
    pieces: list[list[Point]] = [[]]
    for one, middle in zip(measured, middles, strict=True):
        if name in one:
            pieces[-1].append(Point(round(middle, 1), scale.y(one[name])))
        elif pieces[-1]:
            pieces.append([])
    paths = ["M" + " L".join(f"{point.x} {point.y}" for point in piece) for piece in pieces if len(piece) > 1]
    return Line(name, [point for piece in pieces for point in piece], paths)


def _column(run: PastRun, latency_s: dict[str, float], middle: float, width: float) -> Column:
    values = ", ".join(f"{name} {latency_s[name]:.3g} s" for name in SERIES if name in latency_s)
    return Column(
        x=round(middle - width / 2, 1),
        width=round(width, 1),
        middle=round(middle, 1),
        href=run_page(run.run.dag_id, run.run.run_id),
        said=f"{run.run.run_id}: {run.look.words}; {values or 'no latency was measured'}",
        look=run.look,
        gap=run.run.ended and "canary" not in latency_s,
    )


def _rounds(longest_s: float) -> list[float]:
    """Powers of ten within the scale."""
    return [10.0**power for power in range(-2, math.floor(math.log10(longest_s)) + 1)]
