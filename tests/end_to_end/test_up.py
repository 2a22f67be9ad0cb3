"""What `make up` leaves running, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil
import pytest

from tests.support.processes import tree, wait_until_gone
from tests.support.rehearsal import Rehearsal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.end_to_end


def test_every_part_is_healthy_and_listens_on_loopback_only(rehearsal: Rehearsal) -> None:
    status = rehearsal.verb("status")
    assert status.returncode == 0
    _, *parts = status.stdout.splitlines()
    assert {line.split()[0]: line.split()[1] for line in parts} == dict.fromkeys(
        ["airflow", "postgres", "oracle", "aws", "flightspecials_api"], "healthy"
    )
    listening = {
        connection.laddr.ip
        for process in tree(rehearsal.supervisor.pid)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_a_second_up_says_that_one_runs(rehearsal: Rehearsal) -> None:
    second = rehearsal.verb("up")
    assert second.returncode == 1
    assert "see it with `make status`, end it with `make down`" in second.stderr
    assert rehearsal.verb("status").returncode == 0


def test_a_given_port_that_is_taken_is_named_and_nothing_is_left(rehearsal: Rehearsal, tmp_path: Path) -> None:
    other = Rehearsal(tmp_path)
    started = other.verb("up", environment={"REHEARSAL_AIRFLOW_PORT": str(rehearsal.ports.airflow)})
    assert started.returncode == 1
    assert started.stderr.startswith(
        f"port {rehearsal.ports.airflow} on 127.0.0.1, asked for by the rehearsal's airflow,"
    )
    assert not other.layout.in_use()


def test_two_runs_in_a_row_prove_the_row_and_only_the_first_changes_anything(rehearsal: Rehearsal) -> None:
    first, state = rehearsal.run({"canary_text": "London to 부산"})
    assert state == "success"
    second, state = rehearsal.run()
    assert state == "success"
    assert rehearsal.tasks(first)["postgres.reboot"]["state"] == "success"
    assert rehearsal.tasks(second)["postgres.reboot"]["state"] == "skipped"
    assert rehearsal.postgres("SELECT header FROM travelbuddy.flightspecial WHERE id = 1") == [("London to Paris",)]


def test_a_command_gets_the_connections_of_what_is_up(rehearsal: Rehearsal, tmp_path: Path) -> None:
    program = "from airflow.sdk import Connection; print(Connection.get('flightspecials_postgres').port)"
    found = rehearsal.verb("exec", "--", "python", "-c", program)
    assert (found.returncode, found.stdout.split()) == (0, [str(rehearsal.ports.postgres)])
    alone = Rehearsal(tmp_path).verb("exec", "--", "python", "-c", program)
    assert (alone.returncode, alone.stdout) == (1, "")
    assert "nothing is up whose connections the command could use; start it with `make up`" in alone.stderr


def test_nothing_to_stop_or_show_is_said_so(tmp_path: Path) -> None:
    nothing = Rehearsal(tmp_path)
    assert (nothing.verb("down").stdout, nothing.verb("down").returncode) == ("Nothing is up.\n", 0)
    status = nothing.verb("status")
    assert (status.stdout, status.returncode) == ("Nothing is up; start it with `make up`.\n", 1)


@pytest.mark.parametrize("victim", ["supervise", "airflow scheduler"])
def test_a_killed_process_takes_everything_with_it(tmp_path: Path, victim: str) -> None:
    doomed = Rehearsal(tmp_path)
    assert doomed.verb("up").returncode == 0
    started = tree(doomed.supervisor.pid)
    try:
        [killed] = [process for process in started if victim in process.cmdline()]
        killed.kill()
        assert wait_until_gone(started) == []
        assert doomed.verb("status").returncode == 1
    finally:
        assert doomed.verb("down").returncode == 0
    assert list(doomed.home.glob("*/cluster")) == []
