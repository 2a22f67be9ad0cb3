"""A private cluster on the machine's own packages."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rehearsal.ports import choose
from rehearsal.postgres.cluster import Cluster, PostgresUnavailableError

pytestmark = pytest.mark.integration


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the system user `postgres` can enter; pytest's own it cannot."""
    folder = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def cluster(home: Path) -> Iterator[Cluster]:
    cluster = Cluster(home, choose(None, set()))
    cluster.create()
    cluster.start()
    yield cluster
    cluster.stop()
    cluster.remove()


def test_it_listens_on_loopback_only_and_asks_for_a_password(cluster: Cluster) -> None:
    with cluster.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host="127.0.0.1", port=cluster.port, user="postgres", password="wrong", dbname="postgres")


def test_korean_text_survives_a_restart(cluster: Cluster) -> None:
    with cluster.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT '부산' AS name")
    cluster.restart()
    with cluster.connect() as connection:
        assert connection.execute("SELECT name FROM t").fetchone() == ("부산",)


def test_nothing_is_left_after_stop_and_remove(cluster: Cluster, home: Path) -> None:
    cluster.stop()
    cluster.remove()
    assert not cluster.running
    assert [path.name for path in home.iterdir()] == ["postgres.log"]


def test_a_taken_port_is_an_error_with_postgresqls_own_words(cluster: Cluster, home: Path) -> None:
    second = Cluster(home / "second", cluster.port)
    second.create()
    with pytest.raises(
        PostgresUnavailableError, match=f"did not start on port {cluster.port}.*\n(.*\n)*.*Address already in use"
    ):
        second.start()
    assert not second.running


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_the_server_dies_with_the_process_that_started_it(home: Path) -> None:
    port = choose(None, set())
    program = (
        "import os, pathlib, sys; from rehearsal.postgres.cluster import Cluster\n"
        "cluster = Cluster(pathlib.Path(sys.argv[1]), int(sys.argv[2])); cluster.create(); cluster.start()\n"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, home, str(port)], check=False)
    deadline = time.monotonic() + 10
    while listens(port):
        assert time.monotonic() < deadline, "the server still listens"
        time.sleep(0.05)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's files can be out of reach of the server's user")
def test_out_of_the_servers_reach_the_data_lie_in_a_temporary_folder_that_goes_too(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tmp_path.chmod(0o700)
    cluster = Cluster(tmp_path / "postgres", choose(None, set()))
    cluster.create()
    far = (tmp_path / "postgres/cluster").resolve()
    assert far.stat().st_mode & 0o777 == 0o700
    assert f"postgres cannot reach {tmp_path / 'postgres'}: the cluster lies in {far}" in capfd.readouterr().err
    cluster.start()
    cluster.stop()
    cluster.remove()
    assert not far.exists()
    assert not (tmp_path / "postgres/cluster").is_symlink()
