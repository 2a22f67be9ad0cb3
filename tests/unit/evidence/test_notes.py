"""What a task notes for the evidence when it ends."""

from types import SimpleNamespace
from typing import Any

import pytest

from reverse_sync.evidence.notes import note_attempts, note_failure


def noted(callback: Any, try_number: int, **context: Any) -> dict[str, Any]:
    pushed: dict[str, Any] = {}
    ti = SimpleNamespace(try_number=try_number, xcom_push=lambda key, value: pushed.update({key: value}))
    callback({"ti": ti, **context})
    return pushed


@pytest.mark.parametrize(("try_number", "expected"), [(1, {}), (3, {"attempts": 3})])
def test_a_success_notes_its_attempts_where_it_took_several(try_number: int, expected: dict[str, Any]) -> None:
    assert noted(note_attempts, try_number) == expected


def test_a_failure_notes_its_reason_and_its_attempts() -> None:
    error = ValueError("Oracle does not answer")
    assert noted(note_failure, 4, exception=error) == {"failure": "Oracle does not answer", "attempts": 4}
    assert noted(note_failure, 1, exception=KeyError()) == {"failure": "KeyError"}
