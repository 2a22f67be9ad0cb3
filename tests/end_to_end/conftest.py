"""One rehearsal for all tests that need the whole of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from tests.support.rehearsal import Rehearsal, least_policy

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="package")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """Everything up, as `make up` leaves it, with the least policy in AWS; tests trigger as many runs as they like."""
    up = Rehearsal(tmp_path_factory.mktemp("rehearsal"))
    started = up.verb("up")
    if started.returncode:
        raise RuntimeError(f"`up` failed:\n{started.stdout}\n{started.stderr}")
    requests.put(f"{up.aws_control}/iam-policy", data=least_policy(), timeout=5).raise_for_status()
    yield up
    ended = up.verb("down")
    up.verb("fresh")
    assert (ended.returncode, ended.stdout.split(";")[0]) == (0, "Everything is down")
