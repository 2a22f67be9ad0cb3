"""Patterns: what they mean, and that an index finds the same as trying each."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from reverse_sync.table_mapping.patterns import PatternIndex, as_name, has_wildcard, matches

PATTERNS = st.lists(
    st.sampled_from(["a", "b", "_", "%", "[_]", "[ab]", "[a-d]", "[%]", "[!]", "[!a]", "*", "?", "[", "]", "한"]),
    max_size=5,
).map("".join)
NAMES = st.text("ab_%[]!*?한", max_size=5)


@given(st.lists(PATTERNS, max_size=6), NAMES)
@example(["a[_]b", "a_b", "a%"], "a_b")
@example(["[ab]x", "[_]"], "[ab]x")
def test_an_index_finds_what_trying_each_pattern_finds(patterns: list[str], name: str) -> None:
    index: PatternIndex[int] = PatternIndex()
    for number, pattern in enumerate(patterns):
        index.add(pattern, number)
    assert sorted(index.matching(name)) == [n for n, pattern in enumerate(patterns) if matches(pattern, name)]


def test_a_set_of_one_character_is_that_character() -> None:
    assert matches("flight[_]log", "flight_log")
    assert not matches("flight[_]log", "flight1log")
    assert (as_name("flight[_]log"), has_wildcard("flight[_]log")) == ("flight_log", False)
    assert matches("[!]x", "!x")
    assert has_wildcard("flight[_1]log")
