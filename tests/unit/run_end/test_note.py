"""The verdict in the note of a run, beside what a person wrote there."""

import pytest

from reverse_sync.run_end.note import LONGEST, with_verdict


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (None, "Verdict: Proved."),
        ("", "Verdict: Proved."),
        ("부산행, asked for by BI", "부산행, asked for by BI\nVerdict: Proved."),
        ("before\nVerdict: Not proved.\nafter", "before\nafter\nVerdict: Proved."),
        ("Verdict: Not proved.", "Verdict: Proved."),
    ],
)
def test_the_verdict_is_one_line_and_the_rest_stays(note: str | None, expected: str) -> None:
    assert with_verdict(note, "Proved.") == expected
    assert with_verdict(expected, "Proved.") == expected


def test_a_verdict_of_several_lines_is_one() -> None:
    assert with_verdict(None, "Not proved:\n  a\n  b") == "Verdict: Not proved: a b"


@pytest.mark.parametrize("note", [None, "x" * 300, "x" * (LONGEST - 1), "x" * LONGEST])
def test_it_fits_airflow_s_limit_and_a_person_s_words_are_kept_whole(note: str | None) -> None:
    text = with_verdict(note, "y" * 2 * LONGEST)
    assert len(text) <= LONGEST
    assert text.startswith(note[: LONGEST - 1] if note else "Verdict: ")
