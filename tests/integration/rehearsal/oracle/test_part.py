"""The stand-in as a part of the rehearsal: it leaves nothing behind, and says what keeps it from starting."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

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
