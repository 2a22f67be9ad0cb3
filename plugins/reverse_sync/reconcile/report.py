"""The outcome of a comparison as a person reads it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from reverse_sync.reconcile.results import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reverse_sync.reconcile.keys import Key
    from reverse_sync.reconcile.results import RowDifference, TableResult

SHOWN = 10
NONE: Mapping[Key, str] = MappingProxyType({})
"""No row differed before."""


def headline(result: TableResult) -> str:
    """One sentence: how many rows of which table are how."""
    scanned = result.scanned
    if result.refused:
        return f"{scanned.table} cannot be compared: {result.refused}"
    rows = f"{'' if result.whole else 'the first '}{_rows(scanned.rows)} of {scanned.table}"
    if not result.differing:
        same = f"{result.equal} the same, {result.moving} changing in every look" if result.moving else "all the same"
        return f"{rows}, {same}{_in_flight(result)}"
    at_least = "at least " if scanned.unresolved else ""
    extra = result.count(Kind.EXTRA)
    counts = ", ".join(f"{result.count(kind)} {kind}" for kind in Kind if kind is not Kind.EXTRA and result.count(kind))
    said = f"{scanned.table} differs from PostgreSQL in {at_least}{result.differing - extra} of {rows}"
    more = f" and has {at_least}{_rows(extra)} that PostgreSQL lacks ({extra} {Kind.EXTRA})" if extra else ""
    return f"{said}{f' ({counts})' if counts else ''}{more}{_in_flight(result)}"


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"


def _in_flight(result: TableResult) -> str:
    were = "was" if result.in_flight == 1 else "were"
    changing = f", of which PostgreSQL kept changing {result.moving}" if result.moving else ""
    return f"; {result.in_flight} {were} in flight{changing}" if result.in_flight else ""


def text(result: TableResult, old: Mapping[Key, str] = NONE) -> str:
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
    if result.refused:
        return
    new_first = sorted(result.differences, key=lambda difference: difference.key in old)
    yield from (f"  {row(difference, old)}" for difference in new_first[:SHOWN])
    if more := result.differing - len(new_first[:SHOWN]):
        yield f"  and {more} more"
    if scanned.stopped:
        yield f"  not every row was compared: {scanned.stopped}"
    if result.unnamed:
        yield f"  {result.unnamed_rows}"
    yield from (f"  compared {how}" for how in scanned.how)
    yield from (f"  not compared: {name}: {why}" for name, why in scanned.left_out.items())
    if result.unconfirmed and result.differences:
        yield f"  {result.unconfirmed}"
    megabytes = scanned.bytes / 1_000_000
    rate = scanned.rows / scanned.seconds if scanned.seconds else 0
    yield f"  {scanned.seconds:.1f} s, {rate:,.0f} rows/s, {megabytes:,.1f} MB in PostgreSQL"
