"""The page on an empty database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.page import Page, mounted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """The page, and what it reads."""
    yield from mounted(tmp_path, monkeypatch)
