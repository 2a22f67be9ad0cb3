"""Truncated, random and mutated packets close that connection at worst: never the server, nor another session.

`ORACLE_FUZZ_PACKETS` sets how many packets the run sends (`make faults` and the release checks: 100,000).
"""

from __future__ import annotations

import os
import random
import socket
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import oracledb
import pytest

from tests.support.oracle import Oracle
from tests.support.parts import free_port, part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PACKETS = int(os.environ.get("ORACLE_FUZZ_PACKETS", "4000"))
_SEED = 20270304


class Proxy:
    """Stands between a genuine client and the server: records what the client sends, and can speak in its place."""

    def __init__(self, oracle: Oracle):
        self.packets: list[bytes] = []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(10)
            self.server = socket.create_connection(("127.0.0.1", oracle.port))
            arriving: list[oracledb.Connection] = []
            dsn = f"127.0.0.1:{listener.getsockname()[1]}/XE"
            login = threading.Thread(target=lambda: arriving.append(oracle.connect(dsn=dsn)))
            login.start()
            self._client, _ = listener.accept()
        self._pumps = [
            threading.Thread(target=self._pump, args=(self.server, self._client, [])),
            threading.Thread(target=self._pump, args=(self._client, self.server, self.packets)),
        ]
        for pump in self._pumps:
            pump.start()
        login.join()
        self.connection = arriving[0]

    def close(self) -> None:
        """Hang up on both sides."""
        for one in (self.server, self._client):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for pump in self._pumps:
            pump.join()
        self.server.close()
        self._client.close()
        with suppress(oracledb.Error):
            self.connection.close()

    def _pump(self, source: socket.socket, target: socket.socket, record: list[bytes]) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                record.append(data)
                target.sendall(data)


@pytest.fixture
def own_oracle(tmp_path: Path) -> Iterator[Oracle]:
    """A stand-in that only this test attacks."""
    port = free_port()
    with part("oracle", "--home", tmp_path / "home", "--port", port, log=tmp_path / "log") as process:
        yield Oracle(port, process.pid, tmp_path / "log")


def _conversation(oracle: Oracle) -> list[bytes]:
    proxy = Proxy(oracle)
    connection = proxy.connection
    connection.module = "fuzz"
    cursor = connection.cursor()
    for number in range(4):
        cursor.execute("SELECT id, header FROM flightspecial WHERE id > :1", [number]).fetchmany(3)
    cursor.executemany("UPDATE flightspecial SET cost = :1 WHERE id = :2", [(1, 3), (None, 99)])
    connection.createlob(oracledb.DB_TYPE_CLOB, "text").read()
    connection.rollback()
    connection.ping()
    proxy.close()
    return proxy.packets


def _mutate(chance: random.Random, packet: bytes) -> bytes:
    data = bytearray(packet)
    kind = chance.randrange(5)
    if kind == 0:
        return bytes(data[: chance.randrange(len(data) + 1)])
    if kind == 1:
        body = chance.randbytes(chance.randrange(1, 200))
        return struct.pack(">IBBH", len(body) + 10, chance.choice((1, 6, 6, 6, 12, 14)), 0, 0) + b"\0\0" + body
    for _ in range(chance.randrange(1, 8)):
        at = chance.randrange(8 if kind == 2 else 0, len(data)) if len(data) > 8 else 0
        data[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF, chance.randrange(256)))
    if kind == 3:
        at = chance.randrange(len(data))
        data[at:at] = chance.randbytes(chance.randrange(1, 20))
    if kind == 4 and len(data) > 12:
        del data[chance.randrange(8, len(data)) :]
        data[:4] = struct.pack(">I", len(data))
    return bytes(data)


def _attack(oracle: Oracle, conversation: list[bytes], packets: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # to be repeatable is the point
    sent = 0
    while sent < packets:
        with socket.create_connection(("127.0.0.1", oracle.port)) as peer:
            peer.settimeout(0.05)
            try:
                # Get as far as the mutation is to happen, in step with the server, then send garbage until it hangs up.
                for packet in conversation[: chance.randrange(min(4, len(conversation)))]:
                    peer.sendall(packet)
                    peer.recv(65536)
                burst = chance.randrange(1, 25)
                peer.sendall(b"".join(_mutate(chance, chance.choice(conversation)) for _ in range(burst)))
                sent += burst
            except OSError:
                sent += 1


def _attack_logged_in(oracle: Oracle, conversation: list[bytes], packets: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # to be repeatable is the point
    sent = 0
    while sent < packets:
        proxy = Proxy(oracle)
        for _ in range(100):
            try:
                proxy.server.sendall(_mutate(chance, chance.choice(conversation[5:])))
                sent += 1
            except OSError:
                break
        proxy.close()


def test_garbage_closes_its_own_connection_at_worst(own_oracle: Oracle) -> None:
    conversation = _conversation(own_oracle)
    with own_oracle.connect() as bystander:
        cursor = bystander.cursor()
        cursor.execute("UPDATE flightspecial SET cost = 12345 WHERE id = 1")
        attackers = [
            threading.Thread(target=attack, args=(own_oracle, conversation, _PACKETS // 4, _SEED + number))
            for number, attack in enumerate((_attack, _attack, _attack_logged_in, _attack_logged_in))
        ]
        for attacker in attackers:
            attacker.start()
        while any(attacker.is_alive() for attacker in attackers):
            assert cursor.execute("SELECT cost FROM flightspecial WHERE id = 1").fetchone() == (12345,)
            threading.Event().wait(0.05)
        bystander.rollback()
        assert cursor.execute("SELECT COUNT(*), SUM(id) FROM flightspecial").fetchone() == (11, 66)
    with own_oracle.connect() as another:
        assert another.cursor().execute("SELECT header FROM flightspecial WHERE id = 1").fetchone() == (
            "London to Paris",
        )
    assert "Traceback" not in own_oracle.log.read_text()
