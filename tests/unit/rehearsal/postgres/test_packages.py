"""Getting PostgreSQL onto a machine that lacks it: what is run, and what is said where nothing can be run."""

from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from rehearsal.debian import PackagesMissingError
from rehearsal.postgres import packages
from rehearsal.postgres.packages import ensure, newest_with_pglogical


class Machine:
    """A Debian whose apt-get puts PostgreSQL into a folder; remembers every command."""

    def __init__(self, installed: Path, version: int = 15, apt_fails_with: str = ""):
        self.commands: list[str] = []
        self._installed = installed
        self._version = version
        self._apt_fails_with = apt_fails_with

    def __call__(self, command: Sequence[str]) -> "CompletedProcess[str]":
        self.commands.append(" ".join(command))
        if "depends" in command:
            return CompletedProcess(command, 0, f"postgresql\n  Depends: postgresql-{self._version}\n", "")
        if "install" in command:
            if self._apt_fails_with:
                return CompletedProcess(command, 100, "", self._apt_fails_with)
            put_postgres(self._installed, self._version)
        return CompletedProcess(command, 0, "", "")


def put_postgres(installed: Path, version: int, *, pglogical: bool = True) -> None:
    for file in ["bin/postgres", *(["lib/pglogical.so"] if pglogical else [])]:
        path = installed / str(version) / file
        path.parent.mkdir(parents=True)
        path.touch()


@pytest.fixture
def no_postgresql_common(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which no PostgreSQL package was ever installed."""
    monkeypatch.setattr(packages, "CONFIGURATION", tmp_path / "etc")


def test_nothing_is_run_where_pglogical_is_installed(tmp_path: Path) -> None:
    put_postgres(tmp_path, 15)
    machine = Machine(tmp_path)
    assert ensure(machine, as_root=None, installed=tmp_path) is None
    assert machine.commands == []


def test_the_newest_version_that_has_pglogical_is_used(tmp_path: Path) -> None:
    put_postgres(tmp_path, 9)
    put_postgres(tmp_path, 15)
    put_postgres(tmp_path, 17, pglogical=False)
    assert newest_with_pglogical(tmp_path) == tmp_path / "15"


@pytest.mark.usefixtures("no_postgresql_common")
def test_the_distributions_own_version_is_installed_without_a_cluster_of_its_own(tmp_path: Path) -> None:
    machine = Machine(tmp_path, version=17)
    assert ensure(machine, as_root=["sudo", "-n"], installed=tmp_path) == "installed postgresql postgresql-17-pglogical"
    update, _, forbid, install, allow = machine.commands
    assert update == "sudo -n apt-get update --quiet"
    assert "echo 'create_main_cluster = false' >" in forbid
    assert install.startswith("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install --yes")
    assert install.endswith(" postgresql postgresql-17-pglogical")
    assert allow.startswith("sudo -n sh -c rm -f ")


def test_a_machine_that_has_postgresql_keeps_its_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "CONFIGURATION", tmp_path)
    machine = Machine(tmp_path)
    ensure(machine, as_root=[], installed=tmp_path)
    assert [command.split()[0] for command in machine.commands] == ["apt-get", "apt-cache", "env"]


def test_without_root_the_exact_command_is_said_and_nothing_is_installed(tmp_path: Path) -> None:
    machine = Machine(tmp_path, version=15)
    with pytest.raises(PackagesMissingError) as error:
        ensure(machine, as_root=None, installed=tmp_path)
    assert str(error.value) == (
        "PostgreSQL with pglogical is missing, and installing it needs root: run `sudo apt-get install --yes "
        "postgresql postgresql-15-pglogical`, then this again"
    )
    assert machine.commands == ["apt-cache depends postgresql"]


@pytest.mark.usefixtures("no_postgresql_common")
def test_a_failing_apt_get_is_shown_and_its_leftovers_are_removed(tmp_path: Path) -> None:
    machine = Machine(tmp_path, apt_fails_with="E: Unable to locate package postgresql-15-pglogical")
    with pytest.raises(
        PackagesMissingError, match="failed: E: Unable to locate package postgresql-15-pglogical; put that"
    ):
        ensure(machine, as_root=[], installed=tmp_path)
    assert machine.commands[-1].startswith("sh -c rm -f ")


def test_a_machine_without_apt_get_is_told_what_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PackagesMissingError, match=f"no apt-get: .* {tmp_path}/<version>/lib/pglogical.so exists"):
        ensure(Machine(tmp_path), as_root=[], installed=tmp_path)
