"""Which tests run in one process where several processes share the work."""

from __future__ import annotations

import re
from pathlib import Path

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

TESTS = Path(__file__).parents[1]
# Takes the fixture of tests/end_to_end/conftest.py.
_TAKES_REHEARSAL = re.compile(r"def test_\w+\([^)]*\brehearsal: Rehearsal\b")


# Two processes have a rehearsal each, so that neither takes much longer than all other tests together.
_FIRST = frozenset({"test_browser.py", "test_permissions.py", "test_retry.py", "test_up.py"})


class SharedRehearsalScheduling(LoadFileScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """A file's tests run in one process, and those that share a rehearsal, which takes half a minute to start, too.

    https://pytest-xdist.readthedocs.io/en/stable/distribution.html
    """

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return SHARING.get(file, file)


SHARING = {
    f"tests/end_to_end/{file.name}": "the first rehearsal" if file.name in _FIRST else "the second rehearsal"
    for file in TESTS.joinpath("end_to_end").glob("test_*.py")
    if _TAKES_REHEARSAL.search(file.read_text(encoding="utf-8"))
}
