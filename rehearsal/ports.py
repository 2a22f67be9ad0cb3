"""Loopback ports: free ones, and one clear sentence about a taken one."""

import atexit
import os
import random
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
# Where the parts listen: elsewhere only in a container, whose network is its own.
LISTEN = os.environ.get("REHEARSAL_LISTEN") or LOOPBACK

_FIRST = 15000


class PortTakenError(RuntimeError):
    """A port that was asked for by number is in use; the message names it, who asks for it, and what to do."""


def require_free(port: int, who: str, setting: str) -> None:
    """Raise PortTakenError when something listens on ``port``; ``setting`` is what the user changes then."""
    if not _is_free(port):
        raise PortTakenError(
            f"port {port} on {LOOPBACK}, asked for by {who}, is taken by another process; "
            f"stop that process (`ss -ltnp 'sport = :{port}'` names it) or choose another port with {setting}"
        )


def choose(preferred: int | None, avoid: set[int]) -> int:
    """``preferred`` where it is free and nobody claimed it, otherwise any such port that is not in ``avoid``."""
    if preferred is not None and preferred not in avoid and _is_free(preferred) and claim(preferred):
        return preferred
    while (port := _any_free()) in avoid or not claim(port):
        pass
    return port


def claim(port: int) -> bool:
    """Have the port for this process among all rehearsals of the machine, before anything listens there.

    Two that start at the same moment both find a port free; of an abstract socket's name (unix(7)) there is only one,
    and the kernel takes it back when the process ends.
    """
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0reverse-sync-port-{port}")
    except OSError:
        name.close()
        return False
    atexit.register(name.close)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def _any_free() -> int:
    """Below the range from which the kernel takes ports for outgoing connections: it may take them before we listen."""
    while not _is_free(port := random.randrange(_FIRST, _first_outgoing())):  # noqa: S311  # no secret
        pass
    return port


def _first_outgoing() -> int:
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    return first if first > _FIRST else 65536
