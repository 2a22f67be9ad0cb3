"""Free ports, and the sentence about a taken one."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from rehearsal.port_choice import choose_ports
from rehearsal.ports import PortTakenError, choose, claim, require_free
from tests.support.parts import ROOT


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_taken_port_is_named_with_who_asks_and_what_to_do(taken: int) -> None:
    with pytest.raises(PortTakenError) as error:
        require_free(taken, "the rehearsal's oracle", "REHEARSAL_ORACLE_PORT")
    assert str(error.value) == (
        f"port {taken} on 127.0.0.1, asked for by the rehearsal's oracle, is taken by another process; "
        f"stop that process (`ss -ltnp 'sport = :{taken}'` names it) or choose another port with REHEARSAL_ORACLE_PORT"
    )


def unclaimed() -> int:
    """A free port that no rehearsal has claimed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_preferred_port_gives_way_when_it_is_taken(taken: int) -> None:
    assert choose(taken, avoid=set()) != taken


def test_a_preferred_port_is_used_when_it_is_free(taken: int) -> None:
    free = unclaimed()
    assert choose(free, avoid={free, taken}) != free
    assert choose(free, avoid={taken}) == free


def test_ports_come_from_the_environment_and_never_twice(taken: int) -> None:
    wanted = choose(None, avoid=set())
    ports = choose_ports({"airflow": wanted, "aws": taken}, {"REHEARSAL_ORACLE_PORT": str(wanted)})
    assert ports.oracle == wanted
    chosen = vars(ports).values()
    assert len(set(chosen)) == len(chosen)
    assert taken not in chosen


def test_a_taken_port_of_the_environment_names_its_variable(taken: int) -> None:
    with pytest.raises(
        PortTakenError, match=r"the rehearsal's flightspecials_api, .* with REHEARSAL_FLIGHTSPECIALS_API_PORT"
    ):
        choose_ports({}, {"REHEARSAL_FLIGHTSPECIALS_API_PORT": str(taken)})


def test_two_that_start_at_the_same_moment_never_choose_the_same_port() -> None:
    wanted = unclaimed()
    program = (
        "import sys; from rehearsal.port_choice import choose_ports;"
        f"print(choose_ports({{'oracle': {wanted}}}, {{}}).oracle, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program]
    with (
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first,
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as second,
    ):
        assert first.stdout
        assert second.stdout
        chosen = [int(first.stdout.readline()), int(second.stdout.readline())]
        assert sorted(port == wanted for port in chosen) == [False, True]
        for process in (first, second):
            process.communicate("")
    assert claim(wanted)


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1"])
def test_what_is_no_port_is_refused_with_its_value(text: str) -> None:
    with pytest.raises(PortTakenError, match=f"REHEARSAL_AWS_PORT is '{text}'; a port is a number from 1 to 65535"):
        choose_ports({}, {"REHEARSAL_AWS_PORT": text})
