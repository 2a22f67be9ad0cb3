"""What `make up` leaves running, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.processes import listening, tree
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
    assert set[str]().union(*map(listening, tree(rehearsal.supervisor.pid))) == {"127.0.0.1"}


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
