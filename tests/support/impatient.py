"""The shipped pipeline for tests with trouble in them: it asks, waits and tries again in seconds, not minutes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.support.parts import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

IMPATIENT = {
    "  count: 3\n  first_delay_s: 10\n  longest_delay_s: 300": "  count: 12\n  first_delay_s: 1\n  longest_delay_s: 10",
    "  longest_poll_s: 5 ": "  longest_poll_s: 2 ",
    "_timeout_s: 1800": "_timeout_s: 90",
    "canary_timeout_s: 300": "canary_timeout_s: 60",
}


def impatient_include(folder: Path, more: Mapping[str, str] | None = None) -> Path:
    """A copy of include/ in ``folder``, with those words of the pipeline file replaced, and ``more`` of them."""
    include = shutil.copytree(ROOT / "include", folder / "include")
    file = include / "pipelines" / "flightspecials.yaml"
    text = file.read_text(encoding="utf-8")
    for found, replacement in {**IMPATIENT, **(more or {})}.items():
        assert found in text
        text = text.replace(found, replacement)
    file.write_text(text, encoding="utf-8")
    return include
