"""Which ends of processes are kept, how they are told, and when a process that keeps ending stays down."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from rehearsal.deaths import MOST_RESTARTS, Deaths

if TYPE_CHECKING:
    from pathlib import Path


def test_a_death_is_told_with_its_reason_and_the_end_of_its_log_by_another_process_too(tmp_path: Path) -> None:
    log = tmp_path / "oracle.log"
    log.write_text("ready\n부산\n")
    Deaths(tmp_path).note("oracle", -signal.SIGKILL, log)
    [death] = Deaths(tmp_path).all()
    text = (
        f"{death.time}  oracle ended (killed by SIGKILL) and was started again; the end of {log}:\n    ready\n    부산"
    )
    assert str(death) == text


def test_what_keeps_ending_stays_down(tmp_path: Path) -> None:
    deaths = Deaths(tmp_path)
    restarted = [deaths.note("aws", 1, tmp_path / "none").restarted for _ in range(MOST_RESTARTS + 2)]
    assert restarted == [True] * MOST_RESTARTS + [False, False]
    assert deaths.note("oracle", 1, tmp_path / "none").restarted
    assert "aws ended (exit 1) and stays down" in str(deaths.all()[-2])


def test_a_new_life_forgets_the_deaths_of_the_last(tmp_path: Path) -> None:
    deaths = Deaths(tmp_path)
    for _ in range(MOST_RESTARTS + 1):
        deaths.note("aws", 1, tmp_path / "none")
    deaths.forget()
    assert deaths.all() == []
    assert deaths.note("aws", 1, tmp_path / "none").restarted
