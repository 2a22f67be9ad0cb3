"""The stand-in as a part of the rehearsal: it leaves nothing behind, and says what keeps it from starting."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING

from rehearsal.layout import Layout
from rehearsal.orchestrator import clear
from tests.support.oracle import Oracle
from tests.support.parts import ROOT, free_port, part
from tests.support.processes import tree, wait_until_gone

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_end_leaves_no_process(tmp_path: Path) -> None:
    port = free_port()
    with part("oracle", "--home", tmp_path / "home", "--port", port, log=tmp_path / "log") as process:
        connection = Oracle(port, process.pid, tmp_path / "log").connect()
        running = tree(process.pid)
        assert len(running) > 2
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert wait_until_gone(running) == []
        assert not (tmp_path / "home/cluster").exists()
        connection._impl = None  # its server is gone: nothing to say goodbye to


def test_what_is_kept_is_there_again_for_every_user(tmp_path: Path) -> None:
    port, home = free_port(), tmp_path / "home"
    for kill in (True, False):
        with part("oracle", "--home", home, "--port", port, "--keep", log=tmp_path / "log") as process:
            oracle = Oracle(port, process.pid, tmp_path / "log")
            with oracle.connect("SYSTEM") as connection, connection.cursor() as cursor:
                if kill:
                    cursor.execute("GRANT CREATE TABLE TO travelbuddy")
            with oracle.connect() as connection, connection.cursor() as cursor:
                if kill:
                    cursor.execute("CREATE TABLE own (name VARCHAR2(20) UNIQUE, made TIMESTAMP NOT NULL UNIQUE)")
                    cursor.execute("INSERT INTO own VALUES ('부산', TIMESTAMP '2026-01-02 03:04:05.678901')")
                    connection.commit()
                else:
                    rows = cursor.execute("SELECT name, made FROM own").fetchall()
                    assert rows == [("부산", datetime(2026, 1, 2, 3, 4, 5, 678901))]
                    assert cursor.execute("SELECT COUNT(*) FROM flightspecial").fetchone() == (11,)
                    for number in range(10):  # whose constraints must not get the names of those that were kept
                        cursor.execute(f"CREATE TABLE more{number} (a NUMBER UNIQUE)")
            if kill:
                process.kill()
                process.wait(10)
    clear(Layout(tmp_path))
    assert not (home / "cluster").exists()


def test_a_login_is_given_little_time_and_a_session_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORACLE_LOGIN_TIMEOUT_S", "0.5")
    port = free_port()
    with part("oracle", "--home", tmp_path / "home", "--port", port, log=tmp_path / "log") as process:
        oracle = Oracle(port, process.pid, tmp_path / "log")
        with oracle.connect() as connection, socket.create_connection(("127.0.0.1", port)) as silent:
            silent.settimeout(10)
            assert silent.recv(1) == b""
            time.sleep(0.3)
            assert connection.cursor().execute("SELECT 1 FROM dual").fetchone() == (1,)


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "rehearsal.oracle", "--home", str(tmp_path), "--port", str(port)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"port {port} on 127.0.0.1, asked for by the rehearsal's Oracle, is taken" in done.stderr
    assert "Traceback" not in done.stderr
