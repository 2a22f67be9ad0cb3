"""One rehearsal for all tests that need the whole of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.rehearsal import Rehearsal

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """Everything up, as `make up` leaves it; tests trigger as many runs as they like."""
    up = Rehearsal(tmp_path_factory.mktemp("rehearsal"))
    started = up.verb("up")
    if started.returncode:
        raise RuntimeError(f"`up` failed:\n{started.stdout}\n{started.stderr}")
    yield up
    ended = up.verb("down")
    assert (ended.returncode, ended.stdout) == (0, "Everything is down.\n")
