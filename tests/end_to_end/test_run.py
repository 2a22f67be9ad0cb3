"""`make rehearse`: the whole procedure, once, watched from outside."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.long import only_long
from tests.support.processes import tree, wait_until_gone
from tests.support.rehearsal import Rehearsal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.end_to_end


def test_it_proves_the_row_prints_the_report_and_leaves_nothing_running(tmp_path: Path) -> None:
    rehearsal = Rehearsal(tmp_path)
    done = rehearsal.verb("run")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert any(line.split()[:2] == ["verify.compare_row", "success"] for line in lines)
    skipped = [line.split()[0] for line in lines if line.split()[1:2] == ["skipped"]]
    assert {"verify.approve_repair", "verify.repair"} <= set(skipped), "nobody asked for a repair"
    told = next(line for line in lines if line.split()[:1] == ["travelbuddy.flightspecial"])
    assert "updates 0 -> " in told, "statistics of the first start, before and after"
    proved = "Proved, complete: a changed row holds the same values in Oracle."
    assert any(line.startswith(proved) for line in lines)
    [record] = rehearsal.layout.rehearse.evidence.glob("*_reverse_sync/*.json")
    assert json.loads(record.read_text())["verdict"]["succeeded"] is True
    assert not rehearsal.layout.rehearse.in_use()
    assert list(tmp_path.glob("**/cluster")) == []


@only_long
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_ended_in_the_middle_of_a_run_it_leaves_nothing_running(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    rehearsal = Rehearsal(tmp_path)
    with rehearsal.start("run") as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.split()[:1] == ["preflight.check"]:
                break
        started = tree(process.pid)
        assert len(started) > 15
        process.send_signal(number)
        assert process.wait(15) == status
        assert wait_until_gone(started) == []
    assert rehearsal.verb("fresh").returncode == 0
    assert list(tmp_path.glob("**/cluster")) == []
