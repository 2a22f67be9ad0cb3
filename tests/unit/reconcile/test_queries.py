"""Buckets of positions: the number that SQL computes of a position, and the positions that a bucket has."""

from hypothesis import given
from hypothesis import strategies as st

from reverse_sync.reconcile.queries import Span, ranges_of

_BIGINT = st.integers(-(2**63), 2**63 - 1)


@st.composite
def _spans(draw: st.DrawFn) -> tuple[Span, int]:
    """A span, and a position in it."""
    low, position, last = sorted((draw(_BIGINT), draw(_BIGINT), draw(_BIGINT)))
    return Span(low, last + 1, draw(st.integers(1, last - low + 2))), position


def _bucket(position: int, span: Span) -> int:
    """As both databases compute it: https://www.postgresql.org/docs/current/functions-math.html (towards zero)."""
    from_zero = abs(position - span.zero) // span.width
    return from_zero if position >= span.zero else -from_zero


@given(_spans())
def test_a_bucket_has_the_positions_of_its_number(given_: tuple[Span, int]) -> None:
    span, position = given_
    low, high = span.part(_bucket(position, span))
    assert span.low <= low <= position < high <= span.high
    assert {_bucket(low, span), _bucket(high - 1, span)} == {_bucket(position, span)}
    assert [_bucket(beside, span) for beside in (low - 1, high) if span.low <= beside < span.high] == [
        _bucket(position, span) + step for step, beside in ((-1, low - 1), (1, high)) if span.low <= beside < span.high
    ]


@given(_spans())
def test_a_narrow_span_is_computed_in_bigints(given_: tuple[Span, int]) -> None:
    span, position = given_
    assert span.is_wide or 0 <= position - span.zero < 2**63


def test_neighbours_are_read_as_one_range() -> None:
    assert ranges_of(Span(1000, 1300, 64), [15, 16, 18]) == [(1000, 1088), (1152, 1216)]
    assert ranges_of(Span(-10, 100, 50), [2, 0]) == [(-10, 40), (90, 100)]
