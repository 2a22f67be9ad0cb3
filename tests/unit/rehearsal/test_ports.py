"""Free ports, and the sentence about a taken one."""

import socket
from collections.abc import Iterator

import pytest

from rehearsal.port_choice import choose_ports
from rehearsal.ports import PortTakenError, choose, require_free


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


def test_a_preferred_port_gives_way_when_it_is_taken(taken: int) -> None:
    assert choose(taken, avoid=set()) != taken


def test_a_preferred_port_is_used_when_it_is_free(taken: int) -> None:
    free = choose(None, avoid={taken})
    assert choose(free, avoid=set()) == free
    assert choose(free, avoid={free}) != free


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


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1"])
def test_what_is_no_port_is_refused_with_its_value(text: str) -> None:
    with pytest.raises(PortTakenError, match=f"REHEARSAL_AWS_PORT is '{text}'; a port is a number from 1 to 65535"):
        choose_ports({}, {"REHEARSAL_AWS_PORT": text})
