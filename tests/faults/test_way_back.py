"""The way back of the shipped pipeline, with writers until the switch: Oracle has every row, and takes over."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.long import only_long
from tests.support.parts import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]


@only_long
def test_the_old_application_takes_over_and_nothing_is_missing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rehearsal", "--home", str(tmp_path), "run", "--scenario", "way-back"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    written = re.search(r"The switch: (\d+) calls of the API and (\d+) new rows", done.stdout)
    assert written
    assert min(map(int, written.groups())) > 0
    assert "Taken down, complete: nothing of the pipeline is left." in done.stdout
    assert f"PostgreSQL has {11 + int(written[2])} rows, Oracle {11 + int(written[2])}; 0 are missing" in done.stdout
    ids = re.search(r"The old application wrote to Oracle: id (\d+), the highest before it was (\d+)\.", done.stdout)
    assert ids
    assert int(ids[1]) == int(ids[2]) + 1
    assert "Replication slots left in PostgreSQL: 0." in done.stdout
