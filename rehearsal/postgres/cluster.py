"""A private PostgreSQL cluster from the machine's own packages.

PostgreSQL refuses to run as root, so under root the cluster belongs to the packages' system user `postgres`.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

import psutil
import psycopg

from rehearsal.certificates import write_certificates
from rehearsal.lifetime import die_with_parent
from rehearsal.ports import LISTEN, LOOPBACK
from rehearsal.postgres.packages import newest_with_pglogical
from rehearsal.postgres.programs import with_trusted_pglogical

SUPERUSER = "postgres"
SUPERUSER_PASSWORD = "sesame-7391"
DAGS_LOGIN = {"login": "reverse_sync", "password": "reverse-5064"}
"""What the pipelines' DAGs and the preflight log in with, as an Airflow connection has it."""

_SYSTEM_USER = "postgres"
_ELSEWHERE_PREFIX = "reverse-sync-postgres-"
_COMPLETE = "complete"

# Given on the command line, where ALTER SYSTEM cannot change them. Losing the data with the machine is fine here.
_FIXED_SETTINGS = {
    "listen_addresses": LISTEN,
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class PostgresUnavailableError(RuntimeError):
    """PostgreSQL cannot be had or does not start; the message says what to do."""


class _Credentials(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


class Cluster:
    """One PostgreSQL server with its data below ``home``, on 127.0.0.1 only, with password logins (`SUPERUSER`).

    The server dies with the thread that called `start` (see `rehearsal.lifetime.die_with_parent`). Where the system
    user cannot reach ``home`` (a project below /root), the data lie in a private folder of the system's temporary
    directory, `home/cluster` links to it, and `remove` takes both away.
    """

    def __init__(self, home: Path, port: int, settings: Mapping[str, str] | None = None):
        """``settings`` are fixed for the cluster's life; what a user may change goes through ALTER SYSTEM instead.

        Raises PostgresUnavailableError where PostgreSQL's packages are not installed.
        """
        self.home = home
        self.port = port
        self._settings = _FIXED_SETTINGS | {"port": str(port)} | dict(settings or {})
        self._place = home / "cluster"
        packages = newest_with_pglogical()
        if packages is None:
            raise PostgresUnavailableError("PostgreSQL with pglogical is not installed; `make setup` installs it")
        self._programs = packages / "bin"
        self._installed = packages
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """The server's data folder, where it really lies."""
        return self._place.resolve() / "data"

    @property
    def log(self) -> Path:
        """The file that has the server's log."""
        return self.home / "postgres.log"

    @property
    def running(self) -> bool:
        """Whether the server's process is alive."""
        return self._server is not None and self._server.poll() is None

    @property
    def complete(self) -> bool:
        """Whether the data of an earlier cluster lie here, with all that belongs to its starting state."""
        return is_complete(self._place)

    def mark_complete(self) -> None:
        """Say that the starting state has been made."""
        (self._place / _COMPLETE).touch()

    def create(self) -> None:
        """Make a new, empty cluster; one that lay here before is removed."""
        self.remove()
        self.home.mkdir(parents=True, exist_ok=True)
        place = _own_folder(self._place)
        if place != self._place:
            self._place.symlink_to(place)
            print(f"{_SYSTEM_USER} cannot reach {self.home}: the cluster lies in {place}", file=sys.stderr)
        password_file = place / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(SUPERUSER_PASSWORD)
        _give(password_file)
        self._run_initdb(password_file)
        password_file.unlink()
        if LISTEN != LOOPBACK:
            with (self.data / "pg_hba.conf").open("a") as rules:
                rules.write("host all all samenet scram-sha-256\n")

    def start(self, timeout_s: float = 30) -> None:
        """Start the server and return once it accepts connections.

        Raises PostgresUnavailableError with the log's last lines when it does not within ``timeout_s`` seconds.
        """
        self._wait_for_predecessor()
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(
                [
                    self._programs / "postgres",
                    "-D",
                    self.data,
                    *(f"--{name}={value}" for name, value in (self._settings | self._rds_settings()).items()),
                ],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(signal.SIGQUIT),  # at once, without waiting for clients
                **_credentials(),
            )
        deadline = time.monotonic() + timeout_s
        while not self._accepts_connections():
            if not self.running or time.monotonic() > deadline:
                self.stop(grace_s=0)
                raise PostgresUnavailableError(
                    f"PostgreSQL did not start on port {self.port}; the end of {self.log} says:\n{self._log_tail()}"
                )
            time.sleep(0.02)

    def stop(self, grace_s: float = 10) -> None:
        """Stop the server: clients are disconnected, and after ``grace_s`` seconds nothing is waited for any more.

        A reader of a replication slot that never confirms its position holds up the orderly way for ever.
        """
        if self._server is None:
            return
        if self.running:
            self._server.send_signal(signal.SIGINT)
            try:
                self._server.wait(grace_s)
            except subprocess.TimeoutExpired:
                self._server.send_signal(signal.SIGQUIT)
                self._server.wait()
        self._server = None

    def restart(self) -> None:
        """Stop and start: static parameters that were waiting take effect."""
        self.stop()
        self.start()

    def connect(self, dbname: str = "postgres", *, autocommit: bool = True) -> psycopg.Connection:
        """A connection of the superuser."""
        return psycopg.connect(
            host=LOOPBACK,
            port=self.port,
            dbname=dbname,
            user=SUPERUSER,
            password=SUPERUSER_PASSWORD,
            autocommit=autocommit,
        )

    def speak_tls(self) -> Path:
        """Have the server show a certificate from its next start on; the authority's, which clients trust.

        Clients may do without TLS, as on RDS where rds.force_ssl is 0. An earlier start's certificate stays.
        """
        authority = self.home / "ca.crt"
        if not authority.exists() or not (self.data / "server.crt").exists():
            made = write_certificates(self.data, "rehearsal-postgres")
            authority.write_bytes(made.authority.read_bytes())
            for file in made:
                _give(file)
        self._settings["ssl"] = "on"  # with server.crt and server.key of the data folder
        return authority

    def trust_pglogical(self) -> None:
        """From the next start on let others than superusers create pglogical (see `rehearsal.postgres.programs`)."""
        self._programs = with_trusted_pglogical(self._installed, self._place.resolve() / "programs")

    def remove(self) -> None:
        """Remove the data, wherever they lie. The server must be stopped."""
        remove_place(self._place)

    def _run_initdb(self, password_file: Path) -> None:
        made = subprocess.run(
            [
                self._installed / "bin/initdb",
                f"--pgdata={self.data}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--no-instructions",
            ],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **_credentials(),
        )
        if made.returncode:
            raise PostgresUnavailableError(f"initdb could not make a cluster in {self.data}: {made.stderr.strip()}")

    def _rds_settings(self) -> dict[str, str]:
        """What SHOW tells on RDS only, from the start that applied it.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_PostgreSQL.html#PostgreSQL.Concepts.General.FeatureSupport.LogicalReplication
        """
        logical = "wal_level = 'logical'" in (self.data / "postgresql.auto.conf").read_text()
        return {"rds.logical_replication": "on" if logical else "off"}

    def _accepts_connections(self) -> bool:
        """What pg_ctl looks at: the eighth line of postmaster.pid (miscadmin.h, LOCK_FILE_LINE_PM_STATUS).

        The first is the server's process: the file of a killed server stays.
        """
        lines = self._pid_file_lines()
        ours = self._server is not None and lines[:1] == [str(self._server.pid)]
        return ours and len(lines) > 7 and lines[7].strip() == "ready"

    def _wait_for_predecessor(self, timeout_s: float = 10) -> None:
        """A server whose parent was killed ends by itself; the file of one that has ended would stop the next.

        Raises PostgresUnavailableError where it does not end.
        """
        pid = int((self._pid_file_lines() or ["0"])[0])
        deadline = time.monotonic() + timeout_s
        while pid and self._is_server(pid):
            if time.monotonic() > deadline:
                raise PostgresUnavailableError(
                    f"the PostgreSQL of process {pid} still serves {self.data}; end it with `kill -QUIT {pid}`"
                )
            time.sleep(0.02)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _is_server(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            return str(self.data) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])


def is_complete(place: Path) -> bool:
    """Whether a cluster lies in this folder that was made to its end (`Cluster.mark_complete`)."""
    return (place / _COMPLETE).exists()


def remove_place(place: Path) -> None:
    """Remove a cluster's folder, or the link to it that `Cluster.create` made together with what it leads to."""
    if place.is_symlink():
        far = place.resolve()
        place.unlink()
        if far.name.startswith(_ELSEWHERE_PREFIX):
            shutil.rmtree(far, ignore_errors=True)
    elif place.exists():
        shutil.rmtree(place, ignore_errors=True)


def _system_user() -> pwd.struct_passwd | None:
    """Who runs the server: the packages' user when we are root, otherwise ourselves (None)."""
    return pwd.getpwnam(_SYSTEM_USER) if os.geteuid() == 0 else None


def _credentials() -> _Credentials:
    user = _system_user()
    return _Credentials(user=user.pw_uid, group=user.pw_gid, extra_groups=[]) if user else _Credentials()


def _give(path: Path) -> None:
    if user := _system_user():
        os.chown(path, user.pw_uid, user.pw_gid)


def _own_folder(wanted: Path) -> Path:
    """A new private folder of the server's user: ``wanted``, or a temporary one if that is out of reach."""
    wanted.mkdir(mode=0o700)
    _give(wanted)
    if _reachable(wanted):
        return wanted
    wanted.rmdir()
    # /var/tmp outlives a restart of the machine; mkdtemp makes a private folder there.
    for place in dict.fromkeys(["/var/tmp", tempfile.gettempdir(), "/tmp"]):  # noqa: S108
        folder = Path(tempfile.mkdtemp(prefix=_ELSEWHERE_PREFIX, dir=place))
        _give(folder)
        if _reachable(folder):
            return folder
        folder.rmdir()
    raise PostgresUnavailableError(
        f"the system user {_SYSTEM_USER} can reach neither {wanted.parent} nor a temporary folder; "
        "move the project to a folder that everybody can enter"
    )


def _reachable(folder: Path) -> bool:
    return subprocess.run(["test", "-w", folder], cwd="/", check=False, **_credentials()).returncode == 0
