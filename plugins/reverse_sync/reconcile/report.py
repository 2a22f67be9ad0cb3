"""The outcome of a comparison as a person reads it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reverse_sync.reconcile.keys import Key
    from reverse_sync.reconcile.results import RowDifference, TableResult

SHOWN = 10
_NONE: Mapping[Key, str] = MappingProxyType({})


def headline(result: TableResult) -> str:
    """One sentence: how many rows of which table are how."""
    scanned = result.scanned
    rows = f"{'' if result.whole else 'the first '}{scanned.rows} rows of {scanned.table}"
    in_flight = f"; {result.in_flight} were in flight" if result.in_flight else ""
    if not result.differences:
        return f"{rows}, all the same{in_flight}"
    counts = ", ".join(
        f"{count} {state}" for state, count in result.counts.items() if count and state not in ("equal", "in flight")
    )
    at_least = "at least " if scanned.stopped else ""
    return (
        f"{scanned.table} differs from PostgreSQL in {at_least}{len(result.differences)} of {rows} "
        f"({counts}{in_flight})"
    )


def text(result: TableResult, old: Mapping[Key, str] = _NONE) -> str:
    """The headline, and what it rests on.

    :param old: of rows that differed before, since when
    """
    return "\n".join(_lines(result, old))


def row(difference: RowDifference, old: Mapping[Key, str]) -> str:
    """One row that differs, and since when if it is an old difference."""
    since = old.get(difference.key)
    return f"{difference} (since {since})" if since else str(difference)


def _lines(result: TableResult, old: Mapping[Key, str]) -> Iterator[str]:
    scanned = result.scanned
    yield headline(result)
    new_first = sorted(result.differences, key=lambda difference: difference.key in old)
    yield from (f"  {row(difference, old)}" for difference in new_first[:SHOWN])
    if len(result.differences) > SHOWN:
        yield f"  and {len(result.differences) - SHOWN} more"
    if scanned.stopped:
        yield f"  not every row was compared: {scanned.stopped}"
    yield from (f"  compared {how}" for how in scanned.how)
    yield from (f"  not compared: {name}: {why}" for name, why in scanned.left_out.items())
    if result.unconfirmed and result.differences:
        yield f"  {result.unconfirmed}"
    megabytes = scanned.bytes / 1_000_000
    rate = scanned.rows / scanned.seconds if scanned.seconds else 0
    yield f"  {scanned.seconds:.1f} s, {rate:,.0f} rows/s, {megabytes:,.1f} MB in PostgreSQL"
